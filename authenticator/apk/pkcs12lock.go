package apk

import (
	"bytes"
	"crypto/aes"
	"crypto/des"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"hash"
	"math/big"
	"slices"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// maxRounds is how many rounds of key derivation a file may ask for in all, about a second's work. keytool and OpenSSL use
// 2048 to 100,000. Without a limit, one wrong byte could keep the reader busy for hours.
const maxRounds = 2_000_000

// lock is the protection of a PKCS#12 keystore.
type lock struct {
	password string
	rounds   int  // of key derivation that are left
	proven   bool // the checksum proves that the password is right
	bare     bool // encode the empty password as no bytes, without the zero at the end
}

var errTooManyRounds = errors.New("it demands too many rounds of key derivation")

// spend uses up rounds, or fails if too few are left.
func (l *lock) spend(rounds int) error {
	if rounds < 1 || rounds > l.rounds {
		return errTooManyRounds
	}
	l.rounds -= rounds
	return nil
}

// bmp returns the password in UTF-16 with a zero at the end, for PKCS#12's own derivation (RFC 7292 appendix B.1).
func (l *lock) bmp() []byte {
	if l.bare {
		return nil
	}
	var b []byte
	for _, unit := range utf16.Encode([]rune(l.password + "\x00")) {
		b = append(b, byte(unit>>8), byte(unit))
	}
	return b
}

func digest(oid string) func() hash.Hash {
	switch oid {
	case "1.3.14.3.2.26", "1.2.840.113549.2.7": // the second of each is for HMAC
		return sha1.New
	case "2.16.840.1.101.3.4.2.4", "1.2.840.113549.2.8":
		return sha256.New224
	case "2.16.840.1.101.3.4.2.1", "1.2.840.113549.2.9":
		return sha256.New
	case "2.16.840.1.101.3.4.2.2", "1.2.840.113549.2.10":
		return sha512.New384
	case "2.16.840.1.101.3.4.2.3", "1.2.840.113549.2.11":
		return sha512.New
	default:
		return nil
	}
}

// unknownAlgorithm is the error for an algorithm, by its object identifier.
type unknownAlgorithm string

// Error names the algorithm.
func (a unknownAlgorithm) Error() string {
	return "it uses the algorithm " + string(a) + ", which is not known here"
}

// readAlgorithm reads an AlgorithmIdentifier.
func readAlgorithm(s *cryptobyte.String, oid *string, parameters *cryptobyte.String) bool {
	var algorithm cryptobyte.String
	if !s.ReadASN1(&algorithm, asn1.SEQUENCE) || !readOID(&algorithm, oid) {
		return false
	}
	*parameters = algorithm
	return true
}

// readSaltAndRounds reads the parameters of PKCS#12's own derivation, and the end of MacData: salt OCTET STRING, rounds
// INTEGER DEFAULT 1.
func readSaltAndRounds(s *cryptobyte.String, salt *[]byte, rounds *int) bool {
	var content cryptobyte.String
	*rounds = 1
	if !s.ReadASN1(&content, asn1.OCTET_STRING) || s.PeekASN1Tag(asn1.INTEGER) && !s.ReadASN1Integer(rounds) {
		return false
	}
	*salt = content
	return true
}

// checkMAC returns errWrongPassword if the checksum over content does not match the password.
func (l *lock) checkMAC(mac cryptobyte.String, content []byte) error {
	// MacData ::= SEQUENCE { mac SEQUENCE { AlgorithmIdentifier, digest OCTET STRING }, salt, rounds }.
	const oidPBMAC1 = "1.2.840.113549.1.5.14"
	var info, parameters, want cryptobyte.String
	var oid string
	var salt []byte
	var rounds int
	if !mac.ReadASN1(&info, asn1.SEQUENCE) || !readAlgorithm(&info, &oid, &parameters) || !info.ReadASN1(&want, asn1.OCTET_STRING) ||
		!readSaltAndRounds(&mac, &salt, &rounds) {
		return errNotDER
	}
	agrees := func(newHash func() hash.Hash, key []byte) bool {
		sum := hmac.New(newHash, key)
		sum.Write(content)
		l.proven = hmac.Equal(sum.Sum(nil), want)
		return l.proven
	}
	if oid == oidPBMAC1 {
		newHash, key, err := l.pbmac1(parameters)
		if err == nil && !agrees(newHash, key) {
			err = errWrongPassword
		}
		return err
	}
	newHash := digest(oid)
	if newHash == nil {
		return unknownAlgorithm(oid)
	}
	for {
		if err := l.spend(rounds); err != nil {
			return err
		}
		if agrees(newHash, derive(newHash, 3, l.bmp(), salt, rounds, newHash().Size())) {
			return nil
		}
		if l.password != "" || l.bare {
			return errWrongPassword
		}
		l.bare = true
	}
}

// pbmac1 derives the key of a checksum by RFC 9579.
func (l *lock) pbmac1(s cryptobyte.String) (func() hash.Hash, []byte, error) {
	var parameters, derivation, rest cryptobyte.String
	var oid, hmacOID string
	if !s.ReadASN1(&parameters, asn1.SEQUENCE) || !readAlgorithm(&parameters, &oid, &derivation) || !readAlgorithm(&parameters, &hmacOID, &rest) {
		return nil, nil, errNotDER
	}
	newHash := digest(hmacOID)
	if newHash == nil {
		return nil, nil, unknownAlgorithm(hmacOID)
	}
	key, err := l.pbkdf2(oid, derivation, newHash().Size())
	return newHash, key, err
}

// pbkdf2 derives a key by RFC 8018 appendix A.2. size is the key's length if the file does not say it.
func (l *lock) pbkdf2(oid string, s cryptobyte.String, size int) ([]byte, error) {
	const oidPBKDF2, maxSize = "1.2.840.113549.1.5.12", 64
	if oid != oidPBKDF2 {
		return nil, unknownAlgorithm(oid)
	}
	var parameters, salt, rest cryptobyte.String
	var rounds int
	prf := "1.2.840.113549.2.7"
	if !s.ReadASN1(&parameters, asn1.SEQUENCE) || !parameters.ReadASN1(&salt, asn1.OCTET_STRING) || !parameters.ReadASN1Integer(&rounds) ||
		parameters.PeekASN1Tag(asn1.INTEGER) && !parameters.ReadASN1Integer(&size) ||
		!parameters.Empty() && !readAlgorithm(&parameters, &prf, &rest) || size < 1 || size > maxSize {
		return nil, errNotDER
	}
	newHash := digest(prf)
	if newHash == nil {
		return nil, unknownAlgorithm(prf)
	}
	if err := l.spend(rounds); err != nil {
		return nil, err
	}
	return pbkdf2.Key(newHash, l.password, salt, rounds, size)
}

// openEncryptedData decrypts a ContentInfo's EncryptedData.
func (l *lock) openEncryptedData(info cryptobyte.String) ([]byte, error) {
	// EncryptedData ::= SEQUENCE { version INTEGER, SEQUENCE { contentType OID, AlgorithmIdentifier,
	// encryptedContent [0] IMPLICIT OCTET STRING } }, RFC 2315 section 13.
	var explicit, data, inner, parameters, encrypted cryptobyte.String
	var kind, oid string
	if !info.ReadASN1(&explicit, tag0) || !explicit.ReadASN1(&data, asn1.SEQUENCE) || !data.SkipASN1(asn1.INTEGER) ||
		!data.ReadASN1(&inner, asn1.SEQUENCE) || !readOID(&inner, &kind) || !readAlgorithm(&inner, &oid, &parameters) {
		return nil, errNotDER
	}
	if inner.PeekASN1Tag(tag0) { // in pieces
		if !inner.ReadASN1(&encrypted, tag0) {
			return nil, errNotDER
		}
		encrypted = joinOctets(encrypted)
	} else if !inner.ReadASN1(&encrypted, asn1.Tag(0).ContextSpecific()) {
		return nil, errNotDER
	}
	block, iv, err := l.cipher(oid, parameters)
	if err != nil {
		return nil, err
	}
	plain, ok := decryptCBC(block, iv, encrypted)
	if !ok && l.proven {
		return nil, errors.New("its certificates are encrypted with another password than the rest")
	}
	if !ok {
		return nil, errWrongPassword
	}
	return plain, nil
}

// decrypter is the part of cipher.Block that decrypts.
type decrypter interface {
	BlockSize() int
	Decrypt(dst, src []byte)
}

// decryptCBC decrypts data. ok is false if the padding is wrong, as with a wrong key.
func decryptCBC(block decrypter, iv, encrypted []byte) (plain []byte, ok bool) {
	size := block.BlockSize()
	if len(iv) != size || len(encrypted) == 0 || len(encrypted)%size != 0 {
		return nil, false
	}
	plain = make([]byte, len(encrypted))
	for at := 0; at < len(encrypted); at += size {
		block.Decrypt(plain[at:at+size], encrypted[at:at+size])
		subtle.XORBytes(plain[at:at+size], plain[at:at+size], iv)
		iv = encrypted[at : at+size]
	}
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > size || !bytes.HasSuffix(plain, bytes.Repeat([]byte{byte(padding)}, padding)) {
		return nil, false
	}
	return plain[:len(plain)-padding], true
}

func newAES(key []byte) (decrypter, error) { return aes.NewCipher(key) }

func newTripleDES(key []byte) (decrypter, error) { return des.NewTripleDESCipher(key) }

// cipher returns the cipher that an AlgorithmIdentifier names.
func (l *lock) cipher(oid string, s cryptobyte.String) (block decrypter, iv []byte, err error) {
	switch oid {
	case "1.2.840.113549.1.5.13":
		return l.pbes2(s)
	case "1.2.840.113549.1.12.1.3": // triple DES; Java up to 15
		return l.pbes1(s, 24, newTripleDES)
	case "1.2.840.113549.1.12.1.4": // with two keys
		return l.pbes1(s, 16, func(key []byte) (decrypter, error) { return newTripleDES(append(key, key[:8]...)) })
	case "1.2.840.113549.1.12.1.5":
		return l.pbes1(s, 16, newRC2)
	case "1.2.840.113549.1.12.1.6": // 40-bit RC2; Java up to 15
		return l.pbes1(s, 5, newRC2)
	default:
		return nil, nil, unknownAlgorithm(oid)
	}
}

func (l *lock) pbes1(s cryptobyte.String, size int, newBlock func(key []byte) (decrypter, error)) (decrypter, []byte, error) {
	const forKey, forIV = 1, 2
	var parameters cryptobyte.String
	var salt []byte
	var rounds int
	if !s.ReadASN1(&parameters, asn1.SEQUENCE) || !readSaltAndRounds(&parameters, &salt, &rounds) {
		return nil, nil, errNotDER
	}
	if err := l.spend(rounds); err != nil {
		return nil, nil, err
	}
	block, err := newBlock(derive(sha1.New, forKey, l.bmp(), salt, rounds, size))
	if err != nil {
		return nil, nil, err
	}
	return block, derive(sha1.New, forIV, l.bmp(), salt, rounds, block.BlockSize()), nil
}

func (l *lock) pbes2(s cryptobyte.String) (decrypter, []byte, error) {
	var parameters, derivation, iv, rest cryptobyte.String
	var kdf, scheme string
	if !s.ReadASN1(&parameters, asn1.SEQUENCE) || !readAlgorithm(&parameters, &kdf, &derivation) ||
		!readAlgorithm(&parameters, &scheme, &rest) || !rest.ReadASN1(&iv, asn1.OCTET_STRING) {
		return nil, nil, errNotDER
	}
	size, newBlock := 0, newAES
	switch scheme {
	case "2.16.840.1.101.3.4.1.2":
		size = 16
	case "2.16.840.1.101.3.4.1.22":
		size = 24
	case "2.16.840.1.101.3.4.1.42":
		size = 32
	case "1.2.840.113549.3.7":
		size, newBlock = 24, newTripleDES
	default:
		return nil, nil, unknownAlgorithm(scheme)
	}
	key, err := l.pbkdf2(kdf, derivation, size)
	if err != nil {
		return nil, nil, err
	}
	block, err := newBlock(key)
	return block, iv, err
}

// derive is PKCS#12's own derivation (RFC 7292 appendix B.2), with the letters of the RFC.
func derive(newHash func() hash.Hash, id byte, password, salt []byte, rounds, n int) []byte {
	h := newHash()
	v := h.BlockSize()
	fill := func(b []byte) []byte {
		if len(b) == 0 {
			return nil
		}
		size := (len(b) + v - 1) / v * v
		return bytes.Repeat(b, size/len(b)+1)[:size]
	}
	i := append(fill(salt), fill(password)...)
	var derived []byte
	for {
		h.Reset()
		h.Write(bytes.Repeat([]byte{id}, v))
		h.Write(i)
		a := h.Sum(nil)
		for range rounds - 1 {
			h.Reset()
			h.Write(a)
			a = h.Sum(a[:0])
		}
		if derived = append(derived, a...); len(derived) >= n {
			return derived[:n]
		}
		// Each block of i becomes i + b + 1, modulo the block's size.
		b := new(big.Int).SetBytes(fill(a)[:v])
		b.Add(b, big.NewInt(1))
		for block := range slices.Chunk(i, v) {
			sum := new(big.Int).SetBytes(block)
			sum.Add(sum, b)
			whole := sum.Bytes()
			if len(whole) > v {
				whole = whole[len(whole)-v:]
			}
			clear(block)
			copy(block[v-len(whole):], whole)
		}
	}
}
