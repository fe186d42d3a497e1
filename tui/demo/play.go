package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/story"
)

// The pace of a person, at speed 1.
const (
	perLetter = 83 * time.Millisecond // twelve a second
	perKey    = 700 * time.Millisecond
	perRow    = 180 * time.Millisecond // of a list
)

// rhythm varies the speed of typing, in percent, as a person does.
var rhythm = [...]int{100, 80, 115, 95, 130, 85, 105, 90}

// seen is what ended the last waits, so that it does not end the next ones as well.
type seen struct {
	screen  int  // the number of the last step that was waited for; -1 for none
	touched bool // whether keys were pressed on the phone since then
	sheet   int  // its number
	mail    mailbox.Mail
}

// after continues the story after a pause, which is measured at speed 1.
func (p *player) after(pause time.Duration) tea.Cmd {
	return p.in(time.Duration(float64(pause) / p.demo.Speed))
}

// in schedules a tick, and makes all earlier ones void.
func (p *player) in(d time.Duration) tea.Cmd {
	p.tick++
	number := p.tick
	return tea.Tick(d, func(time.Time) tea.Msg { return playMsg{number} })
}

// ticked handles the end of a pause, or of the time that a wait may take.
func (p *player) ticked(msg playMsg) tea.Cmd {
	switch {
	case msg.number != p.tick:
		return nil
	case p.demo.Loop && (p.state == over || p.state == stopped):
		return p.again()
	case p.state != playing:
		return nil
	case p.limit && !p.met():
		return p.finish(stopped, p.missed())
	}
	return p.goAhead()
}

// goOn continues if what the story waits for has happened.
func (p *player) goOn() tea.Cmd {
	if p.state != playing || !p.limit {
		return nil
	}
	if why := p.failed(); why != "" {
		return p.finish(stopped, why)
	}
	if !p.met() {
		return nil
	}
	return p.goAhead()
}

// goAhead does one action after the other until it has to wait or pause.
func (p *player) goAhead() tea.Cmd {
	p.limit, p.rest = false, 0
	p.tick++
	var cmds []tea.Cmd
	for p.state == playing {
		scenes := p.demo.Story.Scenes
		switch {
		case p.scene == len(scenes):
			cmds = append(cmds, p.finish(over, ""))
			continue
		case p.done == len(scenes[p.scene].Do):
			p.endScene()
			continue
		}
		if !p.met() {
			if p.limit = true; p.failed() != "" {
				cmds = append(cmds, p.finish(stopped, p.failed()))
				continue
			}
			return tea.Batch(append(cmds, p.in(within(p.action())))...)
		}
		cmd, pause := p.do(p.action())
		cmds = append(cmds, cmd)
		if pause > 0 && p.scene >= p.hurry && p.state == playing {
			p.rest = pause
			return tea.Batch(append(cmds, p.after(pause))...)
		}
	}
	return tea.Batch(cmds...)
}

// action returns the current action.
func (p *player) action() story.Action { return p.demo.Story.Scenes[p.scene].Do[p.done] }

func (p *player) endScene() {
	p.frames = append(p.frames, p.frameNow())
	p.plain.end(p)
	p.scene++
	p.done, p.part, p.acted, p.picture = 0, 0, false, ""
}

// keepFrame updates the frame of the previous scene when this one does its first action: results of the previous scene,
// such as an exchange, may arrive a little late.
func (p *player) keepFrame(action story.Action) {
	if _, pause := action.(story.Pause); pause || p.acted {
		return
	}
	p.acted = true
	if p.scene > 0 {
		now := p.frameNow()
		now.picture = p.frames[p.scene-1].picture
		p.frames[p.scene-1] = now
	}
}

