package tenant

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// exchange is a recorded exchange.
type exchange struct {
	Note            string
	Method, Path    string
	RequestHeaders  map[string]string `json:"request_headers"`
	RequestBody     json.RawMessage   `json:"request_body"`
	Status          int
	ResponseHeaders map[string]string `json:"response_headers"`
	ResponseBody    any               `json:"response_body"`
}

// TestContract replays a whole recorded run of Hanko v2.7.0 in order, and compares every answer.
func TestContract(t *testing.T) {
	data, err := os.ReadFile("../testdata/rest-2.7.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var run []exchange
	if err := json.Unmarshal(data, &run); err != nil {
		t.Fatal(err)
	}
	if len(run) < 44 {
		t.Fatalf("the recording has %d exchanges, want all 44", len(run))
	}
	stores(t, func(t *testing.T, options Options) {
		options.Settings.TokenInHeader = true // as the recorded tenant
		c := &contract{
			t: t, app: openTenant(t, options), key: newTestKey(t),
			ours: make(map[string]string), answers: make(map[string]string),
		}
		for n, e := range run {
			c.step = fmt.Sprintf("%d %q %s %s", n, e.Note, e.Method, e.Path)
			c.replay(e)
		}
	})
}

// contract is a replay under way.
type contract struct {
	t       *testing.T
	app     *app
	key     *testKey
	step    string
	ours    map[string]string // recorded id, token or challenge → the one it is here
	answers map[string]string // recorded credential answer → the one signed here
	code    string            // the newest passcode that was sent here
}

func (c *contract) errorf(format string, args ...any) {
	c.t.Helper()
	c.t.Errorf("%s: %s", c.step, fmt.Sprintf(format, args...))
}

func (c *contract) replay(e exchange) {
	body := c.rewrite(string(e.RequestBody))
	switch {
	case strings.HasPrefix(e.Path, "/webauthn/") && strings.HasSuffix(e.Path, "/finalize"):
		body = c.credential(e)
	case e.Note == "right passcode" || e.Note == "passcode used twice":
		body = regexp.MustCompile(`"code": *"\d{6}"`).ReplaceAllString(body, `"code":"`+c.code+`"`)
	}
	r := httptest.NewRequestWithContext(c.t.Context(), e.Method, c.rewrite(e.Path), strings.NewReader(body))
	for name, value := range e.RequestHeaders {
		r.Header.Set(name, c.rewrite(value))
	}
	got := c.app.send(r)
	if got.status != e.Status {
		c.errorf("answered %d %s, recorded %d %v", got.status, got.raw, e.Status, e.ResponseBody)
		return
	}
	c.headers(e, got)
	c.same("body", e.ResponseBody, got.body)
	if strings.HasPrefix(e.Path, "/passcode/login/initialize") && got.status == http.StatusOK {
		c.code = c.app.tenant.Inbox().Mails()[0].Code
	}
}

// rewrite replaces the recorded IDs, tokens and challenges by this run's. It starts with the longest, because the recorded
// wrong token is a right one with one more letter.
func (c *contract) rewrite(s string) string {
	recorded := make([]string, 0, len(c.ours))
	for value := range c.ours {
		recorded = append(recorded, value)
	}
	slices.SortFunc(recorded, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(recorded))
	for _, value := range recorded {
		pairs = append(pairs, value, c.ours[value])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// credential signs what the recorded authenticator signed, with this run's challenge.
func (c *contract) credential(e exchange) string {
	if again, sent := c.answers[string(e.RequestBody)]; sent {
		return again
	}
	var recorded struct {
		ID       string
		Response struct{ ClientDataJSON, UserHandle string }
	}
	var client struct{ Type, Challenge, Origin string }
	if err := json.Unmarshal(e.RequestBody, &recorded); err != nil {
		c.t.Fatal(err)
	}
	data, err := base64.RawURLEncoding.DecodeString(recorded.Response.ClientDataJSON)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &client); err != nil {
		c.t.Fatal(err)
	}
	c.ours[recorded.ID] = b64(c.key.id)
	c.key.origin = client.Origin
	var answer map[string]any
	if client.Type == "webauthn.create" {
		answer = c.key.register(c.t, c.rewrite(client.Challenge))
	} else {
		answer = c.key.assert(c.t, c.rewrite(client.Challenge), c.rewrite(recorded.Response.UserHandle))
	}
	out, err := json.Marshal(answer)
	if err != nil {
		c.t.Fatal(err)
	}
	c.answers[string(e.RequestBody)] = string(out)
	return string(out)
}

// headers compares the headers that matter. One that was absent must be absent.
func (c *contract) headers(e exchange, got reply) {
	for _, name := range []string{
		"Content-Type", "Cache-Control", "X-Session-Lifetime", "X-Session-Retention", "X-RateLimit-Limit", "X-RateLimit-Remaining",
	} {
		if want, have := e.ResponseHeaders[name], got.header.Get(name); have != want {
			c.errorf("%s is %q, recorded %q", name, have, want)
		}
	}
	for _, name := range []string{"X-RateLimit-Reset", "Retry-After"} {
		_, wanted := e.ResponseHeaders[name]
		seconds, err := strconv.Atoi(got.header.Get(name))
		if wanted && (err != nil || seconds < 0 || seconds > 60) || !wanted && got.header.Get(name) != "" {
			c.errorf("%s is %q, recorded %q", name, got.header.Get(name), e.ResponseHeaders[name])
		}
	}
	if !requestID.MatchString(got.header.Get("X-Request-Id")) {
		c.errorf("X-Request-Id is %q", got.header.Get("X-Request-Id"))
	}
	c.token(e.ResponseHeaders["X-Auth-Token"], got.header.Get("X-Auth-Token"))
	c.cookie(e.ResponseHeaders["Set-Cookie"], got.header.Values("Set-Cookie"))
}

// token compares the header and claims of a session token.
func (c *contract) token(recorded, got string) {
	if (recorded == "") != (got == "") {
		c.errorf("X-Auth-Token is %q, recorded %q", got, recorded)
		return
	}
	if recorded == "" {
		return
	}
	for part := range 2 {
		c.same("token", c.jwtPart(recorded, part), c.jwtPart(got, part))
	}
	c.ours[recorded] = got
}

func (c *contract) jwtPart(token string, part int) any {
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[part])
	if err != nil {
		c.t.Fatal(err)
	}
	var decoded any
	if err := json.Unmarshal(data, &decoded); err != nil {
		c.t.Fatal(err)
	}
	return decoded
}

// cookie compares name, value and every attribute, in any order.
func (c *contract) cookie(recorded string, got []string) {
	if recorded == "" && len(got) == 0 {
		return
	}
	split := func(cookie string) []string {
		parts := strings.Split(cookie, "; ")
		slices.Sort(parts[1:])
		return parts
	}
	if len(got) != 1 || !slices.Equal(split(c.rewriteWith(recorded, got)), split(got[0])) {
		c.errorf("Set-Cookie is %q, recorded %q", got, recorded)
	}
}

// rewriteWith rewrites a recorded cookie. Its value may be an ID that has not occurred before.
func (c *contract) rewriteWith(recorded string, got []string) string {
	if want, have := uuidAnywhere.FindString(recorded), uuidAnywhere.FindString(strings.Join(got, "")); want != "" {
		c.same("cookie", want, have)
	}
	return c.rewrite(recorded)
}

var (
	requestID    = regexp.MustCompile(`^[A-Za-z0-9]{20,}$`)
	uuidAnywhere = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	// variable are patterns of strings that differ from run to run. This run's string must match the same pattern.
	variable = []*regexp.Regexp{
		regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
		regexp.MustCompile(`^[\w-]{22}$`),  // user handle: 16 bytes
		regexp.MustCompile(`^\w{32}$`),     // csrf token, OTP secret
		regexp.MustCompile(`^[\w-]{43}$`),  // challenge, credential id: 32 bytes
		regexp.MustCompile(`^[\w-]{103}$`), // COSE key: 77 bytes
		regexp.MustCompile(`^[\w-]{300,}$`),
	}
	// embedded are patterns of parts that differ: the flow's ID in an action's href, and a picture.
	embedded  = regexp.MustCompile(`^(.+%40)([0-9a-f-]{36})$`)
	picture   = regexp.MustCompile(`^data:image/png;base64,iVBOR[\w+/]+=*$`)
	timestamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`)
)

// same compares values recursively: keys, types, and the values that do not differ from run to run.
func (c *contract) same(where string, want, got any) {
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			c.errorf("%s is %v, recorded an object", where, got)
			return
		}
		for key := range have {
			if _, ok := want[key]; !ok {
				c.errorf("%s.%s was not recorded", where, key)
			}
		}
		for key, value := range want {
			if _, ok := have[key]; !ok {
				c.errorf("%s.%s is missing, recorded %v", where, key, value)
				continue
			}
			c.same(where+"."+key, value, have[key])
		}
	case []any:
		have, ok := got.([]any)
		if !ok || len(have) != len(want) {
			c.errorf("%s is %v, recorded %v", where, got, want)
			return
		}
		for i := range want {
			c.same(fmt.Sprintf("%s[%d]", where, i), want[i], have[i])
		}
	case string:
		have, ok := got.(string)
		if !ok || !c.sameText(want, have) {
			c.errorf("%s is %v, recorded %q", where, got, want)
		}
	case float64:
		if have, ok := got.(float64); !ok || have != want && where != "token.exp" && where != "token.iat" {
			c.errorf("%s is %v, recorded %v", where, got, want)
		}
	default:
		// The recorded tenant had passwords, which the guide does not use and this one does not have.
		if got != want && where != "body.password.enabled" {
			c.errorf("%s is %v, recorded %v", where, got, want)
		}
	}
}

// sameText compares strings. One that differs from run to run must stay the same within a run.
func (c *contract) sameText(want, got string) bool {
	if timestamp.MatchString(want) {
		return timestamp.MatchString(got)
	}
	if parts := embedded.FindStringSubmatch(want); parts != nil {
		have := embedded.FindStringSubmatch(got)
		return have != nil && have[1] == parts[1] && c.sameText(parts[2], have[2])
	}
	if picture.MatchString(want) {
		return picture.MatchString(got)
	}
	for _, pattern := range variable {
		if !pattern.MatchString(want) {
			continue
		}
		if _, met := c.ours[want]; !met {
			c.ours[want] = got
		}
		return pattern.MatchString(got) && c.ours[want] == got
	}
	return want == got
}
