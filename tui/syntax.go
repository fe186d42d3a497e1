package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"example.com/hankosim/hanko"
)

// role is what a piece of text is, and so how it is drawn.
type role int8

const (
	plainText role = iota
	heading
	aside   // comments, and what is said beside something
	aName   // of a member, a header's, an option's
	aString // in quotes
	aNumber
	aWord // true, null, a keyword
	good
	warning
	bad
	roles // how many there are
)

// style is how a role is drawn.
func (t *Theme) style(what role) lipgloss.Style {
	switch what {
	case heading:
		return t.title
	case aside:
		return t.dim
	case aName:
		return t.name
	case aString:
		return t.text
	case aNumber:
		return t.number
	case aWord:
		return t.literal
	case good:
		return t.good
	case warning:
		return t.warn
	default:
		return t.bad
	}
}

// syntax is as much of a language as its colours need. What a tokeniser takes for something else than a compiler would
// is drawn in another colour, and that is all that can go wrong: every text has colours, and none loses a letter.
type syntax struct {
	comments []string // each begins a comment that goes to the end of the line
	quotes   string   // the quotes that a string may have
	long     bool     // strings may go over several lines, in """…"""
	lines    bool     // any string may
	raw      string   // the quotes of strings in which a backslash is one
	words    map[string]bool
	names    bool // a string before a colon is a name
	options  bool // what begins with a dash is a name
}

var (
	jsonSyntax  = &syntax{quotes: `"`, words: wordSet("true false null"), names: true}
	shellSyntax = &syntax{
		comments: []string{"#"}, quotes: `"'`, raw: `'`, lines: true, options: true,
		words: wordSet("curl if then else elif fi for do done while case esac in set export exit"),
	}
	swiftSyntax = &syntax{
		comments: []string{"//"}, quotes: `"`, long: true,
		words: wordSet("actor as async await case catch class continue defer do else enum extension false final for func guard if import in init " +
			"is let nil override private protocol public return self static struct super switch throw throws true try var weak where while"),
	}
	kotlinSyntax = &syntax{
		comments: []string{"//"}, quotes: `"'`, long: true,
		words: wordSet("as break by catch class companion const continue data do else enum false finally for fun if import in interface internal is " +
			"lateinit null object override package private public return sealed suspend super this throw true try typealias val var when while"),
	}
)

func wordSet(list string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(list) {
		all[word] = true
	}
	return all
}

// paint draws text in lines of at most width cells, with the colours of a language; nil has none.
func (t *Theme) paint(text string, language *syntax, width int) []string {
	text = hanko.PrintableLines(text)
	return t.layOut(text, language.spans(text), width, 2)
}

// span is the role of a text from where the span before it ends.
type span struct {
	end int
	as  role
}

// spans divides a text.
func (s *syntax) spans(text string) []span {
	if s == nil {
		return []span{{len(text), plainText}}
	}
	var all []span
	for at := 0; at < len(text); {
		end, as := s.next(text, at)
		if n := len(all); n > 0 && all[n-1].as == as {
			all[n-1].end = end
		} else {
			all = append(all, span{end, as})
		}
		at = end
	}
	return all
}

// next is the token at a place: where it ends, which is always further on, and what it is.
func (s *syntax) next(text string, at int) (end int, as role) {
	rest, first := text[at:], text[at]
	for _, begin := range s.comments {
		// A shell's # is a comment only where a word begins.
		if strings.HasPrefix(rest, begin) && (begin != "#" || at == 0 || blank(text[at-1])) {
			return at + upTo(rest, '\n'), aside
		}
	}
	switch {
	case strings.IndexByte(s.quotes, first) >= 0:
		end := at + s.quoted(rest)
		if s.names && strings.HasPrefix(strings.TrimLeft(text[end:], " "), ":") {
			return end, aName
		}
		return end, aString
	case first >= '0' && first <= '9', first == '-' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		return at + 1 + numberLength(rest[1:]), aNumber
	case s.options && first == '-' && (at == 0 || blank(text[at-1])):
		return at + 1 + wordLength(rest[1:], "-"), aName
	case letter(first):
		end := at + wordLength(rest, "")
		if s.words[text[at:end]] {
			return end, aWord
		}
		return end, plainText
	default:
		return at + 1, plainText
	}
}

// quoted is the length of the string that a text begins with. One that is never closed ends with its line, or with the
// text where strings may have lines.
func (s *syntax) quoted(text string) int {
	if s.long && strings.HasPrefix(text, `"""`) {
		if end := strings.Index(text[3:], `"""`); end >= 0 {
			return 3 + end + 3
		}
		return len(text)
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && strings.IndexByte(s.raw, text[0]) < 0 && i+1 < len(text) && text[i+1] != '\n':
			i++
		case text[i] == text[0]:
			return i + 1
		case text[i] == '\n' && !s.lines:
			return i
		}
	}
	return len(text)
}

// numberLength is how much of a text goes on with a number: digits, letters as in 0x1f and 1e9, points.
func numberLength(text string) int {
	for i := range len(text) {
		c := text[i]
		exponent := (c == '+' || c == '-') && i > 0 && (text[i-1] == 'e' || text[i-1] == 'E')
		if c >= utf8.RuneSelf || !letter(c) && c != '.' && !exponent {
			return i
		}
	}
	return len(text)
}

// wordLength is how much of a text goes on with letters, digits, or what else is allowed.
func wordLength(text, more string) int {
	for i := range len(text) {
		if !letter(text[i]) && strings.IndexByte(more, text[i]) < 0 {
			return i
		}
	}
	return len(text)
}

// letter tells what words are of. Every byte beyond ASCII counts, so that no character is cut in two.
func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

func blank(c byte) bool { return c == ' ' || c == '\n' }

// upTo is where a byte is in a text, or the text's length.
func upTo(text string, c byte) int {
	if i := strings.IndexByte(text, c); i >= 0 {
		return i
	}
	return len(text)
}