// do does a part of an action: one letter, one key. It returns how long to pause after it, at speed 1.
func (p *player) do(action story.Action) (cmd tea.Cmd, pause time.Duration) {
	p.keepFrame(action)
	if _, isPause := action.(story.Pause); !isPause {
		p.picture = ""
	}
	more, tries := false, 0 // tries limits how many keys are pressed to get somewhere; 0 for no limit
	switch action := action.(type) {
	case story.Type:
		letters := []rune(action.Text)
		cmd, more = p.press(string(letters[p.part])), p.part+1 < len(letters)
		pause = perLetter * time.Duration(rhythm[p.part%len(rhythm)]) / 100
		if !more {
			pause = perKey
		}
	case story.Press:
		if action.Until == "" {
			cmd, more, pause = p.press(action.Keys[p.part]), p.part+1 < len(action.Keys), perKey
			break
		}
		if more = !p.shows(action.Until); more {
			cmd, pause, tries = p.press(action.Keys[p.part%len(action.Keys)]), perRow, maxSteps
		}
	case story.Pause:
		pause = action.For
	case story.Picture:
		p.picture = action.Name
	case story.Show:
		tab := p.tab(action.Tab)
		if tab < 0 {
			return p.finish(stopped, fmt.Sprintf("There is no tab called %q. The tabs are %s.", action.Tab, p.tabs())), 0
		}
		if more = p.app.State().Focus != tab; more {
			cmd, pause, tries = p.press(p.numberOf(tab)), perKey, maxSteps
		}
	case story.Find:
		var key string
		if key, pause = p.towards(p.exchangeWith(action.Text)); key != "" {
			cmd, more, tries = p.press(key), true, len(p.app.State().Exchanges)+maxSteps
			if key != "enter" {
				break
			}
		}
		cmd = tea.Batch(cmd, p.toApp(kit.ReduceMsg{Fields: action.Fields})) // with the key that opens it, so that it is never seen whole
	case story.Wait:
		p.remember(action.For)
	}
	p.part++
	switch {
	case !more:
		p.plain.did(p, action)
		p.done, p.part = p.done+1, 0
	case tries > 0 && p.part > tries:
		return tea.Batch(cmd, p.finish(stopped, fmt.Sprintf("It %s, but that did not happen after many keys.", action))), 0
	}
	return cmd, pause
}

// maxSteps limits the keys that are pressed to reach a tab or a text.
const maxSteps = 100

// press presses a key on the app. It does not wait for the short time in which a new screen ignores a person's keys.
func (p *player) press(name string) tea.Cmd {
	const phone = 0
	before := p.app.State().Focus
	cmd := p.toApp(kit.StoryKeyMsg(keyOf(name)))
	if before == phone && p.app.State().Focus == phone {
		p.last.touched = true
	}
	return cmd
}

// tab returns the number of the part of the window with a name, or -1.
func (p *player) tab(name string) int {
	return slices.IndexFunc(p.app.State().Parts, func(part string) bool { return strings.EqualFold(part, name) })
}

func (p *player) tabs() string { return strings.ToLower(strings.Join(p.app.State().Parts, ", ")) }

// numberOf returns the key that switches to a part of the window, whatever has the focus.
func (p *player) numberOf(tab int) string { return fmt.Sprintf("alt+%d", tab) }

// towards returns the next key on the way to opening an exchange in the Wire tab, or "" if it is open.
func (p *player) towards(exchange int) (key string, pause time.Duration) {
	wire := p.tab("wire")
	switch state := p.app.State(); {
	case state.Focus != wire:
		return p.numberOf(wire), perKey
	case state.Open && state.Chosen != exchange:
		return "esc", perKey
	case state.Chosen > exchange:
		return "up", perRow
	case state.Chosen < exchange:
		return "down", perRow
	case !state.Open:
		return "enter", perKey
	default:
		return "", 0
	}
}

// exchangeWith returns the index of the newest exchange that has a text in its path or in the title of one of its parts,
// or -1.
func (p *player) exchangeWith(text string) int {
	holds := func(in string) bool { return strings.Contains(strings.ToLower(in), strings.ToLower(text)) }
	for i, exchange := range slices.Backward(p.app.State().Exchanges) {
		if holds(exchange.Path) {
			return i
		}
		for _, part := range decode.Exchange(exchange) {
			if holds(part.Title) {
				return i
			}
		}
	}
	return -1
}

