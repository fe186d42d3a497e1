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

// MaxFileSize is the largest file that [ReadFile] accepts, in bytes. A keystore with a thousand keys is smaller.
const MaxFileSize = 4 << 20

// The Android build tools create the debug keystore with this name and password on every machine.
// https://developer.android.com/studio/publish/app-signing#debug-mode
const (
	debugKeystore = "debug.keystore"
	debugPassword = "android"
)

// Signer is a certificate that can sign an app.
type Signer struct {
	// Name is the certificate's name in its source: the alias in a keystore, the variants in Gradle's signing report,
	// "Signer #1" in apksigner's output. It may be empty.
	Name string
	// Subject is the certificate's distinguished name (RFC 4514), always with CN first. If it comes from a tool's output,
	// it is as the tool writes it. It may be empty.
	Subject string
	// NotAfter is the end of the certificate's validity, in UTC, or the zero time if only its fingerprint is known. Android
	// accepts expired certificates.
	NotAfter time.Time
	// Hash is the SHA-256 of the certificate's DER.
	Hash KeyHash
}

// Password returns the password of the keystore at path. It is called at most once, and only if the keystore does not open
// without a password (or, for debug.keystore, with the well-known "android").
type Password func(ctx context.Context, path string) (string, error)

// ReadFile calls [Decode] with the content of the file at path.
func ReadFile(ctx context.Context, path string, password Password) ([]Signer, error) {
	data, err := await(ctx, func() ([]byte, error) { return load(path) })
	if err != nil {
		return nil, named(err, path)
	}
	return Decode(ctx, path, data, password)
}

// Decode returns the signing certificates in a certificate (PEM, DER or PKCS#7), a keystore (JKS or PKCS#12), the base64
// of either, or a tool's output (see [ParseFingerprint]). It recognises the format by content, because keytool has written
// PKCS#12 to files named .jks since Java 9. Text may be UTF-8 or UTF-16. path names the data in errors and for password;
// it may be empty.
//
// A keystore's signers are the certificates of its keys, sorted by alias; trusted certificates count only if there is no
// key. Other signers keep their order, without those that signed another one. If the error is nil, there is at least one
// signer, and none twice. Control characters in names are replaced, so that names can be printed.
//
// password may be nil if there is nobody to ask. If ctx ends, Decode returns its error at once. Every other error is an
// [*Error], which wraps an error of password.
func Decode(ctx context.Context, path string, data []byte, password Password) ([]Signer, error) {
	signers, err := decode(ctx, path, data, password, false)
	return signers, named(err, path)
}

// named puts the file's name into an error and into the commands in its hint.
func named(err error, path string) error {
	if own, ok := errors.AsType[*Error](err); ok && path != "" {
		own.Path = path
		own.Hint = strings.ReplaceAll(own.Hint, " FILE", " "+shellquote.Join(path))
	}
	return err
}

// await runs f, but stops waiting when ctx ends. Opening a named pipe and deriving a key cannot be interrupted, so f may
// run on until the program ends.
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

// load returns the file's content, up to one byte more than is allowed.
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

// decode is Decode without the file's name in errors. It decodes base64 only once; wrapped says that this has happened.
func decode(ctx context.Context, path string, data []byte, password Password, wrapped bool) ([]Signer, error) {
	found := recognise(data)
	// An app is larger than any keystore. Say that it is an app, not that it is large.
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

// errWrongPassword is the error of a keystore's reader that needs another password.
var errWrongPassword = errors.New("the keystore's checksum does not agree with the password")

// openKeystore calls read with the passwords that may be right.
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

// printable replaces control characters, so that a foreign file's names cannot change the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
