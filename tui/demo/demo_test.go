package demo

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui"
	"example.com/hankosim/tui/internal/golden"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/story"
)

// played returns a player of a script that has not begun yet, on a tenant that never answers. Its clock stands still:
// tickNow moves it to the end of the current pause.
func played(t *testing.T, script string, change ...func(*Options)) *player {
	t.Helper()
	read, err := story.Parse([]byte("title: T\nscenes:\n" + script))
	if err != nil {
		t.Fatal(err)
	}
	demo := Options{Story: read, Speed: 1, Fresh: func() (Play, error) {
		return Play{App: silentApp(t), End: func() {}}, nil
	}}
	for _, c := range change {
		c(&demo)
	}
	p, err := newPlayer(demo)
	if err != nil {
		t.Fatal(err)
	}
	p.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	return p
}

// tickNow ends the current pause, or the time limit of the current wait.
func (p *player) tickNow() tea.Cmd {
	_, cmd := p.Update(playMsg{p.tick})
	return cmd
}

// key presses a key as the person.
func (p *player) key(name string) tea.Cmd {
	_, cmd := p.Update(kit.KeyMsg(name))
	return cmd
}

// arrive brings a step to the app's screen, as a message of the app's own does.
func (p *player) arrive(step login.Step) {
	p.Update(appMsg{p.app, tui.ArrivedMsg{Step: step}})
}

// typed returns the text in the email's input.
func (p *player) typed() string {
	_, view := p.app.Focused(60, 20)
	lines := strings.Split(ansi.Strip(view), "\n")
	label := slices.IndexFunc(lines, func(line string) bool { return strings.TrimSpace(line) == "Email" })
	text := strings.TrimSpace(lines[label+1])
	if text == "you@example.com" {
		return "" // this is the placeholder
	}
	return text
}

// quits reports whether a command ends the program.
func quits(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	_, quit := cmd().(tea.QuitMsg)
	return quit
}

const threeScenes = `
- {name: One, say: The first., do: [{type: abc}, {pause: 9s}]}
- {name: Two, say: The second., do: [{type: def}, {pause: 9s}]}
- {name: Three, say: The third., do: [{type: g}]}
`

func TestPlayerTypesLetterByLetter(t *testing.T) {
	p := played(t, threeScenes)
	p.Init()
	for _, want := range []string{"a", "ab", "abc"} {
		if p.typed() != want {
			t.Errorf("%q is typed, not %q", p.typed(), want)
		}
		if !strings.Contains(p.View(), "scene 1 of 3 · One") || !strings.Contains(p.View(), "The first.") {
			t.Errorf("the narration is missing:\n%s", p.View())
		}
		earlier := p.tick
		p.tickNow()
		p.Update(playMsg{earlier}) // a second tick of the same pause is ignored
	}
	p.tickNow() // the end of the pause of nine seconds
	if p.typed() != "abcd" || !strings.Contains(p.View(), "scene 2 of 3 · Two") {
		t.Errorf("the second scene has not begun: %q is typed in\n%s", p.typed(), p.View())
	}
	for range 4 {
		p.tickNow()
	}
	p.tickNow()
	if p.state != over || p.typed() != "abcdefg" || !strings.Contains(p.View(), "the end · Three") {
		t.Errorf("the story is not over: %q is typed in\n%s", p.typed(), p.View())
	}
	if p.key(" "); p.state != over {
		t.Error("space does something at the end")
	}
	if p.key("n"); p.state != over {
		t.Error("n does something at the end")
	}
}

func TestPlayerPauses(t *testing.T) {
	p := played(t, threeScenes)
	p.Init()
	before := p.tick
	p.key(" ")
	p.Update(playMsg{before})
	p.tickNow()
	if p.typed() != "a" || !strings.Contains(p.View(), "scene 1 of 3, paused") || !strings.Contains(p.View(), "space resume") {
		t.Errorf("the story goes on while it is paused: %q is typed in\n%s", p.typed(), p.View())
	}
	p.key(" ")
	if p.typed() != "ab" || !strings.Contains(p.View(), "space pause") {
		t.Errorf("the story does not go on at once: %q is typed in\n%s", p.typed(), p.View())
	}
}

