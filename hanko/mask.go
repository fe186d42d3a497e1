package hanko

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// secretFields are the JSON members whose values let somebody else in. Challenges, assertions and public keys are
// left readable: they are of no use a second time.
var secretFields = map[string]bool{
	"code":             true, // a passcode; but see maskValue: an error's numeric code stays
	"session_token":    true,
	"token":            true,
	"password":         true,
	"new_password":     true,
	"otp_code":         true,
	"otp_secret":       true,
	"otp_image_url":    true, // likewise
	"csrf_token":       true,
	"otp_image_source": true, // a QR code of the secret
}

// jwtPattern finds compact JWS anywhere: a token in a place we do not know is still a token.
var jwtPattern = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{8,}`)

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
	if u, err := url.Parse(e.URL); err == nil && u.User != nil {
		e.URL = u.Redacted()
	}
	return e
}

// MaskToken leaves the first and last few characters of a secret, so that a person can tell two apart.
func MaskToken(secret string) string {
	if len(secret) < 24 {
		return mask
	}
	return secret[:6] + mask + secret[len(secret)-4:]
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
					values[i] += ";" + attributes
				}
			default:
				values[i] = maskText(value)
			}
		}
	}
	return masked
}

func maskPair(pair string) string {
	name, value, found := strings.Cut(pair, "=")
	if !found || value == "" {
		return pair
	}
	return name + "=" + MaskToken(value)
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
	if err := decoder.Decode(&value); err != nil {
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

// secretMember finds secret members in text that is not whole JSON.
var secretMember = regexp.MustCompile(`(?i)("(?:code|session_token|token|password|new_password|otp_code|otp_secret|otp_image_source|csrf_token)"\s*:\s*)"[^"]*"?`)

func maskValue(name string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for member, inner := range v {
			v[member] = maskValue(member, inner)
		}
		return v
	case []any:
		for i, inner := range v {
			v[i] = maskValue(name, inner)
		}
		return v
	case string:
		// Flow errors carry a "code" too: a word, never a passcode.
		if secretFields[name] && v != "" && (name != "code" || !isErrorCode(v)) {
			return MaskToken(v)
		}
		return maskText(v)
	default:
		return value
	}
}

// isErrorCode tells flow error codes such as "passcode_invalid" from passcodes: they are lower-case words joined by
// underscores, which no passcode charset contains.
func isErrorCode(code string) bool {
	return strings.Contains(code, "_") || code == "unauthorized"
}
