package tenant

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// TestFlowWalks walks through every part of the flows, with the settings that lead there. testdata/flow-walks.txt has the
// answers of a real backend v3.0.4 (for v2-mfa, v2.7.0) with the same settings.
func TestFlowWalks(t *testing.T) {
	data, err := os.ReadFile("testdata/flow-walks.txt")
	if err != nil {
		t.Fatal(err)
	}
	walks := strings.Split(strings.TrimSpace(string(data)), "\n\n")
	if len(walks) < 14 {
		t.Fatalf("there are %d walks, want all of them", len(walks))
	}
	for _, walk := range walks {
		lines := strings.Split(walk, "\n")
		head := strings.Fields(lines[0]) // "# name preset switch..."
		t.Run(head[1], func(t *testing.T) {
			t.Parallel()
			now := newClock()
			a := openTenant(t, Options{Now: now.time, Settings: settingsOf(t, Preset(head[2]), head[3:]...)})
			w := newWalker(t, "ada@example.com", a.walk, a.code)
			w.now = now.time
			for i := 1; i < len(lines); i += 2 {
				now.pass(10 * time.Millisecond)
				if got, want := w.step(lines[i]), strings.TrimSpace(lines[i+1]); got != want {
					t.Errorf("%d %s:\n got %s\nwant %s", i, lines[i], got, want)
				}
			}
		})
	}
}

// walk sends a request for a walker.
func (a *app) walk(method, path, token string, cookies []*http.Cookie, body any) (int, http.Header, map[string]any) {
	a.token, a.cookies = token, cookies
	answer := a.call(method, path, body)
	object, _ := answer.body.(map[string]any)
	return answer.status, answer.header, object
}

// code returns the newest passcode that was mailed, or "" if there is none.
func (a *app) code(to string) string {
	for _, m := range a.tenant.Inbox().Mails() {
		if m.To == to && m.Code != "" {
			return m.Code
		}
	}
	return ""
}

// walker walks flows, one line at a time.
type walker struct {
	t       testing.TB
	send    func(method, path, token string, cookies []*http.Cookie, body any) (int, http.Header, map[string]any)
	code    func(to string) string
	now     func() time.Time
	email   string
	name    string
	keys    map[string]*testKey
	handle  string // of the user that the keys are for
	secret  string // of the authenticator app
	token   string
	cookies map[string]*http.Cookie
	last    map[string]any // the newest answer that is a state
	header  http.Header    // of the newest answer
	emails  []any
}

func newWalker(t testing.TB, email string,
	send func(method, path, token string, cookies []*http.Cookie, body any) (int, http.Header, map[string]any),
	code func(to string) string,
) *walker {
	name, _, _ := strings.Cut(email, "@")
	return &walker{
		t: t, send: send, code: code, now: time.Now, email: email, name: name,
		keys: make(map[string]*testKey), cookies: make(map[string]*http.Cookie),
	}
}

// step does what a line says: "open FLOW [CAPABILITY]", "logout" (forget the token), "forget" (the cookies), "GET PATH",
// "POST PATH BODY", or "ACTION name=value ...". It returns a summary of the answer.
func (w *walker) step(line string) string {
	words := strings.Fields(line)
	switch words[0] {
	case "logout":
		w.token = ""
		return "-"
	case "forget":
		w.cookies = make(map[string]*http.Cookie)
		return "-"
	case "GET":
		return w.call("GET", words[1], nil)
	case "POST":
		return w.call("POST", words[1], json.RawMessage(words[2]))
	case "open":
		opened := w.call("POST", "/"+words[1], map[string]any{})
		if w.last["name"] != "preflight" || slices.Contains(words, "raw") {
			return opened
		}
		able := !slices.Contains(words, "nowebauthn")
		return w.act("register_client_capabilities", map[string]any{
			"webauthn_available":                        able,
			"webauthn_platform_authenticator_available": able,
			"webauthn_conditional_mediation_available":  slices.Contains(words, "conditional"),
		})
	}
	inputs := make(map[string]any)
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		inputs[name] = w.value(value)
	}
	return w.act(words[0], inputs)
}

// act takes an action. If it is not offered, act uses the href that it would have.
func (w *walker) act(action string, inputs map[string]any) string {
	actions, _ := w.last["actions"].(map[string]any)
	href := ""
	for name, offered := range actions {
		href = offered.(map[string]any)["href"].(string)
		if name == action {
			break
		}
		flow, _, _ := strings.Cut(href, "=")
		href = flow + "=" + action + href[strings.Index(href, "%40"):]
	}
	if href == "" {
		return "nothing offered"
	}
	return w.call("POST", href, map[string]any{"csrf_token": w.last["csrf_token"], "input_data": inputs})
}

