package authenticator

import (
	"errors"
	"strings"
)

// ErrorName is the name of the DOMException (or TypeError) that WebAuthn gives for a refusal
// (WebAuthn Level 3, sections 5.1.3 and 5.1.4).
type ErrorName string

// The names a Phone uses.
const (
	NotAllowedError   ErrorName = "NotAllowedError"   // the person said no, left, was not verified, or there is no passkey
	InvalidStateError ErrorName = "InvalidStateError" // a passkey named in excludeCredentials is already on this phone
	SecurityError     ErrorName = "SecurityError"     // the RP ID is not one this app may use
	NotSupportedError ErrorName = "NotSupportedError" // no common algorithm, or something this platform never does
	ConstraintError   ErrorName = "ConstraintError"   // a required ability that this authenticator does not have
	SyntaxError       ErrorName = "SyntaxError"       // malformed extension inputs
	TypeError         ErrorName = "TypeError"         // the options are malformed or lack something required
	UnknownError      ErrorName = "UnknownError"      // the authenticator itself failed: its store, its key
)

// Error is a refusal: what a real phone would hand the app instead of a response. Every error of
// Phone.Create, Phone.Get and the Parse functions is one, so a caller can switch on Name.
type Error struct {
	Ceremony Ceremony  // which ceremony was refused
	Name     ErrorName // the WebAuthn name
	Platform string    // what iOS or Android itself says: a code or a type string; empty when the platform has no own word
	Sentence string    // what happened, as one sentence without the final full stop
	Hint     string    // what to do about it; may be empty
	Err      error     // the cause, may be nil

	unverified bool // it is ErrNotVerified
}

// ErrNotVerified is an *Error, by errors.Is, whose relying party requires user verification of a person who was not verified.
var ErrNotVerified = errors.New("the person was not verified")

// Is reports whether the error is ErrNotVerified.
func (e *Error) Is(target error) bool { return target == ErrNotVerified && e.unverified }

// Error gives the name, the sentence, the cause and the hint in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Name))
	b.WriteString(": ")
	b.WriteString(e.Sentence)
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	if e.Platform != "" {
		b.WriteString(" [")
		b.WriteString(e.Platform)
		b.WriteString("]")
	}
	if e.Hint != "" {
		b.WriteString(" (")
		b.WriteString(e.Hint)
		b.WriteString(")")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrUnknownPasskey is the error if the keystore (or the phone) has no passkey with a credential ID.
var ErrUnknownPasskey = errors.New("there is no passkey with this credential ID")

// ErrPasskeyExists is the error of importing a passkey that is already in the keystore.
var ErrPasskeyExists = errors.New("there is already a passkey with this credential ID")
