package demo

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/story"
)

// The narration has three to five lines of text, the same number in every scene, so that the screen above it does not jump.
const (
	minLines, maxLines = 3, 5
	narrationFrame     = 2  // its title and its keys
	boxedNarration     = 12 // rows of the smallest window that has a frame; in smaller ones it is one line
)

// frame is what the app showed at the end of a scene.
type frame struct {
	view, masked string
	picture      string // the name of the drawing over it; "" for none
}

func (p *player) frameNow() frame { return frame{p.app.View(), p.app.MaskedView(), p.picture} }

// View draws the app, or an earlier frame of it, above the narration.
func (p *player) View() string {
	if p.back >= 0 {
		return p.over(p.frames[p.back].view, p.frames[p.back].picture)
	}
	return p.over(p.app.View(), p.picture)
}

// MaskedView draws what View draws, without secrets.
func (p *player) MaskedView() string {
	if p.back >= 0 {
		return p.over(p.frames[p.back].masked, p.frames[p.back].picture)
	}
	return p.over(p.app.MaskedView(), p.picture)
}

// Chapter returns the scene's name, or the app's own chapter once the person has taken over.
func (p *player) Chapter() string {
	if p.state == taken {
		return p.app.Chapter()
	}
	return p.demo.Story.Scenes[p.shown()].Name
}

// shown returns the scene that is shown: the current one, or an earlier one.
func (p *player) shown() int {
	if p.back >= 0 {
		return p.back
	}
	return p.live()
}

// over draws a view of the app above the narration, with a picture over it if it has a name.
func (p *player) over(view, picture string) string {
	if p.rows == 0 || p.width < 1 {
		return view
	}
	narration := p.narration()
	if p.height == p.rows {
		return narration
	}
	view = kit.Pad(view, p.width, p.height-p.rows)
	if drawn, ok := drawings[picture]; ok {
		view = drawn.over(p.app.Theme(), view, p.width, p.height-p.rows)
	}
	return view + "\n" + narration
}

// narrationRows returns how many rows of the window the narration takes.
func (p *player) narrationRows() int {
	switch {
	case p.state == taken || p.plain != nil || p.width < 1 || p.height < 2:
		return 0
	case p.height < boxedNarration || p.width < 8:
		return 1
	}
	lines := minLines
	for _, scene := range p.demo.Story.Scenes {
		lines = max(lines, strings.Count(p.wrapped(scene), "\n")+1)
	}
	return min(lines, maxLines, p.height/3-narrationFrame) + narrationFrame
}

// wrapped returns a scene's narration in the width of the window.
func (p *player) wrapped(scene story.Scene) string {
	return kit.Wrap(hanko.Printable(scene.Say), p.width-4)
}

// narration draws the narration with the scene's name and the story's keys.
func (p *player) narration() string {
	t := p.app.Theme()
	scene := p.demo.Story.Scenes[p.shown()]
	text := p.wrapped(scene)
	if p.state == stopped && p.back < 0 {
		text = t.Warn.Render(kit.Wrap(hanko.Printable("The story has stopped. "+p.why), p.width-4))
	}
	if p.rows < minLines {
		return kit.Pad(p.heading()+" · "+hanko.Printable(scene.Name)+": "+strings.ReplaceAll(text, "\n", " "), p.width, 1)
	}
	inner := p.width - 4
	top := kit.Spread(t.Dim.Render(p.heading()+" · ")+t.Title.Render(hanko.Printable(scene.Name)), p.dots(), inner)
	lines := append([]string{top}, strings.Split(kit.Pad(text, inner, p.rows-narrationFrame), "\n")...)
	lines = append(lines, p.keysLine(inner))
	return t.Narration(strings.Join(lines, "\n"), p.width)
}

// dots draws a dot for each scene, and fills those up to the scene that is shown.
func (p *player) dots() string {
	t, filled, all := p.app.Theme(), p.shown()+1, len(p.demo.Story.Scenes)
	if all > p.width/4 {
		return ""
	}
	return " " + strings.Repeat("●", filled) + t.Dim.Render(strings.Repeat("○", all-filled))
}

// heading says which scene is shown.
func (p *player) heading() string {
	where := fmt.Sprintf("scene %d of %d", p.shown()+1, len(p.demo.Story.Scenes))
	switch {
	case p.back >= 0:
		return where + ", its end"
	case p.state == paused:
		return where + ", paused"
	case p.state == stopped:
		return where + ", stopped"
	case p.state == over:
		return "the end"
	case p.state == starting:
		return "starting over …"
	default:
		return where
	}
}

// keys returns the story's own keys that do something now, with what they do.
func (p *player) keys() [][2]string {
	space, quit, takes := "pause", [2]string{"q", "quit"}, [2]string{"any other key", "takes over"}
	switch {
	case p.state == starting:
		return [][2]string{quit}
	case p.back >= 0:
		return [][2]string{{"space", "resume"}, {"n", "forward"}, {"p", "back"}, quit, takes}
	case p.state == over:
		return [][2]string{{"r", "play again"}, {"p", "back"}, quit, takes}
	case p.state == stopped:
		return [][2]string{{"space", "wait again"}, {"n", "next"}, {"r", "start over"}, quit, takes}
	case p.state == paused:
		space = "resume"
	}
	return [][2]string{{"space", space}, {"n", "next"}, {"p", "back"}, quit, takes}
}

// keysLine lists as many of the keys as there is room for.
func (p *player) keysLine(width int) string {
	t := p.app.Theme()
	line := ""
	for _, key := range p.keys() {
		next := t.Key.Render(key[0]) + " " + t.Dim.Render(key[1])
		if line != "" {
			next = line + "   " + next
		}
		if ansi.StringWidth(next) > width {
			break
		}
		line = next
	}
	return line
}
