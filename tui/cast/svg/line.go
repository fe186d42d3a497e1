package svg

import (
	"encoding/xml"
	"fmt"
	"image/color"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/tui/cast"
)

// The terminal's own colours: text and its ground, and the sixteen, which all read well on that ground.
const (
	background = "#16181d"
	foreground = "#d7dae0"
)

var sixteen = [16]string{
	"#3b4048", "#ff7b7b", "#6fd58d", "#f0bb55", "#82aaff", "#c4a7ff", "#7fdbe6", "#d7dae0",
	"#7f8896", "#ff9e9e", "#98e6ae", "#ffd584", "#a8c5ff", "#dccbff", "#a8ecf3", "#ffffff",
}

// style is the look of text. Letters are told to keep to their cells, whatever font there is.
var style = func() string {
	var b strings.Builder
	fmt.Fprintf(&b, "text{font:%dpx ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;fill:%s;white-space:pre}\n", fontSize, foreground)
	b.WriteString(".b{font-weight:bold}.i{font-style:italic}.f{opacity:.6}.u{text-decoration:underline}.s{text-decoration:line-through}.u.s{text-decoration:underline line-through}\n")
	for i, colour := range sixteen {
		fmt.Fprintf(&b, ".c%x{fill:%s}", i, colour)
	}
	return b.String() + "\n"
}()

// line is a line of the screen as SVG, with its upper edge at 0; "" when there is nothing to be seen.
func line(runs []cast.Run) string {
	var grounds, texts strings.Builder
	for _, run := range runs {
		fg, bg := colourOf(run.Style.Fg), colourOf(run.Style.Bg)
		if run.Style.Attrs&uv.AttrReverse != 0 {
			fg, bg = bg, fg
			fg.defaulted(background)
			bg.defaulted(foreground)
		}
		if bg.set() {
			fmt.Fprintf(&grounds, `<rect x="%s" width="%s" height="%d"%s/>`, px(float64(run.Col)*cellWidth), px(float64(run.Cells)*cellWidth), cellHeight, bg.attributes(""))
		}
		for _, piece := range pieces(run) {
			fmt.Fprintf(&texts, `<text x="%s" y="%d"`, px(float64(piece.Col)*cellWidth), baseline)
			if piece.Cells > 1 {
				fmt.Fprintf(&texts, ` textLength="%s"`, px(float64(piece.Cells)*cellWidth))
			}
			fmt.Fprintf(&texts, "%s>%s</text>", fg.attributes(classes(run.Style)), escaped(piece.Text))
		}
	}
	return grounds.String() + texts.String()
}

// pieces are the parts of a run that are words and lines and not gaps between them. In shorter pieces, letters that a
// font lacks push others less far from their cells.
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

// classes are a style's attributes but its colours.
func classes(style uv.Style) string {
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

// paint is a colour: one of the sixteen by its class, or any as it is; neither for the terminal's own.
type paint struct{ class, hex string }

func (p paint) set() bool { return p != paint{} }

// defaulted gives what has no colour the one that the terminal would draw it in.
func (p *paint) defaulted(hex string) {
	if !p.set() {
		p.hex = hex
	}
}

// attributes are those of an element that is painted so, with more classes.
func (p paint) attributes(more string) string {
	text := ""
	if class := strings.TrimSpace(more + " " + p.class); class != "" {
		text += ` class="` + class + `"`
	}
	if p.hex != "" {
		text += ` style="fill:` + p.hex + `"` // a class would win over an attribute
	}
	return text
}

func colourOf(c color.Color) paint {
	switch c := c.(type) {
	case nil:
		return paint{}
	case ansi.BasicColor:
		return paint{class: fmt.Sprintf("c%x", uint8(c)&15)}
	case ansi.IndexedColor:
		if c < 16 {
			return paint{class: fmt.Sprintf("c%x", uint8(c))}
		}
	}
	r, g, b, _ := c.RGBA()
	return paint{hex: fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)}
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}
