package apk

import (
	"bytes"
	"crypto/sha1"
	"errors"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"golang.org/x/crypto/cryptobyte"
)

// readJKS reads a JKS keystore. Its certificates are not encrypted: the password only guards them against changes.
func readJKS(data []byte, password string) ([]Signer, error) {
	if !jksLengthsFit(data) {
		return nil, &Error{
			Kind: NotDecodable, Message: "The JKS keystore is damaged", Err: errors.New("its parts do not add up to the size of the file"),
			Hint: "Take it from a backup, or copy it again as a binary file.",
		}
	}
	// The library puts a zero byte before each byte of the password to make the UTF-16 that Java hashes.
	latin1 := make([]byte, 0, len(password))
	for _, r := range password {
		if r > 0xff {
			return nil, &Error{
				Kind: NotDecodable, Message: "The password has a character outside Latin-1, with which a JKS keystore cannot be opened here",
				Hint: hintFingerprint,
			}
		}
		latin1 = append(latin1, byte(r))
	}
	store := keystore.New(keystore.WithCaseExactAliases())
	if err := store.Load(bytes.NewReader(data), latin1); err != nil {
		// The lengths fit, so only the checksum can be wrong.
		return nil, errWrongPassword
	}

	var keys, trusted []Signer
	for _, alias := range store.Aliases() {
		list, content := &trusted, []byte(nil)
		if store.IsPrivateKeyEntry(alias) {
			chain, err := store.GetPrivateKeyEntryCertificateChain(alias)
			if err != nil || len(chain) == 0 {
				continue
			}
			list, content = &keys, chain[0].Content
		} else {
			entry, err := store.GetTrustedCertificateEntry(alias)
			if err != nil {
				continue
			}
			content = entry.Certificate.Content
		}
		der := cryptobyte.String(content)
		one, ok := cutCertificate(&der)
		if !ok { // another format, which apps do not use
			continue
		}
		*list = append(*list, one.signer(alias))
	}
	if len(keys) == 0 {
		keys = trusted
	}
	return byName(keys), nil
}

// jksLengthsFit reports whether the lengths and counts in a JKS keystore add up to its size. The library allocates what
// they say, up to 160 GiB, before it reads; a damaged file would end the program.
// The layout is that of the JDK's sun.security.provider.JavaKeyStore.engineLoad.
func jksLengthsFit(data []byte) bool {
	const (
		magicSize    = 4
		creationSize = 8
		privateKey   = 1
		trusted      = 2
	)
	s := cryptobyte.String(data)
	var version, entries uint32
	if !s.Skip(magicSize) || !s.ReadUint32(&version) || version < 1 || version > 2 || !s.ReadUint32(&entries) {
		return false
	}
	skip16 := func() bool {
		var n uint16
		return s.ReadUint16(&n) && s.Skip(int(n))
	}
	skip32 := func() bool {
		var n uint32
		return s.ReadUint32(&n) && s.Skip(int(n))
	}
	for range entries {
		var kind uint32
		certificates := uint32(1)
		if !s.ReadUint32(&kind) || (kind != privateKey && kind != trusted) || !skip16() || !s.Skip(creationSize) {
			return false
		}
		if kind == privateKey && (!skip32() || !s.ReadUint32(&certificates) || int64(certificates) > int64(len(s))) {
			return false
		}
		for range certificates {
			if version == 2 && !skip16() || !skip32() {
				return false
			}
		}
	}
	return len(s) == sha1.Size
}
