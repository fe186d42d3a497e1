package demo

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/tui/kit"
)

// drawing is a picture that a story shows over the window. It is at most 72×14 cells, so that its panel fits above the
// narration of a window of 80×24, below the app's first row.
type drawing struct {
	caption string   // says the same in words, for plain lines and small windows
	bright  []string // the words that the picture is about
	lines   string
}

// drawings has a drawing for each name in story.Pictures.
var drawings = map[string]drawing{
	"private-key": {
		caption: "The phone keeps the private key. The app gets a public key, and hands it on to the server, which stores it.",
		bright:  []string{"private key"},
		lines: `
       the phone                the app                the server

 ╭──────────────────╮     ╭───────────────╮     ╭───────────────────╮
 │                  │     │               │     │                   │
 │   public key   ──┼─────┼───────────────┼─────┼─▶  public key     │
 │                  │     │               │     │    ada@example.com│
 │ ╭──────────────╮ │     │               │     │                   │
 │ │ private key  │ │     │               │     │                   │
 │ ╰──────────────╯ │     │               │     │                   │
 │  stays here      │     │ never sees it │     │ never sees it     │
 ╰──────────────────╯     ╰───────────────╯     ╰───────────────────╯`,
	},
	"thief": {
		caption: "The phone keeps the private key, and sends the server a signature that is good once. " +
			"A thief who copies the server's database gets public keys, and cannot sign in.",
		bright: []string{"private key", "Signs in?  No."},
		lines: `
    the phone               the server          a thief of its database

 ╭─────────────╮        ╭─────────────────╮        ╭─────────────────╮
 │             │ signa- │                 │        │                 │
 │ private key │ ture   │ public key      │ copies │ public key      │
 │             ├───────▶│ ada@example.com ├───────▶│ ada@example.com │
 │ stays here  │ good   │                 │        │                 │
 │             │ once   │                 │        │ Signs in?  No.  │
 ╰─────────────╯        ╰─────────────────╯        ╰─────────────────╯`,
	},
}

// over draws the picture in the middle of a view of width × height cells. The view is dimmed, except for the app's first
// rows. If there is no room for the drawing, the caption takes its place.
func (d drawing) over(t *kit.Theme, view string, width, height int) string {
	text := strings.Trim(d.lines, "\n")
	inner := 0
	for line := range strings.SplitSeq(text, "\n") {
		inner = max(inner, ansi.StringWidth(line))
	}
	if width < inner+4 || height < strings.Count(text, "\n")+4 {
		inner = min(inner, width-4)
		text = kit.Wrap(d.caption, inner)
	}
	for _, words := range d.bright {
		text = strings.ReplaceAll(text, words, t.Accent.Render(words))
	}
	box := t.Panel(text, inner+4, strings.Count(text, "\n")+3)
	rows := strings.Count(box, "\n") + 1
	if inner < 8 || rows >= height {
		return view
	}
	head := 1 // the app's status with the steps
	if height >= 30 {
		head = 4 // a margin, the status, a blank row, the steps
	}
	lines := strings.Split(view, "\n")
	view = strings.Join(lines[:head], "\n") + "\n" + t.Dimmed(strings.Join(lines[head:], "\n"))
	return kit.Overlay(view, box, (width-inner-4)/2, 1+(height-1-rows)/2)
}
