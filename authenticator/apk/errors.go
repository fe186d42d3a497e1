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
	// PublicKeyDigest: the text has the digest of a public key, of which no origin can be made.
	PublicKeyDigest Kind = "public key digest"
	// FileMissing: there is no file at the path.
	FileMissing Kind = "file missing"
	// Unreadable: the file is there and the system refuses to read it (no permission, a folder).
	Unreadable Kind = "unreadable"
	// TooLarge: the file is larger than [MaxFileSize].
	TooLarge Kind = "too large"
	// UnknownFormat: the file is neither a certificate nor a keystore that can be read here, nor text.
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

// FILE in a hint stands for the file that was read; Decode puts its name there.

// hintFingerprint is the way out of every keystore that cannot be read here.
const hintFingerprint = "Give what `keytool -list -v -keystore FILE` prints instead, as an argument, a file or on standard input."

// hintCertificate is the way out of every certificate that cannot be read here.
const hintCertificate = "Give what `keytool -printcert -file FILE` prints instead, as an argument, a file or on standard input."

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

func errPublicKey() *Error {
	return &Error{
		Kind: PublicKeyDigest, Message: "This is the digest of the public key, and the origin is made of the certificate's",
		Err:  errors.New("every SHA-256 line says that it is of a public key"),
		Hint: "`apksigner verify --print-certs` prints both: give the line that has \"certificate SHA-256 digest\".",
	}
}

// errFormat says what a file is that cannot be read here.
func errFormat(found format) *Error {
	switch found {
	case keystoreJCEKS:
		return &Error{
			Kind: UnknownFormat, Message: "This is a JCEKS keystore, which cannot be read here",
			Hint: "Give what `keytool -list -v -storetype JCEKS -keystore FILE` prints instead, as an argument, a file or on standard input.",
		}
	case keystoreBKS:
		return &Error{
			Kind: UnknownFormat, Message: "This is a BKS keystore (Bouncy Castle's), which cannot be read here",
			Hint: "Give what `keytool -list -v -storetype BKS -providerpath bcprov.jar" +
				" -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -keystore FILE` prints instead; bcprov.jar is Bouncy Castle's.",
		}
	case privateKey:
		return &Error{
			Kind: NoCertificate, Message: "This is a private key, and not its certificate",
			Hint: "Give the certificate or the keystore, and keep the key to yourself.",
		}
	case archive:
		return &Error{
			Kind: UnknownFormat, Message: "This is a zip archive, such as an app (APK, AAB), and not its certificate or keystore",
			Hint: "Give what `apksigner verify --print-certs FILE` prints of an APK, or `keytool -printcert -jarfile FILE` of an app bundle.",
		}
	default:
		return &Error{
			Kind: UnknownFormat, Message: "This is neither a certificate (PEM, DER, PKCS#7) nor a keystore (JKS, PKCS#12) nor text",
			Hint: hintFingerprint,
		}
	}
}
