package hanko_test

import (
	"strings"
	"testing"

	"example.com/hankosim/hanko"
)

func TestIndentJSON(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"members in their order", `{"b":1,"a":["x",{}],"c":"{[,\"[["}`, "{\n  \"b\": 1,\n  \"a\": [\n    \"x\",\n    {}\n  ],\n  \"c\": \"{[,\\\"[[\"\n}"},
		{"a number", "1e999", "1e999"},
		{"as deep as anybody needs", strings.Repeat("[", 100) + strings.Repeat("]", 100), ""},
	} {
		got, ok := hanko.IndentJSON([]byte(test.body))
		if !ok || test.want != "" && string(got) != test.want {
			t.Errorf("%s: %t, %s", test.name, ok, got)
		}
	}
	for name, body := range map[string]string{
		"no JSON":              "<html>",
		"half":                 `{"a":`,
		"only brackets":        strings.Repeat("[", hanko.MaxResponse),
		"deep":                 strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"deep, and then broad": strings.Repeat("[", 100) + strings.Repeat("1,", 400_000) + "1" + strings.Repeat("]", 100),
	} {
		if got, ok := hanko.IndentJSON([]byte(body)); ok || string(got) != body {
			t.Errorf("%s is indented", name)
		}
	}
}

// FuzzIndentJSON checks that indenting changes only white space, and stays below its limit.
func FuzzIndentJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"b\"]",{}],"c":null}`, "[[[[", `"\\"`, "]]]]", ` { } `} {
		f.Add([]byte(seed))
	}
	bare := strings.NewReplacer(" ", "", "\n", "", "\t", "", "\r", "")
	f.Fuzz(func(t *testing.T, body []byte) {
		got, ok := hanko.IndentJSON(body)
		if bare.Replace(string(got)) != bare.Replace(string(body)) {
			t.Errorf("%q became %q", body, got)
		}
		if ok && len(got) > 4*hanko.MaxResponse {
			t.Errorf("%d bytes became %d", len(body), len(got))
		}
	})
}
