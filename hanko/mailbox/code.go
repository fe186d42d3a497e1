package mailbox

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Charset is the set of characters in a passcode. The values are those of Hanko's setting email.passcode_charset.
type Charset string

const (
	// Numeric is the digits 0 to 9.
	Numeric Charset = "numeric"
	// Alphanumeric is ASCII digits and letters; case matters.
	Alphanumeric Charset = "alphanumeric"
)

const (
	defaultLength = 6
	searched      = 256 << 10 // how many bytes of a text are searched for a code
	longestLine   = 2 << 10   // bytes; a longer line counts as several
	mostNumbers   = 500       // how many numbers are considered: a mail with a passcode has few
)

// CodeIn finds the passcode in a mail, given its decoded subject and its text (plain, or made from its HTML), in any
// language. Length 0 means 6; charset "" tries digits first, then letters and digits.
//
// If several numbers are equally likely, code is "" and tied has them all: a wrong guess uses up one of three tries. If
// there is none, both are empty. See numbersIn for how codes are written, and candidate for how one of several is chosen.
func CodeIn(subject, text string, length int, charset Charset) (code string, tied []string) {
	if length == 0 {
		length = defaultLength
	}
	return codeIn(linesOf(subject, text), Want{Length: length, Charset: charset}, false)
}

// codeIn is CodeIn for lines. If sure is true, the lines are about a code even if no word says so.
func codeIn(lines []line, want Want, sure bool) (code string, tied []string) {
	if want.Charset != Alphanumeric {
		code, tied = best(candidates(lines, want.Length, digit, sure))
	}
	if want.Charset != Numeric && code == "" && tied == nil {
		code, tied = best(candidates(lines, want.Length, letterOrDigit, sure))
	}
	return code, tied
}

// PastedCode finds a passcode of six characters in pasted text: the code itself, with spaces and dashes anywhere, or a
// whole mail in any shape that CodeIn knows. It reports false if there is no code, or more than one.
func PastedCode(text string) (code string, ok bool) {
	return pastedCode(text, Want{Length: defaultLength})
}

func pastedCode(text string, want Want) (string, bool) {
	folded := strings.TrimSpace(fold(cut(text)))
	groups := strings.FieldsFunc(folded, func(r rune) bool { return r == ' ' || r == '-' || r == '\t' || r == '\n' || r == '\r' })
	bare := strings.Join(groups, "")
	sentence := strings.ContainsAny(folded, " \t\n") && slices.ContainsFunc(groups, func(group string) bool { return len(group) != len(groups[0]) })
	if want.isCode(bare) && (!sentence || !strings.ContainsFunc(bare, latin)) {
		return bare, true
	}
	code, _ := codeIn(linesOf("", text), want, true)
	return code, code != ""
}

// candidate is a number (or a run of letters and digits) that may be the code, with the evidence from all its places.
type candidate struct {
	text  string
	fresh bool // it is outside of quoted older mails
	digit bool // it has a digit, so it is not a word
	about bool // the mail mentions a code somewhere

	labelled  bool // a word for a code is near it: "your code is"
	isOther   bool // a word for another number is near it: "order"
	inSubject bool
	alone     bool // it is alone in its line or HTML element
	single    bool // no other number is next to it, as in a phone number
	plain     bool // it has no separators and no prefix
	halves    bool // it is written as two halves
}

// eligible reports whether a candidate can be the code.
func (c *candidate) eligible() bool {
	switch {
	case !c.digit:
		return c.inSubject && c.alone
	case c.labelled:
		return true
	case c.isOther:
		return false
	}
	usual := c.single && (c.plain || c.halves) // phone numbers, prices and dates have other shapes
	return c.inSubject || c.alone || usual && c.about
}

// score rates a candidate. Each reason outweighs all reasons after it.
func (c *candidate) score() int {
	score := 0
	for _, reason := range []bool{c.fresh, c.digit, c.labelled, c.inSubject, c.alone, c.single} {
		score *= 2
		if reason {
			score++
		}
	}
	return score
}

// best returns the text of the best candidate, or of all candidates that share the first place.
func best(all []*candidate) (code string, tied []string) {
	var first []string
	highest := -1
	for _, c := range all {
		switch score := c.score(); {
		case !c.eligible() || score < highest:
		case score > highest:
			highest, first = score, []string{c.text}
		default:
			first = append(first, c.text)
		}
	}
	switch len(first) {
	case 0:
		return "", nil
	case 1:
		return first[0], nil
	}
	return "", first
}

// candidates returns the possible codes of a given length, in the order of their first places.
func candidates(lines []line, length int, of func(rune) bool, sure bool) []*candidate {
	all := gathered(lines, length, of)
	about := sure || slices.ContainsFunc(all, func(c *candidate) bool { return c.labelled }) || len(all) > 0 && speakOfCode(lines)
	for _, c := range all {
		c.about = about
	}
	return all
}

func gathered(lines []line, length int, of func(rune) bool) []*candidate {
	var all []*candidate
	byText := make(map[string]*candidate)
	places := 0
	for at, line := range lines {
		for _, number := range numbersIn(line.text, length, of) {
			if places++; places > mostNumbers {
				return all
			}
			c := byText[number.code]
			if c == nil {
				c = &candidate{text: number.code, digit: strings.ContainsFunc(number.code, digit)}
				byText[number.code], all = c, append(all, c)
			}
			c.fresh = c.fresh || !line.quoted
			switch labelOf(lines, at, number) {
			case codeLabel:
				c.labelled = true
			case otherLabel:
				c.isOther = true
			}
			c.inSubject = c.inSubject || line.isSubject
			c.alone = c.alone || !line.isSubject && number.alone
			c.single = c.single || !number.beside
			c.plain = c.plain || number.plain
			c.halves = c.halves || number.halves
		}
	}
	return all
}

// cut shortens text to the part that is searched.
func cut(s string) string { return beginning(s, searched) }

// beginning returns at most the given number of bytes of text, without cutting a character in two.
func beginning(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for end := most; end > most-utf8.UTFMax; end-- {
		if utf8.RuneStart(s[end]) {
			return s[:end]
		}
	}
	return s[:most] // it is not UTF-8
}

func digit(r rune) bool { return '0' <= r && r <= '9' }

func latin(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func letterOrDigit(r rune) bool { return digit(r) || latin(r) }
