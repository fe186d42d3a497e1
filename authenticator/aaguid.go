package authenticator

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// AAGUID names the make of an authenticator (WebAuthn Level 3 section 6.5.1). All zeros: it does not say.
type AAGUID [16]byte

// String writes it as a UUID.
func (a AAGUID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", a[:4], a[4:6], a[6:8], a[8:10], a[10:])
}

// ParseAAGUID reads a UUID, or the same 32 hexadecimal digits without hyphens.
func ParseAAGUID(s string) (AAGUID, error) {
	var a AAGUID
	raw, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(raw) != len(a) {
		return a, fmt.Errorf("AAGUID %q is not a UUID of 32 hexadecimal digits", s)
	}
	copy(a[:], raw)
	return a, nil
}

// MarshalText writes it as a UUID.
func (a AAGUID) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what ParseAAGUID reads.
func (a *AAGUID) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAAGUID(string(text))
	return err
}
