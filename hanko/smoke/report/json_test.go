package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
)

// reportSchema is the JSON Schema of a version of the report.
func reportSchema(t testing.TB, version int) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(fmt.Sprintf("../../../docs/report-%d.schema.json", version))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate holds a JSON report to the schema of its version.
func validate(schema *jsonschema.Schema, document []byte) error {
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return err
	}
	return schema.Validate(read)
}

func TestJSON(t *testing.T) {
	schema := reportSchema(t, report.Version)
	for name, said := range map[string]string{"plain": "what was found", "hostile": hostile} {
		written := []byte(write(t, report.JSON, sample(said)))
		if err := validate(schema, written); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var read report.Document
		if err := json.Unmarshal(written, &read); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := strings.ToValidUTF8(said, "\ufffd\ufffd") // each of the two bytes
		switch {
		case read.Version != report.Version, read.Passed != 2, read.Failed != 2, read.Skipped != 1, read.Unknown != 1, len(read.Checks) != 6:
			t.Errorf("%s: %+v", name, read)
		case read.Checks[2].Note != want || len(read.Checks[2].Evidence) != 2 || read.Checks[2].Evidence[0].ResponseBody != want:
			t.Errorf("%s: guide.signup is %+v", name, read.Checks[2])
		case len(read.Facts) != 4 || read.Facts[0].Value != want || read.Facts[3].Value != nil || read.Facts[3].Unknown != want:
			t.Errorf("%s: the facts are %+v", name, read.Facts)
		case len(read.Facts[1].Asks) != 2 || !read.Facts[1].Asks[0].Required || read.Facts[1].Asks[1].Required:
			t.Errorf("%s: sign-up asks for %+v", name, read.Facts[1].Asks)
		case len(read.Checks[0].Evidence) > 0:
			t.Errorf("%s: what has passed has evidence, which makes the report long", name)
		}
	}
	if err := validate(schema, []byte(write(t, report.JSON, smoke.Report{}))); err != nil {
		t.Errorf("a report without results: %v", err)
	}
}

// TestStoredReports shows that reports of earlier releases are still valid: testdata/report-1-….json are of version 1.
func TestStoredReports(t *testing.T) {
	for version := 1; version <= report.Version; version++ {
		schema := reportSchema(t, version)
		stored, err := filepath.Glob(fmt.Sprintf("testdata/report-%d-*.json", version))
		if err != nil || len(stored) == 0 {
			t.Errorf("no report of version %d is stored (%v)", version, err)
		}
		for _, path := range stored {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := validate(schema, content); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

// TestSchemaRefuses shows that the schema is not one that takes everything.
func TestSchemaRefuses(t *testing.T) {
	schema := reportSchema(t, report.Version)
	right := write(t, report.JSON, sample("what was found"))
	for _, wrong := range []struct{ old, new string }{
		{`"version": 1`, `"version": 2`},
		{`"tenant": "http`, `"tenants": "http`},
		{`"started": "2026-07-01T12`, `"started": "1 July 2026, 12`},
		{`"verdict": "passed"`, `"verdict": "good"`},
		{`"severity": "info"`, `"severity": "low"`},
		{`"suite": "guide"`, `"suite": "guides"`},
		{`"required": true`, `"required": "yes"`},
		{`"status": 403`, `"status": "403"`},
		{`"Content-Type": [`, `"Content-Type": "json", "X": [`},
	} {
		document := strings.Replace(right, wrong.old, wrong.new, 1)
		if document == right {
			t.Errorf("the report has no %s", wrong.old)
		} else if validate(schema, []byte(document)) == nil {
			t.Errorf("%s is valid, and must not be", wrong.new)
		}
	}
}

// TestJSONIsDocumented holds the members of the JSON, of its schema and of the tables in docs/smoke.md to each other.
func TestJSONIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/smoke.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), fmt.Sprintf("`version` is %d", report.Version)) ||
		!strings.Contains(string(page), fmt.Sprintf("(report-%d.schema.json)", report.Version)) {
		t.Errorf("the page is not about version %d, or does not name its schema", report.Version)
	}
	schema := reportSchema(t, report.Version)
	of := func(array *jsonschema.Schema, member string) *jsonschema.Schema {
		return array.Properties[member].Items2020.Ref
	}
	facts, checks := of(schema, "facts"), of(schema, "checks")
	for _, object := range []struct {
		heading string
		schema  *jsonschema.Schema
		made    any
	}{
		{"### The report", schema, report.Document{}},
		{"### A fact", facts, report.DocumentFact{}},
		{"### An ask", of(facts, "asks"), report.DocumentAsk{}},
		{"### A check", checks, report.DocumentResult{}},
		{"### A place", of(checks, "places"), report.DocumentPlace{}},
		{"### An exchange", of(checks, "evidence"), report.DocumentExchange{}},
	} {
		_, section, found := strings.Cut(string(page), object.heading+"\n")
		if !found {
			t.Errorf("the page has no %q", object.heading)
			continue
		}
		section, _, _ = strings.Cut(section, "\n#")
		var documented []string
		for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(section, -1) {
			documented = append(documented, row[1])
		}
		var made, always []string
		for field := range reflect.TypeOf(object.made).Fields() {
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			made = append(made, name)
			if options == "" {
				always = append(always, name)
			}
			if object.schema.Properties[name] == nil {
				t.Errorf("%s: the schema has no %q", object.heading, name)
			}
		}
		if !slices.Equal(documented, made) {
			t.Errorf("%s documents %q, and there are %q", object.heading, documented, made)
		}
		if len(object.schema.Properties) != len(made) {
			t.Errorf("%s: the schema has %d members, and there are %q", object.heading, len(object.schema.Properties), made)
		}
		for _, name := range object.schema.Required {
			if !slices.Contains(always, name) {
				t.Errorf("%s: the schema requires %q, which may be left out", object.heading, name)
			}
		}
	}
}
