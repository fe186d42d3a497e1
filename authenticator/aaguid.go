package authenticator

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// AAGUID identifies the model of an authenticator (WebAuthn Level 3 section 6.5.1). All zeros means that it is not revealed.
type AAGUID [16]byte

// String returns the AAGUID as a UUID.
func (a AAGUID) String() string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", a[:4], a[4:6], a[6:8], a[8:10], a[10:])
}

// ParseAAGUID parses a UUID, or the same 32 hexadecimal digits without hyphens.
func ParseAAGUID(s string) (AAGUID, error) {
	var a AAGUID
	raw, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(raw) != len(a) {
		return a, fmt.Errorf("AAGUID %q is not a UUID of 32 hexadecimal digits", s)
	}
	copy(a[:], raw)
	return a, nil
}

// MarshalText returns the AAGUID as a UUID.
func (a AAGUID) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText parses what ParseAAGUID parses.
func (a *AAGUID) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAAGUID(string(text))
	return err
}
