package hanko_test

import (
	"strings"
	"testing"

	"example.com/hankosim/hanko"
)

// Addresses are completed as people mean them.
func TestCompleteEmail(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"ada@example.com", "ada@example.com"},
		{"  Ada@Example.com \n", "Ada@Example.com"},
		{"Ada Lovelace <ada@example.com>", "ada@example.com"},
		{`"Lovelace, Ada" <ada@example.com>,`, "ada@example.com"},
		{"<ada@example.com>", "ada@example.com"},
		{"mailto:ada@example.com", "ada@example.com"},
		{"MAILTO:ada@example.com?subject=Hi%20there", "ada@example.com"},
		{"mailto:ada%2Bone@example.com", "ada+one@example.com"},
		{"<mailto:ada@example.com>", "ada@example.com"},
		{"\u200bada@example.com\u00a0", "ada@example.com"},
		{"ada@example.com.", "ada@example.com"},
		{"'ada@example.com'", "ada@example.com"},
		{"ada+one@example.com", "ada+one@example.com"},
		{"a<b", "a<b"}, // a username, in a flow that takes one
		{"mailto:", "mailto:"},
		{"ada", "ada"},
		{"", ""},
	} {
		if got := hanko.CompleteEmail(test.typed); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.typed, got, test.want)
		}
	}
}

func FuzzCompleteEmail(f *testing.F) {
	for _, text := range []string{"ada@example.com", "Ada <ada@example.com>", "mailto:a%40@b?c", "<mailto:>", "\u200b<@", "a@b>"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		email := hanko.CompleteEmail(text)
		if email != strings.TrimSpace(email) || !strings.Contains(email, "@") && strings.Contains(strings.TrimLeft(text, "<"), "@") && !strings.ContainsAny(text, "<:?") {
			t.Errorf("%q becomes %q", text, email)
		}
	})
}
