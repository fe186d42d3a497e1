package kit

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko/secret"
)

// HideLine replaces secrets in one line, which may have colours, with dots: those that known knows, and others.
func HideLine(line string, known *secret.Keeper, others ...string) string {
	text := ansi.Strip(line)
	for _, span := range slices.Backward(known.Find(text, others...)) {
		left, right := ansi.StringWidth(text[:span.From]), ansi.StringWidth(text[:span.To])
		line = ansi.Cut(line, 0, left) + strings.Repeat("•", right-left) + ansi.Cut(line, right, ansi.StringWidth(text))
	}
	return line
}

// Dots returns dots that take as many cells as text.
func Dots(text string) string { return strings.Repeat("•", ansi.StringWidth(text)) }
