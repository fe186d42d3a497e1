package authenticator

import (
	"errors"
	"strings"
)

// ErrorName is the name of the DOMException (or TypeError) with which WebAuthn refuses a ceremony (WebAuthn Level 3,
// sections 5.1.3 and 5.1.4).
type ErrorName string

// The names that a Phone uses.
const (
	NotAllowedError   ErrorName = "NotAllowedError"   // the person declined, left or was not verified, or there is no passkey
	InvalidStateError ErrorName = "InvalidStateError" // a passkey named in excludeCredentials is already on this phone
	SecurityError     ErrorName = "SecurityError"     // this app may not use the RP ID
	NotSupportedError ErrorName = "NotSupportedError" // no common algorithm, or something that this platform does not support
	ConstraintError   ErrorName = "ConstraintError"   // this authenticator lacks a required ability
	SyntaxError       ErrorName = "SyntaxError"       // malformed extension inputs
	TypeError         ErrorName = "TypeError"         // the options are malformed, or lack something that is required
	UnknownError      ErrorName = "UnknownError"      // the authenticator itself failed, such as its keystore
)

// Error is a refusal, which a real phone would return to the app instead of a response. Phone.Create, Phone.Get and the Parse
// functions fail only with an *Error, so a caller can switch on Name.
type Error struct {
	Ceremony Ceremony  // which ceremony was refused
	Name     ErrorName // the WebAuthn name
	Platform string    // the code or type of iOS or Android; empty if the platform has none
	Sentence string    // what happened, without the final full stop
	Hint     string    // what to do about it; may be empty
	Err      error     // the cause, may be nil

	unverified bool // it is ErrNotVerified
}

// ErrNotVerified matches, with errors.Is, an *Error whose relying party requires user verification, but the person was not
// verified.
var ErrNotVerified = errors.New("the person was not verified")

// Is reports whether the error matches ErrNotVerified.
func (e *Error) Is(target error) bool { return target == ErrNotVerified && e.unverified }

// Error returns the name, the sentence, the cause and the hint in one line.
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

// ErrPasskeyExists is the error for importing a passkey that is already in the keystore.
var ErrPasskeyExists = errors.New("there is already a passkey with this credential ID")
