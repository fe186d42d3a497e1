package spelling_test

import (
	"testing"

	"example.com/hankosim/internal/spelling"
)

func TestNearest(t *testing.T) {
	candidates := []string{"timeout", "tenant", "token.lifetime", "token.audience"}
	for word, want := range map[string]string{
		"timeuot": "timeout", "token.lifetme": "token.lifetime", "lifetime": "token.lifetime", "xyz": "", "": "", "a": "",
	} {
		if got := spelling.Nearest(word, candidates); got != want {
			t.Errorf("%q was meant to be %q, not %q", word, got, want)
		}
	}
}
