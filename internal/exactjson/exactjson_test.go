package exactjson

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type text []byte

func (b *text) UnmarshalText(t []byte) (err error) {
	*b, err = base64.RawURLEncoding.DecodeString(string(t))
	return err
}

type document struct {
	RPID     string            `json:"rpId"`
	Timeout  uint32            `json:"timeout,omitempty"`
	Alg      int64             `json:"alg"`
	Small    int8              `json:"small"`
	At       float64           `json:"at"`
	Needed   bool              `json:"needed"`
	ID       text              `json:"id"`
	Apps     []string          `json:"apps"`
	ByName   map[string]inner  `json:"byName"`
	Maybe    *inner            `json:"maybe"`
	Rest     json.RawMessage   `json:"rest"`
	Anything any               `json:"anything"`
	Inner    []inner           `json:"inner"`
	Names    map[string]string `json:"names"`
	Untagged string
}

type inner struct {
	Name string `json:"name"`
}

func TestUnmarshal(t *testing.T) {
	for name, test := range map[string]struct {
		in   string
		want document
	}{
		"as written":      {`{"rpId":"a","alg":-7,"needed":true,"apps":["x"],"at":1.5}`, document{RPID: "a", Alg: -7, Needed: true, Apps: []string{"x"}, At: 1.5}},
		"other case":      {`{"rpid":"a","RPID":"b","Timeout":7}`, document{}},
		"both cases":      {`{"rpid":"a","rpId":"b","RPID":"c"}`, document{RPID: "b"}},
		"last one counts": {`{"rpId":"a","rpId":"b"}`, document{RPID: "b"}},
		"escaped name":    {`{"rp\u0049d":"a"}`, document{RPID: "a"}},
		"nested":          {`{"maybe":{"Name":"a"},"byName":{"Name":{"name":"b"}},"inner":[{"name":"c"},{"NAME":"d"}]}`, document{Maybe: &inner{}, ByName: map[string]inner{"Name": {"b"}}, Inner: []inner{{"c"}, {}}}},
		"fraction of 0":   {`{"timeout":600000.0,"alg":-7.00}`, document{Timeout: 600000, Alg: -7}},
		"exponent":        {`{"timeout":6e4,"alg":-2.57E+2,"small":10e-1}`, document{Timeout: 60000, Alg: -257, Small: 1}},
		"greatest":        {`{"timeout":4294967295,"alg":9223372036854775807,"small":-128}`, document{Timeout: 1<<32 - 1, Alg: 1<<63 - 1, Small: -128}},
		"null is nothing": {`{"rpId":null,"timeout":null,"apps":null,"maybe":null,"byName":null,"id":null}`, document{}},
		"untagged":        {`{"Untagged":"a","":"b","-":"c"}`, document{}},
		"bytes":           {`{"id":"AQI"}`, document{ID: text{1, 2}}},
		"raw":             {`{"rest":{"a":1},"anything":[1]}`, document{Rest: json.RawMessage(`{"a":1}`), Anything: []any{1.0}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got document
			if _, err := Unmarshal([]byte(test.in), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestErrors checks that an error names the place of a mistake, and that the rest is decoded.
func TestErrors(t *testing.T) {
	for in, want := range map[string]string{
		`{"rpId":7,"alg":3}`:                    "rpId is a number, not text",
		`{"rpId":["a"],"alg":3}`:                "rpId is a list, not text",
		`{"alg":3,"timeout":-1}`:                "timeout is not a whole number from 0 to 4294967295",
		`{"alg":3,"timeout":1e99}`:              "timeout is not a whole number from 0 to 4294967295",
		`{"alg":3,"timeout":1e999999999}`:       "timeout is not a whole number from 0 to 4294967295",
		`{"alg":3,"timeout":0.5}`:               "timeout is not a whole number from 0 to 4294967295",
		`{"alg":3,"timeout":"6"}`:               "timeout is text, not a whole number from 0 to 4294967295",
		`{"alg":3,"small":128}`:                 "small is not a whole number from -128 to 127",
		`{"alg":3,"needed":"yes"}`:              "needed is text, not true or false",
		`{"alg":3,"at":true}`:                   "at is true, not a number",
		`{"alg":3,"apps":"x"}`:                  "apps is text, not a list",
		`{"alg":3,"apps":["x",{}]}`:             "apps[1] is an object, not text",
		`{"alg":3,"maybe":[]}`:                  "maybe is a list, not an object",
		`{"alg":3,"byName":[]}`:                 "byName is a list, not an object",
		`{"alg":3,"byName":{"a b":{"name":1}}}`: `byName["a b"].name is a number, not text`,
		`{"alg":3,"inner":[{"name":false}]}`:    "inner[0].name is false, not text",
		`{"alg":3,"id":"*"}`:                    "id: illegal base64 data at input byte 0",
		`{"alg":3,"id":{}}`:                     "id is an object, not text",
		`{"alg":3,"names":{"a":1}}`:             `names["a"] is a number, not text`,
	} {
		var got document
		_, err := Unmarshal([]byte(in), &got)
		var wrong *Error
		if !errors.As(err, &wrong) || err.Error() != want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
		if got.Alg != 3 {
			t.Errorf("%s: what is right is not read: %+v", in, got)
		}
	}
	for in, want := range map[string]string{
		``: "it is not JSON: unexpected end of JSON input", `{"a":`: "it is not JSON: unexpected end of JSON input",
		`<html>`: "it is not JSON: invalid character '<' looking for beginning of value",
		`{} {}`:  "it is not JSON: invalid character '{' after top-level value",
		`[]`:     "it is a list, not an object", `"x"`: "it is text, not an object",
	} {
		if _, err := Unmarshal([]byte(in), &document{}); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	if _, err := Unmarshal([]byte(`null`), &document{}); err != nil {
		t.Error(err)
	}
}

func TestMiscased(t *testing.T) {
	in := `{"rpid":"a","RPID":"b","timeOut":1,"timeout":2,"other":3,"maybe":{"Name":"x"},"inner":[{"name":"a"},{"naMe":"b"}]}`
	got, err := Unmarshal([]byte(in), &document{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Miscased{{"RPID", "rpId"}, {"inner[1].naMe", "inner[1].name"}, {"maybe.Name", "maybe.name"}, {"rpid", "rpId"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if hint := Hint(got[:1]); hint != `"RPID" should be "rpId", and upper and lower case count` {
		t.Error(hint)
	}
	if hint := Hint(nil); hint != "" {
		t.Error(hint)
	}
}

// FuzzUnmarshal compares with encoding/json, which gives the same result if names and numbers are in their usual form.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `[]`, `{"rpId":"a","rpid":"b"}`, `{"timeout":6e4,"alg":-0.0}`, `{"apps":["a",null,1]}`, `{"byName":{"":{"name":"b"}},"maybe":{}}`,
		`{"id":"AQI","rest":[[]],"inner":[{}],"at":1e9,"small":-129,"names":{"a":null}}`, `{"alg":1e400}`, `{"rpId":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var exact, folding document
		_, err := Unmarshal(data, &exact)
		var wrong *Error
		if err != nil && (!errors.As(err, &wrong) || strings.Contains(err.Error(), "Go ")) {
			t.Errorf("error %v", err)
		}
		if err == nil && !json.Valid(data) {
			t.Error("this is not JSON")
		}
		// After encoding again, all names and numbers are in their usual form.
		if err != nil {
			return
		}
		exact.ID = nil // it has no way back
		again, err := json.Marshal(exact)
		if err != nil {
			t.Fatal(err)
		}
		exact = document{}
		if _, err := Unmarshal(again, &exact); err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		if err := json.Unmarshal(again, &folding); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(folding, exact); diff != "" {
			t.Errorf("%s:\n%s", again, diff)
		}
	})
}
