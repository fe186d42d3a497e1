package hanko

import (
	"strings"
	"unicode"
)

// Printable makes foreign text safe to draw. Control characters (as in escape sequences), characters that reorder a line
// (Unicode bidirectional controls) and invalid UTF-8 become visible marks. Line breaks and tabs become spaces.
func Printable[S ~string](text S) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return printableRune(r)
	}, strings.ToValidUTF8(string(text), "�"))
}

// PrintableLines is Printable for several lines: line breaks stay, and tabs become two spaces.
func PrintableLines(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\t", "  ").Replace(strings.ToValidUTF8(text, "�"))
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return printableRune(r)
	}, text)
}

func printableRune(r rune) rune {
	switch {
	case r < 0x20:
		return '␀' + r // the control pictures block, in the same order
	case r == 0x7f:
		return '␡'
	case r >= 0x80 && r < 0xa0, unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029', r == '\ufeff',
		r&0xfffe == 0xfffe: // U+FFFE, U+FFFF and similar are not characters, and XML forbids the first two
		return '�'
	default:
		return r
	}
}
