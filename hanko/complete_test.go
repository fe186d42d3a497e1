package hanko_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
)

// A URL is completed as whoever types it means it.
func TestCompleteURL(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"https://f4.hanko.io", "https://f4.hanko.io"},
		{" https://F4.Hanko.io/ \n", "https://f4.hanko.io"},
		{"f4.hanko.io", "https://f4.hanko.io"},
		{"//f4.hanko.io", "https://f4.hanko.io"},
		{"login.example.com:8443/tenant-7/", "https://login.example.com:8443/tenant-7"},
		{"localhost", "http://localhost"},
		{"localhost:8000", "http://localhost:8000"},
		{"LOCALHOST:8000/", "http://localhost:8000"},
		{"hanko.localhost:8000", "http://hanko.localhost:8000"},
		{"127.0.0.1:8000", "http://127.0.0.1:8000"},
		{"0.0.0.0:8000", "http://0.0.0.0:8000"},
		{"[::1]:8000", "http://[::1]:8000"},
		{"10.0.2.2:8000", "https://10.0.2.2:8000"},
		{"http://10.0.2.2:8000", "http://10.0.2.2:8000"},
		{"https://localhost:8000", "https://localhost:8000"},
		{"localhost.example.com", "https://localhost.example.com"},
		{"HANKO_API_URL=https://f4.hanko.io", "https://f4.hanko.io"},
		{`export NEXT_PUBLIC_HANKO_API_URL = "https://f4.hanko.io/"`, "https://f4.hanko.io"},
		{"`http://localhost:8000`", "http://localhost:8000"},
		{"<https://f4.hanko.io>", "https://f4.hanko.io"},
		{"", ""},
		{"  ", ""},
		{"ada@example.com", ""},
		{"https://<tenant_id>.hanko.io", ""},
		{"mailto:ada", ""},
		{"ftp://f4.hanko.io", ""},
		{"cloud.hanko.io", ""},
		{"https://cloud.hanko.io/projects/7", ""},
		{"f4.hanko.io?x=1", ""},
		{"f4.hanko.io:99999", ""},
		{"two words", ""},
		{"\x1b[31mf4.hanko.io", ""},
	} {
		got, err := hanko.CompleteURL(test.typed)
		var bad *hanko.URLError
		if got != test.want || test.want == "" && (!errors.As(err, &bad) || bad.Reason == "") {
			t.Errorf("%q becomes %q, %v, want %q", test.typed, got, err, test.want)
		}
	}
}

// What is completed is a URL that stays as it is, and nothing else is let through.
func FuzzCompleteURL(f *testing.F) {
	for _, text := range []string{
		"localhost:8000", "//\"\"#", "A=b", "export X='https://x'", "//x", "[::1%25lo]:1", "https://me:secret@x", "x=://", "\u202ex", "http:/x", "://", "x/../..", "X.LOCALHOST.",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		completed, err := hanko.CompleteURL(text)
		if err != nil {
			var bad *hanko.URLError
			if !errors.As(err, &bad) {
				t.Errorf("%q fails with %v, want a *URLError", text, err)
			}
			printable(t, "the error", err.Error())
			return
		}
		printable(t, "the URL", completed)
		again, err := hanko.CompleteURL(completed)
		if err != nil || again != completed || !strings.HasPrefix(completed, "http") {
			t.Errorf("%q becomes %q, and that %q, %v", text, completed, again, err)
		}
	})
}