// value returns what a word of a line stands for.
func (w *walker) value(word string) any {
	if strings.HasPrefix(word, "json:") {
		return json.RawMessage(word[len("json:"):])
	}
	name, n := word, ""
	if len(word) > 1 && word[0] == '$' && word[len(word)-1] >= '0' && word[len(word)-1] <= '9' {
		name, n = word[:len(word)-1], word[len(word)-1:]
	}
	payload, _ := w.last["payload"].(map[string]any)
	options := func(kind string) map[string]any {
		outer, _ := payload[kind].(map[string]any)
		inner, _ := outer["publicKey"].(map[string]any)
		return inner
	}
	other := "b" + w.email
	switch name {
	case "true", "false":
		return word == "true"
	case "$EMAIL":
		return map[string]string{"": w.email, "2": other, "3": "nobody" + w.email}[n]
	case "$NAME":
		return w.name + n
	case "$CODE":
		return w.code(map[string]string{"": w.email, "2": other}[n])
	case "$TOTP":
		code, err := totp.GenerateCode(w.secret, w.now())
		if err != nil {
			w.t.Fatal(err)
		}
		return code
	case "$MAKE":
		wanted := options("creation_options")
		if wanted == nil {
			return nil
		}
		w.keys[n] = newTestKey(w.t)
		w.handle = wanted["user"].(map[string]any)["id"].(string)
		return w.keys[n].register(w.t, wanted["challenge"].(string))
	case "$USE":
		if options("request_options") == nil {
			return nil
		}
		return w.keys[n].assert(w.t, options("request_options")["challenge"].(string), w.handle)
	case "$KEY":
		return b64(w.keys[n].id)
	case "$EMAIL_ID":
		return w.emails[n[0]-'0'].(map[string]any)["id"]
	case "$SESSION":
		actions := w.last["actions"].(map[string]any)
		inputs := actions["session_delete"].(map[string]any)["inputs"].(map[string]any)
		return inputs["session_id"].(map[string]any)["allowed_values"].([]any)[0].(map[string]any)["value"]
	}
	return word
}

func (w *walker) call(method, path string, body any) string {
	w.t.Helper()
	status, header, answer := w.send(method, path, w.token, slices.Collect(maps.Values(w.cookies)), body)
	w.header = header
	if answer["name"] != nil && answer["name"] != "error" {
		w.last = answer
	}
	payload, _ := answer["payload"].(map[string]any)
	if secret, ok := payload["otp_secret"].(string); ok {
		w.secret = secret
	}
	if user, ok := payload["user"].(map[string]any); ok {
		w.emails, _ = user["emails"].([]any)
	}
	var extra []string
	for _, c := range (&http.Response{Header: header}).Cookies() {
		switch {
		case c.Value == "":
			extra = append(extra, "deletes "+c.Name)
		case c.Name == "hanko":
			w.token = c.Value
			extra = append(extra, fmt.Sprintf("session %d s %s", c.MaxAge, header.Get("X-Session-Retention")))
		default:
			w.cookies[c.Name] = c
			extra = append(extra, "sets "+c.Name)
		}
	}
	slices.Sort(extra)
	return strings.Join(append([]string{fmt.Sprint(status), summary(answer)}, extra...), " ")
}

// summary returns what matters to a client in an answer: the state, errors, actions with their fields, and the payload.
func summary(answer map[string]any) string {
	if answer["actions"] == nil {
		if message, ok := answer["message"]; ok {
			return fmt.Sprint(message)
		}
		return strings.Join(slices.Sorted(maps.Keys(answer)), ",")
	}
	parts := []string{fmt.Sprint(answer["name"])}
	if failed, ok := answer["error"].(map[string]any); ok {
		parts = append(parts, fmt.Sprintf("!%s", failed["code"]))
	}
	actions := answer["actions"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(actions)) {
		inputs := actions[name].(map[string]any)["inputs"].(map[string]any)
		var fields []string
		for _, field := range slices.Sorted(maps.Keys(inputs)) {
			fields = append(fields, fieldSummary(inputs[field].(map[string]any)))
		}
		parts = append(parts, name+"("+strings.Join(fields, " ")+")")
	}
	payload, _ := answer["payload"].(map[string]any)
	if len(payload) > 0 {
		parts = append(parts, "payload "+payloadSummary(payload))
	}
	return strings.Join(parts, " ")
}

func fieldSummary(field map[string]any) string {
	text := fmt.Sprintf("%s:%s", field["name"], field["type"])
	for _, key := range []string{"required", "hidden", "min_length", "max_length"} {
		if value, ok := field[key]; ok {
			text += fmt.Sprintf(",%s=%v", key, value)
		}
	}
	if value, ok := field["value"]; ok {
		text += fmt.Sprintf(",value=%t", value != nil)
	}
	if allowed, ok := field["allowed_values"].([]any); ok {
		text += fmt.Sprintf(",%d allowed", len(allowed))
	}
	if failed, ok := field["error"].(map[string]any); ok {
		text += fmt.Sprintf(",!%s", failed["code"])
	}
	return text
}

// payloadSummary returns the payload's keys, two levels deep, with the contents of lists and with constant values.
func payloadSummary(payload map[string]any) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(payload)) {
		switch value := payload[key].(type) {
		case map[string]any:
			if key != "claims" && key != "last_login" {
				parts = append(parts, key+"{"+payloadSummary(value)+"}")
				continue
			}
			constant := make(map[string]any)
			for _, k := range []string{"amr", "login_method", "mfa_method"} {
				if v, ok := value[k]; ok {
					constant[k] = v
				}
			}
			parts = append(parts, fmt.Sprintf("%s%v", key, constant))
		case []any:
			parts = append(parts, fmt.Sprintf("%s×%d", key, len(value)))
		case bool:
			parts = append(parts, fmt.Sprintf("%s=%t", key, value))
		default:
			parts = append(parts, key)
		}
	}
	return strings.Join(parts, " ")
}
