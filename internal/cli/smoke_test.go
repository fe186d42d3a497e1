package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/smoke/report"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/config"
	"example.com/hankosim/internal/tenanttest"
)

// program is how the program is to be run.
type program struct {
	dir string   // "" is a new one
	env []string // besides what keeps it off the person's own files
}

// ran is what the program did.
type ran struct {
	code           int
	stdout, stderr string
}

func command(t *testing.T, p program, arguments ...string) *exec.Cmd {
	t.Helper()
	if p.dir == "" {
		p.dir = t.TempDir()
	}
	cmd := exec.CommandContext(t.Context(), "hankosim", arguments...) // TestMain puts it on the PATH
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "HOME="+p.dir, "XDG_CONFIG_HOME="+p.dir, "XDG_DATA_HOME="+p.dir, "LOCALAPPDATA="+p.dir,
		"HANKO_API_URL=", "GITHUB_ACTIONS=", "GITHUB_STEP_SUMMARY=", noRaceSleep)
	cmd.Env = append(cmd.Env, p.env...)
	return cmd
}

func runProgram(t *testing.T, p program, arguments ...string) ran {
	t.Helper()
	cmd := command(t, p, arguments...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// served is a tenant that runs elsewhere, with its inbox.
func served(t *testing.T, settings tenant.Settings, proxies ...func(http.Handler) http.Handler) *tenanttest.Served {
	t.Helper()
	settings.TokenInHeader = true
	return tenanttest.Serve(t, tenant.Options{Settings: settings}, proxies...)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func TestSmokeExitCodes(t *testing.T) {
	good := served(t, tenant.Settings{})
	website := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>Welcome</title>"))
	}))
	t.Cleanup(website.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	mailbox := "--mailbox=inbox:" + good.URL
	for _, test := range []struct {
		name      string
		arguments string // with spaces between
		code      int
		stdout    string // its first line begins so
		stderr    string // it has this
	}{
		{"the embedded tenant", "smoke", 0, "http://localhost:", "✓ guide.signup"},
		{"another preset, in part", "smoke --preset v3 --only guide", 0, "http://localhost:", "✓ guide.signin"},
		{"a failure", "smoke --set mail-down=on", 1, "✗ email_delivery.smtp", "✗ guide.signup"},
		{"a failure that is skipped", "smoke --set mail-down=on --skip guide", 0, "http://localhost:", "– session.me"},
		{"no such check", "smoke --only nothing", 2, "", `"nothing" is neither a check nor a suite`},
		{"no such check to skip", "smoke --skip nothing", 2, "", "`hankosim smoke --list` lists them"},
		{"no such check to list", "smoke --list --only nothing", 2, "", "neither a check nor a suite"},
		{"no such flag", "smoke --verbose", 2, "", "unknown flag"},
		{"two reports on one stream", "smoke --json --tap", 2, "", "both write to standard output"},
		{"no time", "smoke --timeout 0s", 2, "", "--timeout is 0s"},
		{"no patience", "smoke --patience -1s", 2, "", "--patience is -1s"},
		{"an Admin API that is no URL", "smoke --admin-url ftp://localhost", 2, "", "--admin-url"},
		{"no such tenant", "smoke --tenants staging,production", 2, "", "staging"},
		{"no such mailbox", "smoke --email ada@example.com --mailbox pigeon:coop --url " + good.URL, 2, "", "pigeon"},
		{"nobody's mailbox", "smoke --url " + good.URL + " " + mailbox, 2, "", "--email"},
		{"a mailbox that does not answer", "smoke --email ada@example.com --mailbox mailpit:" + gone.URL + " --url " + good.URL, 4, "? guide.signup: Mailpit", "? guide.signup"},
		{"nothing there", "smoke --url " + gone.URL, 3, "✗ url: ", "✗ reach.tenant"},
		{"a website", "smoke --url " + website.URL, 3, "✗ url: ", "✗ reach.tenant"},
		{"no mailbox", "smoke --url " + good.URL, 4, "? guide.signup: there is no mailbox", "? guide.signup"},
		{"a tenant elsewhere", "smoke --email ada@example.com --url " + good.URL + " " + mailbox, 0, "http://127.0.0.1:", "– passkey.register.android"},
		{"no time for it", "smoke --timeout 50us", 4, "? ", "? reach.tenant"},
		{"a list", "smoke --list", 0, "CHECK ", ""},
		{"arguments", "smoke now", 2, "", "takes no arguments"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := runProgram(t, program{}, strings.Fields(test.arguments)...)
			if got.code != test.code || !strings.HasPrefix(firstLine(got.stdout), test.stdout) || !strings.Contains(got.stderr, test.stderr) {
				t.Errorf("exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", got.code, test.code, got.stdout, got.stderr)
			}
			if test.stdout == "" && got.stdout != "" {
				t.Errorf("standard output is not for talk: %s", got.stdout)
			}
			if strings.Contains(got.stdout, "Judging") || strings.Contains(got.stdout, "✓ reach.") {
				t.Errorf("the talk is on standard output: %s", got.stdout)
			}
		})
	}
}

