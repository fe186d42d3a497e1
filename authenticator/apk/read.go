package apk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/kballard/go-shellquote"
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
	// Name is what the certificate is called where it was found: the alias of its entry in the keystore, the variants
	// in Gradle's signing report, "Signer #1" of apksigner. It may be empty.
	Name string
	// Subject is the certificate's distinguished name (RFC 4514), with CN first whatever the certificate's own order;
	// of a tool's output, as the tool writes it. It may be empty.
	Subject string
	// NotAfter is the end of the certificate's validity, in UTC; the zero time when only its fingerprint is known.
	// Android does not refuse an expired one.
	NotAfter time.Time
	// Hash is the SHA-256 of the certificate's DER.
	Hash KeyHash
}

// Password gives the password of the keystore at path. It is asked once, and only when the keystore does not open
// without one (nor, if it is called debug.keystore, with the well-known "android").
type Password func(ctx context.Context, path string) (string, error)

// ReadFile is [Decode] for the content of the file at path.
func ReadFile(ctx context.Context, path string, password Password) ([]Signer, error) {
	data, err := await(ctx, func() ([]byte, error) { return load(path) })
	if err != nil {
		return nil, named(err, path)
	}
	return Decode(ctx, path, data, password)
}

// Decode reads the signing certificates from a certificate (PEM, DER or PKCS#7), a keystore (JKS or PKCS#12), the
// base64 of either, or what a tool printed (see [ParseFingerprint]). The format is recognised by content, as keytool
// has called its PKCS#12 keystores .jks since Java 9; text may be UTF-8 or UTF-16. The path is what data is called in
// errors and to password; it may be empty.
//
// A keystore's signers are its keys' own certificates, sorted by alias; its trusted certificates count only when it
// holds no key. Others come in their order, without those that signed another of them. There is always at least one
// signer when the error is nil, and none twice. Control characters in names are replaced, so that names can be printed.
//
// password may be nil when there is nobody to ask. When ctx ends, Decode returns its error at once. Every other error
// is an [*Error]; one that password returned is its cause.
func Decode(ctx context.Context, path string, data []byte, password Password) ([]Signer, error) {
	signers, err := decode(ctx, path, data, password, false)
	return signers, named(err, path)
}

// named puts the file's name into an error, and into the commands of its hint.
func named(err error, path string) error {
	if own, ok := errors.AsType[*Error](err); ok && path != "" {
		own.Path = path
		own.Hint = strings.ReplaceAll(own.Hint, " FILE", " "+shellquote.Join(path))
	}
	return err
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

// decode is Decode without the file's name in errors. Base64 is undone once: wrapped says that it was.
func decode(ctx context.Context, path string, data []byte, password Password, wrapped bool) ([]Signer, error) {
	found := recognise(data)
	// An app is larger than any keystore: say that it is one rather than that it is large.
	if found != archive && len(data) > MaxFileSize {
		return nil, &Error{
			Kind: TooLarge, Message: fmt.Sprintf("The file is larger than %d MiB, which no keystore is", MaxFileSize>>20),
			Hint: "Give the keystore or the certificate itself.",
		}
	}
	var signers []Signer
	var certificates []certificate
	var err error
	switch found {
	case plainText:
		text := Text(data)
		if inner, ok := unwrap(text); ok && !wrapped {
			return decode(ctx, path, inner, password, true)
		}
		return readText(text)
	case certificateDER:
		certificates, err = parseCertificates(data)
		signers = merge(signersOf(certificates))
	case certificatesPKCS7:
		certificates, err = parsePKCS7(data)
		signers = merge(signersOf(certificates))
	case keystoreJKS:
		signers, err = openKeystore(ctx, path, data, password, readJKS)
	case keystorePKCS12:
		signers, err = openKeystore(ctx, path, data, password, readPKCS12)
	default:
		return nil, errFormat(found)
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
	return signers, nil
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

// printable keeps a foreign file's names from moving the cursor of the terminal they are shown on.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
