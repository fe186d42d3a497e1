package kit

import (
	"regexp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// TokenPiece is how many characters of a token in a row are taken for a piece of it. Masked tokens show six.
const TokenPiece = 8

var (
	tokenPieces = regexp.MustCompile(`[A-Za-z0-9_.-]{8,}`)
	wholeJWT    = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`)
)

// LongEnough are the secrets that are told from other text.
func LongEnough(secrets []string) []string {
	return slices.DeleteFunc(secrets, func(secret string) bool { return len(secret) < 4 })
}

// HideLine puts dots over what is secret in one line, which may have colours.
func HideLine(line string, codes, tokens []string) string {
	text := ansi.Strip(line)
	hidden := []byte(text) // a zero for every byte that is to be hidden
	cover := func(from, to int) {
		for i := from; i < to; i++ {
			hidden[i] = 0
		}
	}
	for _, secret := range slices.Concat(codes, tokens) {
		for from := 0; ; {
			at := strings.Index(text[from:], secret)
			if at < 0 {
				break
			}
			cover(from+at, from+at+len(secret))
			from += at + len(secret)
		}
	}
	for _, at := range wholeJWT.FindAllStringIndex(text, -1) {
		cover(at[0], at[1])
	}
	for _, at := range tokenPieces.FindAllStringIndex(text, -1) {
		if slices.ContainsFunc(tokens, func(token string) bool { return strings.Contains(token, text[at[0]:at[1]]) }) {
			cover(at[0], at[1])
		}
	}
	for to := len(hidden); to > 0; {
		if hidden[to-1] != 0 {
			to--
			continue
		}
		from := to
		for from > 0 && hidden[from-1] == 0 {
			from--
		}
		left, right := ansi.StringWidth(text[:from]), ansi.StringWidth(text[:to])
		line = ansi.Cut(line, 0, left) + strings.Repeat("•", right-left) + ansi.Cut(line, right, ansi.StringWidth(text))
		to = from
	}
	return line
}

// Dots are as many cells as text.
func Dots(text string) string { return strings.Repeat("•", ansi.StringWidth(text)) }