func TestSmokeList(t *testing.T) {
	got := runProgram(t, program{}, "smoke", "--list", "--only", "native", "--skip", "native.apple")
	var checks []string
	for line := range strings.Lines(got.stdout) {
		checks = append(checks, strings.Fields(line)[0])
	}
	want := "CHECK reach.tenant guide.signup native.rpid native.assetlinks native.attestation"
	if strings.Join(checks, " ") != want || got.stderr != "" {
		t.Errorf("%q is listed, want %q; stderr %q", checks, want, got.stderr)
	}
}

// TestSmokeReports writes every report at once, as in GitHub Actions.
func TestSmokeReports(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	summary := filepath.Join(dir, "summary.md")
	if err := os.WriteFile(summary, []byte("before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runProgram(t, program{dir: dir, env: []string{"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + summary}},
		"smoke", "--set", "mail-down=on", "--json", "--junit", filepath.Join("out", "smoke.xml"), "--html", "smoke.html")
	var document struct {
		Version int `json:"version"`
		Failed  int `json:"failed"`
	}
	if err := json.Unmarshal([]byte(got.stdout), &document); err != nil || document.Version != 1 || document.Failed != 1 || got.code != 1 {
		t.Errorf("exit code %d, standard output is %v: %s", got.code, err, got.stdout)
	}
	if !strings.Contains(got.stderr, "\n::error title=guide.signup::✗ email_delivery.smtp, or email_delivery.from_address: ") {
		t.Errorf("there is no annotation: %s", got.stderr)
	}
	junit, err := os.ReadFile(filepath.Join(dir, "out", "smoke.xml"))
	if err != nil || xml.Unmarshal(junit, new(struct{ XMLName xml.Name })) != nil {
		t.Errorf("the JUnit file: %v\n%s", err, junit)
	}
	if page, err := os.ReadFile(filepath.Join(dir, "smoke.html")); err != nil || !strings.HasPrefix(string(page), "<!doctype html>") {
		t.Errorf("the HTML file: %v", err)
	}
	if written, err := os.ReadFile(summary); err != nil || !strings.HasPrefix(string(written), "before\n### hankosim smoke\n") {
		t.Errorf("the step summary: %v\n%s", err, written)
	}
	tap := runProgram(t, program{}, "smoke", "--tap", "--only", "reach")
	if tap.code != 0 || !strings.HasPrefix(tap.stdout, "TAP version 13\n1..4\nok 1 - reach.tenant ") {
		t.Errorf("TAP: exit code %d\n%s", tap.code, tap.stdout)
	}
	unwritable := runProgram(t, program{}, "smoke", "--only", "reach.tenant", "--junit", filepath.Join("no", "such", "place.xml"))
	if unwritable.code != 2 || !strings.Contains(unwritable.stderr, "the report cannot be written") || strings.Contains(unwritable.stderr, "Judging") {
		t.Errorf("a report that cannot be written: %+v", unwritable)
	}
}

