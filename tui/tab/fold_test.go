package tab

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

func TestFold(t *testing.T) {
	for _, test := range []struct {
		name string
		view wireView
		code string
		want string
	}{
		{"short", asSwift, "let a = b", "let a = b"},
		{"a comma", asSwift, `    let answer = send("POST", "/user", body: b)`, "    let answer = send(\"POST\",\n        \"/user\", body: b)"},
		{"a member", asKotlin, "val options = client.send().decoded<Options>()", "val options = client.send()\n    .decoded<Options>()"},
		{"a string", asSwift, `x = "one, two, three, four, five, six, (seven) eight"`, "x =\n    \"one, two, three, four, five, six, (seven) eight\""},
		{"no number", asKotlin, "val wait = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1.5", "val wait =\n    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1.5"},
		{"a comment", asSwift, "    /// Wait as long as it says; Hanko does not.", "    /// Wait as long as it says;\n    /// Hanko does not."},
		{"a comment behind", asSwift, "throw CancellationError() // the screen is gone", "throw CancellationError()\n    // the screen is gone"},
		{"a shell", asCurl, `curl -sS -X POST http://localhost:8000/user \`, "curl -sS -X POST \\\n    http://localhost:8000/user \\"},
		{"a body", asCurl, `  --data-raw '{"id":"a,b, c","code":"1","x":"y\",z"}'`, "  --data-raw '{\"id\":\"a,b, c\",\n      \"code\":\"1\",\"x\":\"y\\\",z\"}'"},
		{"a shell's comment", asCurl, "# The tenant answers that there is no such user.", "# The tenant answers that there\n# is no such user."},
		{"a header", asCurl, "-H 'X-Long-Header-Name: with, commas, and blanks'", "-H \\\n    'X-Long-Header-Name: with, commas, and blanks'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := fold(test.code, test.view, 32); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// A folded command does what the command does: a shell takes the same words from both, but for blanks in JSON.
func TestFoldedCommandRuns(t *testing.T) {
	command := `curl -sS -i -g -X POST 'http://[::1]:8000/passcode/login/finalize?a=b c' \
  -H 'Accept: application/json, text/plain, */*' -H 'Authorization: Bearer '"${TOKEN:?the session token}" \
  --data-raw '{"code":"'"${PASSCODE:?the passcode, from the mail}"'","list":[1,2,{"o":"it'\''s, \"so\", here"}],"id":"a, b"}'`
	words := func(code string) []string {
		script := "curl() { for word; do printf '%s\\0' \"$word\"; done; }\n" + code
		run := exec.CommandContext(t.Context(), "sh", "-c", script)
		run.Env = append(os.Environ(), "TOKEN=t o,k", "PASSCODE=1, 2")
		out, err := run.Output()
		if err != nil {
			t.Skipf("there is no shell to ask: %v", err)
		}
		all := strings.Split(string(out), "\x00")
		for i, word := range all {
			var body any
			if json.Unmarshal([]byte(word), &body) == nil {
				compact, _ := json.Marshal(body)
				all[i] = string(compact)
			}
		}
		return all
	}
	want := words(command)
	if len(want) < 10 {
		t.Fatalf("a shell finds only %q", want)
	}
	for width := 10; width < 120; width++ {
		if diff := cmp.Diff(want, words(fold(command, asCurl, width))); diff != "" {
			t.Fatalf("at %d cells (-want +got):\n%s\n%s", width, diff, fold(command, asCurl, width))
		}
	}
}

// Folding an app changes nothing but its blanks and the tokens of its comments, and leaves no line wider than the window
// that has a place to break.
func TestFoldedAppIsTheApp(t *testing.T) {
	files, err := filepath.Glob("../../hanko/export/testdata/app/*/*")
	if err != nil || len(files) < 10 {
		t.Fatalf("there are %d apps: %v", len(files), err)
	}
	squeezed := strings.NewReplacer(" ", "", "\n", "", "/", "", "*", "")
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code := strings.ReplaceAll(string(content), "\r\n", "\n")
		for _, width := range []int{40, 66, 100} {
			folded := fold(code, asSwift, width)
			if squeezed.Replace(folded) != squeezed.Replace(code) {
				t.Errorf("%s is another at %d cells", file, width)
			}
			for line := range strings.SplitSeq(folded, "\n") {
				if ansi.StringWidth(line) > 120 {
					t.Errorf("%s at %d cells: %s", file, width, line)
				}
			}
		}
		if folder := os.Getenv("HANKOSIM_FOLDED"); folder != "" { // for a compiler that is at hand
			kind := strings.TrimPrefix(filepath.Ext(file), ".")
			target := filepath.Join(folder, filepath.Base(filepath.Dir(file)), map[string]string{"kt": "kotlin", "swift": "swift"}[kind])
			if err := os.MkdirAll(target, 0o755); err == nil {
				_ = os.WriteFile(filepath.Join(target, filepath.Base(file)), []byte(fold(code, asSwift, 60)), 0o600)
			}
		}
	}
}
