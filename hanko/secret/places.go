package secret

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

	"example.com/hankosim/hanko"
)

// places walks through exchanges, and calls one function for the values of secret fields and another for all other text.
// The results replace the values.
type places struct {
	secret func(kind Kind, value string) string
	text   func(text string) string
	token  string // a member, in lower case, that is a token only in this exchange's body
}

// exchange returns a copy of the exchange with everything replaced.
func (p places) exchange(e hanko.Exchange) hanko.Exchange {
	if e.Path == "/token" {
		p.token = "value" // hanko.TokenExchange's; elsewhere it is what a field has, or may have
	}
	e.RequestHeader = p.header(e.RequestHeader)
	e.ResponseHeader = p.header(e.ResponseHeader)
	e.RequestBody = p.body(e.RequestBody)
	e.ResponseBody = p.body(e.ResponseBody)
	e.URL = p.address(e.URL)
	e.Path = p.address(e.Path)
	e.Err = p.error(e.Err)
	if u, err := url.Parse(e.URL); err == nil && u.User != nil {
		if password, has := u.User.Password(); has {
			p.secret(Password, password)
		}
		e.URL = u.Redacted()
	}
	return e
}

// secretQuery finds secret parameters of an address: the token or the code with which a browser returns from a third party,
// and the state, which the tenant also keeps in a cookie.
var secretQuery = regexp.MustCompile(`([?&](?:hanko_token|code|state)=)([^&#]+)`)

func (p places) address(text string) string {
	return p.text(secretQuery.ReplaceAllStringFunc(text, func(found string) string {
		parts := secretQuery.FindStringSubmatch(found)
		value, err := url.QueryUnescape(parts[2])
		if err != nil {
			value = parts[2]
		}
		if replaced := p.secret(Token, value); replaced != value {
			return parts[1] + replaced
		}
		return found
	}))
}

// error replaces what an error repeats of the response.
func (p places) error(err *hanko.Error) *hanko.Error {
	if err == nil {
		return nil
	}
	replaced := *err
	replaced.Message = p.text(err.Message)
	if err.Err != nil {
		before := err.Err.Error()
		if after := p.text(before); after != before {
			replaced.Err = errors.New(after)
		}
	}
	return &replaced
}

func (p places) header(header http.Header) http.Header {
	replaced := header.Clone()
	for name, values := range replaced {
		for i, value := range values {
			switch http.CanonicalHeaderKey(name) {
			case "Authorization":
				scheme, token, found := strings.Cut(value, " ")
				if found {
					values[i] = scheme + " " + p.secret(Token, token)
				} else {
					values[i] = p.secret(Token, value)
				}
			case "X-Auth-Token":
				values[i] = p.secret(Token, value)
			case "Cookie":
				pairs := strings.Split(value, ";")
				for j, pair := range pairs {
					pairs[j] = p.pair(pair)
				}
				values[i] = strings.Join(pairs, ";")
			case "Set-Cookie":
				pair, attributes, found := strings.Cut(value, ";")
				values[i] = p.pair(pair)
				if found {
					values[i] += ";" + p.text(attributes)
				}
			default:
				values[i] = p.text(value)
			}
		}
	}
	return replaced
}

// harmless is a cookie of Hanko that is not secret: it has the ID of an address, which is in bodies, too.
const harmless = "hanko_email_id"

// pair is a cookie. One without a name is all value (RFC 6265bis, section 5.6).
func (p places) pair(pair string) string {
	name, value, found := strings.Cut(pair, "=")
	switch {
	case !found && strings.TrimSpace(pair) != "":
		return p.secret(Token, pair)
	case value == "":
		return pair
	case strings.TrimSpace(name) == harmless:
		return name + "=" + p.text(value)
	default:
		return p.text(name) + "=" + p.secret(Token, value)
	}
}

// body walks through JSON member by member, and treats anything else as text. A body that cannot be parsed may be cut off,
// so it looks for the names of members in the text.
func (p places) body(body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	whole := decoder.Decode(&value) == nil
	if whole {
		_, err := decoder.Token()
		whole = errors.Is(err, io.EOF) // otherwise what follows the JSON would be lost
	}
	if !whole {
		return []byte(p.text(secretMember.ReplaceAllStringFunc(string(body), p.member)))
	}
	var replaced bytes.Buffer
	encoder := json.NewEncoder(&replaced)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(p.value("", value)); err != nil {
		return []byte(Dots)
	}
	return bytes.TrimRight(replaced.Bytes(), "\n")
}

// secretMember finds secret members in text that is not complete JSON. There, the members of extensions are known only by
// their names.
var secretMember = func() *regexp.Regexp {
	names := append(slices.Sorted(maps.Keys(secretFields)), "first", "second", "blob", "write")
	return regexp.MustCompile(`(?i)("(` + strings.Join(names, "|") + `)"\s*:\s*)("(?:[^"\\]|\\.)*(?:"|\\?$))`)
}()

// member hides all of a member that secretMember has found, because the text may be cut off.
func (p places) member(found string) string {
	parts := secretMember.FindStringSubmatch(found)
	var value string
	if json.Unmarshal([]byte(parts[3]), &value) == nil {
		kind, known := secretFields[strings.ToLower(parts[2])]
		if !known {
			kind = Key
		}
		p.secret(kind, value)
	}
	return parts[1] + `"` + Dots + `"`
}

// value replaces the value of a member, with its name in lower case.
func (p places) value(name string, value any) any {
	kind, secret := secretFields[name]
	if p.token != "" && name == p.token {
		kind, secret = Token, true
	}
	switch v := value.(type) {
	case map[string]any:
		replaced := make(map[string]any, len(v))
		for member, inner := range v {
			lower := strings.ToLower(member)
			if secretOutputs[name][lower] {
				replaced[p.text(member)] = p.all(inner)
				continue
			}
			replaced[p.text(member)] = p.value(lower, inner)
		}
		return replaced
	case []any:
		for i, inner := range v {
			v[i] = p.value(name, inner)
		}
		return v
	case string:
		switch {
		case v == "" || !secret:
			return p.address(v) // text may contain one
		case name == string(hanko.InputCode) && errorCode.MatchString(v): // flow errors have a "code", too: a word, never a passcode
			return v
		default:
			return p.secret(kind, v)
		}
	case json.Number:
		if secret && (name != string(hanko.InputCode) || len(v) > len("500")) { // an error's "code" is its status
			return p.secret(kind, v.String())
		}
		if replaced := p.text(v.String()); replaced == Dots { // otherwise part of the number looks like a secret
			return replaced
		}
		return v
	default:
		return value
	}
}

// all hides every text and number in a value, and keeps its structure.
func (p places) all(value any) any {
	switch v := value.(type) {
	case map[string]any:
		replaced := make(map[string]any, len(v))
		for member, inner := range v {
			replaced[p.text(member)] = p.all(inner)
		}
		return replaced
	case []any:
		for i, inner := range v {
			v[i] = p.all(inner)
		}
		return v
	case string:
		return p.secret(Key, v)
	case json.Number:
		return p.secret(Key, v.String())
	default:
		return value
	}
}

// errorCode tells flow error codes such as "passcode_invalid" from passcodes: they are lower-case words joined by
// underscores, which no passcode charset contains.
var errorCode = regexp.MustCompile(`^(?:[a-z]+(?:_[a-z]+)+|unauthorized)$`)
