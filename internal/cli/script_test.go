package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/internal/tenanttest"
)

// The command line, as scripts: testdata/script.
func TestScripts(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"APK": "../../authenticator/apk/testdata", "EXCHANGE": "../../authenticator/exchange/testdata", "STORED": "testdata/stored",
	}
	for name, folder := range files {
		absolute, err := filepath.Abs(folder)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = absolute
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		ContinueOnError:    true,
		Setup: func(env *testscript.Env) error {
			for name, folder := range map[string]string{"HOME": "home", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"} {
				env.Setenv(name, filepath.Join(env.WorkDir, folder))
			}
			_, port, err := net.SplitHostPort(tenanttest.FreeAddress(t))
			env.Setenv("PORT", port)
			env.Setenv("URL", "http://localhost:"+port)
			for name, folder := range files {
				env.Setenv(name, folder)
			}
			env.Setenv("TZ", "UTC")
			env.Vars = append(env.Vars, noRaceSleep)
			return errors.Join(err, os.WriteFile(filepath.Join(env.WorkDir, "crlf"), []byte("secret1\r\n"), 0o600))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "phone": phone, "answers": answersIn(t), "post": post, "differ": differ, "expand": expandFile, "waits": waitsIn(t),
		},
	})
}

// exits runs a command that must end with a status: exits STATUS COMMAND [ARG...].
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("%v ended with status %d, not %s", args[1:], status, args[0])
	}
}

// phone makes passkeys on a phone whose keystore is a file: phone FILE ACCOUNT... . The variables ID1, ID2 … are their
// ids, and ID1START … clear beginnings of them.
func phone(ts *testscript.TestScript, _ bool, args []string) {
	store, err := authenticator.OpenKeystore(ts.MkAbs(args[0]))
	ts.Check(err)
	iphone := authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove)
	for i, account := range args[1:] {
		encoded := base64.RawURLEncoding.EncodeToString([]byte(account))
		options, err := authenticator.ParseCreationOptions([]byte(`{"publicKey":{"rp":{"id":"example.com","name":"Example"},"challenge":"` + encoded + `",
			"user":{"id":"` + encoded + `","name":"` + account + `","displayName":"` + account + `"},"pubKeyCredParams":[{"type":"public-key","alg":-7}]}}`))
		ts.Check(err)
		made, err := iphone.Create(context.Background(), options)
		ts.Check(err)
		id := base64.RawURLEncoding.EncodeToString(made.RawID)
		ts.Setenv("ID"+strconv.Itoa(i+1), id)
		ts.Setenv("ID"+strconv.Itoa(i+1)+"START", id[:8])
	}
}

// answersIn returns the command that asks a URL until something listens there: answers URL STATUS TEXT [HOST], where TEXT
// is in the body, and HOST is what the request says it is for. The body is in BODY afterwards.
func answersIn(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, args[0], nil)
		ts.Check(err)
		if len(args) > 3 {
			request.Host = args[3]
		}
		giveUp := outOfTime(t)
		for {
			response, err := http.DefaultClient.Do(request)
			if err == nil {
				ts.Setenv("BODY", string(check(ts, response, args[1], args[2])))
				return
			}
			select {
			case <-giveUp:
				ts.Fatalf("nothing listens: %v", err)
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

// waitsIn returns the command that waits for a text in a file: waits FILE TEXT.
func waitsIn(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		giveUp := outOfTime(t)
		for {
			if content, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && bytes.Contains(content, []byte(args[1])) {
				return
			}
			select {
			case <-giveUp:
				ts.Fatalf("%s never has %q", args[0], args[1])
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

// differ tells that two texts are not the same: differ TEXT TEXT.
func differ(ts *testscript.TestScript, _ bool, args []string) {
	if args[0] == args[1] {
		ts.Fatalf("both are %q", args[0])
	}
}

// expandFile puts the variables' values into a file: expand FILE.
func expandFile(ts *testscript.TestScript, _ bool, args []string) {
	content := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(content), 0o600))
}

// post posts JSON: post URL BODY STATUS. What the answer says of a new user is in USER and EMAIL afterwards.
func post(ts *testscript.TestScript, _ bool, args []string) {
	response, err := http.Post(args[0], "application/json", strings.NewReader(args[1]))
	ts.Check(err)
	var user struct {
		ID      string `json:"user_id"`
		EmailID string `json:"email_id"`
	}
	if body := check(ts, response, args[2], ""); json.Unmarshal(body, &user) == nil && user.ID != "" {
		ts.Setenv("USER", user.ID)
		ts.Setenv("EMAIL", user.EmailID)
	}
}

func check(ts *testscript.TestScript, response *http.Response, status, text string) []byte {
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	if strconv.Itoa(response.StatusCode) != status || !bytes.Contains(body, []byte(text)) {
		ts.Fatalf("%s answered %s, not %s with %q:\n%s", response.Request.URL, response.Status, status, text, body)
	}
	return body
}
