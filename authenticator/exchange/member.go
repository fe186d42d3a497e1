package exchange

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
)

// binary is a member with bytes in base64 or base64url, padded or not.
type binary []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *binary) UnmarshalText(text []byte) error {
	s := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(string(text), "="))
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return errors.New("it is neither base64 nor base64url")
	}
	*b = raw
	return nil
}

// privateKey is a member with a private key, in PEM or as base64 of DER. It is converted to PKCS#8 if it is a valid key.
type privateKey []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *privateKey) UnmarshalText(text []byte) error {
	var der binary
	if bytes.Contains(text, []byte("-----BEGIN")) {
		block := keyBlock(text)
		switch {
		case block == nil:
			return errors.New("it has no private key in PEM")
		case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
			return errors.New("it is encrypted; openssl pkey decrypts it")
		}
		der = block.Bytes
	} else if err := der.UnmarshalText(text); err != nil {
		return err
	}
	*k = pkcs8(der)
	return nil
}

func keyBlock(text []byte) *pem.Block {
	for {
		block, rest := pem.Decode(text)
		if block == nil || strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return block
		}
		text = rest // such as the curve, which openssl writes before the key
	}
}

// pkcs8 converts private keys in SEC 1 and PKCS#1 form to PKCS#8. It returns anything else unchanged.
func pkcs8(der []byte) []byte {
	var private any
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		private = key
	} else if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		private = key
	} else {
		return der
	}
	form, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return der
	}
	return form
}

// scalar is a string, number or boolean member, as text.
type scalar string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalar) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '{', '[':
		return errors.New("it is neither text nor a number")
	case 'n': // null
		return nil
	}
	*s = scalar(strings.Trim(string(raw), `"`))
	return nil
}