// The key hash of the example's app counts as an app where somebody has written it, and only there.
func TestSmokeExampleApp(t *testing.T) {
	server := served(t, tenant.Settings{})
	dir := t.TempDir()
	written := "android:\n  package_name: com.example.hankosim\n  apk_key_hash: " + config.DemoKeyHash + "\n"
	if err := os.WriteFile(filepath.Join(dir, "hankosim.yaml"), []byte(written), 0o600); err != nil {
		t.Fatal(err)
	}
	arguments := []string{"smoke", "--url", server.URL, "--email", "ada@example.com", "--mailbox", "inbox:" + server.URL, "--only", "passkey.register.android"}
	if got := runProgram(t, program{dir: dir}, arguments...); got.code != 1 || !strings.HasPrefix(got.stdout, "✗ webauthn.relying_party.origins: ") {
		t.Errorf("written: exit code %d:\n%s", got.code, got.stdout)
	}
	if got := runProgram(t, program{}, arguments...); got.code != 0 || !strings.Contains(got.stderr, "no Android app is configured") {
		t.Errorf("not written: exit code %d:\n%s\n%s", got.code, got.stdout, got.stderr)
	}
}

// A mailbox that does not answer makes what needs a mail inconclusive; every report is written all the same.
func TestSmokeMailboxUnreachable(t *testing.T) {
	server := served(t, tenant.Settings{})
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, mailbox := range []string{"mailpit:" + gone.URL, "smtp:" + strings.TrimPrefix(server.URL, "http://")} {
		dir := t.TempDir()
		got := runProgram(t, program{dir: dir}, "smoke", "--url", server.URL, "--email", "ada@example.com", "--mailbox", mailbox,
			"--patience", "2s", "--json", "--junit", "smoke.xml", "--html", "smoke.html")
		var document report.Document
		if err := json.Unmarshal([]byte(got.stdout), &document); err != nil || got.code != 4 || document.Unknown == 0 {
			t.Errorf("%s: exit code %d, %v:\n%s\n%s", mailbox, got.code, err, got.stdout, got.stderr)
		}
		for _, name := range []string{"smoke.xml", "smoke.html"} {
			if written, err := os.ReadFile(filepath.Join(dir, name)); err != nil || len(written) == 0 {
				t.Errorf("%s: %s has %d bytes (%v)", mailbox, name, len(written), err)
			}
		}
	}
}

