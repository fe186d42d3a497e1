package apk

import (
	"errors"
	"strings"
)

// Kind says what went wrong, for a caller that wants to react to it.
type Kind string

const (
	// NotFingerprint: the text is no SHA-256 fingerprint in any known spelling.
	NotFingerprint Kind = "not a fingerprint"
	// SHA1Fingerprint: the text is the certificate's SHA-1 fingerprint, of which no origin can be made.
	SHA1Fingerprint Kind = "SHA-1 fingerprint"
	// FileMissing: there is no file at the path.
	FileMissing Kind = "file missing"
	// Unreadable: the file is there and the system refuses to read it (no permission, a folder).
	Unreadable Kind = "unreadable"
	// TooLarge: the file is larger than [MaxFileSize].
	TooLarge Kind = "too large"
	// UnknownFormat: the file is neither a certificate nor a JKS or PKCS#12 keystore.
	UnknownFormat Kind = "unknown format"
	// NotDecodable: the file's format is known, but it is damaged or made in a way this package cannot read.
	NotDecodable Kind = "not decodable"
	// PasswordNeeded: the keystore needs a password, and none could be had.
	PasswordNeeded Kind = "password needed"
	// WrongPassword: the password does not open the keystore.
	WrongPassword Kind = "wrong password"
	// NoCertificate: the file could be read, and there is no signing certificate inside.
	NoCertificate Kind = "no certificate"
)

// Error is every error of this package except a cancelled context's.
type Error struct {
	Kind    Kind
	Path    string // the file, as it was given; empty for a fingerprint
	Message string // what is wrong, a sentence without its full stop
	Err     error  // the cause; may be nil
	Hint    string // what to do, sentences with their full stops
}

// Error is the path, the message, the cause and the hint, on one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Message)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String() + ". " + e.Hint
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// hintFingerprint is the way out of every file that cannot be read here.
const hintFingerprint = "Give the SHA-256 fingerprint instead: `keytool -list -v -keystore FILE` prints it for a keystore," +
	" `keytool -printcert -file FILE` for a certificate."

func notFingerprint(cause string) *Error {
	return &Error{
		Kind: NotFingerprint, Message: "This is not a SHA-256 fingerprint", Err: errors.New(cause),
		Hint: "Give the line that begins with SHA256: in what `keytool -list -v` or `./gradlew signingReport` prints.",
	}
}

func errSHA1() *Error {
	return &Error{
		Kind: SHA1Fingerprint, Message: "This is a SHA-1 fingerprint, and the origin is made of the SHA-256",
		Err:  errors.New("it has 20 bytes and not 32"),
		Hint: "The same tools print the SHA-256 fingerprint beside it, on the line that begins with SHA256: or SHA-256:.",
	}
}
