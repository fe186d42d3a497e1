package secret

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is the place of a secret in a text, in bytes.
type Span struct {
	From, To int
	kind     Kind // of the secret in it; Key for several
}

// Find returns the places of secrets in one line of a screen: known secrets and pieces of them, since long ones are broken
// over lines; text that looks like a token; and others, such as what is being typed. The spans are in order and do not
// overlap.
func (k *Keeper) Find(line string, others ...string) []Span { return k.find(line, true, others) }

func (k *Keeper) find(text string, pieces bool, others []string) []Span {
	var found []Span
	for _, at := range jwt.FindAllStringIndex(text, -1) {
		found = append(found, Span{at[0], at[1], Token})
	}
	for _, other := range others {
		if len(other) >= shortest {
			found = append(found, allOf(text, other, Code, false)...)
		}
	}
	if k != nil {
		found = append(found, k.knownIn(text, pieces)...)
	}
	return apart(found)
}

// knownIn returns the places of known secrets.
func (k *Keeper) knownIn(text string, pieces bool) []Span {
	k.mu.RLock()
	defer k.mu.RUnlock()
	var found []Span
	for _, secret := range k.known {
		for _, form := range secret.forms {
			found = append(found, allOf(text, form, secret.kind, secret.alone)...)
		}
	}
	if !pieces {
		return found
	}
	for _, at := range run.FindAllStringIndex(text, -1) {
		for _, secret := range k.known {
			if secret.hasPiece(text[at[0]:at[1]]) {
				found = append(found, Span{at[0], at[1], secret.kind})
				break
			}
		}
	}
	return found
}

// run matches text that may be a piece of a token or key, with at least as many characters as the shortest piece.
var run = regexp.MustCompile(`[A-Za-z0-9_.-]{4,}`)

// hasPiece reports whether a run of characters is a piece of the secret. The last piece of a key may be short. The ends of
// a token are shown on purpose.
func (k known) hasPiece(run string) bool {
	switch {
	case !k.pieces:
		return false
	case len(run) >= shortestToken:
		return strings.Contains(k.forms[0], run)
	default:
		return k.kind == Key && (strings.HasPrefix(k.forms[0], run) || strings.HasSuffix(k.forms[0], run))
	}
}

// allOf returns the places of a secret in a text. If alone is set, parts of longer words or numbers do not count.
func allOf(text, secret string, kind Kind, alone bool) []Span {
	var found []Span
	for from := 0; ; {
		at := strings.Index(text[from:], secret)
		if at < 0 {
			return found
		}
		begin, end := from+at, from+at+len(secret)
		if alone && !standsAlone(text, begin, end) {
			from = begin + 1
			continue
		}
		found = append(found, Span{begin, end, kind})
		from = end
	}
}

func standsAlone(text string, begin, end int) bool {
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	before, _ := utf8.DecodeLastRuneInString(text[:begin])
	first, _ := utf8.DecodeRuneInString(text[begin:])
	last, _ := utf8.DecodeLastRuneInString(text[:end])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !(inWord(before) && inWord(first)) && !(inWord(last) && inWord(after))
}

// apart sorts spans and merges those that overlap.
func apart(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
	var merged []Span
	for _, span := range spans {
		last := len(merged) - 1
		if last < 0 || span.From >= merged[last].To {
			merged = append(merged, span)
			continue
		}
		if span.kind != merged[last].kind {
			merged[last].kind = Key // so that nothing of it is shown
		}
		merged[last].To = max(merged[last].To, span.To)
	}
	return merged
}
