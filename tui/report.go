package tui

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"example.com/hankosim/hanko"
)

// report is a page of headings and lines.
type report struct {
	theme *Theme
	lines []string
}

func (r *report) line(text string) { r.lines = append(r.lines, strings.Split(text, "\n")...) }

func (r *report) heading(text string) {
	r.line("")
	r.line(r.theme.title.Render(text))
}

// section begins a part of a text.
func (x *text) section(title string) { x.add(heading, "\n"+title+"\n") }

// field is a line with a name and a value.
func (x *text) field(name, value, note string) {
	x.add(aside, name).add(plainText, "  "+value)
	if note != "" {
		x.add(aside, "  ("+note+")")
	}
	x.add(plainText, "\n")
}

// check is a line with a verdict that is told by its mark, not by its colour alone.
func (x *text) check(check tokenCheck) {
	if check.err == nil {
		x.add(good, "✓ "+check.name+": "+check.good+"\n")
		return
	}
	x.add(bad, "✗ "+check.name+": "+hanko.Printable(check.err.Error())+"\n")
}

// members lists JSON members by name; a note follows its value.
func (x *text) members(members map[string]any, notes map[string]string) {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		x.add(aName, hanko.Printable(name)).add(plainText, "  ")
		if value, isText := members[name].(string); isText {
			x.add(aString, hanko.Printable(value))
		} else {
			x.paint(jsonSyntax, hanko.Printable(compactJSON(members[name])))
		}
		if note := notes[name]; note != "" {
			x.add(aside, "  ("+note+")")
		}
		x.add(plainText, "\n")
	}
}

func compactJSON(value any) string {
	if number, ok := value.(float64); ok && number == float64(int64(number)) {
		return fmt.Sprintf("%d", int64(number))
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(encoded)
}
