package mailbox

import (
	"strings"
	"unicode"
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
)

// CodeIn finds the passcode of a mail, given its decoded subject and its text (plain, or made from its HTML), whatever
// the language. Length 0 means 6; charset "" tries digits first, then letters and digits. It says false when there is
// none.
//
// A code is a run of exactly that many characters, and not a part of a longer number, an address, a link, an amount or a
// phone number. Of several, one in the subject is preferred to others, next one that stands alone on its line, next the
// first. Of letters and digits, a run that may as well be a word (it has no digit) counts only when it is in the subject
// and also alone on a line.
func CodeIn(subject, text string, length int, charset Charset) (string, bool) {
	if length == 0 {
		length = defaultLength
	}
	if charset != Alphanumeric {
		if code, found := bestCode(subject, text, length, digit); found || charset == Numeric {
			return code, found
		}
	}
	return bestCode(subject, text, length, letterOrDigit)
}

// sighting is how good the places are in which a code was seen.
type sighting struct {
	inSubject, alone bool
	clean            bool // at least once not beside another number
	order            int
}

func (s sighting) score() int {
	score := 0
	if s.inSubject {
		score += 4
	}
	if s.alone {
		score += 2
	}
	if s.clean {
		score++
	}
	return score
}

func bestCode(subject, text string, length int, of func(rune) bool) (string, bool) {
	seen := make(map[string]*sighting)
	look := func(line string, inSubject bool) {
		for _, token := range tokens(line, length, of) {
			s := seen[token.text]
			if s == nil {
				s = &sighting{order: len(seen)}
				seen[token.text] = s
			}
			s.inSubject = s.inSubject || inSubject
			s.alone = s.alone || !inSubject && token.alone
			s.clean = s.clean || token.clean
		}
	}
	look(cut(subject), true)
	for line := range strings.Lines(cut(text)) {
		look(line, false)
	}

	best, bestSeen := "", sighting{}
	for code, s := range seen {
		if !strings.ContainsFunc(code, digit) && !(s.inSubject && s.alone) {
			continue // a word
		}
		better := s.score() > bestSeen.score() || s.score() == bestSeen.score() && s.order < bestSeen.order
		if best == "" || better {
			best, bestSeen = code, *s
		}
	}
	return best, best != ""
}

// cut shortens a text to what is searched, without cutting a character in two.
func cut(s string) string {
	if len(s) <= searched {
		return s
	}
	end := searched
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

type token struct {
	text         string
	alone, clean bool
}

// tokens finds the runs of exactly length characters in a line that can be a code.
func tokens(line string, length int, of func(rune) bool) []token {
	var found []token
	words := strings.FieldsFunc(line, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
	})
	for n, word := range words {
		if strings.Contains(word, "@") || strings.Contains(word, "://") {
			continue // part of an address or a link
		}
		core := strings.TrimFunc(word, func(r rune) bool { return r != '+' && r != '#' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, piece := range strings.FieldsFunc(core, between) {
			if len(piece) != length || strings.ContainsFunc(piece, func(r rune) bool { return !of(r) }) {
				continue
			}
			found = append(found, token{
				text:  piece,
				alone: strings.TrimFunc(line, notInCode) == piece,
				clean: !numberAt(words, n-1) && !numberAt(words, n+1),
			})
		}
	}
	return found
}

// between says which characters inside a word set a code apart from its neighbours ("code:123456", "(123456)"). A hyphen, a slash,
// a point, a comma, an underscore do not: they join dates, phone numbers, amounts and names.
func between(r rune) bool {
	return strings.ContainsRune(":;=<>()[]{}\"'*|!?„“”«»：；，。（）【】「」!？、", r)
}

// numberAt says whether a word is a number, so that its neighbour is probably a group of a phone number or the like.
func numberAt(words []string, n int) bool {
	if n < 0 || n >= len(words) {
		return false
	}
	word := strings.TrimLeft(words[n], "+(")
	return word != "" && strings.TrimFunc(word, func(r rune) bool { return digit(r) || r == ')' || r == '-' || r == '/' }) == ""
}

func notInCode(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func digit(r rune) bool { return '0' <= r && r <= '9' }

func letterOrDigit(r rune) bool { return digit(r) || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }
