package apk

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
)

// MaxFileSize is the largest file [ReadFile] takes, in bytes: a keystore with a thousand keys stays below it.
const MaxFileSize = 4 << 20

// The Android build tools make the debug keystore with this name and this password on every machine.
// https://developer.android.com/studio/publish/app-signing#debug-mode
const (
	debugKeystore = "debug.keystore"
	debugPassword = "android"
)

// Signer is a certificate that an app can be signed with.
type Signer struct {
	// Alias is the entry's name in its keystore. It is empty for a certificate file, and where a PKCS#12 keystore
	// does not let it be read: in trust stores, and in keystores that hold a key beside trusted certificates.
	Alias string
	// Subject is the certificate's distinguished name (RFC 4514), with CN first whatever the certificate's own order.
	Subject string
	// NotAfter is the end of the certificate's validity, in UTC. Android does not refuse an expired one.
	NotAfter time.Time
	// Hash is the SHA-256 of the certificate's DER.
	Hash KeyHash
}

// Password gives the password of the keystore at path. It is asked once, and only when the keystore does not open
// without one (nor, if it is called debug.keystore, with the well-known "android").
type Password func(ctx context.Context, path string) (string, error)

// ReadFile reads the signing certificates from a certificate (PEM or DER) or a keystore (JKS or PKCS#12). The format
// is recognised by content, as keytool has called its PKCS#12 keystores .jks since Java 9.
//
// A keystore's signers are its keys' own certificates, sorted by alias; its trusted certificates count only when it
// holds no key. A PEM gives its certificates in the order of the file. There is always at least one signer when the
// error is nil. Control characters in names are replaced, so that names can be printed.
//
// password may be nil when there is nobody to ask. When ctx ends, ReadFile returns its error at once. Every other
// error is an [*Error]; one that password returned is its cause.
func ReadFile(ctx context.Context, path string, password Password) ([]Signer, error) {
	signers, err := readFile(ctx, path, password)
	if own, ok := errors.AsType[*Error](err); ok {
		own.Path = path
	}
	return signers, err
}

func readFile(ctx context.Context, path string, password Password) ([]Signer, error) {
	data, err := await(ctx, func() ([]byte, error) { return load(path) })
	if err != nil {
		return nil, err
	}
	return decode(ctx, path, data, password)
}

// await runs f, but stops waiting when ctx ends: neither opening a named pipe nor deriving a key with as many rounds
// as a file demands can be interrupted. What f does then ends with the program at the latest.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case r := <-done:
		return r.value, r.err
	}
}

// load returns the file's content, at most one byte more than is allowed.
func load(path string) ([]byte, error) {
	unreadable := func(err error) *Error {
		// The path is in the message already.
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			err = p.Err
		}
		return &Error{Kind: Unreadable, Message: "The file cannot be read", Err: err, Hint: "Check that it is a file, and its permissions."}
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{
			Kind: FileMissing, Message: "There is no such file", Err: fs.ErrNotExist,
			Hint: "Check the path. The Android build tools keep the debug keystore in .android/debug.keystore in your home folder.",
		}
	}
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFileSize+1))
	if err != nil {
		return nil, unreadable(err)
	}
	return data, nil
}

func decode(ctx context.Context, path string, data []byte, password Password) ([]Signer, error) {
	found := recognise(data)
	// An app is larger than any keystore: say that it is one rather than that it is large.
	if found != archive && len(data) > MaxFileSize {
		return nil, &Error{
			Kind: TooLarge, Message: fmt.Sprintf("The file is larger than %d MiB, which no keystore is", MaxFileSize>>20),
			Hint: "Give the keystore or the certificate itself.",
		}
	}
	var signers []Signer
	var err error
	switch found {
	case certificatePEM:
		signers, err = readPEM(data)
	case certificateDER:
		signers, err = parseCertificates("", data)
	case keystoreJKS:
		signers, err = openKeystore(ctx, path, data, password, readJKS)
	case keystorePKCS12:
		signers, err = openKeystore(ctx, path, data, password, readPKCS12)
	case keystoreJCEKS:
		return nil, &Error{
			Kind: UnknownFormat, Message: "This is a JCEKS keystore, which cannot be read here",
			Hint: "Convert it with `keytool -importkeystore -srckeystore FILE -destkeystore NEW -deststoretype PKCS12`. " + hintFingerprint,
		}
	case archive:
		return nil, &Error{
			Kind: UnknownFormat, Message: "This is a zip archive, such as an app (APK, AAB), and not its certificate or keystore",
			Hint: "`apksigner verify --print-certs FILE` prints an APK's SHA-256 digest, `keytool -printcert -jarfile FILE` an app bundle's;" +
				" give that as the fingerprint.",
		}
	default:
		return nil, &Error{
			Kind: UnknownFormat, Message: "This is neither a certificate (PEM, DER) nor a keystore (JKS, PKCS#12)",
			Hint: hintFingerprint,
		}
	}
	if err != nil {
		return nil, err
	}
	if len(signers) == 0 {
		return nil, &Error{
			Kind: NoCertificate, Message: "There is no signing certificate inside",
			Hint: "Check with `keytool -list -v -keystore FILE` that this is the keystore the app is signed with.",
		}
	}
	slices.SortStableFunc(signers, func(a, b Signer) int { return cmp.Compare(a.Alias, b.Alias) })
	return signers, nil
}

