package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/export"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
	"example.com/hankosim/tui"
	"example.com/hankosim/tui/kit"
)

// secretKinds has each kind of secret, and an exchange in which it stands where it belongs.
func secretKinds() []secretKind {
	const (
		session = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
		opaque  = "3q2-7wAAECAwQFBgcICQ"
		code    = "843575"
		key     = "JBSWY3DPEHPK3PXPMFRGGZDF"
		output  = "b3V0cHV0IG9mIHByZiwgMzIgYnl0ZXMgbG9uZyEhISE"
	)
	body := func(text string) hanko.Exchange { return hanko.Exchange{RequestBody: []byte(text)} }
	return []secretKind{
		{"a session token", session, hanko.Exchange{ResponseHeader: http.Header{"X-Auth-Token": {session}}}},
		{"an opaque token", opaque, hanko.Exchange{RequestHeader: http.Header{"Authorization": {"Bearer " + opaque}}}},
		{"a cookie that is sent", opaque, hanko.Exchange{RequestHeader: http.Header{"Cookie": {"hanko=" + opaque}}}},
		{"a cookie that is set", opaque, hanko.Exchange{ResponseHeader: http.Header{"Set-Cookie": {"hanko=" + opaque + "; Path=/"}}}},
		{"a csrf token", opaque, body(`{"csrf_token":"` + opaque + `","input_data":{}}`)},
		{"a third party's token", opaque + opaque, body(`{"input_data":{"token":"` + opaque + opaque + `"}}`)},
		{"a code verifier", opaque + opaque, body(`{"input_data":{"code_verifier":"` + opaque + opaque + `"}}`)},
		{"a token that a browser brings", opaque + opaque, hanko.Exchange{Browser: true, URL: "http://127.0.0.1:41234/callback?hanko_token=" + opaque + opaque}},
		{"a passcode", code, body(`{"input_data":{"code":"` + code + `"}}`)},
		{"a code of an authenticator app", code, body(`{"input_data":{"otp_code":"` + code + `"}}`)},
		{"a password", "Tr0ub4dor&3", body(`{"input_data":{"password":"Tr0ub4dor&3"}}`)},
		{"a new password", "Tr0ub4dor&3", body(`{"input_data":{"new_password":"Tr0ub4dor&3"}}`)},
		{"the set-up of an authenticator app", key, hanko.Exchange{ResponseBody: []byte(`{"payload":{"otp_secret":"` + key + `"}}`)}},
		{"an output of PRF", output, body(`{"clientExtensionResults":{"prf":{"results":{"first":"` + output + `"}}}}`)},
		{"a large blob", output, body(`{"clientExtensionResults":{"largeBlob":{"blob":"` + output + `"}}}`)},
	}
}

type secretKind struct {
	name, secret string
	in           hanko.Exchange
}

// repeated is an answer of a tenant that repeats what it has been told where no secret belongs.
func (k secretKind) repeated() hanko.Exchange {
	say := "nobody knows " + k.secret + " here"
	return hanko.Exchange{
		Method: "GET", URL: "http://tenant.test/me", Path: "/me", Status: 401, RequestHeader: http.Header{},
		ResponseHeader: http.Header{"X-Was": {say}}, ResponseBody: []byte(`{"code":401,"message":"` + say + `"}`),
		Err: &hanko.Error{Kind: hanko.Refused, Call: "GET /me", Host: "tenant.test", Status: 401, Message: say},
	}
}

// exchanges are one with the secret in its place, and the repeated one.
func (k secretKind) exchanges() []hanko.Exchange {
	in := k.in
	in.Method, in.Status = "POST", 200
	if !in.Browser {
		in.URL, in.Path = "http://tenant.test/login", "/login"
	} else {
		in.Method, in.Path = "GET", in.URL
	}
	return []hanko.Exchange{in, k.repeated()}
}

