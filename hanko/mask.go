package hanko

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secretFields are the JSON members, in lower case, whose values let somebody else in. Challenges, assertions and
// public keys are left readable: they are of no use a second time.
var secretFields = map[string]bool{
	string(InputCode):        true, // a passcode; but see maskValue: an error's numeric code stays
	"session_token":          true,
	string(InputToken):       true,
	string(InputPassword):    true,
	string(InputNewPassword): true,
	string(InputOTPCode):     true,
	"otp_secret":             true,
	"otp_image_url":          true, // an otpauth URL carries the secret
	"csrf_token":             true,
	"otp_image_source":       true, // a QR code of the secret
}

// secretOutputs are the members, in lower case, of what WebAuthn's extensions take and give that a browser keeps for the
// page (WebAuthn Level 3, sections 10.1.4 and 10.1.5), by the extension's name. All that is in them is secret.
var secretOutputs = map[string]map[string]bool{
	"prf":       {"results": true},
	"largeblob": {"blob": true, "write": true},
}

// SecretMember tells that a JSON member, or a field of a form, of this name carries a secret, in whatever case it is
// written: a passcode, a password, a token or what an authenticator app needs.
func SecretMember[S ~string](name S) bool { return secretFields[strings.ToLower(string(name))] }

// jwtPattern finds compact JWS anywhere, unsigned ones too: a token in a place we do not know is still a token.
var jwtPattern = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*`)

const mask = "••••••"

// Masked returns a copy of the exchange without its secrets: tokens, cookies, passcodes and passwords are replaced
// by dots, with enough of a token left to tell two apart.
func (e Exchange) Masked() Exchange {
	e.RequestHeader = maskHeader(e.RequestHeader)
	e.ResponseHeader = maskHeader(e.ResponseHeader)
	e.RequestBody = maskBody(e.RequestBody)
	e.ResponseBody = maskBody(e.ResponseBody)
	e.URL = maskText(e.URL)
	e.Path = maskText(e.Path)
	e.Err = maskError(e.Err)
	if u, err := url.Parse(e.URL); err == nil && u.User != nil {
		e.URL = u.Redacted()
	}
	return e
}

// maskError masks what an error repeats of the answer.
func maskError(err *Error) *Error {
	if err == nil {
		return nil
	}
	masked := *err
	masked.Message = maskText(err.Message)
	if err.Err != nil {
		if text := err.Err.Error(); maskText(text) != text {
			masked.Err = errors.New(maskText(text))
		}
	}
	return &masked
}

// MaskToken leaves the first and last few characters of a token, so that a person can tell two apart. What is shorter
// than any token, or has characters that no token has, is hidden whole.
func MaskToken(secret string) string {
	if len(secret) < 24 || strings.ContainsFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return mask
	}
	return secret[:6] + mask + secret[len(secret)-4:]
}

// scheme matches how a URL begins.
var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:?//`)

// MaskUserinfo returns a URL, or what somebody takes for one, without the user name and the password in it (RFC 3986,
// section 3.2.1), however badly it is written: all up to the last @ is hidden. An email address stays as it is.
func MaskUserinfo(text string) string {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text
	}
	start := scheme.FindString(text)
	if at < len(start) || start == "" && !strings.Contains(text[:at], ":") {
		return text
	}
	return start + mask + text[at:]
}

func maskHeader(header http.Header) http.Header {
	masked := header.Clone()
	for name, values := range masked {
		for i, value := range values {
			switch http.CanonicalHeaderKey(name) {
			case "Authorization":
				scheme, secret, found := strings.Cut(value, " ")
				if found {
					values[i] = scheme + " " + MaskToken(secret)
				} else {
					values[i] = MaskToken(value)
				}
			case "X-Auth-Token":
				values[i] = MaskToken(value)
			case "Cookie":
				pairs := strings.Split(value, ";")
				for j, pair := range pairs {
					pairs[j] = maskPair(pair)
				}
				values[i] = strings.Join(pairs, ";")
			case "Set-Cookie":
				pair, attributes, found := strings.Cut(value, ";")
				values[i] = maskPair(pair)
				if found {
					values[i] += ";" + maskText(attributes)
				}
			default:
				values[i] = maskText(value)
			}
		}
	}
	return masked
}

// maskPair masks a cookie's value. One without a name is all value (RFC 6265bis, section 5.6).
func maskPair(pair string) string {
	name, value, found := strings.Cut(pair, "=")
	switch {
	case !found && strings.TrimSpace(pair) != "":
		return MaskToken(pair)
	case value == "":
		return pair
	default:
		return maskText(name) + "=" + MaskToken(value)
	}
}

func maskText(text string) string {
	return jwtPattern.ReplaceAllStringFunc(text, MaskToken)
}

// maskBody masks a JSON body member by member and anything else by the tokens found in it. A body that cannot be
// parsed may be a cut-off one, so the patterns are all that is left to go by.
func maskBody(body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	whole := decoder.Decode(&value) == nil
	if whole {
		_, err := decoder.Token()
		whole = errors.Is(err, io.EOF) // else what follows the JSON would be lost
	}
	if !whole {
		return []byte(maskText(secretMember.ReplaceAllString(string(body), `${1}"`+mask+`"`)))
	}
	var masked bytes.Buffer
	encoder := json.NewEncoder(&masked)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(maskValue("", value)); err != nil {
		return []byte(mask)
	}
	return bytes.TrimRight(masked.Bytes(), "\n")
}

// secretMember finds secret members in text that is not whole JSON, where an extension's members are known by their
// own names alone.
var secretMember = func() *regexp.Regexp {
	names := append(slices.Sorted(maps.Keys(secretFields)), "first", "second", "blob", "write")
	return regexp.MustCompile(`(?i)("(?:` + strings.Join(names, "|") + `)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?$)`)
}()

// maskValue masks a value; name is, in lower case, that of the member it is the value of.
func maskValue(name string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		masked := make(map[string]any, len(v))
		for member, inner := range v {
			lower := strings.ToLower(member)
			if secretOutputs[name][lower] {
				masked[maskText(member)] = maskAll(inner)
				continue
			}
			masked[maskText(member)] = maskValue(lower, inner)
		}
		return masked
	case []any:
		for i, inner := range v {
			v[i] = maskValue(name, inner)
		}
		return v
	case string:
		switch {
		case v == "" || !secretFields[name]:
			return maskText(v)
		case name == "code" && errorCode.MatchString(v): // flow errors carry a "code" too: a word, never a passcode
			return v
		case strings.HasSuffix(name, "token"):
			return MaskToken(v)
		default:
			return mask // of a password or passcode, however long, not one character may show
		}
	case json.Number:
		if secretFields[name] && (name != "code" || len(v) > len("500")) { // an error's "code" is its status
			return mask
		}
		return v
	default:
		return value
	}
}

// maskAll masks every text and number of a value, and leaves its shape.
func maskAll(value any) any {
	switch v := value.(type) {
	case map[string]any:
		masked := make(map[string]any, len(v))
		for member, inner := range v {
			masked[maskText(member)] = maskAll(inner)
		}
		return masked
	case []any:
		for i, inner := range v {
			v[i] = maskAll(inner)
		}
		return v
	case string, json.Number:
		return mask
	default:
		return value
	}
}

// errorCode tells flow error codes such as "passcode_invalid" from passcodes: they are lower-case words joined by
// underscores, which no passcode charset contains.
var errorCode = regexp.MustCompile(`^(?:[a-z]+(?:_[a-z]+)+|unauthorized)$`)
