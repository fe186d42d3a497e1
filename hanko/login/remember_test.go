package login_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
)

// TestStaySignedIn signs in in each way: those who want to stay signed in do, and nobody else.
func TestStaySignedIn(t *testing.T) {
	for _, remember := range []bool{true, false} {
		w := walkPreset(t, tenant.PresetV3Passwordless, "retention=prompt")
		if asks, err := w.walk.AsksToRemember(t.Context()); err != nil || !asks {
			t.Fatalf("the tenant asks: %v, %v", asks, err)
		}
		asked := w.client.Log().Len()
		if _, err := w.walk.AsksToRemember(t.Context()); err != nil || w.client.Log().Len() != asked || asked != 3 {
			t.Errorf("it took %d requests to find out, and then %d, %v", asked, w.client.Log().Len(), err)
		}
		want := map[bool]string{true: "persistent", false: "session"}[remember]
		expect := func(way string, in login.SignedIn) {
			t.Helper()
			if in.Session.Retention != want {
				t.Errorf("%s, remember %v: the session is %q", way, remember, in.Session.Retention)
			}
		}
		take[login.ConfirmAccount](w, login.SubmitEmail{Email: ada, Remember: remember})
		take[login.EnterPasscode](w, login.CreateAccount{})
		take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
		expect("a new account", take[login.SignedIn](w, login.RegisterPasskey{}))
		take[login.EnterEmail](w, login.LogOut{})
		expect("by passkey", take[login.SignedIn](w, login.SignInWithPasskey{Remember: remember}))
		take[login.EnterEmail](w, login.LogOut{})
		take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Remember: remember})
		expect("by passcode", take[login.SignedIn](w, login.SubmitPasscode{Code: w.code()}))
	}
}

// TestNobodyAsksToStaySignedIn signs in at tenants that do not ask: the walk does not send the answer, and over REST it does
// not look for the question.
func TestNobodyAsksToStaySignedIn(t *testing.T) {
	for preset, requests := range map[tenant.Preset]int{tenant.PresetGuide: 2, tenant.PresetV3Passwordless: 3, tenant.PresetV2MFA: 4} {
		w := walkPreset(t, preset)
		if asks, err := w.walk.AsksToRemember(t.Context()); asks || err != nil || w.client.Log().Len() != requests {
			t.Errorf("%s asks: %v, %v, in %d requests", preset, asks, err, w.client.Log().Len())
		}
		w.walk.Take(t.Context(), login.SubmitEmail{Email: ada, Remember: true})
		for _, exchange := range w.client.Log().From(0) {
			if strings.Contains(exchange.Path, "remember_me") {
				t.Errorf("%s got the answer: %s", preset, exchange.Path)
			}
		}
	}
}