func TestPlayerStepsForwardAndBack(t *testing.T) {
	p := played(t, threeScenes)
	p.Init()
	if p.key("p"); p.state != playing || p.back != -1 {
		t.Error("there is something before the first scene")
	}
	p.key("n")
	if p.typed() != "abcd" || !strings.Contains(p.View(), "scene 2 of 3 · Two") {
		t.Errorf("n does not finish the scene at once: %q is typed in\n%s", p.typed(), p.View())
	}
	p.key(" ")
	p.key("n")
	if p.typed() != "abcdefg" || p.scene != 2 {
		t.Errorf("n does not end a pause: %q is typed", p.typed())
	}

	// p goes back through the frames, while the current scene waits.
	p.key("p")
	for range 3 {
		p.tickNow()
	}
	if view := p.View(); !strings.Contains(view, "scene 2 of 3, its end") || !strings.Contains(view, "abcdef") || strings.Contains(view, "abcdefg") {
		t.Errorf("this is not how the second scene ended:\n%s", view)
	}
	if p.Chapter() != "Two" {
		t.Errorf("the chapter is %q", p.Chapter())
	}
	p.key("p")
	p.key("p") // there is no earlier one
	if view := p.View(); !strings.Contains(view, "scene 1 of 3, its end") || strings.Contains(view, "abcd") {
		t.Errorf("this is not how the first scene ended:\n%s", view)
	}
	p.key("n")
	if view := p.View(); !strings.Contains(view, "scene 2 of 3, its end") {
		t.Errorf("n does not go forward through the frames:\n%s", view)
	}
	p.Update(tea.WindowSizeMsg{Width: 60, Height: 20})
	golden.CheckBox(t, p.View(), 60, 20, "a frame in a smaller window")
	p.key("n") // to the current scene, which repeats its pause
	if p.state != playing || p.back != -1 || !strings.Contains(p.View(), "scene 3 of 3 · Three") {
		t.Errorf("n does not return to the current scene: state %d\n%s", p.state, p.View())
	}
	p.tickNow()
	if p.state != over || p.back != -1 {
		t.Errorf("the story is in state %d and shows frame %d", p.state, p.back)
	}
	p.key("p")
	if !strings.Contains(p.View(), "scene 2 of 3, its end") {
		t.Errorf("p does not go back from the end:\n%s", p.View())
	}
	p.key(" ")
	if !strings.Contains(p.View(), "the end · Three") {
		t.Errorf("space does not return to the end:\n%s", p.View())
	}
}

func TestPlayerIsTakenOver(t *testing.T) {
	for _, key := range []tea.KeyMsg{kit.KeyMsg("x"), kit.KeyMsg("enter"), kit.KeyMsg("tab"), {Type: tea.KeyRunes, Runes: []rune("q"), Paste: true}} {
		p := played(t, threeScenes)
		p.Init()
		p.key("p")
		_, cmd := p.Update(key)
		if p.typed() != "a" || p.app.State().Focus != 0 || p.app.State().Waiting {
			t.Errorf("%s does more than take over: %q is typed", key, p.typed())
		}
		if cmd == nil {
			t.Fatal("nothing says that the phone is the person's now")
		}
		p.tickNow()
		view := p.View()
		if p.typed() != "a" || strings.Contains(view, "scene 1") || strings.Count(view, "\n") != 23 || view != p.app.View() {
			t.Errorf("after %s the story goes on:\n%s", key, view)
		}
		if !strings.Contains(view, "The phone is yours now.") || !strings.Contains(view, "ctrl+c quit") {
			t.Errorf("after %s nothing says that the person has taken over:\n%s", key, view)
		}
		for _, key := range []string{"n", "p", "q", "r"} { // just letters now
			p.key(key)
		}
		if p.typed() != "anpqr" {
			t.Errorf("%q is typed", p.typed())
		}
		if p.Chapter() == "One" {
			t.Error("the chapter is still the story's")
		}
		if !quits(p.key("ctrl+c")) {
			t.Error("ctrl+c does not quit")
		}
	}
}

