//go:build !windows

package export_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/export"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// run runs a script as a person would, and returns what it prints. s.token is the token that it kept.
func (s *stage) run(script string, env ...string) (stdout, stderr string, err error) {
	s.t.Helper()
	for _, needed := range []string{"sh", "curl", "awk"} {
		if _, err := exec.LookPath(needed); err != nil {
			s.t.Fatalf("the exported script cannot be run: this machine needs %s (%v)", needed, err)
		}
	}
	folder := s.t.TempDir()
	path := filepath.Join(folder, "walk.sh")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		s.t.Fatal(err)
	}
	command := exec.CommandContext(s.t.Context(), "sh", path)
	// The command of the script's own first lines, but for a server whose inbox is at its root.
	command.Env = append(os.Environ(), "ROOT="+s.Root, "TOKEN_FILE="+filepath.Join(folder, "token"),
		authenticatorApp+"="+s.secrets, "TOTP_CMD='"+os.Args[0]+"'",
		`PASSCODE_CMD=curl -s "$ROOT/inbox.json?to=$EMAIL" | tr "," "\n" | sed -n "s/.*\"code\":\"\([^\"]*\)\".*/\1/p" | sed 1q`)
	command.Env = append(command.Env, env...)
	var out, said bytes.Buffer
	command.Stdout, command.Stderr = &out, &said
	err = command.Run()
	token, _ := os.ReadFile(filepath.Join(folder, "token"))
	if s.token = strings.TrimSpace(string(token)); s.token != "" && strings.Contains(out.String()+said.String(), s.token) {
		s.t.Errorf("the script prints the token:\n%s%s", &out, &said)
	}
	return out.String(), said.String(), err
}

// signsIn runs a script and holds it to what it is for: it keeps a token that is good, and prints whose it is.
func (s *stage) signsIn(script, email string, env ...string) {
	s.t.Helper()
	stdout, stderr, err := s.run(script, env...)
	if err != nil {
		s.t.Fatalf("the script fails (%v):\n%s\n%s", err, stderr, stdout)
	}
	client := s.Client(s.t, hanko.Options{})
	me, err := client.Me(s.t.Context(), s.token)
	if err != nil {
		s.t.Fatalf("the script's token is not good: %v\n%s", err, stdout)
	}
	var printed hanko.Me
	if err := json.Unmarshal([]byte(stdout), &printed); err != nil || printed.ID != me.ID {
		s.t.Errorf("the script prints %s, want the user %s (%v)", stdout, me.ID, err)
	}
	if len(me.Emails) != 1 || me.Emails[0].Address != email {
		s.t.Errorf("the script signed in %v, want %s", me.Emails, email)
	}
}

// TestScriptSignsIn runs the scripts of a walk against each preset: for the walk's person, for somebody new, and again.
func TestScriptSignsIn(t *testing.T) {
	type way struct {
		preset tenant.Preset
		api    hanko.API // "": found out by the walk
	}
	ways := []way{{tenant.PresetGuide, hanko.FlowAPI}}
	for _, preset := range tenant.Presets() {
		ways = append(ways, way{preset, ""})
	}
	for _, test := range ways {
		t.Run(fmt.Sprint(test.preset, " ", test.api), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, test.preset)
			exchanges := s.walk("ada@example.com", test.api)
			script := export.Script(exchanges, export.Options{})
			s.signsIn(script, "ada@example.com")
			fresh := "grace_o.hopper@example.com"
			s.signsIn(script, fresh, "EMAIL="+fresh, "FLOW=registration", "PASSWORD="+password) // most hide whether an address has an account
			s.signsIn(script, fresh, "EMAIL="+fresh)
			if asked := export.Script(exchanges, export.Options{Secrets: true}); asked != script && strings.Contains(asked, password) {
				t.Errorf("the script has the password in it:\n%s", asked)
			}
			lines := strings.SplitN(script, "set -eu", 2)
			if !strings.Contains(lines[0], "passkeys are left out, as a shell has no authenticator") {
				t.Errorf("the first lines do not say why there are no passkeys:\n%s", lines[0])
			}
		})
	}
}