// TestStaySignedInOnTheWire checks that the answer is an action of login_init, sent before the address. The recorded v3.0.4
// did not ask, so the test adds the action as Hanko's backend describes it.
func TestStaySignedInOnTheWire(t *testing.T) {
	content, err := os.ReadFile("../testdata/flow-3.0.4-passwordless.json")
	if err != nil {
		t.Fatal(err)
	}
	var run []struct {
		Path string `json:"path"`
		Body struct {
			Name    string                     `json:"name"`
			CSRF    string                     `json:"csrf_token"`
			Actions map[string]json.RawMessage `json:"actions"`
			Payload json.RawMessage            `json:"payload"`
			Status  int                        `json:"status"`
		} `json:"response_body"`
	}
	if err := json.Unmarshal(content, &run); err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for _, exchange := range run {
		body := exchange.Body
		if !strings.HasPrefix(exchange.Path, "/login") || body.Status != http.StatusOK || states[body.Name] != "" {
			continue
		}
		if body.Name == "login_init" {
			body.Actions["remember_me"] = json.RawMessage(`{"action":"remember_me","description":"Enables the user to stay signed in.",
				"href":"/login?action=remember_me%40464f225e","inputs":{"remember_me":{"name":"remember_me","required":true,"type":"boolean"}}}`)
		}
		answer, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		states[body.Name] = string(answer)
	}
	if states["preflight"] == "" || states["login_init"] == "" || states["passcode_confirmation"] == "" {
		t.Fatal("the recording has no login by passcode")
	}
	var told []string
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var sent hanko.FlowInputs
		_ = json.NewDecoder(r.Body).Decode(&sent)
		action, _, _ := strings.Cut(r.URL.Query().Get("action"), "@")
		state := map[string]string{"": "preflight", "register_client_capabilities": "login_init", "remember_me": "login_init", "continue_with_login_identifier": "passcode_confirmation"}[action]
		if r.URL.Path != "/login" || states[state] == "" {
			rw.WriteHeader(http.StatusNotFound)
			_, _ = rw.Write([]byte(`{"code":404,"message":"Not Found"}`))
			return
		}
		if action == "remember_me" || action == "continue_with_login_identifier" {
			inputs, _ := json.Marshal(sent.InputData)
			told = append(told, action+" "+string(inputs))
		}
		rw.Header().Set("Content-Type", "application/json")
		_, _ = rw.Write([]byte(states[state]))
	}))
	defer server.Close()
	client, err := hanko.NewClient(server.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	walk := login.New(client, authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), nil), "")
	if asks, err := walk.AsksToRemember(t.Context()); !asks || err != nil {
		t.Errorf("the tenant asks: %v, %v", asks, err)
	}
	if step, ok := walk.Take(t.Context(), login.SubmitEmail{Email: ada, Remember: true}).(login.EnterPasscode); !ok || step.Problem != nil {
		t.Errorf("the walk leads to %+v", step)
	}
	if got := strings.Join(told, "; "); got != `remember_me {"remember_me":true}; continue_with_login_identifier {"email":"ada@example.com"}` {
		t.Errorf("the tenant got %s", got)
	}
}

// TestIDsAreChosen checks that actions of the profile flow that need an ID offer what the person has.
func TestIDsAreChosen(t *testing.T) {
	w := walkPreset(t, tenant.PresetV3Passwordless)
	take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true})
	take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
	take[login.SignedIn](w, login.RegisterPasskey{})
	take[login.EnterEmail](w, login.LogOut{}) // one session is left behind by the second sign-in
	take[login.SignedIn](w, login.SignInWithPasskey{})
	w.restart()
	take[login.SignedIn](w, login.SignInWithPasskey{})
	profile := take[login.Profile](w, login.OpenProfile{})
	forms := take[login.FillForm](w, login.OpenForms{})
	choices := map[hanko.ActionName][]hanko.FlowValue{}
	for _, form := range forms.Forms {
		for _, field := range form.Fields {
			if strings.HasSuffix(string(field.Name), "_id") {
				choices[form.Action] = field.AllowedValues
			}
		}
	}
	for action, want := range map[hanko.ActionName]struct{ id, text string }{
		"webauthn_credential_delete": {profile.Passkeys[0].ID, "passkey created "},
		"webauthn_credential_rename": {profile.Passkeys[0].ID, "passkey created "},
		"session_delete":             {other(profile.Sessions), ", since "},
	} {
		got := choices[action]
		if len(got) != 1 || got[0].Value != want.id || !strings.Contains(got[0].Text, want.text) {
			t.Errorf("%s offers %+v, want %s", action, got, want.id)
		}
	}
	after := form[login.Profile](w, forms, "session_delete", map[hanko.InputName]string{"session_id": other(profile.Sessions)})
	if after.Problem != nil || len(after.Sessions) != len(profile.Sessions)-1 {
		t.Errorf("the sessions are %+v, %v", after.Sessions, after.Problem)
	}
}

func other(sessions []login.ProfileSession) string {
	for _, session := range sessions {
		if !session.Current {
			return session.ID
		}
	}
	return ""
}
