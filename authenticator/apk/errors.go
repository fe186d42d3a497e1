package apk

import (
	"errors"
	"strings"
)

// Kind says what went wrong, for callers that switch on it.
type Kind string

const (
	// NotFingerprint means that the text is not a SHA-256 fingerprint in any known form.
	NotFingerprint Kind = "not a fingerprint"
	// SHA1Fingerprint means that the text is a SHA-1 fingerprint, from which the origin cannot be computed.
	SHA1Fingerprint Kind = "SHA-1 fingerprint"
	// PublicKeyDigest means that the text is the digest of a public key, from which the origin cannot be computed.
	PublicKeyDigest Kind = "public key digest"
	// FileMissing means that there is no file at the path.
	FileMissing Kind = "file missing"
	// Unreadable means that the file exists but cannot be read (no permission, a folder).
	Unreadable Kind = "unreadable"
	// TooLarge means that the file is larger than [MaxFileSize].
	TooLarge Kind = "too large"
	// UnknownFormat means that the file is neither text, nor a certificate or keystore in a format that this package reads.
	UnknownFormat Kind = "unknown format"
	// NotDecodable means that the file's format is known, but it is damaged, or this package cannot read this kind.
	NotDecodable Kind = "not decodable"
	// PasswordNeeded means that the keystore needs a password, and there is none.
	PasswordNeeded Kind = "password needed"
	// WrongPassword means that the password does not open the keystore.
	WrongPassword Kind = "wrong password"
	// NoCertificate means that the file contains no signing certificate.
	NoCertificate Kind = "no certificate"
)

// Error is the error that this package returns, except for a context that ends.
type Error struct {
	Kind    Kind
	Path    string // the file as given; empty for a fingerprint
	Message string // what is wrong: a sentence without the full stop
	Err     error  // the cause; may be nil
	Hint    string // what to do: sentences with full stops
}

// Error returns the path, the message, the cause and the hint, in one line.
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

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FILE in a hint stands for the file's name, which Decode fills in.

// hintFingerprint is the hint for every keystore that this package cannot read.
const hintFingerprint = "Give what `keytool -list -v -keystore FILE` prints instead, as an argument, a file or on standard input."

// hintCertificate is the hint for every certificate that this package cannot read.
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

// errFormat returns the error for a known format that this package cannot read.
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