// TestSmokeTenants judges two tenants, and tells where they differ.
func TestSmokeTenants(t *testing.T) {
	staging := served(t, tenant.Settings{})
	production := served(t, tenant.Settings{DisablePasskeys: true})
	dir := t.TempDir()
	cfg := "tenants:\n  staging:\n    url: " + staging.URL + "\n  production:\n    url: " + production.URL + "\n"
	if err := os.WriteFile(filepath.Join(dir, "hankosim.yaml"), []byte(cfg), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runProgram(t, program{dir: dir}, "smoke", "--tenants", "staging, production", "--only", "native.rpid,reach.health", "--junit", "smoke.xml")
	want := "The tenants have the same results.\n"
	if got.code != 0 || !strings.HasSuffix(got.stdout, want) { // both skip native.rpid: localhost, and no passkeys
		t.Errorf("exit code %d:\n%s", got.code, got.stdout)
	}
	for _, name := range []string{"staging-smoke.xml", "production-smoke.xml"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	got = runProgram(t, program{dir: dir}, "smoke", "--tenants", "staging,production", "--email", "ada@example.com",
		"--mailbox", "inbox:"+staging.URL, "--only", "passkey.register.iphone", "--patience", "2s")
	for _, line := range []string{
		"The tenants differ:\n", "  guide.signup                 staging: passed  production: inconclusive (email_delivery.smtp, or email_delivery.enabled)\n",
		"  passkey.register.iphone      staging: passed  production: skipped\n",
	} {
		if !strings.Contains(got.stdout, line) {
			t.Errorf("the comparison lacks %q:\n%s", line, got.stdout)
		}
	}
	if got.code != 4 {
		t.Errorf("exit code %d", got.code)
	}
	if two := runProgram(t, program{dir: dir}, "smoke", "--tenants", "staging,production", "--tap"); two.code != 2 {
		t.Errorf("TAP of two tenants: exit code %d", two.code)
	}
}

// TestSmokeAdmin shows that the Admin API is given its key, from the environment, and deletes who was made.
func TestSmokeAdmin(t *testing.T) {
	var (
		mu       sync.Mutex
		requests []string
	)
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		requests = append(requests, r.Method+" "+r.URL.Path[:len("/users/")]+" "+r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(admin.Close)
	server := served(t, tenant.Settings{DisableDeletion: true})
	got := runProgram(t, program{env: []string{adminKeyVariable + "=key-of-the-admin"}}, "smoke", "--url", server.URL, "--email", "ada@example.com",
		"--mailbox", "inbox:"+server.URL, "--only", "guide.signup", "--admin-url", admin.URL)
	if got.code != 0 || len(requests) != 1 || requests[0] != "DELETE /users/ Bearer key-of-the-admin" {
		t.Errorf("exit code %d, the Admin API was asked %q", got.code, requests)
	}
	if strings.Contains(got.stdout, "could not be deleted") || strings.Contains(got.stdout+got.stderr, "key-of-the-admin") {
		t.Errorf("stdout:\n%s\nstderr:\n%s", got.stdout, got.stderr)
	}
}

// withPasskey makes a user with a passkey in the keystore of a directory's program.
func withPasskey(t *testing.T, dir, url string, opened *tenant.Tenant, email string) {
	t.Helper()
	store, err := authenticator.OpenKeystore(filepath.Join(dir, "hankosim", "passkeys.json"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := hanko.NewClient(url, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	walk := login.New(client, authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove), email)
	for _, action := range []login.Action{login.SubmitEmail{Email: email}, login.CreateAccount{}} {
		walk.Take(t.Context(), action)
	}
	walk.Take(t.Context(), login.SubmitPasscode{Code: opened.Inbox().Mails()[0].Code})
	if _, in := walk.Take(t.Context(), login.RegisterPasskey{}).(login.SignedIn); !in {
		t.Fatalf("the walk stands at %#v", walk.Step())
	}
}

func TestToken(t *testing.T) {
	server := served(t, tenant.Settings{})
	dir := t.TempDir()
	withPasskey(t, dir, server.URL, server.Tenant, "ada@example.com")
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()

	byPasskey := runProgram(t, program{dir: dir}, "token", "--url", server.URL)
	token, err := hanko.ParseToken(strings.TrimSuffix(byPasskey.stdout, "\n"))
	if byPasskey.code != 0 || err != nil || byPasskey.stderr != "Signed in as ada@example.com.\n" {
		t.Fatalf("with a passkey: %+v, %v", byPasskey, err)
	}
	if me, err := server.Client(t, hanko.Options{}).Me(t.Context(), token.Raw); err != nil || me.ID != token.Subject {
		t.Errorf("the tenant does not know the token: %v", err)
	}

	byPasscode := runProgram(t, program{}, "token", "--url", server.URL, "--json", "--email", "ada@example.com", "--mailbox", "inbox:"+server.URL)
	var document struct {
		Token   string         `json:"token"`
		Claims  map[string]any `json:"claims"`
		Expires time.Time      `json:"expires_at"`
	}
	decoder := json.NewDecoder(strings.NewReader(byPasscode.stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil || byPasscode.code != 0 {
		t.Fatalf("with a passcode: %+v, %v", byPasscode, err)
	}
	if document.Claims["sub"] != token.Subject || document.Token == token.Raw || time.Until(document.Expires) < time.Hour {
		t.Errorf("with a passcode: %+v", document)
	}

	for _, test := range []struct {
		name      string
		arguments []string
		code      int
		stderr    string
	}{
		{"no tenant is named", []string{"token"}, 2, "--url"},
		{"no time", []string{"token", "--url", server.URL, "--timeout", "0s"}, 2, "--timeout is 0s"},
		{"no tenant is there", []string{"token", "--url", gone.URL}, 3, "did not reach"},
		{"nobody to sign in", []string{"token", "--url", server.URL}, 1, "--email is missing"},
		{"no mailbox", []string{"token", "--url", server.URL, "--email", "ada@example.com"}, 1, "there is no mailbox"},
		{"no third party", []string{"token", "--url", server.URL, "--third-party", "google"}, 2, "--third-party: the tenant offers no third parties"},
		{"no such user", []string{"token", "--url", server.URL, "--email", "eve@example.com", "--mailbox", "inbox:" + server.URL}, 1, "does not know eve@example.com"},
	} {
		got := runProgram(t, program{}, test.arguments...)
		if got.code != test.code || got.stdout != "" || !strings.Contains(got.stderr, test.stderr) {
			t.Errorf("%s: exit code %d, want %d\nstdout %q\nstderr %s", test.name, got.code, test.code, got.stdout, got.stderr)
		}
	}
}

// A person signs in with a third party in their browser: the link is on standard error, and the token alone on standard output.
func TestTokenByThirdParty(t *testing.T) {
	for preset, party := range map[string]string{"guide": "custom_example", "v3": "google"} {
		settings, err := tenant.Preset(preset).Settings()
		if err != nil {
			t.Fatal(err)
		}
		settings.ThirdParties, settings.TokenInHeader = []string{party}, true
		server := served(t, settings)
		cmd := command(t, program{}, "token", "--url", server.URL, "--third-party", party, "--no-browser")
		var stdout bytes.Buffer
		cmd.Stdout = &stdout
		stderr, err := cmd.StderrPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		told := ""
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			told += lines.Text() + "\n"
			if _, link, found := strings.Cut(lines.Text(), " in your browser: "); found {
				if ended, err := provider.Visit(t.Context(), link, provider.Answer{}); err != nil {
					t.Errorf("the browser ended at %q: %v", ended, err)
				}
			}
		}
		err = cmd.Wait()
		if token, invalid := hanko.ParseToken(strings.TrimSuffix(stdout.String(), "\n")); err != nil || invalid != nil || token.Subject == "" {
			t.Errorf("%s: %v, %v\nstdout %q\nstderr %s", preset, err, invalid, stdout.String(), told)
		}
		if !strings.HasSuffix(told, "Signed in as ada@provider.example.\n") {
			t.Errorf("%s: standard error is %s", preset, told)
		}
	}
}

// What the person's browser does, or does not do, is told in plain words.
func TestTokenByThirdPartyThatFails(t *testing.T) {
	settings, err := tenant.PresetV3.Settings()
	if err != nil {
		t.Fatal(err)
	}
	settings.ThirdParties = []string{"google"}
	server := served(t, settings)
	late := runProgram(t, program{}, "token", "--url", server.URL, "--third-party", "google", "--no-browser", "--timeout", "2s")
	if late.code != 4 || !strings.HasSuffix(late.stderr, "hankosim: no browser came back within 2s (--timeout)\n") {
		t.Errorf("exit code %d: %s", late.code, late.stderr)
	}
	cmd := command(t, program{}, "token", "--url", server.URL, "--third-party", "google", "--no-browser")
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		told += lines.Text() + "\n"
		if _, link, found := strings.Cut(lines.Text(), " in your browser: "); found {
			if ended, err := provider.Visit(t.Context(), link, provider.Answer{Address: provider.Withheld}); err != nil {
				t.Errorf("the browser ended at %q: %v", ended, err)
			}
		}
	}
	_ = cmd.Wait() // the exit code says it
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(told, "the tenant asks this user for an email address") || !strings.Contains(told, "Sign in with the app once") {
		t.Errorf("exit code %d: %s", code, told)
	}
}

// What happens to the first passkey decides: nobody else is signed in in its place, and the exit code says whether it was
// the tenant that said no.
func TestTokenWhenItsCallFails(t *testing.T) {
	says := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"code":%d,"message":"no"}`, status)
		}
	}
	silent := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server looks for hanging up once the body was read
		<-r.Context().Done()
	}
	reset := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for _, test := range []struct {
		name      string
		answer    http.HandlerFunc // to the first passkey
		arguments []string
		timeout   string // of a call
		code      int
		stderr    string
	}{
		{"two users, and a failure", says(500), nil, "", 2, "several users: bob@example.com, ada@example.com. Choose a user with --email"},
		{"two users, and a rate limit", says(429), nil, "", 2, "bob@example.com, ada@example.com"},
		{"two users, and all well", nil, nil, "", 2, "bob@example.com, ada@example.com"},
		{"a failure", says(500), []string{"--email", "bob@example.com"}, "", 1, "answered 500"},
		{"a refusal", says(401), []string{"--email", "bob@example.com"}, "", 1, "there is no mailbox"},
		{"a rate limit", says(429), []string{"--email", "bob@example.com"}, "", 4, "answered 429"},
		{"not now", says(503), []string{"--email", "bob@example.com"}, "", 4, "answered 503"},
		{"a reset", reset, []string{"--email", "bob@example.com"}, "", 3, "did not reach"},
		{"no answer", silent, []string{"--email", "bob@example.com"}, "2s", 4, "got no answer"},
		{"no time", silent, []string{"--email", "bob@example.com", "--timeout", "2s"}, "5m", 4, "the --timeout of 2s is over"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var first atomic.Bool
			server := served(t, tenant.Settings{}, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if test.answer != nil && r.URL.Path == "/webauthn/login/finalize" && first.CompareAndSwap(false, true) {
						test.answer(w, r)
						return
					}
					next.ServeHTTP(w, r)
				})
			})
			dir := t.TempDir()
			withPasskey(t, dir, server.URL, server.Tenant, "ada@example.com")
			withPasskey(t, dir, server.URL, server.Tenant, "bob@example.com")
			started := program{dir: dir}
			if test.timeout != "" {
				started.env = []string{"HANKOSIM_TIMEOUT=" + test.timeout}
			}
			got := runProgram(t, started, append([]string{"token", "--url", server.URL}, test.arguments...)...)
			if got.code != test.code || got.stdout != "" || !strings.Contains(got.stderr, test.stderr) {
				t.Errorf("exit code %d, want %d\nstdout %q\nstderr %s", got.code, test.code, got.stdout, got.stderr)
			}
		})
	}
}

// TestSmokeDevice shows that the device of --device is checked besides an iPhone and an Android phone.
func TestSmokeDevice(t *testing.T) {
	for arguments, told := range map[string]string{
		"--device security-key --page-origin http://localhost:8888": "✓ passkey.signin.device",
		"--device iphone-old": "✓ passkey.signin.device",
		"--device iphone":     "– passkey.signin.device",
	} {
		got := runProgram(t, program{}, append([]string{"smoke", "--only", "passkey.signin.device"}, strings.Fields(arguments)...)...)
		if !strings.Contains(got.stderr, told) {
			t.Errorf("%s: exit code %d:\n%s\n%s", arguments, got.code, got.stdout, got.stderr)
		}
	}
}
