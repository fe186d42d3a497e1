package smoke_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// originsAre has a tenant take these origins and no others: what it is sent from one of them reaches it, and the rest is
// refused as Hanko refuses it.
func originsAre(origins ...string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body := []byte(readBody(r))
			var sent struct {
				Inputs struct {
					Credential json.RawMessage `json:"public_key"`
				} `json:"input_data"`
			}
			_ = json.Unmarshal(body, &sent)
			credential := []byte(sent.Inputs.Credential)
			if r.URL.Path == "/webauthn/registration/finalize" {
				credential = body
			}
			if seen, err := passkeyIn(credential); err == nil && !slices.Contains(origins, seen.origin) {
				// A challenge that the tenant does not know is refused as an origin is, in the words of its API.
				body = bytes.ReplaceAll(body, clientDataOf(credential), []byte(base64.RawURLEncoding.EncodeToString([]byte(`{"type":"webauthn.create","challenge":"AAAA","origin":"https://no.example.test"}`))))
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			}
			next.ServeHTTP(w, r)
		})
	}
}

func clientDataOf(credential []byte) []byte {
	var sent struct {
		Response struct {
			ClientData string `json:"clientDataJSON"`
		} `json:"response"`
	}
	if err := json.Unmarshal(credential, &sent); err != nil {
		panic(err)
	}
	return []byte(sent.Response.ClientData)
}

// TestIsolation shows that the origin that a tenant takes instead is found and told, whatever it is, and that what a
// report says of one phone fits what it says of the other.
func TestIsolation(t *testing.T) {
	android := authenticator.Android(app).Origin("")
	for _, test := range []struct {
		name    string
		rpid    string
		origins []string
		failed  string // the phone that fails, at least
		passes  bool   // Android passes
		told    string // the origin that the note names
		key     string
	}{
		{"the Android app alone", "localhost", []string{android}, "iphone", true, android, "webauthn.relying_party.origins"},
		{"the tenant's own URL", "localhost", []string{"http://localhost:8000"}, "iphone", false, "http://localhost:8000", "webauthn.relying_party.origins"},
		{"a development server", "localhost", []string{"http://localhost:5173"}, "iphone", false, "http://localhost:5173", "webauthn.relying_party.origins"},
		{"a port that is left out elsewhere", "localhost", []string{"https://localhost:443"}, "iphone", false, "https://localhost:443", "webauthn.relying_party.origins"},
		{"plain http", "app.example.test", []string{"http://app.example.test"}, "iphone", false, "http://app.example.test", "webauthn.relying_party.origins"},
		{"a final slash", "app.example.test", []string{"https://app.example.test/"}, "iphone", false, "https://app.example.test/", "webauthn.relying_party.origins"},
		{"origins of another domain than the RP ID", "app.example.test", []string{"http://localhost:8888", android}, "iphone", true, "http://localhost:8888", "webauthn.relying_party.id"},
	} {
		for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3} {
			t.Run(test.name+" "+string(preset), func(t *testing.T) {
				t.Parallel()
				options := known(presetOf(t, preset))
				options.Settings.RPID = test.rpid
				options.Hosts = []string{"localhost"}
				options.Origins = append(options.Origins, test.origins...)
				b := newBench(t, options, originsAre(test.origins...))
				b.options.Only = []string{"passkey"}
				judged := judge(t.Context(), t, b.options)
				failed := result(t, judged, "passkey.register."+test.failed)
				if failed.Verdict != smoke.Failed || failed.Key != test.key || !strings.Contains(failed.Note, test.told) {
					t.Errorf("%s is %+v", failed.ID, failed.Outcome)
				}
				if !strings.Contains(failed.Remedy, `"https://`+test.rpid+`"`) {
					t.Errorf("the remedy does not name the iPhone's origin: %s", failed.Remedy)
				}
				if written := hankoconfig.YAML(failed.Settings); test.key == "webauthn.relying_party.origins" && !strings.Contains(written, "https://"+test.rpid) {
					t.Errorf("the remedy is %s, but what to write is\n%s", failed.Remedy, written)
				}
				if on := result(t, judged, "passkey.register.android"); (on.Verdict == smoke.Passed) != test.passes {
					t.Errorf("Android: %+v", on.Outcome)
				}
				if strings.Contains(text(t, judged), "no passkey of any kind") {
					t.Errorf("one was accepted:\n%s", text(t, judged))
				}
				if len(judged.LeftBehind) > 0 && preset == tenant.PresetGuide {
					t.Errorf("%q are left behind", judged.LeftBehind)
				}
			})
		}
	}
}