func TestPlayerQuits(t *testing.T) {
	for _, key := range []string{"q", "ctrl+c"} {
		for _, before := range []string{"", " ", "n"} {
			p := played(t, threeScenes)
			p.Init()
			if before != "" {
				p.key(before)
			}
			if !quits(p.key(key)) {
				t.Errorf("%s after %q does not quit", key, before)
			}
		}
	}
}

// Each play has its own app. Messages for the previous app do not reach it.
func TestPlayerPlaysAgain(t *testing.T) {
	ended := 0
	p := played(t, "\n- {name: One, do: [{type: a}]}\n", func(d *Options) {
		fresh := d.Fresh
		d.Fresh = func() (Play, error) {
			play, err := fresh()
			play.End = func() { ended++ }
			return play, err
		}
	})
	p.Init()
	p.tickNow()
	first := p.app
	cmd := p.key("r")
	if p.state != starting || !strings.Contains(p.View(), "starting over") {
		t.Errorf("it does not start over:\n%s", p.View())
	}
	if p.key("x"); p.state != starting {
		t.Error("x takes over a play that has ended")
	}
	msg := cmd()
	if ended != 1 {
		t.Errorf("the first play was ended %d times", ended)
	}
	p.Update(msg)
	if p.app == first || p.state != playing || p.typed() != "a" || ansi.StringWidth(p.app.View()) < 80 {
		t.Errorf("the second play does not begin like the first: %q is typed in\n%s", p.typed(), p.app.View())
	}
	p.Update(appMsg{first, tui.ArrivedMsg{Step: login.ConfirmAccount{}}})
	if at := p.app.State().Title; at != "Email" {
		t.Errorf("a step of the first app is shown by the second: %s", at)
	}
	p.tickNow()
	if p.state != over {
		t.Errorf("the second play does not end: state %d", p.state)
	}
	if p.tickNow() != nil {
		t.Error("it plays again without being asked to")
	}

	// In a loop it starts over by itself. Without a new app it ends.
	p = played(t, "\n- {name: One, do: [{type: a}]}\n", func(d *Options) { d.Loop = true })
	p.Init()
	p.tickNow()
	if p.state != over {
		t.Fatalf("state %d", p.state)
	}
	cmd = p.tickNow()
	if p.state != starting || cmd == nil {
		t.Errorf("the loop does not start over: state %d", p.state)
	}
	gone := errors.New("gone")
	if _, cmd := p.Update(freshMsg{err: gone}); !quits(cmd) || !errors.Is(p.err, gone) {
		t.Errorf("without an app it does not end: %v", p.err)
	}
	if p.Update(freshMsg{err: gone}); p.state == playing {
		t.Error("it plays without an app")
	}
}

func TestPlayerQuitsAtTheEnd(t *testing.T) {
	p := played(t, "\n- {name: One, do: [{type: a}]}\n", func(d *Options) { d.Exit = true })
	p.Init()
	if !quits(p.tickNow()) || p.err != nil {
		t.Errorf("it does not quit: %v", p.err)
	}
}

// While the story plays, the app cannot end the program, and its own messages are not lost.
func TestEnvelope(t *testing.T) {
	app := silentApp(t)
	during := envelope{app: app}
	for _, cmd := range []tea.Cmd{tea.Quit, tea.Suspend, otherScreen} {
		if msg := during.message(cmd()); msg != nil {
			t.Errorf("the story lets %T through", msg)
		}
		if msg := (envelope{app, true}).message(cmd()); msg == nil {
			t.Errorf("the person's %T does not get through", cmd())
		}
	}
	if during.message(nil) != nil || during.command(nil) != nil {
		t.Error("nil becomes something else")
	}
	mine := kit.ToastMsg{Text: "mine"}
	one := func() tea.Msg { return mine }
	if got := during.message(mine); got != (appMsg{app, mine}) {
		t.Errorf("the app's message becomes %v", got)
	}
	batch, ok := during.message(tea.BatchMsg{one, tea.Quit, nil}).(tea.BatchMsg)
	if !ok || len(batch) != 3 || batch[0]() != (appMsg{app, mine}) || batch[1]() != nil || batch[2] != nil {
		t.Errorf("a batch becomes %v", batch)
	}
	sequence := tea.Sequence(one, tea.Quit)()
	wrapped := during.message(sequence)
	if got, want := fmt.Sprintf("%T", wrapped), fmt.Sprintf("%T", sequence); got != want {
		t.Errorf("a sequence becomes a %s, not a %s", got, want)
	}
}