// TestScriptWithThirdParty holds that the script of a sign-in with a third party signs in there again, with a person's browser
// between: over REST, over flows, and over flows without a code verifier.
func TestScriptWithThirdParty(t *testing.T) {
	app := httptest.NewServer(http.NotFoundHandler()) // the address that the browser comes back to
	t.Cleanup(app.Close)
	for _, test := range []struct {
		preset   tenant.Preset
		switches []string
	}{{tenant.PresetGuide, nil}, {tenant.PresetV3, nil}, {tenant.PresetV2MFA, []string{"third-party-verifier=off"}}} {
		t.Run(string(test.preset), func(t *testing.T) {
			s := newStage(t, test.preset, append([]string{"third-parties=custom_example", "token=header"}, test.switches...)...)
			script := export.Script(s.thirdPartyWalk(), export.Options{})
			visit := []string{browser + "=1", "BROWSER_CMD='" + os.Args[0] + "'", "REDIRECT_TO=" + app.URL + "/callback"}
			s.signsIn(script, "ada@provider.example", visit...)
			if _, stderr, err := s.run(script, append(visit, "DENY=1")...); err == nil || !strings.Contains(stderr, "access_denied") {
				t.Errorf("denied, it ends with %v and says\n%s", err, stderr)
			}
			if _, stderr, err := s.run(script); err == nil || !strings.Contains(stderr, "Open this in a browser: http://127.0.0.1:") || !strings.Contains(stderr, "No address was given.") {
				t.Errorf("without anybody to ask, it ends with %v and says\n%s", err, stderr)
			}
			if _, stderr, err := s.run(script, "BROWSER_CMD=echo 'http://127.0.0.1/callback?x=1&hanko_token=invented%3D#y'"); err == nil || strings.Contains(stderr, "%3D") {
				t.Errorf("with an invented token, it ends with %v and says\n%s", err, stderr)
			}
		})
	}
}

// TestScriptOverBoth is a walk that used both APIs, as somebody does who compares them.
func TestScriptOverBoth(t *testing.T) {
	s := newStage(t, tenant.PresetGuide)
	both := append(s.walk("ada@example.com", hanko.REST), s.walk("bob@example.com", hanko.FlowAPI)...)
	script := export.Script(both, export.Options{})
	s.signsIn(script, "bob@example.com")
	for _, command := range []string{"\nrest_sign_in\n", "\nflow_sign_in "} {
		if strings.Count(script, command) != 1 {
			t.Errorf("the script has %d times %q", strings.Count(script, command), command)
		}
	}
}

