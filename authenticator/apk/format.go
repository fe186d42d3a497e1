package apk

import (
	"bytes"
	"strings"
	"unicode"

	textunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

type format int

const (
	unknown format = iota
	plainText
	certificateDER
	certificatesPKCS7
	privateKey
	keystoreJKS
	keystoreJCEKS
	keystoreBKS
	keystorePKCS12
	archive
)

// recognise returns the format by the first bytes. The rest can still be wrong.
func recognise(data []byte) format {
	switch {
	case bytes.HasPrefix(data, []byte("\xfe\xed\xfe\xed")):
		return keystoreJKS
	case bytes.HasPrefix(data, []byte("\xce\xce\xce\xce")):
		return keystoreJCEKS
	case bytes.HasPrefix(data, []byte("\x00\x00\x00\x01\x00\x00\x00\x14")), bytes.HasPrefix(data, []byte("\x00\x00\x00\x02\x00\x00\x00\x14")):
		return keystoreBKS // its version, and the length of its salt
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return archive
	case len(data) > 2 && data[0] == 0x30 && data[1] != 0:
		if found := recogniseASN1(data); found != unknown {
			return found
		}
	}
	if !strings.ContainsFunc(Text(data), isBinary) {
		return plainText
	}
	return unknown
}

// isBinary reports whether a character never occurs in text. Bytes beyond ASCII may be text in an unknown encoding.
func isBinary(r rune) bool {
	const escape = 0x1b // colours
	return r < ' ' && r != escape && !unicode.IsSpace(r)
}

// oidSignedData is PKCS#7's (RFC 2315 section 14): 1.2.840.113549.1.7.2, with tag and length.
const oidSignedData = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"

func recogniseASN1(data []byte) format {
	header := 2
	if data[1] > 0x80 {
		header += int(data[1] & 0x7f)
	}
	content := data[min(header, len(data)):]
	switch {
	// PFX ::= SEQUENCE { version INTEGER (3), … }, RFC 7292 section 4.
	case bytes.HasPrefix(content, []byte{0x02, 0x01, 0x03}):
		return keystorePKCS12
	// PrivateKeyInfo ::= SEQUENCE { version INTEGER (0, 1), … }, RFC 5958; RSA's and EC's own formats begin so too.
	case bytes.HasPrefix(content, []byte{0x02, 0x01, 0x00}), bytes.HasPrefix(content, []byte{0x02, 0x01, 0x01}):
		return privateKey
	case bytes.HasPrefix(content, []byte(oidSignedData)):
		return certificatesPKCS7
	// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { … }, … }, RFC 5280 section 4.1.
	case bytes.HasPrefix(content, []byte{0x30}):
		return certificateDER
	}
	return unknown
}

// Text decodes a text file as tools write it: UTF-8, or UTF-16 as PowerShell's redirection does, with or without a byte
// order mark. Other bytes stay as they are.
func Text(data []byte) string {
	var fallback transform.Transformer = transform.Nop
	if len(data) >= 2 && len(data)%2 == 0 {
		switch {
		case data[0] != 0 && data[1] == 0:
			fallback = textunicode.UTF16(textunicode.LittleEndian, textunicode.IgnoreBOM).NewDecoder()
		case data[0] == 0 && data[1] != 0:
			fallback = textunicode.UTF16(textunicode.BigEndian, textunicode.IgnoreBOM).NewDecoder()
		}
	}
	text, _, err := transform.Bytes(textunicode.BOMOverride(fallback), data)
	if err != nil {
		return string(data)
	}
	return string(text)
}

// unwrap decodes base64, in which CI secrets hold binary files. ok is false unless the content is PEM or has a known
// format. certutil on Windows labels every file that it encodes as a certificate.
func unwrap(text string) (data []byte, ok bool) {
	encoded := text
	if block := pemBlock.FindStringSubmatch(text); block != nil {
		encoded = block[2]
	} else if before, after, found := strings.Cut(text, ";base64,"); found && strings.HasPrefix(strings.TrimSpace(before), "data:") {
		encoded = after
	}
	data, err := decodeBase64(strings.Join(strings.Fields(encoded), ""))
	if err != nil || len(data) <= len(KeyHash{}) {
		return nil, false
	}
	switch recognise(data) {
	case keystoreJKS, keystoreJCEKS, keystorePKCS12, keystoreBKS, archive:
		return data, true
	case certificateDER, certificatesPKCS7, privateKey:
		return data, encoded == text // otherwise the PEM label says what it is
	case plainText:
		return data, strings.Contains(Text(data), "-----BEGIN ")
	default:
		return nil, false
	}
}
