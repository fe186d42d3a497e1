package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/story"
	"example.com/hankosim/tui/terminal"
)

// Options says which story to play, and how.
type Options struct {
	Story story.Story
	Speed float64 // 1 is a person's speed; typing, keys and pauses are this many times as fast
	Loop  bool    // start over at the end
	Exit  bool    // quit at the end

	// Fresh makes the app for one play, with a new tenant and a new phone.
	Fresh func() (Play, error)
}

// Play is one play of a story.
type Play struct {
	App      App
	Terminal terminal.Settings // how the app is shown
	End      func()            // releases what the app uses; it is called once
}

// App is what a story is played on: it is controlled by its keys, and publishes its state.
type App interface {
	tea.Model
	MaskedView() string                             // View, without secrets
	Chapter() string                                // the title of the current screen
	State() kit.State                               // its current state
	Theme() *kit.Theme                              // its colours
	Focused(width, height int) (title, view string) // the part that has the focus, drawn alone
}

// StoppedError is the error of a story that could not be played to its end.
type StoppedError struct {
	Scene int // from 1
	Name  string
	Why   string // as sentences
}

func (e *StoppedError) Error() string {
	return fmt.Sprintf("the story stopped in scene %d (%s): %s", e.Scene, e.Name, e.Why)
}

// Run plays a story on a terminal until the person quits, ctx ends, or, with Exit, the story ends. It then returns nil.
// With Exit, a story that gets stuck fails with a *StoppedError. Other errors come from Fresh.
func Run(ctx context.Context, demo Options, in io.Reader, out io.Writer) error {
	p, err := newPlayer(demo)
	if err != nil {
		return err
	}
	defer func() { p.play.End() }() // that of the last play
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// A player is Recordable like an app, so its frames can be recorded the same way.
	return errors.Join(terminal.ShowRecorded(ctx, p, p.play.Terminal, in, out), p.err)
}

// playState says what a player is doing.
type playState int

const (
	playing  playState = iota
	paused             // by the person
	stopped            // what the story waits for did not happen; see player.why
	over               // the story is at its end
	starting           // a new app is being made
	taken              // the person has taken over
)

// player plays a story on an app: it presses keys and shows the narration below the screen. It owns the window, gives most
// of it to the app, and passes on all messages that are not its own.
type player struct {
	demo Options
	play Play
	app  App   // of the play
	err  error // why the program ended before the story did

	width, height int
	rows          int // of the window that the narration takes

	state   playState
	why     string
	scene   int           // the current one
	done    int           // actions of the scene that are done
	part    int           // letters or keys of the current action that are done
	hurry   int           // scenes before this one are played without pauses
	tick    int           // the number of the only valid tick
	limit   bool          // whether the tick ends a wait
	rest    time.Duration // the current pause, at speed 1
	last    seen
	frames  []frame // of the scenes that are over
	picture string  // the name of the drawing that is shown over the window; "" for none
	acted   bool    // whether this scene has done something visible
	back    int     // the frame of an earlier scene that is shown; -1 for none
	plain   *plainStory
}

// playMsg is a tick of the story's own clock.
type playMsg struct{ number int }

// freshMsg brings the app for the next play.
type freshMsg struct {
	play Play
	err  error
}

func newPlayer(demo Options) (*player, error) {
	play, err := demo.Fresh()
	if err != nil {
		return nil, err
	}
	play.App.Update(kit.NarratedMsg{On: true})
	return &player{demo: demo, play: play, app: play.App, back: -1, last: seen{screen: -1}}, nil
}

// Init begins the play.
func (p *player) Init() tea.Cmd {
	return tea.Batch(p.fromApp(p.app.Init()), p.goAhead())
}

// Update handles the keys that control the story, and gives everything else to the app.
func (p *player) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.width, p.height = msg.Width, msg.Height
		return p, p.resize()
	case tea.KeyMsg:
		if p.state != taken {
			return p, p.pressed(msg)
		}
	case tea.MouseMsg:
		if p.state != taken {
			return p, nil // only a key takes over, so that nobody does by accident
		}
	case playMsg:
		return p, p.ticked(msg)
	case freshMsg:
		return p, p.begin(msg)
	case appMsg:
		if msg.app != p.app {
			return p, nil // of a play that is over
		}
		return p, tea.Batch(p.toApp(msg.msg), p.goOn())
	}
	return p, p.toApp(msg)
}

// resize divides the window between the app and the narration.
func (p *player) resize() tea.Cmd {
	p.rows = p.narrationRows()
	return p.toApp(tea.WindowSizeMsg{Width: p.width, Height: p.height - p.rows})
}

