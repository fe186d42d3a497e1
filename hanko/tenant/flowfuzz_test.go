package tenant

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"

	"example.com/hankosim/hanko"
)

// failOnError is a log that fails the test for a record of level Error, which means that the tenant did something wrong.
type failOnError struct {
	slog.Handler
	t atomic.Pointer[testing.T]
}

func (h *failOnError) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelError
}

func (h *failOnError) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(a slog.Attr) bool {
		if t := h.t.Load(); t != nil {
			t.Errorf("%s: %v", record.Message, a)
		}
		return true
	})
	return nil
}

// FuzzFlow sends any input data to any action of any state. The tenant always answers with a state. A technical error must be
// one that Hanko gives such a request, too.
func FuzzFlow(f *testing.F) {
	places := [][]string{
		{"open login"},
		{"open login", "continue_with_login_identifier identifier=$NAME"},
		{"open login", "continue_with_login_identifier identifier=$NAME", "continue_to_password_login"},
		{"open login", "continue_with_login_identifier identifier=$NAME", "continue_to_passcode_confirmation"},
		{"open login", "continue_with_login_identifier identifier=$NAME", "continue_to_password_login", "password_login password=correct-horse"},
		{"open login", "webauthn_generate_request_options"},
		{"open login raw"},
		{"open registration"},
		{"open registration", "register_login_identifier email=$EMAIL2 username=$NAME2"},
		{"open profile"},
		{"open profile", "webauthn_credential_create"},
		{"open profile", "continue_to_otp_secret_creation"},
		{"open profile", "email_create email=$EMAIL2"},
	}
	log := &failOnError{Handler: slog.DiscardHandler}
	a := openTenant(f, Options{Log: slog.New(log), Settings: settingsOf(f, PresetV3, "username=optional", "third-parties=google",
		"passcodes-per-minute=off", "passwords-per-minute=off", "otps-per-minute=off", "retention=prompt")})
	w := newWalker(f, "ada@example.com", a.walk, a.code)
	for _, line := range []string{
		"open registration", "register_login_identifier email=$EMAIL username=$NAME", "verify_passcode code=$CODE",
		"register_password new_password=correct-horse", "continue_to_security_key_creation", "webauthn_generate_creation_options",
		"webauthn_verify_attestation_response public_key=$MAKE1", "skip",
	} {
		w.step(line)
	}
	seeds := []string{
		"", "{", "null", "[]", "7", "{}", `{"email":null}`, `{"email":"new@example.com"}`, `{"email":7,"username":[]}`,
		`{"identifier":"x@y"}`, `{"identifier":"ada"}`, `{"code":"000000"}`, `{"code":{}}`, `{"password":"correct-horse"}`,
		`{"otp_code":"000000"}`, `{"public_key":{}}`, `{"public_key":"{}"}`, `{"assertion_response":{"id":"AA"}}`,
		`{"patch_metadata":{"a":{"b":null}}}`, `{"patch_metadata":"null"}`, `{"session_id":"x"}`, `{"email_id":"x"}`,
		`{"passkey_id":"x","passkey_name":"y"}`, `{"security_key_id":"x"}`, `{"new_password":"a long new password"}`,
		`{"username":"grace"}`, `{"webauthn_available":"yes"}`, `{"remember_me":1}`, `{"provider":"google","redirect_to":"http://x/"}`,
	}
	for place := range places {
		for i, seed := range seeds {
			f.Add(uint(place), uint(i), seed) // each state's actions in turn
		}
	}
	f.Fuzz(func(t *testing.T, place, action uint, inputs string) {
		log.t.Store(t)
		defer log.t.Store(nil)
		b := &app{t: t, tenant: a.tenant}
		v := newWalker(t, w.email, b.walk, b.code)
		v.token, v.keys, v.handle = w.token, w.keys, w.handle
		for _, line := range places[place%uint(len(places))] {
			v.step(line)
		}
		actions := v.last["actions"].(map[string]any)
		names := make([]string, 0, len(actions))
		for name := range actions {
			if !slices.Contains([]string{"password_update", "webauthn_credential_delete", "security_key_delete", "username_update", "username_delete", "email_delete"}, name) {
				names = append(names, name) // what would take from the other runs what they need
			}
		}
		slices.Sort(names)
		href := at(actions, names[action%uint(len(names))], "href").(string)
		body := `{"csrf_token":"` + v.last["csrf_token"].(string) + `","input_data":` + inputs + "}"
		answer := b.call("POST", href, body)
		var flow hanko.Flow
		if err := json.Unmarshal([]byte(answer.raw), &flow); err != nil || flow.Name == "" || flow.Status != answer.status {
			t.Errorf("%s answers %d %s to %q", href, answer.status, answer.raw, inputs)
		}
		if answer.status == 500 && (flow.Error == nil || flow.Error.Code != hanko.CodeTechnicalError || flow.CSRFToken != "") {
			t.Errorf("%s answers %s to %q", href, answer.raw, inputs)
		}
	})
}
