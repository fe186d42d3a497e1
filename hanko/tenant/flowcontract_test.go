package tenant

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"
)

// TestFlowContract replays whole recorded runs of Hanko v3.0.4 in order against the matching preset. It compares every
// answer: status, state, error, actions, their fields, payload and headers.
func TestFlowContract(t *testing.T) {
	for _, test := range []struct {
		name   string
		preset Preset
		token  string
	}{
		{"default", PresetV3, "header"},
		{"passwordless", PresetV3Passwordless, "cookie"},
		{"totp", PresetV3, "header"},
		{"bad-attestation", PresetV3, "header"},
	} {
		t.Run(test.name, func(t *testing.T) {
			data, err := os.ReadFile("../testdata/flow-3.0.4-" + test.name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var run []exchange
			if err := json.Unmarshal(data, &run); err != nil {
				t.Fatal(err)
			}
			if len(run) < 43 {
				t.Fatalf("the recording has %d exchanges, want all of them", len(run))
			}
			stores(t, func(t *testing.T, options Options) {
				options.Settings = settingsOf(t, test.preset, "token="+test.token)
				c := &flowContract{
					contract: contract{
						t: t, app: openTenant(t, options), ours: make(map[string]string), answers: make(map[string]string),
					},
					keys: make(map[string]*testKey),
				}
				for n, e := range run {
					c.step = fmt.Sprintf("%d %q %s %s", n, e.Note, e.Method, e.Path)
					c.replay(e)
				}
			})
		})
	}
}

func settingsOf(t testing.TB, preset Preset, switches ...string) Settings {
	t.Helper()
	s, err := preset.Settings()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range switches {
		name, value, _ := strings.Cut(w, "=")
		if err := s.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// flowContract is a replay in progress, with several credentials.
type flowContract struct {
	contract
	keys   map[string]*testKey // recorded credential id → the key that stands for it
	secret string              // of the authenticator app
}

func (c *flowContract) replay(e exchange) {
	r := httptest.NewRequestWithContext(c.t.Context(), e.Method, c.rewrite(e.Path), strings.NewReader(c.body(e)))
	r.RemoteAddr = "127.0.0.1:50000"
	r.Header.Set("User-Agent", "Go-http-client/1.1")
	for name, value := range e.RequestHeaders {
		r.Header.Set(name, c.rewrite(value))
	}
	got := c.app.send(r)
	if got.status != e.Status {
		c.errorf("answered %d %s, recorded %d %v", got.status, got.raw, e.Status, e.ResponseBody)
		return
	}
	recorded := e.ResponseHeaders["Set-Cookie"]
	if token := sessionToken.FindString(recorded); token != "" {
		c.token(token, sessionToken.FindString(got.header.Get("Set-Cookie")))
	}
	if token := trustToken.FindString(recorded); token != "" {
		e.ResponseHeaders["Set-Cookie"] = strings.Replace(recorded, token, trustToken.FindString(got.header.Get("Set-Cookie")), 1)
	}
	c.headers(e, got)
	body, _ := got.body.(map[string]any)
	if keys, ok := body["keys"].([]any); ok {
		// The recorded tenant had one key; here the last one of several signs, to make clients look for the right one.
		body["keys"] = keys[len(keys)-1:]
	}
	c.same("body", e.ResponseBody, got.body)
	payload, _ := body["payload"].(map[string]any)
	if secret, ok := payload["otp_secret"].(string); ok {
		c.secret = secret
	}
}

// sessionToken matches a JWT in a cookie.
var sessionToken = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)

// trustToken matches the random part of a trusted device's cookie.
var trustToken = regexp.MustCompile(`:[\w-]{86}==`)

// body returns the recorded body with this run's codes and credentials.
func (c *flowContract) body(e exchange) string {
	var body map[string]any
	if json.Unmarshal([]byte(c.rewrite(string(e.RequestBody))), &body) != nil {
		return string(e.RequestBody)
	}
	var recorded struct {
		InputData map[string]json.RawMessage `json:"input_data"`
	}
	if err := json.Unmarshal(e.RequestBody, &recorded); err != nil {
		c.t.Fatal(err)
	}
	inputs, _ := body["input_data"].(map[string]any)
	for name, raw := range recorded.InputData {
		switch {
		case name == "public_key" || name == "assertion_response":
			inputs[name] = json.RawMessage(c.signed(raw))
		case e.Note == "right passcode":
			inputs[name] = c.app.tenant.Inbox().Mails()[0].Code
		case e.Note == "right TOTP code":
			code, err := totp.GenerateCode(c.secret, c.app.tenant.accounts.Now())
			if err != nil {
				c.t.Fatal(err)
			}
			inputs[name] = code
		}
	}
	out, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(out)
}

// signed signs with the key that stands for the recorded credential.
func (c *flowContract) signed(raw json.RawMessage) string {
	var recorded struct{ ID string }
	if err := json.Unmarshal(raw, &recorded); err != nil {
		c.t.Fatal(err)
	}
	if c.keys[recorded.ID] == nil {
		c.keys[recorded.ID] = newTestKey(c.t)
	}
	c.key = c.keys[recorded.ID]
	return c.credential(exchange{RequestBody: raw})
}
