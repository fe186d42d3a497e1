package mailbox

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Charset says which characters a passcode is made of. The values are those of Hanko's setting email.passcode_charset.
type Charset string

const (
	// Numeric: the digits 0 to 9.
	Numeric Charset = "numeric"
	// Alphanumeric: the digits and the letters of ASCII, upper and lower case distinct.
	Alphanumeric Charset = "alphanumeric"
)

const (
	defaultLength = 6
	searched      = 256 << 10 // how many bytes of a text are searched for a code, at the most
	longestLine   = 2 << 10   // bytes; a longer line is read as several
	mostNumbers   = 500       // places that are looked at, at the most: a mail with a passcode has few numbers
)

// CodeIn finds the passcode of a mail, given its decoded subject and its text (plain, or made from its HTML), whatever
// the language. Length 0 means 6; charset "" tries digits first, then letters and digits.
//
// What may be a code, and how it is written, is in numbersIn; which of several it is, in candidate. Where several are
// equally good none is chosen, as a wrong one costs one of three tries: then code is "" and tied has them all. Without
// any, both are empty.
func CodeIn(subject, text string, length int, charset Charset) (code string, tied []string) {
	if length == 0 {
		length = defaultLength
	}
	return codeIn(linesOf(subject, text), Want{Length: length, Charset: charset}, false)
}

// codeIn is CodeIn for lines. sure says that they are about a code, whether they have a word for one or not.
func codeIn(lines []line, want Want, sure bool) (code string, tied []string) {
	if want.Charset != Alphanumeric {
		code, tied = best(candidates(lines, want.Length, digit, sure))
	}
	if want.Charset != Numeric && code == "" && tied == nil {
		code, tied = best(candidates(lines, want.Length, letterOrDigit, sure))
	}
	return code, tied
}

// PastedCode finds a passcode of six characters in what a person pastes: the code itself with spaces and dashes in any
// place, or a whole mail, in all the shapes that CodeIn knows. It is not ok when there is none, or no single one.
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

// candidate is a number (or a run of letters and digits) that may be the code, with all that speaks for and against it in
// the places where it stands.
type candidate struct {
	text  string
	fresh bool // outside of what is quoted of an older mail
	digit bool // it has a digit, and so is no word of the language
	about bool // the mail speaks of a code somewhere

	labelled  bool // a word for a code is by it: "your code is"
	isOther   bool // a word for another number is by it: "order"
	inSubject bool
	alone     bool // nothing else is in its line, or in its element
	single    bool // no other number is beside it, as in a phone number
	plain     bool // written in one, without a prefix
	halves    bool // written in two
}

// eligible reports whether a candidate can be the code at all.
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

// score says how good a candidate is. Each reason outweighs all those behind it.
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

// best returns the text of the best candidate, or of all that share the first place.
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

// candidates gathers what may be a code of so many characters, in the order of their first places.
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

// cut shortens a text to what is searched.
func cut(s string) string { return beginning(s, searched) }

// beginning is at most so many bytes of a text, without a character that is cut in two.
func beginning(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for end := most; end > most-utf8.UTFMax; end-- {
		if utf8.RuneStart(s[end]) {
			return s[:end]
		}
	}
	return s[:most] // it is no UTF-8
}

func digit(r rune) bool { return '0' <= r && r <= '9' }

func latin(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func letterOrDigit(r rune) bool { return digit(r) || latin(r) }
