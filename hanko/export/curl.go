package export

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/secret"
)

// Curl is an exchange's request as one command for a POSIX shell. A secret is a variable that the shell asks for by
// name, as ${TOKEN:?…}, unless the options ask for its value: so the command can be pasted as it is.
//
// What the person's browser did is for a person to do: the shell prints the address to open, or asks for the one-time token of
// the address that the browser comes back to.
func Curl(e hanko.Exchange, o Options) string {
	if e.Browser {
		return browserStep(e)
	}
	r := requestOf(e, o)
	words := []string{"curl -sS"}
	if carriesSession(e) {
		words[0] += " -i" // the token is in the answer's header
	}
	if strings.ContainsAny(r.base+r.path, "[]{}") {
		words[0] += " -g" // curl would take them for patterns
	}
	if r.method != "GET" {
		words[0] += " -X " + shellWord(cmp.Or(r.method, "GET"))
	}
	words[0] += " " + shellWord(r.base+r.path)
	for _, field := range r.header {
		word := shellQuoted{}
		if field.value == "" && field.hidden == nil {
			word.text(field.name + ";") // curl's way to send an empty header
		} else {
			word.text(field.name + ": " + hanko.Printable(field.value))
		}
		word.blank(field.hidden)
		words = append(words, "-H "+word.String())
	}
	if body := shellBody(r); body != "" {
		words = append(words, "--data-raw "+body)
	}
	return strings.Join(words, " \\\n  ")
}

// browserStep is what a shell does where the person's browser goes to a third party, or comes back.
func browserStep(e hanko.Exchange) string {
	parsed, err := url.Parse(e.URL)
	switch {
	case err != nil || !hanko.CameBack(parsed.Query()):
		base, path := address(secret.Masked(e))
		what := "'Open this in a browser:'"
		if nameOf(e) != browserAtTenant { // it is good once, and belongs to the code verifier of this run
			what = "'Open payload.redirect_url of the answer before in a browser. In this run it was:'"
		}
		return "printf '%s\\n' " + what + " " + shellWord(base+path)
	case decode.Refused(e):
		return ": " + shellWord(hanko.Printable(decode.Explain(e)))
	default:
		return `printf 'hanko_token, from the address that the browser came back to: ' && read -r HANKO_TOKEN
HANKO_TOKEN=$(printf '%s' "$HANKO_TOKEN" | sed 's/%3[Dd]/=/g')`
	}
}

// shellBody is the request's body as one word for the shell, "" when there is none.
func shellBody(r request) string {
	word := shellQuoted{}
	switch {
	case r.body != nil:
		word.json(r.body)
	case len(r.raw) > 0:
		word.text(plainJSON(r.raw))
	default:
		return ""
	}
	return word.String()
}

// plainJSON writes characters that a terminal would act on as JSON's escapes. JSON has them in strings alone.
func plainJSON(body []byte) string {
	var out strings.Builder
	for _, r := range strings.ToValidUTF8(string(body), "�") {
		switch {
		case r == '\n' || r == ' ' || hanko.Printable(string(r)) == string(r) && r != utf8.RuneError:
			out.WriteRune(r)
		case r == '\t' || r == '\r':
			out.WriteByte(' ')
		default:
			fmt.Fprintf(&out, `\u%04x`, r) // all of them are in the basic plane
		}
	}
	return out.String()
}

// shellWord quotes a text for a POSIX shell.
func shellWord(text string) string {
	word := shellQuoted{}
	word.text(text)
	return word.String()
}

// shellQuoted is one word of a shell's command line, of text in single quotes and variables in double quotes.
type shellQuoted struct {
	out     strings.Builder
	literal strings.Builder
}

func (w *shellQuoted) text(text string) { w.literal.WriteString(text) }

func (w *shellQuoted) blank(b *blank) {
	if b == nil {
		return
	}
	w.flush()
	fmt.Fprintf(&w.out, `"${%s:?%s}"`, variable(b.name), meaning(b.name))
}

func (w *shellQuoted) flush() {
	text := w.literal.String()
	w.literal.Reset()
	switch {
	case text == "":
	case strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:%@+,") == "":
		w.out.WriteString(text)
	default:
		w.out.WriteString("'" + strings.ReplaceAll(text, "'", `'\''`) + "'")
	}
}

// String is the word; an empty one is two quotes.
func (w *shellQuoted) String() string {
	w.flush()
	return cmp.Or(w.out.String(), "''")
}

// json writes a value as JSON, with a variable inside the quotes of each blank.
func (w *shellQuoted) json(value any) {
	switch v := value.(type) {
	case blank:
		w.text(`"`)
		w.blank(&v)
		w.text(`"`)
	case map[string]any:
		w.text("{")
		for i, name := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				w.text(",")
			}
			w.json(name)
			w.text(":")
			w.json(v[name])
		}
		w.text("}")
	case []any:
		w.text("[")
		for i, inner := range v {
			if i > 0 {
				w.text(",")
			}
			w.json(inner)
		}
		w.text("]")
	default:
		w.text(plainJSON(encoded(v)))
	}
}

// encoded is a JSON value that was parsed before, written again.
func encoded(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return []byte("null") // what was parsed can be written
	}
	return bytes.TrimSpace(out.Bytes())
}

// variable names a secret's shell variable: csrf_token is CSRF_TOKEN.
func variable(name string) string {
	if name == "code" {
		return "PASSCODE"
	}
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		default:
			return '_'
		}
	}, name)
	if letters == "" || letters[0] >= '0' && letters[0] <= '9' || strings.Trim(letters, "_") == "" {
		return "SECRET" + letters
	}
	return letters
}

// meaning says what to fill in for a secret.
func meaning(name string) string {
	switch name {
	case "token":
		return "the session token"
	case "code":
		return "the passcode from the mail"
	case "csrf_token":
		return "csrf_token of the answer before"
	case "hanko_token":
		return "hanko_token of the address that the browser came back to"
	case "code_verifier":
		return "43 to 128 letters and digits, the same in both calls"
	case "otp_code":
		return "the code of the authenticator app"
	default:
		return "a secret"
	}
}
