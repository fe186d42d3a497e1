package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"

	"example.com/hankosim/hanko"
)

// Role says what a piece of text is, and so how it is drawn.
type Role int8

// The roles.
const (
	PlainText Role = iota
	Heading
	Aside      // comments and notes
	MemberName // names of JSON members, headers and options
	StringText // in quotes
	NumberText
	Keyword // true, null, a keyword
	GoodText
	WarningText
	BadText
	roles // the number of roles
)

// Style returns the style of a role.
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

// Syntax is as much of a language's syntax as colouring needs. If the tokeniser takes text for something else than a
// compiler would, only its colour is wrong: no text is refused, and no character is lost.
type Syntax struct {
	comments []string // each begins a comment that goes to the end of the line
	quotes   string   // the quotes that a string may have
	long     bool     // strings in """…""" may have several lines
	lines    bool     // all strings may have several lines
	raw      string   // the quotes of strings in which a backslash does not escape
	words    map[string]bool
	names    bool // a string before a colon is a name
	options  bool // a word that begins with a dash is a name
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

// Paint draws text in lines of at most width cells, with the colours of a language. A nil language has no colours.
func (t *Theme) Paint(text string, language *Syntax, width int) []string {
	text = hanko.PrintableLines(text)
	return t.LayOut(text, language.spans(text), width, 2)
}

// Span is a part of a text, from the end of the previous span, and its role.
type Span struct {
	end int
	as  Role
}

// spans divides a text by roles.
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

// next returns the end of the token at a position, which is always after it, and the token's role.
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

// quoted returns the length of the string at the beginning of a text. A string that is not closed ends with its line, or
// with the text if strings may have several lines.
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

// numberLength returns the length of the rest of a number: digits, letters as in 0x1f and 1e9, points.
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

// wordLength returns the length of the word at the beginning of a text. Besides letters and digits, it may have the
// characters in more.
func wordLength(text, more string) int {
	for i := range len(text) {
		if !letter(text[i]) && strings.IndexByte(more, text[i]) < 0 {
			return i
		}
	}
	return len(text)
}

// letter reports whether a byte can be part of a word. All bytes beyond ASCII can, so that no character is cut in two.
func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

func blank(c byte) bool { return c == ' ' || c == '\n' }

// upTo returns the index of a byte in a text, or the text's length.
func upTo(text string, c byte) int {
	if i := strings.IndexByte(text, c); i >= 0 {
		return i
	}
	return len(text)
}
