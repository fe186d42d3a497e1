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

// RunPlain plays a story without drawing it and without its pauses, and then tells it in plain lines: what is said
// in each scene, what is done, which calls that leads to, and what is on the screen when a person would look at it. It fails as RunDemo does;
// what was played is told all the same.
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

// What is on the screen is told in lines of plainWidth, and plainHeight of them at most: more than the window has, so that
// what the story has scrolled to is among them.
const plainWidth, plainHeight = 80, 40

// plainStory is a story as it is told in plain lines. A story that is drawn has none, and tells nothing.
type plainStory struct {
	text  strings.Builder
	begun int      // scenes
	calls int      // exchanges that have been told
	lines []string // of the screen that was told last
}

// did tells what has been done. A pause is there to look at the screen.
func (s *plainStory) did(p *player, doing story.Doing) {
	if s == nil {
		return
	}
	s.begin(p)
	switch doing.(type) {
	case story.Type, story.Press, story.Show, story.Find:
		fmt.Fprintf(&s.text, "- The story %s.\n", hanko.Printable(doing.String()))
	case story.Pause:
		s.screen(p)
	default:
		s.exchanges(p)
	}
}

// end tells how a scene ends.
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

// exchanges tells what the app and the tenant have said to each other since the last time.
func (s *plainStory) exchanges(p *player) {
	for _, exchange := range p.app.State().Log.From(s.calls) {
		s.calls++
		fmt.Fprintf(&s.text, "- The app calls %s %s: %d.\n", exchange.Method, hanko.Printable(kit.ShortPath(exchange.Path)), exchange.Status)
	}
}

// screen tells what is on the screen, if that is not what was told last.
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
	fmt.Fprintf(&s.text, "The screen, %s:\n", hanko.Printable(title))
	for _, line := range lines {
		fmt.Fprintln(&s.text, "  "+line)
	}
}

// undrawn are the lines of a view that say something, without colours and without what only draws: lines, boxes and
// blocks, which a screen reader would read out one by one.
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
