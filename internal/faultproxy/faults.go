package faultproxy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"

	"example.com/hankosim/hanko"
)

const (
	ok       = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	tooDeep  = 200_000
	controls = `\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e`
)

// Faults returns all faults: of the protocol, of statuses, of JSON and its types, of tokens, of keys and of clocks.
func Faults() []Fault {
	return []Fault{
		{"no answer", Protocol, hanko.TimedOut, true, func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { wait(r) }},
		{"a header and no body", Protocol, hanko.TimedOut, true, stalls("")},
		{"half a body", Protocol, hanko.TimedOut, true, stalls(`{"id":`)},
		{"a byte now and then", Protocol, hanko.TimedOut, true, drips},
		{"informing for ever", Protocol, hanko.TimedOut, true, informs},
		{"hung up", Protocol, hanko.Unreachable, false, raw("", false)},
		{"reset", Protocol, hanko.Unreachable, false, raw("", true)},
		{"the header is cut off", Protocol, hanko.Broken, false, raw("HTTP/1.1 200 OK\r\nContent-Type: appl", false)},
		{"the body is cut off", Protocol, hanko.Broken, false, raw(ok+"Content-Length: 5000\r\n\r\n{\"id\":", false)},
		{"a chunk is cut off", Protocol, hanko.Broken, false, raw(ok+"Transfer-Encoding: chunked\r\n\r\nff\r\n{\"id\"", false)},
		{"no HTTP", Protocol, hanko.NotHanko, false, raw("SSH-2.0-OpenSSH_9.9\r\n", false)},
		{"an endless body", Protocol, hanko.TooLarge, false, endless(nil, strings.Repeat(" ", 32<<10))},
		{"an endless list", Protocol, hanko.TooLarge, false, endless(http.Header{"Content-Type": {"application/json"}}, strings.Repeat("[", 32<<10))},
		{"a header over the limit", Protocol, hanko.TooLarge, false, raw(ok+"X-Long: "+strings.Repeat("x", 400<<10), false)},
		{"two lengths", Protocol, hanko.NotHanko, false, raw(ok+"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", false)},
		{"another protocol", Protocol, hanko.NotHanko, false, raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false)},
		{"compressed, and it is not", Protocol, 0, false, changed(func(a *httptest.ResponseRecorder) { a.Header().Set("Content-Encoding", "gzip") })},

		{"a redirect elsewhere", Status, hanko.Redirected, false, says(http.StatusFound, "", "Location", "http://192.0.2.1/elsewhere")},
		{"a redirect to itself", Status, hanko.Redirected, false, says(http.StatusTemporaryRedirect, "", "Location", "?")},
		{"a website", Status, 0, false, says(http.StatusOK, "<!doctype html><title>\x1b[2JWelcome</title>", "Content-Type", "text/html")},
		{"500 and a page", Status, hanko.Refused, false, says(http.StatusInternalServerError, "<h1>nginx\x1b[2J</h1>", "Content-Type", "text/html")},
		{"503 for a thousand years", Status, hanko.Refused, false, says(http.StatusServiceUnavailable, "", "Retry-After", "31536000000")},
		{"429 until nobody knows", Status, hanko.Refused, false, says(http.StatusTooManyRequests, `{}`, "Retry-After", "soon")},
		{"429 until yesterday", Status, hanko.Refused, false, says(http.StatusTooManyRequests, `{"message":"`+controls+`"}`, "Retry-After", "-1")},
		{"400 in control characters", Status, hanko.Refused, false, says(http.StatusBadRequest, `{"message":"`+controls+`","code":"`+controls+`"}`)},

		{"an empty body", Types, 0, false, body(func(string) string { return "" })},
		{"half the JSON", Types, 0, false, body(func(b string) string { return b[:len(b)/2] })},
		{"more behind the JSON", Types, 0, false, body(func(b string) string { return b + "}]" })},
		{"null", Types, 0, false, body(func(string) string { return "null" })},
		{"a list around it", Types, 0, false, body(func(b string) string { return "[" + b + "]" })},
		{"a text around it", Types, 0, false, body(quoted)},
		{"each text is a number", Types, 0, false, values(func(value any) any { return swap[string](value, 7) })},
		{"each text is a list", Types, 0, false, values(func(value any) any { return swap[string](value, []any{"a"}) })},
		{"each number is a text", Types, 0, false, values(func(value any) any { return swap[float64](value, "7") })},
		{"each value is null", Types, 0, false, values(func(any) any { return nil })},
		{"each text has control characters", Types, 0, false, values(inControls)},
		{"each text is long", Types, 0, false, values(func(value any) any { return swap[string](value, strings.Repeat("漢", 1000)) })},
		{"each number is beyond counting", Types, 0, false, body(func(b string) string { return numbers.ReplaceAllString(b, ":1e999") })},
		{"members twice", Types, 0, false, body(func(b string) string { return strings.Replace(b, "{", `{"id":1,"name":[],"payload":"",`, 1) })},
		{"members in capitals", Types, 0, false, body(func(b string) string {
			return members.ReplaceAllStringFunc(b, strings.ToUpper)
		})},
		{"deep lists", Types, 0, false, body(func(string) string { return strings.Repeat("[", tooDeep) + strings.Repeat("]", tooDeep) })},
		{"a deep payload", Types, 0, false, body(func(b string) string {
			return strings.Replace(b, "{", `{"payload":`+strings.Repeat(`{"a":`, tooDeep/2)+"1"+strings.Repeat("}", tooDeep/2)+",", 1)
		})},
		{"UTF-16", Types, 0, false, body(inUTF16)},
		{"a byte order mark", Types, 0, false, body(func(b string) string { return "\ufeff" + b })},
		{"bytes that are no text", Types, 0, false, body(func(b string) string { return strings.ReplaceAll(b, "e", "\xff\xfe") })},

		{"no token", Tokens, 0, false, token(func(string) string { return "" })},
		{"a token that is none", Tokens, 0, false, token(func(string) string { return "token" })},
		{"a token of three empty parts", Tokens, 0, false, token(func(string) string { return ".." })},
		{"a token without a signature", Tokens, 0, false, token(func(t string) string { return t[:strings.LastIndex(t, ".")+1] })},
		{"a token as long as a header may be", Tokens, 0, false, token(func(t string) string { return t + strings.Repeat("A", 100<<10) })},
		{"a token whose claims are a list", Tokens, 0, false, claims(func(map[string]any) any { return []any{} })},
		{"a token whose times are texts", Tokens, 0, false, claims(func(c map[string]any) any {
			c["exp"], c["iat"] = "tomorrow", controls
			return c
		})},
		{"a token for control characters", Tokens, 0, false, claims(func(c map[string]any) any {
			c["sub"], c["aud"], c["email"] = "\x1b[2J", []any{"\x1b[2J"}, map[string]any{"address": "\x1b[2J"}
			return c
		})},
		{"a token with deep claims", Tokens, 0, false, claims(func(c map[string]any) any {
			c["deep"] = json.RawMessage(strings.Repeat("[", 9000) + strings.Repeat("]", 9000))
			return c
		})},

		{"no keys", Keys, 0, false, keys(`{"keys":[]}`)},
		{"keys of numbers", Keys, 0, false, keys(`{"keys":[{"kty":1,"n":2,"e":3,"kid":4}]}`)},
		{"keys without numbers", Keys, 0, false, keys(`{"keys":[{"kty":"RSA","kid":"a","n":"","e":""}]}`)},
		{"a key with a huge exponent", Keys, 0, false, keys(`{"keys":[{"kty":"RSA","kid":"a","alg":"RS256","n":"AQAB","e":"` + strings.Repeat("_", 10_000) + `"}]}`)},
		{"a hundred thousand keys", Keys, hanko.TooLarge, false, keys(`{"keys":[` + strings.Repeat(`{"kty":"RSA"},`, 100_000) + `{}]}`)},

		{"a clock in 1970", Clocks, 0, false, changed(func(a *httptest.ResponseRecorder) { a.Header().Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT") })},
		{"a clock that is none", Clocks, 0, false, changed(func(a *httptest.ResponseRecorder) { a.Header().Set("Date", "\x7fnoon") })},
		{"a token of next year", Tokens, 0, false, claims(func(c map[string]any) any {
			c["iat"], c["exp"] = time.Now().AddDate(1, 0, 0).Unix(), time.Now().AddDate(2, 0, 0).Unix()
			return c
		})},
		{"a token of the year 292277026596", Tokens, 0, false, claims(func(c map[string]any) any {
			c["exp"] = int64(math.MaxInt64)
			return c
		})},
	}
}

func keys(set string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return says(http.StatusOK, set)
}

func stalls(start string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "5000")
		_, _ = w.Write([]byte(start))
		_ = http.NewResponseController(w).Flush()
		wait(r)
	}
}