// within returns how long an action may take.
func within(action story.Action) time.Duration {
	switch action := action.(type) {
	case story.Wait:
		return action.Within
	case story.WaitText:
		return action.Within
	case story.Find:
		return action.Within
	default:
		return story.DefaultWithin
	}
}

// met reports whether the current action can be done now.
func (p *player) met() bool {
	switch action := p.action().(type) {
	case story.Wait:
		return p.happened(action.For)
	case story.WaitText:
		return p.shows(action.Text)
	case story.Find:
		return p.exchangeWith(action.Text) >= 0
	case story.Type:
		return !p.app.State().Busy
	case story.Press:
		return !p.app.State().Busy || action.Keys[p.part%len(action.Keys)] == "esc" // it cancels what is going on
	default:
		return true
	}
}

// shows reports whether a text is on the screen.
func (p *player) shows(text string) bool {
	return strings.Contains(ansi.Strip(p.app.View()), text)
}

// happened reports whether an event has happened since the last time it was waited for. If keys were pressed on the phone
// at a step, that step must be shown again: the phone may be about to leave it.
func (p *player) happened(event story.Event) bool {
	state := p.app.State()
	at, _ := eventOf(state.Step)
	switch event {
	case story.Consent:
		return state.Sheet != "" && state.Sheets != p.last.sheet
	case story.Mail:
		return len(state.Mails) > 0 && state.Mails[0] != p.last.mail && !state.Busy // the mail may arrive before the answer to the request that sent it
	case story.Checked:
		return at == story.SignedIn && state.Checked
	default:
		return !state.Waiting && state.Sheet == "" && at == event && (state.Screens != p.last.screen || !p.last.touched)
	}
}

// remember notes what ended a wait.
func (p *player) remember(event story.Event) {
	state := p.app.State()
	switch event {
	case story.Consent:
		p.last.sheet = state.Sheets
	case story.Mail:
		p.last.mail = state.Mails[0]
	case story.Checked:
	default:
		p.last.screen, p.last.touched = state.Screens, false
	}
}

// eventOf returns the event for a step, and the problem if the step is a failure.
func eventOf(step login.Step) (story.Event, *login.Problem) {
	switch step := step.(type) {
	case login.EnterEmail:
		return story.Email, nil
	case login.ConfirmAccount:
		return story.Account, nil
	case login.EnterPasscode:
		return story.Passcode, nil
	case login.OfferPasskey:
		return story.Offer, nil
	case login.SignedIn:
		return story.SignedIn, nil
	case login.Profile:
		return story.Profile, nil
	case login.Failed:
		return story.Failed, &step.Problem
	case login.FillForm:
		return story.Form, nil
	}
	return story.Form, nil // a page that is not a step, but is filled in as well
}

// failed returns why it makes no sense to wait any longer, or "": something went wrong that the story does not wait for.
func (p *player) failed() string {
	wait, isWait := p.action().(story.Wait)
	state := p.app.State()
	_, problem := eventOf(state.Step)
	if !isWait || problem == nil || wait.For == story.Failed || state.Waiting || state.Screens == p.last.screen {
		return ""
	}
	return fmt.Sprintf("It waits for %s, but something went wrong: %s", wait.For, problem.Error())
}

// missed returns why a wait ended without success.
func (p *player) missed() string {
	state := p.app.State()
	at := state.Title
	if state.Sheet != "" {
		at = state.Sheet + " asks"
	}
	action := p.action()
	return fmt.Sprintf("It %s, but that did not happen within %s. The phone shows %q.", action, within(action), at)
}

// keyOf returns the key with a name in a story.
func keyOf(name string) tea.KeyMsg {
	if name == "space" {
		name = " "
	}
	return kit.KeyMsg(name)
}
