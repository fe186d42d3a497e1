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

// Section begins a part of the text.
func (x *Text) Section(title string) { x.Add(Heading, "\n"+title+"\n") }

// nameCells is the width of the column of names, unless a name is longer.
const nameCells = 10

// Field adds a line with a name and a value in columns, and a note.
func (x *Text) Field(name, value, note string) {
	x.Add(Aside, Cell(name, max(nameCells, len(name)))).Add(PlainText, "  "+value)
	if note != "" {
		x.Add(Aside, "  "+note)
	}
	x.Add(PlainText, "\n")
}

// Check adds a line with a verdict, which shows in its mark and not only in its colour.
func (x *Text) Check(check TokenCheck) {
	if check.Err == nil {
		x.Add(GoodText, "✓ "+check.Name+": "+check.Good+"\n")
		return
	}
	x.Add(BadText, "✗ "+check.Name+": "+hanko.Printable(check.Err.Error())+"\n")
}

// Members adds a line for each JSON member, sorted by name. A member's note follows its value.
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
