package kit

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko/secret"
)

// HideLine puts dots over what is secret in one line, which may have colours: over what is known, and over others, which
// are secrets only now.
func HideLine(line string, known *secret.Keeper, others ...string) string {
	text := ansi.Strip(line)
	for _, span := range slices.Backward(known.Find(text, others...)) {
		left, right := ansi.StringWidth(text[:span.From]), ansi.StringWidth(text[:span.To])
		line = ansi.Cut(line, 0, left) + strings.Repeat("•", right-left) + ansi.Cut(line, right, ansi.StringWidth(text))
	}
	return line
}

// Dots are as many cells as text.
func Dots(text string) string { return strings.Repeat("•", ansi.StringWidth(text)) }
