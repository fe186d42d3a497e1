package kit

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
)

// Report is a page of headings and lines.
type Report struct {
	Theme *Theme
	Lines []string
}

// Line adds a text, which may have several lines.
func (r *Report) Line(text string) { r.Lines = append(r.Lines, strings.Split(text, "\n")...) }

// Heading begins a part of the report.
func (r *Report) Heading(text string) {
	r.Line("")
	r.Line(r.Theme.Title.Render(text))
}

// Section begins a part of a text.
func (x *Text) Section(title string) { x.Add(Heading, "\n"+title+"\n") }

// nameCells is how wide the column of names is, where none of them is longer.
const nameCells = 10

// Field is a line with a name and a value, in columns.
func (x *Text) Field(name, value, note string) {
	x.Add(Aside, Cell(name, max(nameCells, len(name)))).Add(PlainText, "  "+value)
	if note != "" {
		x.Add(Aside, "  "+note)
	}
	x.Add(PlainText, "\n")
}

// Check is a line with a verdict that is told by its mark, not by its colour alone.
func (x *Text) Check(check TokenCheck) {
	if check.Err == nil {
		x.Add(GoodText, "✓ "+check.Name+": "+check.Good+"\n")
		return
	}
	x.Add(BadText, "✗ "+check.Name+": "+hanko.Printable(check.Err.Error())+"\n")
}

// Members lists JSON members by name; a note follows its value.
func (x *Text) Members(members map[string]any, notes map[string]string) {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	sort.Strings(names)
	longest := nameCells
	for _, name := range names {
		longest = max(longest, min(ansi.StringWidth(hanko.Printable(name)), 2*nameCells))
	}
	for _, name := range names {
		shown := hanko.Printable(name)
		x.Add(MemberName, Cell(shown, max(longest, ansi.StringWidth(shown)))).Add(PlainText, "  ")
		if value, isText := members[name].(string); isText {
			x.Add(StringText, hanko.Printable(value))
		} else {
			x.Paint(JSON, hanko.Printable(compactJSON(members[name])))
		}
		if note := notes[name]; note != "" {
			x.Add(Aside, "  "+note)
		}
		x.Add(PlainText, "\n")
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