type format int

const (
	unknown format = iota
	certificatePEM
	certificateDER
	keystoreJKS
	keystoreJCEKS
	keystorePKCS12
	archive
)

// recognise tells the format from the first bytes. It promises nothing about the rest.
func recognise(data []byte) format {
	switch {
	case bytes.HasPrefix(data, []byte("\xfe\xed\xfe\xed")):
		return keystoreJKS
	case bytes.HasPrefix(data, []byte("\xce\xce\xce\xce")):
		return keystoreJCEKS
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return archive
	case len(data) > 2 && data[0] == 0x30:
		header := 2
		if data[1] > 0x80 {
			header += int(data[1] & 0x7f)
		}
		content := data[min(header, len(data)):]
		// PFX ::= SEQUENCE { version INTEGER (3), … }, RFC 7292 section 4.
		if bytes.HasPrefix(content, []byte{0x02, 0x01, 0x03}) {
			return keystorePKCS12
		}
		// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { … }, … }, RFC 5280 section 4.1.
		if bytes.HasPrefix(content, []byte{0x30}) {
			return certificateDER
		}
	case bytes.Contains(data, []byte("-----BEGIN ")):
		return certificatePEM
	}
	return unknown
}

func readPEM(data []byte) ([]Signer, error) {
	var signers []Signer
	var others []string
	for rest := bytes.TrimPrefix(data, []byte("\ufeff")); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" && block.Type != "X509 CERTIFICATE" {
			others = append(others, printable(block.Type))
			continue
		}
		found, err := parseCertificates("", block.Bytes)
		if err != nil {
			return nil, err
		}
		signers = append(signers, found...)
	}
	switch {
	case len(signers) > 0:
		return signers, nil
	case len(others) > 0:
		return nil, &Error{
			Kind: NoCertificate, Message: fmt.Sprintf("There is no certificate inside, only: %s", strings.Join(others, ", ")),
			Hint: "A certificate begins with -----BEGIN CERTIFICATE-----; `keytool -exportcert -rfc` writes one.",
		}
	default:
		return nil, &Error{
			Kind: NotDecodable, Message: "The PEM text is damaged", Err: errors.New("no block has both a whole beginning and a whole end"),
			Hint: "Copy the certificate again, with its -----BEGIN and -----END lines.",
		}
	}
}

// errWrongPassword is how a keystore's reader asks for another password.
var errWrongPassword = errors.New("the keystore's checksum does not agree with the password")

// openKeystore finds the password that read takes.
func openKeystore(
	ctx context.Context, path string, data []byte, ask Password, read func(data []byte, password string) ([]Signer, error),
) ([]Signer, error) {
	open := func(password string) ([]Signer, error) {
		return await(ctx, func() ([]Signer, error) { return read(data, password) })
	}
	known := []string{""}
	if filepath.Base(path) == debugKeystore {
		known = append(known, debugPassword)
	}
	for _, password := range known {
		if signers, err := open(password); !errors.Is(err, errWrongPassword) {
			return signers, err
		}
	}
	if ask == nil {
		return nil, &Error{Kind: PasswordNeeded, Message: "This keystore needs its password", Hint: "Give the keystore's password."}
	}
	password, err := ask(ctx, path)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &Error{
			Kind: PasswordNeeded, Message: "This keystore needs its password, and none was given", Err: err,
			Hint: "Give the keystore's password.",
		}
	}
	signers, err := open(password)
	if errors.Is(err, errWrongPassword) {
		return nil, &Error{
			Kind: WrongPassword, Message: "The password does not open this keystore, or the keystore is damaged", Err: err,
			Hint: "Give the keystore's password (storePassword in Gradle), not that of the key inside (keyPassword).",
		}
	}
	return signers, err
}

// parseCertificates reads one certificate, or several one after the other.
func parseCertificates(alias string, der []byte) ([]Signer, error) {
	certificates, err := x509.ParseCertificates(der)
	if err != nil {
		return nil, &Error{Kind: NotDecodable, Message: "The certificate cannot be read", Err: err, Hint: hintFingerprint}
	}
	return signersOf(alias, certificates...), nil
}

func signersOf(alias string, certificates ...*x509.Certificate) []Signer {
	signers := make([]Signer, 0, len(certificates))
	for _, c := range certificates {
		signers = append(signers, Signer{
			Alias: printable(alias), Subject: printable(c.Subject.String()), NotAfter: c.NotAfter.UTC(), Hash: sha256.Sum256(c.Raw),
		})
	}
	return signers
}

// printable keeps a foreign file's names from moving the cursor of the terminal they are shown on.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
