package mailbox

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// number is what may be a code, and where it stands in its line.
type number struct {
	code       string
	start, end int  // in the line, with a prefix and what splits it
	plain      bool // written in one, without a prefix
	halves     bool // written in two
	alone      bool // nothing else is in its line, or in its element
	beside     bool // there is another number beside it
}

// word is a run of letters and digits in a line.
type word struct {
	text       string
	start, end int
}

// number reports whether a word has digits alone.
func (w word) number() bool { return w.text != "" && !strings.ContainsFunc(w.text, notDigit) }

// numbersIn finds what may be a code of so many characters in a line, in the order of the line:
//
//   - a run of just so many, that is not a part of a longer number, a name, an amount or a phone number: 482913
//   - groups of the same length, with a space or a dash between them: 482 913, 482-913, 4 8 2 9 1 3
//   - such a run behind one or two capital letters and a dash: G-482913
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

// numbersOf finds the codes in one chain: words[from:to].
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

// wordsOf finds the words in a line. Scripts without spaces between words set numbers apart.
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

// chainAt returns the numbers that words begin with and that have nothing but spaces and dashes between them. A word that
// is no number is a chain of its own.
func chainAt(text string, words []word) []word {
	n := 1
	for words[0].number() && n < len(words) && words[n].number() && between.MatchString(text[words[n-1].end:words[n].start]) {
		n++
	}
	return words[:n]
}

var between = regexp.MustCompile(`^(?:\s+|\s?-\s?)$`)

// joined returns the digits of a chain, and whether its groups are as those of a split code: of one length, with the same
// between them, and not like a date (20-11-26).
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

// pairAt returns the two halves of a code of letters and digits, as in K7P-Q2X. It needs a digit, and so is no word.
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

// hasPrefix reports whether the words before a number, which a dash joins to it, end with a prefix as of G-482913.
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

// setsApart are the characters that set a code apart from a word that they touch ("code:123456", "(123456)"). A slash, a
// point, a comma, an underscore do not: they join dates, phone numbers, amounts and names.
const setsApart = ":;=<>()[]{}\"'*|!?„“”«»‘’：；，。、（）【】「」『』！？·•"

// joinsBefore reports whether what ends right before a number makes it a part of something longer.
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

// joinsAfter reports whether what begins right behind a number makes it a part of something longer.
func joinsAfter(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 || unicode.IsSpace(r) || strings.ContainsRune(setsApart, r) {
		return false
	}
	behind, _ := utf8.DecodeRuneInString(text[size:])
	return inWord(behind)
}

// aloneIn reports whether there is nothing but a number in its line, or in its element.
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