// The narration fits into every window, whatever the story says.
func TestNarrationStaysInItsBox(t *testing.T) {
	hostile := "\x1b[2J\x1b]0;x\a" + strings.Repeat("漢字e\u0301\u202e ", 60) + strings.Repeat("x", 300)
	for _, text := range []string{"", "Short.", hostile} {
		demo := Options{Speed: 1, Fresh: func() (Play, error) { return Play{App: silentApp(t), End: func() {}}, nil }}
		demo.Story = story.Story{Title: "T", Scenes: []story.Scene{
			{Name: text + "1", Say: text}, {Name: text, Say: text, Do: []story.Action{story.Wait{For: story.Offer, Within: time.Second}}},
		}}
		p, err := newPlayer(demo)
		if err != nil {
			t.Fatal(err)
		}
		p.Init()
		for _, state := range []string{"playing", "stopped", "back"} {
			switch state {
			case "stopped":
				p.tickNow()
				p.why += text
			case "back":
				p.key("p")
			}
			for _, size := range []tea.WindowSizeMsg{
				{},
				{Width: 1, Height: 1},
				{Width: 80, Height: 1},
				{Width: 80, Height: 2},
				{Width: 80, Height: 3},
				{Width: 3, Height: 30},
				{Width: 9, Height: 13},
				{Width: 20, Height: 5},
				{Width: 40, Height: 12},
				{Width: 80, Height: 24},
				{Width: 100, Height: 30},
				{Width: 200, Height: 60},
			} {
				p.Update(size)
				what := fmt.Sprintf("%s %.10q in %d×%d", state, text, size.Width, size.Height)
				golden.CheckBox(t, p.View(), size.Width, size.Height, what)
				if size.Height >= 2 && size.Width >= 80 && !strings.Contains(p.View(), "scene ") {
					t.Errorf("%s: there is no narration in\n%s", what, p.View())
				}
			}
		}
	}
}

// A scene's frame has results that arrive a moment after the scene, too.
func TestFramesHaveLateResults(t *testing.T) {
	p := played(t, `
- {name: One, do: [{type: a}]}
- {name: Two, do: [{pause: 9s}, {type: b}]}
`)
	p.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	p.Init()
	p.tickNow()
	p.Update(appMsg{p.app, hanko.News{Ended: sample.Exchanges(sample.OrdinaryWords(), 1)}})
	for p.typed() != "ab" && p.state == playing {
		p.tickNow()
	}
	if p.key("p"); !strings.Contains(p.View(), "/passcode/login/initialize") || strings.Contains(p.View(), "ab") {
		t.Errorf("the frame of the first scene is\n%s", p.View())
	}
}

// silentApp returns an app on a tenant that never answers, at noon, without colours. Each new screen ignores a person's
// keys for an hour, but not those of a story.
func silentApp(t *testing.T) *tui.App {
	t.Helper()
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(termenv.Ascii)
	return tui.New(t.Context(), kit.Options{
		Client: sample.SilentClient(t), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(),
		Tenant: "embedded tenant", Inbox: mailbox.NewInbox(), Notice: sample.OrdinaryWords().Notice, Renderer: renderer,
		Now: func() time.Time { return sample.Noon }, Grace: time.Hour,
	})
}

// otherScreen is a command that hands the terminal to another program.
func otherScreen() tea.Msg { return tea.Exec(nil, nil)() }