// Each kind of secret, in each output: none of them has it, wherever the tenant puts it.
func TestEachSecretInEachOutput(t *testing.T) {
	outputs := map[string]func(t *testing.T, kind secretKind) string{
		"the debug file": func(_ *testing.T, kind secretKind) string {
			var file strings.Builder
			keep := logExchanges(slog.New(slog.NewJSONHandler(&file, nil)), &secret.Keeper{})
			for _, exchange := range kind.exchanges() {
				keep(exchange)
			}
			return file.String()
		},
		"a HAR file": func(t *testing.T, kind secretKind) string {
			archive, err := export.HAR(kind.exchanges(), "1", export.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return string(archive)
		},
		"exported code": func(_ *testing.T, kind secretKind) string {
			all, none := kind.exchanges(), export.Options{}
			return export.Curl(all[0], none) + export.Curl(all[1], none) + export.Step(export.Swift, all) + export.Step(export.Kotlin, all) + export.Script(all, none)
		},
		"the reports": reportsWith,
		"an error and a panic": func(t *testing.T, kind secretKind) string {
			ctx := withSecrets(t.Context())
			for _, exchange := range kind.exchanges() {
				secretsOf(ctx).Learn(exchange)
			}
			var stderr strings.Builder
			exitCode(ctx, kind.repeated().Err, &stderr)
			exitCode(ctx, withoutPanic(ctx, func(context.Context) error { panic(fmt.Sprintf("%q", kind.secret)) }), &stderr)
			return stderr.String()
		},
		"a recorded screen": recordedScreensWith,
	}
	for _, kind := range secretKinds() {
		for name, output := range outputs {
			t.Run(strings.ReplaceAll(kind.name+" in "+name, " ", "_"), func(t *testing.T) {
				t.Parallel()
				written := output(t, kind)
				const piece = 12 // of a long one; of what is masked, fewer are shown
				for at := 0; at == 0 || at+piece <= len(kind.secret); at++ {
					if left := kind.secret[at:min(at+piece, len(kind.secret))]; strings.Contains(written, left) {
						t.Fatalf("%q is in\n%s", left, written)
					}
				}
				if !strings.Contains(written, "/me") && !strings.Contains(written, "••••••") {
					t.Errorf("nothing was written: %s", written)
				}
			})
		}
	}
}

// reportsWith are all reports on a tenant that puts a secret where it belongs, and repeats it.
func reportsWith(t *testing.T, kind secretKind) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		repeated := kind.repeated()
		w.Header()["X-Was"] = repeated.ResponseHeader["X-Was"]
		for name, values := range kind.in.ResponseHeader {
			w.Header()[name] = values
		}
		for _, values := range kind.in.RequestHeader {
			w.Header().Set("Set-Cookie", "hanko="+values[0][strings.IndexAny(values[0], " =")+1:])
		}
		w.WriteHeader(repeated.Status)
		in := cmp.Or(string(kind.in.ResponseBody), string(kind.in.RequestBody), "null")
		if kind.in.Browser { // it has no body: the tenant has the token in its own
			in = `{"hanko_token":"` + kind.secret + `"}`
		}
		_, _ = fmt.Fprintf(w, `{"in":%s,"said":%s}`, in, repeated.ResponseBody)
	}))
	defer server.Close()
	client, err := hanko.NewClient(server.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	judged, err := smoke.Run(t.Context(), smoke.Options{Client: client, Address: smoke.PlusAddresses("ada@example.com"), Only: []string{"reach"}}, func(smoke.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(client.Log().From(0)[0].ResponseBody), "nobody knows "+kind.secret) {
		t.Fatal("the tenant has repeated nothing")
	}
	var written strings.Builder
	for _, write := range []func(io.Writer, smoke.Report) error{
		report.Terminal{}.Text, report.JSON, report.JUnit, report.TAP, report.HTML, report.Annotations, report.StepSummary,
	} {
		if err := write(&written, judged); err != nil {
			t.Fatal(err)
		}
	}
	return written.String()
}

// recordedScreensWith are screens of the app, as they are recorded, while the person looks at the exchanges with their
// secrets shown.
func recordedScreensWith(t *testing.T, kind secretKind) string {
	client, err := hanko.NewClient("http://tenant.test", hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	app := tui.New(t.Context(), kit.Options{Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Tenant: "test"})
	var shown, recorded strings.Builder
	look := func(msgs ...tea.Msg) {
		for _, msg := range msgs {
			app.Update(msg)
			shown.WriteString(app.View() + "\n")
			recorded.WriteString(app.MaskedView() + "\n")
		}
	}
	look(tea.WindowSizeMsg{Width: 160, Height: 50}, hanko.News{Ended: kind.exchanges()})
	look(tui.ArrivedMsg{Step: login.Failed{Problem: login.Problem{Sentence: "No.", Said: kind.repeated().Err.Message}}})
	for _, key := range []string{"tab", "m", "enter", "v", "v", "v", "v", "v", "esc", "up", "enter", "v", "v", "v", "v", "v"} {
		look(kit.KeyMsg(key))
	}
	if text := strings.ReplaceAll(shown.String(), "\n", ""); !strings.Contains(text, kind.secret[:min(12, len(kind.secret))]) {
		t.Fatalf("the secret is on no screen:\n%s", shown.String())
	}
	return recorded.String()
}
