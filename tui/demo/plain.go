package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/story"
	"example.com/hankosim/tui/terminal"
)

// RunPlain plays a story without drawing it and without pauses, and then writes it as plain lines: the narration, the
// actions, the calls, and the screens at each pause. It fails as Run does, after writing what was played.
func RunPlain(ctx context.Context, demo Options, out io.Writer) error {
	demo.Exit, demo.Loop = true, false
	p, err := newPlayer(demo)
	if err != nil {
		return err
	}
	defer func() { p.play.End() }()
	p.plain = &plainStory{}
	p.hurry = len(demo.Story.Scenes)
	p.Update(tea.WindowSizeMsg{Width: plainWidth, Height: 30})
	program := terminal.NewProgram(p, p.play.Terminal.Secrets, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(io.Discard),
		tea.WithoutRenderer(), tea.WithoutSignalHandler())
	err = program.Run()
	if errors.Is(err, context.Canceled) {
		return err
	}
	_, writing := fmt.Fprintf(out, "%s\n%s", hanko.Printable(demo.Story.Title), p.plain.text.String())
	return errors.Join(err, p.err, writing)
}

// Screens are written in at most plainHeight lines of plainWidth columns: more lines than the window has, so that they
// include what the story has scrolled to.
const plainWidth, plainHeight = 80, 40

// plainStory writes a story as plain lines. It is nil for a story that is drawn.
type plainStory struct {
	text  strings.Builder
	begun int      // scenes
	calls int      // exchanges that have been written
	lines []string // of the screen that was written last
}

// did writes an action that was done. At a pause it writes the screen.
func (s *plainStory) did(p *player, action story.Action) {
	if s == nil {
		return
	}
	s.begin(p)
	switch action.(type) {
	case story.Type, story.Press, story.Show, story.Find:
		fmt.Fprintf(&s.text, "- The story %s.\n", hanko.Printable(action.String()))
	case story.Picture:
		fmt.Fprintf(&s.text, "Picture: %s\n", kit.Wrap(drawings[p.picture].caption, plainWidth-len("Picture: ")))
	case story.Pause:
		s.screen(p)
	default:
		s.exchanges(p)
	}
}

// end writes how a scene ends.
func (s *plainStory) end(p *player) {
	if s == nil {
		return
	}
	s.begin(p)
	s.screen(p)
}

func (s *plainStory) begin(p *player) {
	if s.begun > p.scene {
		return
	}
	s.begun++
	scene := p.demo.Story.Scenes[p.scene]
	fmt.Fprintf(&s.text, "\nScene %d of %d: %s\n", s.begun, len(p.demo.Story.Scenes), hanko.Printable(scene.Name))
	if scene.Say != "" {
		fmt.Fprintln(&s.text, kit.Wrap(hanko.Printable(scene.Say), plainWidth))
	}
}

// exchanges writes the exchanges since the last time.
func (s *plainStory) exchanges(p *player) {
	for _, exchange := range p.app.State().Log.From(s.calls) {
		s.calls++
		path := hanko.Printable(kit.ShortPath(exchange.Path))
		if exchange.Browser {
			fmt.Fprintf(&s.text, "- %s: %s.\n", path, exchange.Outcome())
			continue
		}
		fmt.Fprintf(&s.text, "- The app calls %s %s: %d.\n", exchange.Method, path, exchange.Status)
	}
}

// screen writes what is on the screen, unless it has not changed.
func (s *plainStory) screen(p *player) {
	s.exchanges(p)
	title, view := p.app.Focused(plainWidth-4, plainHeight)
	lines := undrawn(view)
	if p.app.State().Focus == 0 { // the phone's pages are centred, which says nothing
		for i, line := range lines {
			lines[i] = strings.TrimSpace(line)
		}
	}
	if slices.Equal(lines, s.lines) {
		return
	}
	s.lines = lines
	fmt.Fprintf(&s.text, "Screen: %s\n", hanko.Printable(title))
	for _, line := range lines {
		fmt.Fprintln(&s.text, "  "+line)
	}
}

// undrawn returns the lines of a view that have text, without colours, lines, boxes and blocks: a screen reader would read
// those out one by one.
func undrawn(view string) []string {
	var lines []string
	for _, line := range strings.Split(ansi.Strip(view), "\n") {
		line = strings.Map(func(r rune) rune {
			if r >= '─' && r <= '▟' {
				return -1
			}
			return r
		}, line)
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimRight(line, " "))
		}
	}
	return lines
}
