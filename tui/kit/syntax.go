package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"example.com/hankosim/hanko"
)

// Role is what a piece of text is, and so how it is drawn.
type Role int8

const (
	PlainText Role = iota
	Heading
	Aside      // comments, and what is said beside something
	MemberName // of a member, a header's, an option's
	StringText // in quotes
	NumberText
	Keyword // true, null, a keyword
	GoodText
	WarningText
	BadText
	roles // how many there are
)

// Style is how a role is drawn.
func (t *Theme) Style(what Role) lipgloss.Style {
	switch what {
	case Heading:
		return t.Title
	case Aside:
		return t.Dim
	case MemberName:
		return t.name
	case StringText:
		return t.text
	case NumberText:
		return t.number
	case Keyword:
		return t.literal
	case GoodText:
		return t.Good
	case WarningText:
		return t.Warn
	default:
		return t.Bad
	}
}

// Syntax is as much of a language as its colours need. What a tokeniser takes for something else than a compiler would
// is drawn in another colour, and that is all that can go wrong: every text has colours, and none loses a letter.
type Syntax struct {
	comments []string // each begins a comment that goes to the end of the line
	quotes   string   // the quotes that a string may have
	long     bool     // strings may go over several lines, in """…"""
	lines    bool     // any string may
	raw      string   // the quotes of strings in which a backslash is one
	words    map[string]bool
	names    bool // a string before a colon is a name
	options  bool // what begins with a dash is a name
}

// The languages that have colours.
var (
	JSON  = &Syntax{quotes: `"`, words: wordSet("true false null"), names: true}
	Shell = &Syntax{
		comments: []string{"#"}, quotes: `"'`, raw: `'`, lines: true, options: true,
		words: wordSet("curl if then else elif fi for do done while case esac in set export exit"),
	}
	Swift = &Syntax{
		comments: []string{"//"}, quotes: `"`, long: true,
		words: wordSet("actor as async await case catch class continue defer do else enum extension false final for func guard if import in init " +
			"is let nil override private protocol public return self static struct super switch throw throws true try var weak where while"),
	}
	Kotlin = &Syntax{
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

// Paint draws text in lines of at most width cells, with the colours of a language; nil has none.
func (t *Theme) Paint(text string, language *Syntax, width int) []string {
	text = hanko.PrintableLines(text)
	return t.LayOut(text, language.spans(text), width, 2)
}

// Span is the role of a text from where the span before it ends.
type Span struct {
	end int
	as  Role
}

// spans divides a text.
func (s *Syntax) spans(text string) []Span {
	if s == nil {
		return []Span{{len(text), PlainText}}
	}
	var all []Span
	for at := 0; at < len(text); {
		end, as := s.next(text, at)
		if n := len(all); n > 0 && all[n-1].as == as {
			all[n-1].end = end
		} else {
			all = append(all, Span{end, as})
		}
		at = end
	}
	return all
}

// next is the token at a place: where it ends, which is always further on, and what it is.
func (s *Syntax) next(text string, at int) (end int, as Role) {
	rest, first := text[at:], text[at]
	for _, begin := range s.comments {
		// A shell's # is a comment only where a word begins.
		if strings.HasPrefix(rest, begin) && (begin != "#" || at == 0 || blank(text[at-1])) {
			return at + upTo(rest, '\n'), Aside
		}
	}
	switch {
	case strings.IndexByte(s.quotes, first) >= 0:
		end := at + s.quoted(rest)
		if s.names && strings.HasPrefix(strings.TrimLeft(text[end:], " "), ":") {
			return end, MemberName
		}
		return end, StringText
	case first >= '0' && first <= '9', first == '-' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		return at + 1 + numberLength(rest[1:]), NumberText
	case s.options && first == '-' && (at == 0 || blank(text[at-1])):
		return at + 1 + wordLength(rest[1:], "-"), MemberName
	case letter(first):
		end := at + wordLength(rest, "")
		if s.words[text[at:end]] {
			return end, Keyword
		}
		return end, PlainText
	default:
		return at + 1, PlainText
	}
}

// quoted is the length of the string that a text begins with. One that is never closed ends with its line, or with the
// text where strings may have lines.
func (s *Syntax) quoted(text string) int {
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