func drips(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	w.Header().Set("Content-Type", "application/json")
	repeat(r, func() error {
		_, err := w.Write([]byte(" "))
		_ = http.NewResponseController(w).Flush()
		return err
	})
}

func informs(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	repeat(r, func() error {
		w.WriteHeader(http.StatusProcessing)
		return nil
	})
}

// repeat calls do every few milliseconds, until the sender of a request gives up.
func repeat(r *http.Request, do func() error) {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-ticker.C:
			if do() != nil {
				return
			}
		}
	}
}

var (
	numbers = regexp.MustCompile(`:-?[0-9]+`)
	members = regexp.MustCompile(`"[a-zA-Z_]+":`)
)

func quoted(text string) string {
	encoded, _ := json.Marshal(text) // a string always can be encoded
	return string(encoded)
}

func inUTF16(text string) string {
	var b bytes.Buffer
	for _, unit := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	return b.String()
}

// swap returns other if value has type T, and value otherwise.
func swap[T any](value, other any) any {
	if _, is := value.(T); is {
		return other
	}
	return value
}

func inControls(value any) any {
	if text, is := value.(string); is {
		return text + "\x1b[2J\x1b]0;owned\a\u009b31m\u202e"
	}
	return value
}

// values passes on the tenant's JSON, with each value changed except lists and objects.
func values(change func(any) any) func(http.ResponseWriter, *http.Request, http.Handler) {
	var each func(any) any
	each = func(value any) any {
		switch value := value.(type) {
		case map[string]any:
			for name := range value {
				value[name] = each(value[name])
			}
		case []any:
			for i := range value {
				value[i] = each(value[i])
			}
		default:
			return change(value)
		}
		return value
	}
	return body(func(text string) string {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return text
		}
		encoded, err := json.Marshal(each(value))
		if err != nil {
			return text
		}
		return string(encoded)
	})
}

// claims passes on the tenant's answer with other claims in its token.
func claims(change func(map[string]any) any) func(http.ResponseWriter, *http.Request, http.Handler) {
	return token(func(was string) string {
		parts := strings.Split(was, ".")
		var read map[string]any
		decoded, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil || json.Unmarshal(decoded, &read) != nil {
			return was
		}
		encoded, err := json.Marshal(change(read))
		if err != nil {
			return was
		}
		parts[1] = base64.RawURLEncoding.EncodeToString(encoded)
		return strings.Join(parts, ".")
	})
}
