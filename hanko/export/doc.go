// Package export writes what went over the wire in forms that work elsewhere: as a curl command, as a shell script of
// the whole walk, as a HAR file, and as the Swift or Kotlin of an app.
//
// Nothing that lets somebody else in leaves by accident: unless Options ask for them, secrets are variables for the
// person to fill in, or dots.
package export

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/secret"
)

// Options say how exports are written.
type Options struct {
	Secrets bool           // write tokens, passcodes, passwords and cookies as they were sent
	Known   *secret.Keeper // what is known to be secret beside what stands in the exchanges; may be nil
}

// knowing returns the options with what exchanges tell of secrets: a tenant may repeat one where none belongs.
func (o Options) knowing(exchanges []hanko.Exchange) Options {
	if o.Known == nil {
		o.Known = &secret.Keeper{}
	}
	for _, e := range exchanges {
		o.Known.Learn(e)
	}
	return o
}

// explain says what an exchange was about.
func (o Options) explain(e hanko.Exchange) string {
	if o.Secrets {
		return decode.Explain(e)
	}
	return o.Known.Text(decode.Explain(e))
}

// blank stands in a request for a secret that is not to be written.
type blank struct {
	name  string // the JSON member's or the header's, as it is spelled there
	shown string // what may be shown of it
}

// request is the half of an exchange that an export sends once more.
type request struct {
	method, base, path string
	header             []headerField
	body               any    // JSON, with a blank for what is to be hidden; nil when raw has it, or there is none
	raw                []byte // the body as it was sent, when there is nothing to hide in it
}

type headerField struct {
	name, value string
	hidden      *blank // ends the value; nil when there is nothing to hide
}

// requestOf takes the request out of an exchange, which may be masked already.
func requestOf(e hanko.Exchange, o Options) request {
	shown := e
	if !o.Secrets {
		shown = secret.Masked(e)
	}
	base, path := address(shown)
	r := request{method: hanko.Printable(e.Method), base: base, path: path}
	for _, name := range slices.Sorted(maps.Keys(e.RequestHeader)) {
		switch http.CanonicalHeaderKey(name) {
		case "User-Agent", "Content-Length", "Host", "Accept-Encoding":
			continue // whoever sends it has their own
		}
		for i, value := range shown.RequestHeader[name] {
			hidden := value != e.RequestHeader[name][i] || secret.IsMasked(value)
			r.header = append(r.header, field(hanko.Printable(name), value, hidden))
		}
	}
	original, err := parse(e.RequestBody)
	masked, maskedErr := parse(shown.RequestBody)
	if err != nil || maskedErr != nil {
		r.raw = shown.RequestBody
		return r
	}
	body, found := hide("", original, masked)
	if found {
		r.body = body
	} else {
		r.raw = shown.RequestBody
	}
	return r
}

func field(name, value string, hidden bool) headerField {
	if !hidden {
		return headerField{name: name, value: value}
	}
	scheme, token, found := strings.Cut(value, " ")
	if name == "Authorization" && found {
		return headerField{name: name, value: scheme + " ", hidden: &blank{"token", token}}
	}
	return headerField{name: name, hidden: &blank{name, value}}
}

// parse reads a JSON body and nothing else.
func parse(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	return value, nil
}

// hide puts a blank wherever masking has changed a value, and tells whether it did. What changed in other ways than a
// value's stays masked.
func hide(name string, original, masked any) (any, bool) {
	switch m := masked.(type) {
	case map[string]any:
		o, ok := original.(map[string]any)
		if !ok {
			return masked, false
		}
		out, found := make(map[string]any, len(m)), false
		for member, inner := range m {
			before, ok := o[member]
			if !ok {
				before = inner
			}
			value, hidden := hide(member, before, inner)
			out[member], found = value, found || hidden
		}
		return out, found
	case []any:
		o, ok := original.([]any)
		if !ok || len(o) != len(m) {
			return masked, false
		}
		out, found := make([]any, len(m)), false
		for i := range m {
			value, hidden := hide(name, o[i], m[i])
			out[i], found = value, found || hidden
		}
		return out, found
	case string:
		if m != original || secret.IsMasked(m) {
			if name == string(hanko.InputToken) || name == "value" { // hanko.TokenExchange's
				name = "hanko_token"
			}
			return blank{name, m}, true
		}
	}
	return masked, false
}

// address divides an exchange's URL into the tenant's base and the path below it, as it goes over the wire.
func address(e hanko.Exchange) (base, path string) {
	whole, err := url.Parse(e.URL)
	if err != nil || whole.Host == "" {
		return "", escape(e.Path)
	}
	below, _, _ := strings.Cut(e.Path, "?")
	prefix, ok := strings.CutSuffix(whole.Path, below)
	if !ok || below == "" {
		prefix = ""
	}
	root := url.URL{Scheme: whole.Scheme, User: whole.User, Host: whole.Host, Path: prefix}
	base = strings.TrimSuffix(root.String(), "/")
	whole.Fragment = ""
	rest, ok := strings.CutPrefix(whole.String(), base)
	if !ok {
		rest = whole.RequestURI()
	}
	return base, escape(rest)
}

// escape writes what cannot stand in a URL in percents, so that no terminal and no language takes it for more than text.
func escape(text string) string {
	var out strings.Builder
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>\\^`{|}$", c) >= 0 {
			out.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[c>>4])+string("0123456789abcdef"[c&15])))
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

// carriesSession tells that an answer brought a session's token, masked or not.
func carriesSession(e hanko.Exchange) bool {
	if secret.IsToken(e.ResponseHeader.Get("X-Auth-Token")) {
		return true
	}
	return slices.ContainsFunc(e.ResponseHeader.Values("Set-Cookie"), func(cookie string) bool {
		_, value, _ := strings.Cut(cookie, "=")
		return secret.IsToken(value)
	})
}