// TestScriptFollowsNoStranger holds that a flow cannot lead the script, and the token with it, to another server.
func TestScriptFollowsNoStranger(t *testing.T) {
	s := newStage(t, tenant.PresetV3Passwordless)
	script := export.Script(s.walk("ada@example.com", ""), export.Options{})
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"name":"preflight","csrf_token":"x","actions":{"register_client_capabilities":{"href":"@127.0.0.1:1/"}}}`)
	}))
	defer stranger.Close()
	if _, stderr, err := s.run(script, "BASE="+stranger.URL); err == nil || !strings.Contains(stderr, "leads elsewhere") {
		t.Errorf("the script ends with %v and says\n%s", err, stderr)
	}
}

// TestScriptAfterPasskey is a walk that only signed in with a passkey: the script uses a passcode.
func TestScriptAfterPasskey(t *testing.T) {
	for _, api := range []hanko.API{hanko.REST, hanko.FlowAPI} {
		s := newStage(t, tenant.PresetGuide)
		exchanges := s.walk("ada@example.com", api)
		for i, e := range exchanges {
			if strings.HasSuffix(e.Path, "/logout") {
				exchanges = exchanges[i:]
				break
			}
		}
		script := export.Script(exchanges, export.Options{})
		s.signsIn(script, "ada@example.com", "EMAIL=ada@example.com")
		if _, stderr, err := s.run(script); err == nil || !strings.Contains(stderr, "EMAIL") {
			t.Errorf("without an address the script ends with %v and says %q", err, stderr)
		}
	}
}

// TestScriptFailures holds that a script that cannot go on says why, and is not taken for a success.
func TestScriptFailures(t *testing.T) {
	rest, flow := newStage(t, tenant.PresetGuide), newStage(t, tenant.PresetV3Passwordless)
	restScript := export.Script(rest.walk("ada@example.com", hanko.REST), export.Options{})
	flowScript := export.Script(flow.walk("ada@example.com", ""), export.Options{})
	for _, test := range []struct {
		name, script string
		s            *stage
		env, want    string
	}{
		{"a wrong passcode", restScript, rest, "PASSCODE_CMD=echo 000000x", "The passcode was not accepted"},
		{"a wrong passcode in a flow", flowScript, flow, "PASSCODE_CMD=echo 00000x", "The tenant refused: form_data_invalid_error"},
		{"no passcode", flowScript, flow, "PASSCODE_CMD=true", "The passcode is empty."},
		{"a command that fails", restScript, rest, "PASSCODE_CMD=exit 3", "PASSCODE_CMD failed."},
		{"nobody to ask", restScript, rest, "PASSCODE_CMD=", "No passcode was given."},
		{"no address", restScript, rest, "EMAIL=nope", "The address was not accepted"},
		{"no tenant", restScript, rest, "BASE=http://127.0.0.1:1", "got no answer"},
		{"the other API", restScript, rest, "BASE=" + flow.URL, "The user was not created"},
	} {
		t.Run(test.name, func(t *testing.T) {
			stdout, stderr, err := test.s.run(test.script, test.env)
			if err == nil || !strings.Contains(stderr, test.want) || stdout != "" {
				t.Errorf("it ends with %v, prints %q and says\n%s\nwant %q", err, stdout, stderr, test.want)
			}
		})
	}
}

// TestScriptIsNotInjected holds that nothing a walk contains becomes a command, a comment's content least of all.
func TestScriptIsNotInjected(t *testing.T) {
	evil := "x\ntouch PWNED\n'; touch PWNED; $(touch PWNED) `touch PWNED` \x1b[31m"
	body, err := json.Marshal(map[string]any{"email": evil, evil: evil, "name": evil})
	if err != nil {
		t.Fatal(err)
	}
	var exchanges []hanko.Exchange
	for _, path := range []string{"/user", "/emails/" + evil, "/" + evil, "/sessions/validate?" + evil, "/profile?action=" + evil} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			exchanges = append(exchanges, hanko.Exchange{
				Method: method, URL: "http://127.0.0.1:1" + path, Path: path, RequestBody: body, ResponseBody: body, Status: 200,
				RequestHeader: map[string][]string{"X-Evil": {evil}, "Authorization": {evil}},
			})
		}
	}
	const quoted = "'; touch PWNED; $(touch PWNED) `touch PWNED`"
	for _, query := range []url.Values{
		{"provider": {quoted}, "redirect_to": {quoted}}, {"error": {quoted}, "error_description": {evil}}, {"hanko_token": {quoted}}, {"state": {evil}},
	} {
		address := "http://127.0.0.1:1/thirdparty/auth?" + query.Encode()
		exchanges = append(exchanges, hanko.Exchange{Browser: true, Method: "GET", URL: address, Path: "/thirdparty/auth?" + query.Encode()})
	}
	s := &stage{t, &tenanttest.Served{}, t.TempDir(), ""} // nothing listens
	for _, o := range []export.Options{{}, {Secrets: true}} {
		t.Chdir(t.TempDir())
		script := export.Script(exchanges, o)
		if _, stderr, err := s.run(script); err == nil || !strings.Contains(stderr, "EMAIL") && !strings.Contains(stderr, "no answer") {
			t.Errorf("it ends with %v and says\n%s", err, stderr)
		}
		for _, e := range exchanges {
			_, _, _ = s.run(export.Curl(e, o)) // nothing listens there
			if command := export.Curl(e, o); strings.ContainsAny(command, "\x1b\x07") {
				t.Errorf("the command has characters that a terminal acts on: %q", command)
			}
		}
		if _, err := os.Stat("PWNED"); err == nil {
			t.Fatalf("what came from the wire was run as a command:\n%s", script)
		}
	}
}
