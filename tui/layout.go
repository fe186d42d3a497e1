package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
)

// layOut breaks text into lines of at most width cells and draws each piece of them by its role. The rows that a long
// line is broken into stand further in than its beginning, by hang cells. The spans cover the whole text, and what is
// drawn is the same whatever their roles are, but for the colours.
func (t *Theme) layOut(text string, spans []span, width, hang int) []string {
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
				brush, next := t.brushes[spans[0].as], min(end, spans[0].end)
				row.WriteString(brush.begin + text[at:next] + brush.end)
				at = next
			}
			lines = append(lines, row.String())
		}
		at++ // the line's end
	}
	return lines
}

// brush is what a terminal is sent before and after a piece of text.
type brush struct{ begin, end string }

// dip makes the brushes of all roles: a style takes microseconds to be worked out, and a page has thousands of pieces.
func (t *Theme) dip() *[roles]brush {
	var all [roles]brush
	for as := plainText + 1; as < roles; as++ {
		all[as].begin, all[as].end, _ = strings.Cut(t.style(as).Render("x"), "x")
	}
	return &all
}

// breaks are the lengths of the rows that a line is broken into, in bytes: behind a blank where one is in a row's last
// two thirds and the rest of the row fits into the next, else anywhere between two characters. Rows after the first have
// a margin.
func breaks(line string, width, margin int) []int {
	if len(line) <= width {
		return []int{len(line)} // no character is wider than its bytes are many
	}
	var rows []int
	begin, cells, soft, room := 0, 0, 0, width
	for at := 0; at < len(line); {
		size, wide := 1, 1
		if c := line[at]; c >= 0x80 || at+1 < len(line) && line[at+1] >= 0x80 {
			cluster, cells := ansi.FirstGraphemeCluster(line[at:], ansi.GraphemeWidth)
			size, wide = max(1, len(cluster)), cells
		}
		if cells+wide > room && at > begin {
			end, taken := at, 0
			room = max(1, width-margin)
			if soft > begin {
				if word := ansi.StringWidth(line[soft:at]); word <= room { // else the next row is too short for it, too
					end, taken = soft, word
				}
			}
			rows = append(rows, end-begin)
			begin, soft, cells = end, 0, taken
			continue // what was taken along may fill the next row
		}
		at, cells = at+size, cells+wide
		if line[at-1] == ' ' && cells > room/3 {
			soft = at
		}
	}
	return append(rows, len(line)-begin)
}

// text is what is written piece by piece, each in its role, and then laid out. Its pieces are printable.
type text struct {
	strings.Builder
	spans []span
}

// add writes a piece.
func (x *text) add(as role, piece string) *text {
	x.WriteString(piece)
	x.spans = append(x.spans, span{x.Len(), as})
	return x
}

// paint writes a text in the colours of a language.
func (x *text) paint(language *syntax, piece string) {
	piece = hanko.PrintableLines(piece)
	for _, span := range language.spans(piece) {
		x.spans = append(x.spans, span)
		x.spans[len(x.spans)-1].end += x.Len()
	}
	x.WriteString(piece)
}

// lines lays the text out; hang is as of layOut.
func (x *text) lines(t *Theme, width, hang int) []string {
	return t.layOut(x.String(), x.spans, width, hang)
}

// scroll shows the part of content that begins at line offset in a box of height lines, and says how much is above
// and below. It returns the offset brought into range.
func (t *Theme) scroll(content string, offset, width, height int) (string, int) {
	return t.scrollLines(strings.Split(content, "\n"), offset, width, height)
}

// scrollLines is scroll for content that is lines already.
func (t *Theme) scrollLines(lines []string, offset, width, height int) (string, int) {
	if len(lines) <= height || height < 3 {
		return clamp(strings.Join(lines[:min(len(lines), max(0, height))], "\n"), width, height), 0
	}
	room := height - 1 // the last line is the mark
	offset = min(max(offset, 0), len(lines)-room)
	shown := append(append([]string(nil), lines[offset:offset+room]...), t.dim.Render(moreMark(offset, len(lines)-room-offset)))
	return clamp(strings.Join(shown, "\n"), width, height), offset
}

// moreMark says how many lines are above and below what is shown.
func moreMark(above, below int) string {
	switch {
	case above <= 0:
		return fmt.Sprintf("↓ %d more", below)
	case below <= 0:
		return fmt.Sprintf("↑ %d more", above)
	default:
		return fmt.Sprintf("↑ %d ↓ %d more", above, below)
	}
}
