package export_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/hanko"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// recording is a complete run of a real tenant, by the notes of its steps.
type recording struct {
	exchanges []hanko.Exchange
	notes     []string
}

func record(t testing.TB, name string) recording {
	t.Helper()
	content, err := os.ReadFile("../testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var steps []struct {
		Note, Method, Path string
		RequestHeaders     map[string]string `json:"request_headers"`
		ResponseHeaders    map[string]string `json:"response_headers"`
		RequestBody        json.RawMessage   `json:"request_body"`
		ResponseBody       json.RawMessage   `json:"response_body"`
		Status             int
	}
	if err := json.Unmarshal(content, &steps); err != nil {
		t.Fatal(err)
	}
	var r recording
	for i, step := range steps {
		e := hanko.Exchange{
			Method: step.Method, Path: step.Path, URL: "https://tenant.example.com" + step.Path, Status: step.Status,
			RequestBody: step.RequestBody, ResponseBody: step.ResponseBody,
			RequestHeader: http.Header{"Accept": {"application/json"}, "User-Agent": {"hankosim"}}, ResponseHeader: http.Header{},
			Start:    time.Date(2026, 7, 1, 12, 0, i, 0, time.UTC),
			Duration: 1500 * time.Microsecond,
		}
		for name, value := range step.RequestHeaders {
			e.RequestHeader.Set(name, value)
		}
		for name, value := range step.ResponseHeaders {
			e.ResponseHeader.Set(name, value)
		}
		r.exchanges, r.notes = append(r.exchanges, e), append(r.notes, step.Note)
	}
	return r
}

// steps are the exchanges with these notes, in this order, each looked for behind the one before.
func (r recording) steps(t testing.TB, notes ...string) []hanko.Exchange {
	t.Helper()
	var found []hanko.Exchange
	at := 0
	for _, note := range notes {
		for at < len(r.notes) && r.notes[at] != note {
			at++
		}
		if at == len(r.notes) {
			t.Fatalf("the recording has no %q behind %d others", note, len(found))
		}
		found = append(found, r.exchanges[at])
		at++
	}
	return found
}

// restWalk and flowWalk are the guide's way through both recordings.
func restWalk(t testing.TB) []hanko.Exchange {
	return append(record(t, "rest-2.7.0").steps(t, "user does not exist", "create user", "send passcode", "right passcode", "who am I",
		"passkey registration options again", "passkey registered", "passkeys", "logout", "passkey login options again", "passkey login"),
		record(t, "rest-2.7.0").steps(t, "validate session by body")...)
}

func flowWalk(t testing.TB) []hanko.Exchange {
	return record(t, "flow-3.0.4-passwordless").steps(t, "start registration", "capabilities", "register email", "right passcode",
		"passkey creation options", "passkey registered", "start profile", "capabilities", "add a passkey", "passkey added", "logout",
		"start login", "capabilities", "passkey request options", "assertion from an unknown origin", "start login", "capabilities",
		"passkey request options", "passkey login")
}
