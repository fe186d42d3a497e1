package mailbox

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// number is a possible code and its place in a line.
type number struct {
	code       string
	start, end int  // in the line, including a prefix and separators
	plain      bool // without separators or prefix
	halves     bool // written as two halves
	alone      bool // alone in its line or HTML element
	beside     bool // next to another number
}

// word is a run of letters and digits in a line.
type word struct {
	text       string
	start, end int
}

// number reports whether a word has only digits.
func (w word) number() bool { return w.text != "" && !strings.ContainsFunc(w.text, notDigit) }

// numbersIn returns the possible codes of a given length in a line, in order. These are possible codes:
//
//   - a run of that length that is not part of a longer number, a name, an amount or a phone number: 482913
//   - groups of the same length, with a space or a dash between them: 482 913, 482-913, 4 8 2 9 1 3
//   - such a run after one or two capital letters and a dash: G-482913
func numbersIn(text string, length int, of func(rune) bool) []number {
	var found []number
	words := wordsOf(text)
	for i := 0; i < len(words); {
		chain := chainAt(text, words[i:])
		found = append(found, numbersOf(text, words, i, i+len(chain), length, of)...)
		i += len(chain)
	}
	for i := range found {
		found[i].alone = aloneIn(text, found[i].start, found[i].end)
	}
	return found
}

// numbersOf returns the possible codes in one chain, words[from:to].
func numbersOf(text string, words []word, from, to, length int, of func(rune) bool) []number {
	chain := words[from:to]
	first, last := chain[0], chain[len(chain)-1]
	before, after := text[:first.start], text[last.end:]
	if len(chain) > 1 && first.number() {
		code, even := joined(text, chain)
		if even && len(code) == length && !joinsBefore(before) && !joinsAfter(after) {
			return []number{{code: code, start: first.start, end: last.end, halves: len(chain) == 2}}
		}
	}
	if strings.HasSuffix(before, "+") {
		return nil // a phone number
	}
	var found []number
	for n, w := range chain {
		before, after := text[:w.start], text[w.end:]
		switch {
		case len(w.text) != length || strings.ContainsFunc(w.text, func(r rune) bool { return !of(r) }) || joinsAfter(after):
		case !joinsBefore(before):
			found = append(found, number{code: w.text, start: w.start, end: w.end, plain: true, beside: len(chain) > 1 || inParentheses(text, words, from+n)})
		case n == 0 && w.number() && hasPrefix(text, words[:from]):
			found = append(found, number{code: w.text, start: words[from-1].start, end: w.end})
		}
	}
	if len(chain) == 1 && len(found) == 0 && !first.number() {
		if pair := pairAt(text, words, from, length, of); pair.code != "" {
			found = append(found, pair)
		}
	}
	return found
}

// wordsOf returns the words in a line. In scripts without spaces, a number is a word of its own.
func wordsOf(text string) []word {
	var words []word
	start := -1
	for at, r := range text {
		switch {
		case inWord(r) && start < 0:
			start = at
		case !inWord(r) && start >= 0:
			words = append(words, word{text[start:at], start, at})
			start = -1
		}
	}
	if start >= 0 {
		words = append(words, word{text[start:], start, len(text)})
	}
	return words
}

func inWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && r != 'ー'
}

// chainAt returns the numbers at the start of words that have only spaces and dashes between them. A word that is not a
// number is a chain of its own.
func chainAt(text string, words []word) []word {
	n := 1
	for words[0].number() && n < len(words) && words[n].number() && between.MatchString(text[words[n-1].end:words[n].start]) {
		n++
	}
	return words[:n]
}

var between = regexp.MustCompile(`^(?:\s+|\s?-\s?)$`)

// joined returns the digits of a chain, and reports whether its groups look like a split code: all of one length, with the
// same separator, and not like a date (20-11-26).
func joined(text string, chain []word) (code string, even bool) {
	dashes := 0
	even = true
	for n, w := range chain {
		code += w.text
		even = even && len(w.text) == len(chain[0].text)
		if n > 0 && strings.Contains(text[chain[n-1].end:w.start], "-") {
			dashes++
		}
	}
	switch {
	case dashes != 0 && dashes != len(chain)-1:
		even = false
	case dashes > 1 && len(chain[0].text) > 1:
		even = false
	}
	return code, even
}

// pairAt returns the two halves of a code of letters and digits, as in K7P-Q2X. It needs a digit, which tells it from words.
func pairAt(text string, words []word, at, length int, of func(rune) bool) number {
	if at+1 >= len(words) {
		return number{}
	}
	left, right := words[at], words[at+1]
	code := left.text + right.text
	if text[left.end:right.start] != "-" || len(left.text) != len(right.text) || len(code) != length || !strings.ContainsFunc(code, digit) ||
		strings.ContainsFunc(code, func(r rune) bool { return !of(r) }) || joinsBefore(text[:left.start]) || joinsAfter(text[right.end:]) {
		return number{}
	}
	return number{code: code, start: left.start, end: right.end, halves: true}
}

// hasPrefix reports whether the words before a number end with a prefix that a dash joins to it, as in G-482913.
func hasPrefix(text string, before []word) bool {
	if len(before) == 0 {
		return false
	}
	prefix := before[len(before)-1]
	behind := text[prefix.end:]
	return len(prefix.text) <= 2 && !strings.ContainsFunc(prefix.text, func(r rune) bool { return r < 'A' || r > 'Z' }) &&
		len(behind) > 1 && behind[0] == '-' && strings.TrimLeft(behind[1:2], elementEdge+"0123456789") == "" && !joinsBefore(text[:prefix.start])
}

// inParentheses reports whether the word before a number is a number in parentheses, as in (030) 482913.
func inParentheses(text string, words []word, at int) bool {
	return at > 0 && words[at-1].number() && strings.Trim(text[words[at-1].end:words[at].start], "()/ ") == ""
}

// setsApart are the characters that separate a code from a word next to it ("code:123456", "(123456)"). Slash, point,
// comma and underscore do not: they join dates, phone numbers, amounts and names.
const setsApart = ":;=<>()[]{}\"'*|!?„“”«»‘’：；，。、（）【】「」『』！？·•"

// joinsBefore reports whether the text right before a number makes the number part of something longer.
func joinsBefore(text string) bool {
	r, size := utf8.DecodeLastRuneInString(text)
	switch {
	case size == 0 || unicode.IsSpace(r) || strings.ContainsRune(setsApart, r):
		return false
	case r == '+' || r == '#':
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(text[:len(text)-size])
	return inWord(before)
}

// joinsAfter reports whether the text right after a number makes the number part of something longer.
func joinsAfter(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 || unicode.IsSpace(r) || strings.ContainsRune(setsApart, r) {
		return false
	}
	behind, _ := utf8.DecodeRuneInString(text[size:])
	return inWord(behind)
}

// aloneIn reports whether a number is alone in its line or HTML element.
func aloneIn(text string, start, end int) bool {
	edges := elementEdge + "\t"
	before, after := text[:start], text[end:]
	before = before[strings.LastIndexAny(before, edges)+1:]
	if edge := strings.IndexAny(after, edges); edge >= 0 {
		after = after[:edge]
	}
	return !hasWord(before) && !hasWord(after)
}

func hasWord(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

func notDigit(r rune) bool { return !digit(r) }
