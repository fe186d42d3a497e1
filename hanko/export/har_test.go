package export_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/export"
)

// harSchema is the public JSON schema of HAR 1.2.
func harSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	paths, err := filepath.Glob("testdata/har-schema/*.json")
	if err != nil || len(paths) < 15 {
		t.Fatalf("the schema's files are %v (%v)", paths, err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource("https://har.test/"+filepath.Base(path), document); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile("https://har.test/har.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func valid(t testing.TB, schema *jsonschema.Schema, archive []byte) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(document)
}

func TestHAR(t *testing.T) {
	schema := harSchema(t)
	odd := []hanko.Exchange{
		{URL: "https://h"},
		{Method: "POST", URL: "https://h/x?a=b&c&%zz=1", Path: "/x", Err: &hanko.Error{Kind: hanko.Unreachable, Call: "POST /x", Host: "h"}, Start: time.Now(), Duration: time.Hour},
		{Method: "GET", URL: "https://h/•", Status: 200, ResponseBody: []byte{0xff, 0}, RequestBody: []byte{0xff}, ResponseHeader: http.Header{
			"Set-Cookie": {"hanko=abc; Path=/; Domain=h; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; Secure; SameSite=Lax", "", "=", "x; Expires=never"},
			"Location":   {"https://elsewhere"},
		}, RequestHeader: http.Header{"Cookie": {"a=b; c=d", ""}}},
	}
	for _, exchanges := range [][]hanko.Exchange{nil, thirdPartyWalk(hanko.REST), restWalk(t), flowWalk(t), record(t, "flow-3.0.4-default").exchanges, odd} {
		for _, o := range []export.Options{{}, {Secrets: true}} {
			archive, err := export.HAR(exchanges, "1.2.3", o)
			if err != nil {
				t.Fatal(err)
			}
			if err := valid(t, schema, archive); err != nil {
				t.Errorf("%v\n%.2000s", err, archive)
			}
		}
	}
	if err := valid(t, schema, []byte(`{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[{}]}}`)); err == nil {
		t.Error("the schema is not looked at: it takes an entry without members")
	}
}

func TestHARHasWhatHappened(t *testing.T) {
	walk := restWalk(t)
	archive, err := export.HAR(walk, "1.2.3", export.Options{Secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Log struct {
			Creator struct{ Name, Version string }
			Entries []struct {
				StartedDateTime time.Time
				Time            float64
				Request         struct {
					Method, URL string
					PostData    *struct{ MimeType, Text string }
				}
				Response struct {
					Status     int
					StatusText string
					Content    struct{ Text string }
				}
			}
		}
	}
	if err := json.Unmarshal(archive, &file); err != nil {
		t.Fatal(err)
	}
	if file.Log.Creator.Name != "hankosim" || file.Log.Creator.Version != "1.2.3" || len(file.Log.Entries) != len(walk) {
		t.Errorf("%+v wrote %d entries, want %d", file.Log.Creator, len(file.Log.Entries), len(walk))
	}
	found := 0
	for i, entry := range file.Log.Entries {
		if i > 0 && entry.StartedDateTime.Before(file.Log.Entries[i-1].StartedDateTime) {
			t.Errorf("entry %d is older than the one before", i)
		}
		for _, e := range walk {
			if entry.StartedDateTime.Equal(e.Start) && entry.Request.URL == e.URL {
				found++
				if entry.Request.Method != e.Method || entry.Response.Status != e.Status || entry.Time != 1.5 ||
					entry.Response.Content.Text != string(e.ResponseBody) || (entry.Request.PostData == nil) != (e.RequestBody == nil) {
					t.Errorf("%s %s is written as %+v", e.Method, e.Path, entry)
				}
			}
		}
	}
	if found != len(walk) {
		t.Errorf("%d of %d exchanges were found", found, len(walk))
	}
	failed, err := export.HAR([]hanko.Exchange{{Err: &hanko.Error{Kind: hanko.Unreachable, Call: "POST /x", Host: "h"}}}, "1", export.Options{})
	if err != nil || !strings.Contains(string(failed), `"_error": "POST /x did not reach h."`) {
		t.Errorf("a call without an answer is written as %s (%v)", failed, err)
	}
}

// What a tenant repeats where no secret belongs is not in the archive either, whichever call comes first.
func TestHARHidesWhatIsRepeated(t *testing.T) {
	const code, password = "843575", "correct horse battery"
	exchanges := []hanko.Exchange{
		{URL: "https://h/x", ResponseBody: []byte(`{"message":"not ` + code + ` and not ` + password + `"}`), ResponseHeader: http.Header{"X-Was": {code}}},
		{URL: "https://h/y", RequestBody: []byte(`{"input_data":{"code":"` + code + `","password":"` + password + `"}}`)},
	}
	archive, err := export.HAR(exchanges, "1", export.Options{})
	if err != nil || strings.Contains(string(archive), code) || strings.Contains(string(archive), password) {
		t.Errorf("a secret is in the archive: %s (%v)", archive, err)
	}
	archive, err = export.HAR(exchanges, "1", export.Options{Secrets: true})
	if err != nil || strings.Count(string(archive), code) != 3 {
		t.Errorf("with its secrets, the archive is %s (%v)", archive, err)
	}
}

// A browser's request is an entry of its own, with the query decoded, and no error.
func TestBrowserInHAR(t *testing.T) {
	archive, err := export.HAR(thirdPartyWalk(hanko.REST)[:2], "1", export.Options{Secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Log struct {
			Entries []struct {
				Comment string
				Request struct {
					QueryString []struct{ Name, Value string }
				}
				Response struct {
					Status int
					Error  string `json:"_error"`
				}
			}
		}
	}
	if err := json.Unmarshal(archive, &read); err != nil || len(read.Log.Entries) != 2 {
		t.Fatalf("%v in %s", err, archive)
	}
	opened, back := read.Log.Entries[0], read.Log.Entries[1]
	if opened.Response.Status != 0 || opened.Response.Error != "" || !strings.Contains(opened.Comment, "browser") {
		t.Errorf("opening is %+v", opened)
	}
	if back.Response.Status != http.StatusOK || back.Request.QueryString[0].Value != "7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ=" {
		t.Errorf("coming back is %+v", back)
	}
}
