package kit

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
)

// LayOut breaks text into lines of at most width cells and draws each piece of them by its role. The rows that a long
// line is broken into stand further in than its beginning, by hang cells. The spans cover the whole text, and what is
// drawn is the same whatever their roles are, but for the colours.
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
		at++ // the line's end
	}
	return lines
}

// Look has what a terminal is sent before and after a piece of text, for each role. A theme whose colours have changed
// has another.
type Look [roles]struct{ begin, end string }

// look works out the escape sequences of all roles: a style takes microseconds, and a page has thousands of pieces.
func (t *Theme) look() *Look {
	var all Look
	for as := PlainText + 1; as < roles; as++ {
		all[as].begin, all[as].end, _ = strings.Cut(t.Style(as).Render("x"), "x")
	}
	return &all
}

// separators are where a long value is broken: between the members of JSON, the parts of an address or an identifier.
const separators = ",;&?/:}"

// breaks are the lengths of the rows that a line is broken into, in bytes: behind a blank, or else behind a separator, where
// one is in a row's last two thirds and the rest of the row fits into the next, else anywhere between two characters. Rows
// after the first have a margin.
func breaks(line string, width, margin int) []int {
	if len(line) <= width {
		return []int{len(line)} // no character is wider than its bytes are many
	}
	var rows []int
	begin, cells, soft, softer, room := 0, 0, 0, 0, width
	for at := 0; at < len(line); {
		size, wide := 1, 1
		if c := line[at]; c >= 0x80 || at+1 < len(line) && line[at+1] >= 0x80 {
			cluster, cells := ansi.FirstGraphemeCluster(line[at:], ansi.GraphemeWidth)
			size, wide = max(1, len(cluster)), cells
		}
		if cells+wide > room && at > begin {
			end, taken := at, 0
			room = max(1, width-margin)
			for _, candidate := range []int{softer, soft} {
				if candidate <= begin {
					continue
				}
				if word := ansi.StringWidth(line[candidate:at]); word <= room { // else the next row is too short for it, too
					end, taken = candidate, word
				}
			}
			rows = append(rows, end-begin)
			begin, soft, softer, cells = end, 0, 0, taken
			continue // what was taken along may fill the next row
		}
		at, cells = at+size, cells+wide
		switch {
		case cells <= room/3:
		case line[at-1] == ' ':
			soft = at
		case strings.IndexByte(separators, line[at-1]) >= 0:
			softer = at
		}
	}
	return append(rows, len(line)-begin)
}

// Text is what is written piece by piece, each in its role, and then laid out. Its pieces are printable.
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

// Lines lays the text out; hang is as of layOut.
func (x *Text) Lines(t *Theme, width, hang int) []string {
	return t.LayOut(x.String(), x.Spans, width, hang)
}

// Scroll shows the part of content that begins at line offset in a box of height lines, and says how much is above
// and below. It returns the offset brought into range.
func (t *Theme) Scroll(content string, offset, width, height int) (string, int) {
	return t.scrollLines(strings.Split(content, "\n"), offset, width, height)
}

// scrollLines is scroll for content that is lines already.
func (t *Theme) scrollLines(lines []string, offset, width, height int) (string, int) {
	if len(lines) <= height || height < 3 {
		return Clamp(strings.Join(lines[:min(len(lines), max(0, height))], "\n"), width, height), 0
	}
	room := height - 1 // the last line is the mark
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

// Beside puts lines beside others: the left ones in so many cells, then what stands between them.
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
