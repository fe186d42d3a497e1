// Package secret is the one place that knows what lets somebody else in, and hides it. Masked hides what stands where
// secrets belong. A Keeper learns secrets as they come by, and hides them wherever else they turn up.
package secret

import (
	"strings"

	"example.com/hankosim/hanko"
)

// Kind is what a secret is.
type Kind int

// The kinds.
const (
	Token    Kind = iota // goes with requests: a session token, a cookie, a csrf token. Its ends are shown, to tell two apart
	Code                 // is good for a moment: a passcode, or the code of an authenticator app
	Password             // is thought up by a person, and may be a word
	Key                  // is what an authenticator app is set up with, or what WebAuthn's extensions give the page
)

// secretFields are the JSON members, in lower case, whose values let somebody else in. Challenges, assertions and
// public keys are left readable: they are of no use a second time.
var secretFields = map[string]Kind{
	string(hanko.InputCode):         Code, // but see places.value: an error's code stays
	"session_token":                 Token,
	string(hanko.InputToken):        Token,
	string(hanko.InputPassword):     Password,
	string(hanko.InputNewPassword):  Password,
	string(hanko.InputOTPCode):      Code,
	"otp_secret":                    Key,
	"otp_image_url":                 Key, // an otpauth URL carries the secret
	"csrf_token":                    Token,
	"hanko_token":                   Token, // in the address that a third party's way back leads to
	string(hanko.InputCodeVerifier): Token,
	"otp_image_source":              Key, // a QR code of the secret
}

// secretOutputs are the members, in lower case, of what WebAuthn's extensions take and give that a browser keeps for the
// page (WebAuthn Level 3, sections 10.1.4 and 10.1.5), by the extension's name. All that is in them is secret.
var secretOutputs = map[string]map[string]bool{
	"prf":       {"results": true},
	"largeblob": {"blob": true, "write": true},
}

// Input reports whether what is typed into a field of a form is nobody else's business.
func Input(field hanko.FlowInput) bool {
	_, known := secretFields[strings.ToLower(string(field.Name))]
	return known || field.Type == "password"
}

// InURL reports whether a URL may have a password in it: it names a user, as none of a tenant does.
func InURL(text string) bool { return strings.Contains(text, "@") }

// Masked returns a copy of an exchange without what stands where secrets belong: tokens, cookies, passcodes, passwords and
// keys are replaced by dots, with enough of a token left to tell two apart.
func Masked(e hanko.Exchange) hanko.Exchange {
	return places{secret: shown, text: MaskedText}.exchange(e)
}

// shown is what may be shown of a secret. Of a password or a passcode, however long, that is not one character.
func shown(kind Kind, value string) string {
	if kind == Token {
		return MaskedToken(value)
	}
	return Dots
}
