package kit

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
)

// LayOut breaks text into rows of at most width cells, and draws each piece by its role. The rows after the first of a long
// line are indented by hang cells more than the line itself. The spans must cover the whole text. Their roles change only
// the colours.
func (t *Theme) LayOut(text string, spans []Span, width, hang int) []string {
	var lines []string
	at := 0
	for line := range strings.SplitSeq(text, "\n") {
		margin := len(line) - len(strings.TrimLeft(line, " ")) + hang
		if margin > width/2 {
			margin = 0
		}
		for i, length := range breaks(line, width, margin) {
			var row strings.Builder
			if i > 0 {
				row.WriteString(strings.Repeat(" ", margin))
			}
			for end := at + length; at < end; {
				for spans[0].end <= at {
					spans = spans[1:]
				}
				escapes, next := t.Look[spans[0].as], min(end, spans[0].end)
				row.WriteString(escapes.begin + text[at:next] + escapes.end)
				at = next
			}
			lines = append(lines, row.String())
		}
		at++ // the line break
	}
	return lines
}

// Look has the escape sequences before and after a piece of text, for each role. Each Theme has its own.
type Look [roles]struct{ begin, end string }

// look returns the escape sequences of all roles. They are computed once, because rendering a style takes microseconds and
// a page has thousands of pieces.
func (t *Theme) look() *Look {
	var all Look
	for as := PlainText + 1; as < roles; as++ {
		all[as].begin, all[as].end, _ = strings.Cut(t.Style(as).Render("x"), "x")
	}
	return &all
}

// separators are the characters after which a long value may be broken: those between the members of JSON, and between the
// parts of an address or an identifier.
const separators = ",;&?/:}"

// breaks returns the lengths of the rows into which a line is broken, in bytes. It breaks after a blank, or else after a
// separator, if there is one in the last two thirds of the row and what follows it fits into the next row. Otherwise it
// breaks between any two characters. Rows after the first have a margin.
func breaks(line string, width, margin int) []int {
	if len(line) <= width {
		return []int{len(line)} // no character has more cells than bytes
	}
	var rows []int
	begin, cells, afterBlank, afterSeparator, room := 0, 0, 0, 0, width
	for at := 0; at < len(line); {
		size, wide := 1, 1
		if c := line[at]; c >= 0x80 || at+1 < len(line) && line[at+1] >= 0x80 {
			cluster, cells := ansi.FirstGraphemeCluster(line[at:], ansi.GraphemeWidth)
			size, wide = max(1, len(cluster)), cells
		}
		if cells+wide > room && at > begin {
			end, taken := at, 0
			room = max(1, width-margin)
			for _, candidate := range []int{afterSeparator, afterBlank} {
				if candidate <= begin {
					continue
				}
				if word := ansi.StringWidth(line[candidate:at]); word <= room { // otherwise the next row is too short for the word, too
					end, taken = candidate, word
				}
			}
			rows = append(rows, end-begin)
			begin, afterBlank, afterSeparator, cells = end, 0, 0, taken
			continue // the word that moved may already fill the next row
		}
		at, cells = at+size, cells+wide
		switch {
		case cells <= room/3:
		case line[at-1] == ' ':
			afterBlank = at
		case strings.IndexByte(separators, line[at-1]) >= 0:
			afterSeparator = at
		}
	}
	return append(rows, len(line)-begin)
}

// Text is a text that is written in pieces, each with a role, and then laid out. The pieces must be printable.
type Text struct {
	strings.Builder
	Spans []Span
}

// Add writes a piece.
func (x *Text) Add(as Role, piece string) *Text {
	x.WriteString(piece)
	x.Spans = append(x.Spans, Span{x.Len(), as})
	return x
}

// Paint writes a text in the colours of a language.
func (x *Text) Paint(language *Syntax, piece string) {
	piece = hanko.PrintableLines(piece)
	for _, span := range language.spans(piece) {
		x.Spans = append(x.Spans, span)
		x.Spans[len(x.Spans)-1].end += x.Len()
	}
	x.WriteString(piece)
}

// Lines lays the text out as LayOut does.
func (x *Text) Lines(t *Theme, width, hang int) []string {
	return t.LayOut(x.String(), x.Spans, width, hang)
}

// Scroll draws the part of content that begins at line offset in a box of height lines, and says how many lines are above
// and below. It returns the offset, brought into range.
func (t *Theme) Scroll(content string, offset, width, height int) (string, int) {
	return t.scrollLines(strings.Split(content, "\n"), offset, width, height)
}

// scrollLines does the same as Scroll for content that is split into lines.
func (t *Theme) scrollLines(lines []string, offset, width, height int) (string, int) {
	if len(lines) <= height || height < 3 {
		return Clamp(strings.Join(lines[:min(len(lines), max(0, height))], "\n"), width, height), 0
	}
	room := height - 1 // the last line is for the mark
	offset = min(max(offset, 0), len(lines)-room)
	shown := append(append([]string(nil), lines[offset:offset+room]...), t.Dim.Render(MoreMark(offset, len(lines)-room-offset)))
	return Clamp(strings.Join(shown, "\n"), width, height), offset
}

// MoreMark says how many lines are above and below what is shown.
func MoreMark(above, below int) string {
	switch {
	case above <= 0:
		return fmt.Sprintf("↓ %d more", below)
	case below <= 0:
		return fmt.Sprintf("↑ %d more", above)
	default:
		return fmt.Sprintf("↑ %d ↓ %d more", above, below)
	}
}

// Beside puts lines side by side: the left ones, width cells wide, then between, then the right ones.
func Beside(left, right []string, width int, between string) []string {
	var rows []string
	for i := range max(len(left), len(right)) {
		row := ""
		if i < len(left) {
			row = left[i]
		}
		row = Cell(row, width) + between
		if i < len(right) {
			row += right[i]
		}
		rows = append(rows, row)
	}
	return rows
}