// pressed handles a key that the person pressed. A key that takes over does nothing else: the person wants to stop the
// show, and may not know what the key would do in the app.
func (p *player) pressed(msg tea.KeyMsg) tea.Cmd {
	name := msg.String()
	if kit.Pasted(msg) {
		name = ""
	}
	switch {
	case name == "q" || name == "ctrl+c":
		return tea.Quit
	case name == "ctrl+z":
		return tea.Suspend
	case p.state == starting:
		return nil
	case name == " ":
		return p.pauseOrGoOn()
	case name == "n":
		return p.forward()
	case name == "p":
		return p.backward()
	case name == "r" && (p.state == over || p.state == stopped):
		return p.again()
	default:
		return p.takeOver()
	}
}

// pauseOrGoOn handles the space bar. Resuming also ends a pause of the story itself: the person has read enough.
func (p *player) pauseOrGoOn() tea.Cmd {
	if p.back >= 0 {
		return p.toLive()
	}
	switch p.state {
	case playing:
		p.halt(paused)
	case paused, stopped:
		p.state = playing
		return p.goAhead()
	}
	return nil
}

// halt stops the story's clock.
func (p *player) halt(state playState) {
	p.state, p.limit = state, false
	p.tick++
}

// toLive returns from an earlier frame to the current scene. If the story was halted for that, it resumes and repeats the
// pause it was in, because the person was not looking at the current scene.
func (p *player) toLive() tea.Cmd {
	p.back = -1
	if p.state != paused {
		return nil
	}
	p.state = playing
	if p.rest > 0 {
		return p.after(p.rest)
	}
	return p.goAhead()
}

// forward goes to the next scene: the rest of this one is played without pauses. A wait in which the story got stuck is
// skipped.
func (p *player) forward() tea.Cmd {
	switch {
	case p.back >= 0:
		if p.back++; p.back < p.live() {
			return nil
		}
		return p.toLive()
	case p.state == over:
		return nil
	case p.state == stopped:
		p.done++
		p.part = 0
	}
	p.halt(playing)
	p.hurry = max(p.hurry, p.scene) + 1
	return p.goAhead()
}

// backward shows how the previous scene ended. The story halts meanwhile.
func (p *player) backward() tea.Cmd {
	shown := p.live()
	if p.back >= 0 {
		shown = p.back
	}
	if shown == 0 {
		return nil
	}
	p.back = shown - 1
	if p.state == playing {
		p.halt(paused)
	}
	return nil
}

// live returns the scene that the app shows: the last one at the end of the story.
func (p *player) live() int { return min(p.scene, len(p.demo.Story.Scenes)-1) }

// takeOver gives the phone to the person, with the whole window.
func (p *player) takeOver() tea.Cmd {
	p.halt(taken)
	p.picture = ""
	p.back, p.frames = -1, nil
	return tea.Batch(p.toApp(kit.NarratedMsg{On: false}), p.resize(), p.toApp(kit.ToastMsg{Text: "The phone is yours now."}))
}

// again makes a new app, to play the story from the start.
func (p *player) again() tea.Cmd {
	p.halt(starting)
	end, fresh := p.play.End, p.demo.Fresh
	p.play.End = func() {}
	return func() tea.Msg {
		end()
		play, err := fresh()
		return freshMsg{play, err}
	}
}

// begin plays the story on a new app.
func (p *player) begin(msg freshMsg) tea.Cmd {
	if msg.err != nil {
		p.err = msg.err
		return tea.Quit
	}
	msg.play.App.Update(kit.NarratedMsg{On: true})
	before := p.app.State()
	msg.play.App.Update(kit.AppearanceMsg{Dark: before.Dark, Theme: before.Theme}) // the terminal is the same
	*p = player{demo: p.demo, play: msg.play, app: msg.play.App, width: p.width, height: p.height, tick: p.tick, back: -1, last: seen{screen: -1}}
	return tea.Batch(p.resize(), p.Init())
}

// finish ends the story: at its end, or where it stopped.
func (p *player) finish(state playState, why string) tea.Cmd {
	p.halt(state)
	p.why = why
	switch {
	case p.demo.Exit && state == stopped:
		p.err = &StoppedError{p.scene + 1, p.demo.Story.Scenes[p.scene].Name, why}
		return tea.Quit
	case p.demo.Exit:
		return tea.Quit
	case p.demo.Loop:
		return p.after(loopRest)
	}
	return nil
}

// loopRest is how long the end of a story is shown before it starts over.
const loopRest = 8 * time.Second
