// Package secret finds and hides what would let somebody else in: tokens, passcodes, passwords and keys. Masked hides the
// values of fields that contain secrets. A Keeper also learns these values, and hides them wherever else they appear.
package secret

import (
	"strings"

	"example.com/hankosim/hanko"
)

// Kind is the kind of a secret.
type Kind int

// The kinds.
const (
	Token    Kind = iota // goes with requests: a session token, a cookie, a CSRF token. Its ends are shown, to tell two apart
	Code                 // is valid for a short time: a passcode, or the code of an authenticator app
	Password             // is chosen by a person, and may be a word
	Key                  // sets up an authenticator app, or is a result of WebAuthn extensions
)

// secretFields are the JSON members, in lower case, whose values would let somebody else in. Challenges, assertions and
// public keys stay readable, because they are useless a second time.
var secretFields = map[string]Kind{
	string(hanko.InputCode):         Code, // but see places.value: an error's code is shown
	"session_token":                 Token,
	string(hanko.InputToken):        Token,
	string(hanko.InputPassword):     Password,
	string(hanko.InputNewPassword):  Password,
	string(hanko.InputOTPCode):      Code,
	"otp_secret":                    Key,
	"otp_image_url":                 Key, // an otpauth URL contains the secret
	"csrf_token":                    Token,
	"hanko_token":                   Token, // in the address with which a browser returns from a third party
	string(hanko.InputCodeVerifier): Token,
	"otp_image_source":              Key, // a QR code of the secret
}

// secretOutputs are the members, in lower case, of WebAuthn extension inputs and outputs that are secret (WebAuthn Level 3,
// sections 10.1.4 and 10.1.5), by the extension's name. Everything in them is secret.
var secretOutputs = map[string]map[string]bool{
	"prf":       {"results": true},
	"largeblob": {"blob": true, "write": true},
}

// Input reports whether the value of a form's field is secret.
func Input(field hanko.FlowInput) bool {
	_, known := secretFields[strings.ToLower(string(field.Name))]
	return known || field.Type == "password"
}

// InURL reports whether a URL may contain a password. A URL that names a user may; a tenant's URLs never do.
func InURL(text string) bool { return strings.Contains(text, "@") }

// Masked returns a copy of an exchange with dots in place of tokens, cookies, passcodes, passwords and keys. Enough of a
// token is left to tell two apart.
func Masked(e hanko.Exchange) hanko.Exchange {
	return places{secret: shown, text: MaskedText}.exchange(e)
}

// shown returns what may be shown of a secret. Of a password or passcode, that is nothing.
func shown(kind Kind, value string) string {
	if kind == Token {
		return MaskedToken(value)
	}
	return Dots
}
