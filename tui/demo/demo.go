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

// Options is a story, and how it is to be played.
type Options struct {
	Story story.Story
	Speed float64 // 1 is the speed of a person; typing, keys and pauses are so many times quicker
	Loop  bool    // begin anew at the end
	Exit  bool    // leave at the end

	// Fresh makes the app for a play, on a tenant and with a phone that nobody has used.
	Fresh func() (Play, error)
}

// Play is one play of a story.
type Play struct {
	App      App
	Terminal terminal.Settings // how the app is shown
	End      func()            // gives up what the app holds; it is called once
}

// App is what a story is played on: an app that is driven by its keys and tells where it stands.
type App interface {
	tea.Model
	MaskedView() string                             // View without secrets
	Chapter() string                                // what the screen is about
	State() kit.State                               // where it stands now
	Theme() *kit.Theme                              // how it looks
	Focused(width, height int) (title, view string) // what takes the keys, in a box of its own
}

// StoppedError says that a story could not be played to its end.
type StoppedError struct {
	Scene int // from 1
	Name  string
	Why   string // as sentences
}

func (e *StoppedError) Error() string {
	return fmt.Sprintf("the story stopped in scene %d (%s): %s", e.Scene, e.Name, e.Why)
}

// Run plays a story on a terminal until the person leaves it, ctx ends, or, with Exit, its end; all are a nil error.
// A story that stops and is to leave at its end fails with a *StoppedError; other errors are those of Fresh.
func Run(ctx context.Context, demo Options, in io.Reader, out io.Writer) error {
	p, err := newPlayer(demo)
	if err != nil {
		return err
	}
	defer func() { p.play.End() }() // that of the last play
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// What keeps the frames of an app keeps those of a player: it is Recordable, too.
	return errors.Join(terminal.ShowRecorded(ctx, p, p.play.Terminal, in, out), p.err)
}

// playState is what a player is at.
type playState int

const (
	playing  playState = iota
	paused             // by the person
	stopped            // what the story waits for has not come; its why says so
	over               // the story is at its end
	starting           // a fresh app is on its way
	taken              // the person has the phone, for good
)

// player plays a story on an app: it presses the keys and tells the story under the screen. It has the window and hands
// most of it to the app, and everything that is not its own goes through to there.
type player struct {
	demo Options
	play Play
	app  App   // of the play
	err  error // why the program was left before the story's end

	width, height int
	rows          int // of the window, for the narration

	state  playState
	why    string
	scene  int           // that is being played
	done   int           // doings of the scene that are done
	part   int           // letters or keys of the doing under way that are done
	hurry  int           // scenes before this one are played without pauses
	tick   int           // the number of the tick that counts; others are late
	limit  bool          // the tick is the end of a wait's patience
	rest   time.Duration // the pause that is under way, at speed 1
	last   meeting
	frames []frame // of the scenes that are over
	acted  bool    // this scene has done something that can be seen
	back   int     // the frame that is looked back at; -1 for none
	plain  *plainStory
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
	return &player{demo: demo, play: play, app: play.App, back: -1, last: meeting{screen: -1}}, nil
}

// Init begins the play.
func (p *player) Init() tea.Cmd {
	return tea.Batch(p.fromApp(p.app.Init()), p.goAhead())
}

// Update gives keys to the story's own controls, and the rest to the app.
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
			return p, nil // it takes a key to take over, so that nobody does by accident
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

// resize shares the window out.
func (p *player) resize() tea.Cmd {
	p.rows = p.narrationRows()
	return p.toApp(tea.WindowSizeMsg{Width: p.width, Height: p.height - p.rows})
}

// pressed is a key of the person's. A key that takes the phone over does nothing else: whoever presses it to stop the
// show does not know yet what it would do.
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

// pauseOrGoOn is the space bar. Whoever goes on has read enough: a pause of the story that was under way is over, too.
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

// toLive leaves the frames of before. If the story was halted for them it goes on, with the pause in which it was: who
// has looked back has not looked at what is there now.
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

// forward goes to the next scene at once: what is left of this one is done without pauses. What cannot be waited for
// is passed over.
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

// backward shows how a scene before ended. The story halts meanwhile.
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

// live is the scene that the app shows: at the end of the story that is its last one.
func (p *player) live() int { return min(p.scene, len(p.demo.Story.Scenes)-1) }

// takeOver gives the phone to the person, with the whole window.
func (p *player) takeOver() tea.Cmd {
	p.halt(taken)
	p.back, p.frames = -1, nil
	return tea.Batch(p.toApp(kit.NarratedMsg{On: false}), p.resize(), p.toApp(kit.ToastMsg{Text: "You have the phone now."}))
}

// again makes a fresh app, for the story from its beginning.
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

// begin plays the story on a fresh app.
func (p *player) begin(msg freshMsg) tea.Cmd {
	if msg.err != nil {
		p.err = msg.err
		return tea.Quit
	}
	msg.play.App.Update(kit.NarratedMsg{On: true})
	before := p.app.State()
	msg.play.App.Update(kit.AppearanceMsg{Dark: before.Dark, Theme: before.Theme}) // the terminal is the same
	*p = player{demo: p.demo, play: msg.play, app: msg.play.App, width: p.width, height: p.height, tick: p.tick, back: -1, last: meeting{screen: -1}}
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

// loopRest is how long the end of a story stands before it is played again.
const loopRest = 8 * time.Second
