package report

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// Role is what a piece of a report means to its reader, who may see it in colour.
type Role int

// The roles.
const (
	Normal  Role = iota
	Good         // a check has passed
	Bad          // a check has failed
	Unclear      // a check could not be judged
	Strong       // what to read first
	Muted        // what to read last
)

// Terminal is where a report is shown. The zero Terminal is a file or a pipe: lines are not broken, and nothing is coloured.
type Terminal struct {
	Width int                                 // in columns; 0 breaks no lines
	Paint func(role Role, text string) string // colours a text without line breaks; nil colours nothing
}

func (t Terminal) paint(role Role, text string) string {
	if t.Paint == nil || role == Normal || text == "" {
		return text
	}
	return t.Paint(role, text)
}

// narrowest is how much of a line is kept for text, however far it is indented in however small a window.
const narrowest = 20

// hang writes a text behind what leads to it. If it is longer than the window is wide, its other lines begin below the
// first one, or all of them below what leads to it if there is too little room beside it.
func (t Terminal) hang(b *strings.Builder, leadRole Role, lead string, role Role, text string) {
	indent := displaywidth.String(lead)
	lead = t.paint(leadRole, lead)
	if t.Width > 0 && t.Width-indent < narrowest {
		b.WriteString(strings.TrimRight(lead, " ") + "\n")
		lead, indent = "      ", 6
	}
	for _, line := range t.wrap(text, indent) {
		b.WriteString(lead + t.paint(role, line) + "\n")
		lead = strings.Repeat(" ", indent)
	}
}

// wrap breaks a text between words into lines that fit into the window behind an indentation. A word that is longer than
// a line is broken, too, except for a URL, which a person wants to click or copy.
func (t Terminal) wrap(text string, indent int) []string {
	if t.Width == 0 {
		return []string{text}
	}
	width := max(t.Width-indent, narrowest)
	var lines []string
	for word := range strings.FieldsSeq(text) {
		if n := len(lines); n > 0 && displaywidth.String(lines[n-1])+1+displaywidth.String(word) <= width {
			lines[n-1] += " " + word
			continue
		}
		for displaywidth.String(word) > width && !strings.Contains(word, "://") {
			head := displaywidth.TruncateString(word, width, "")
			lines, word = append(lines, head), word[len(head):]
		}
		lines = append(lines, word)
	}
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}
