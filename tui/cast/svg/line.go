package svg

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/tui/cast"
)

// The terminal's default colours, and the sixteen basic ones, which can all be read on the default background.
const (
	background = "#16181d"
	foreground = "#d7dae0"
)

var sixteen = [16]string{
	"#3b4048", "#ff7b7b", "#6fd58d", "#f0bb55", "#82aaff", "#c4a7ff", "#7fdbe6", "#d7dae0",
	"#7f8896", "#ff9e9e", "#98e6ae", "#ffd584", "#a8c5ff", "#dccbff", "#a8ecf3", "#ffffff",
}

// style is the style sheet.
var style = func() string {
	var b strings.Builder
	fmt.Fprintf(&b, "text{font:%dpx ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;fill:%s;white-space:pre}\n", fontSize, foreground)
	b.WriteString(".b{font-weight:bold}.i{font-style:italic}.f{opacity:.6}.u{text-decoration:underline}.s{text-decoration:line-through}.u.s{text-decoration:underline line-through}\n")
	for i, colour := range sixteen {
		fmt.Fprintf(&b, ".c%x{fill:%s}", i, colour)
	}
	fmt.Fprintf(&b, ".fg{fill:%s}.bg{fill:%s}\n", foreground, background)
	return b.String()
}()

// halves splits a line at the unstyled blank that is nearest to the column middle. Without one, left is the whole line.
func halves(runs []cast.Run, middle int) (left, right []cast.Run) {
	best, in, at := -1, 0, 0 // the blank's column, its run, and its offset in the run's text
	for i, run := range runs {
		if !run.Style.IsZero() {
			continue
		}
		col := run.Col
		for offset := 0; offset < len(run.Text); {
			letter, cells := ansi.FirstGraphemeCluster(run.Text[offset:], ansi.GraphemeWidth)
			if letter == " " && (best < 0 || distance(col, middle) < distance(best, middle)) {
				best, in, at = col, i, offset
			}
			offset += len(letter)
			col += cells
		}
	}
	if best < 0 {
		return runs, nil
	}
	split := runs[in]
	first, second := split, split
	first.Text, first.Cells = split.Text[:at], best-split.Col
	second.Text, second.Col, second.Cells = split.Text[at:], best, split.Cells-first.Cells
	return append(append(left, runs[:in]...), first), append(append(right, second), runs[in+1:]...)
}

func distance(a, b int) int { return max(a-b, b-a) }

// line returns a part of a line of the screen as SVG, with its baseline at 0. It returns "" if nothing is visible.
func (c colours) line(runs []cast.Run) string {
	var backgrounds, texts strings.Builder
	for _, run := range runs {
		fg, bg := c.class(run.Style.Fg), c.class(run.Style.Bg)
		if run.Style.Attrs&uv.AttrReverse != 0 {
			fg, bg = cmp.Or(bg, "bg"), cmp.Or(fg, "fg")
		}
		if bg != "" {
			fmt.Fprintf(&backgrounds, `<rect x="%s" y="-%d" width="%s" height="%d" class="%s"/>`,
				px(float64(run.Col)*cellWidth), baseline, px(float64(run.Cells)*cellWidth), cellHeight, bg)
		}
		for _, piece := range pieces(run) {
			fmt.Fprintf(&texts, `<text x="%s"`, px(float64(piece.Col)*cellWidth))
			if piece.Cells > 1 { // the length keeps the text in its cells, whatever the font
				fmt.Fprintf(&texts, ` textLength="%s"`, px(float64(piece.Cells)*cellWidth))
			}
			if class := strings.TrimSpace(attributes(run.Style) + " " + fg); class != "" {
				fmt.Fprintf(&texts, ` class="%s"`, class)
			}
			fmt.Fprintf(&texts, ">%s</text>", escaped(piece.Text))
		}
	}
	return backgrounds.String() + texts.String()
}

// pieces splits a run at gaps of several blanks, and leaves the gaps out. In a short piece, a letter that the font lacks
// cannot push the others far from their cells.
func pieces(run cast.Run) []cast.Run {
	underlined := run.Style.Underline != uv.UnderlineNone || run.Style.Attrs&uv.AttrStrikethrough != 0
	var found []cast.Run
	col, gap := run.Col, true
	for rest := run.Text; rest != ""; {
		letter, cells := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		rest = rest[len(letter):]
		blank := letter == " " && !underlined && (rest == "" || rest[0] == ' ' || gap)
		switch {
		case blank:
		case gap:
			found = append(found, cast.Run{Text: letter, Col: col, Cells: cells})
		default:
			last := &found[len(found)-1]
			last.Text += letter
			last.Cells += cells
		}
		gap = blank
		col += cells
	}
	return found
}

// attributes returns the classes of a style, except for its colours.
func attributes(style uv.Style) string {
	var names []string
	for _, attribute := range []struct {
		set  bool
		name string
	}{
		{style.Attrs&uv.AttrBold != 0, "b"},
		{style.Attrs&uv.AttrItalic != 0, "i"},
		{style.Attrs&uv.AttrFaint != 0, "f"},
		{style.Underline != uv.UnderlineNone, "u"},
		{style.Attrs&uv.AttrStrikethrough != 0, "s"},
	} {
		if attribute.set {
			names = append(names, attribute.name)
		}
	}
	return strings.Join(names, " ")
}

// colours has the classes of colours that are not among the sixteen, by #rrggbb.
type colours map[string]string

// class returns the class of a colour, or "" for the terminal's default.
func (c colours) class(of color.Color) string {
	switch of := of.(type) {
	case nil:
		return ""
	case ansi.BasicColor:
		return fmt.Sprintf("c%x", uint8(of)&15)
	case ansi.IndexedColor:
		if of < 16 {
			return fmt.Sprintf("c%x", uint8(of))
		}
	}
	r, g, b, _ := of.RGBA()
	hex := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	if c[hex] == "" {
		c[hex] = fmt.Sprintf("k%d", len(c))
	}
	return c[hex]
}

// classes returns the rules for the classes, in the order in which the colours were first used.
func (c colours) classes() string {
	rules := make([]string, len(c))
	for hex, class := range c {
		var number int
		_, _ = fmt.Sscanf(class, "k%d", &number) // class has written it, so it matches
		rules[number] = "." + class + "{fill:" + hex + "}"
	}
	return strings.Join(rules, "") + "\n"
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // writing to a strings.Builder cannot fail
	return b.String()
}
