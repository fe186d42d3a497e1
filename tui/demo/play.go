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
	perRow    = 180 * time.Millisecond // of a list that is gone through
)

// rhythm varies the typing, in percent: nobody types like a clock.
var rhythm = [...]int{100, 80, 115, 95, 130, 85, 105, 90}

// meeting is what the last waits were met by, so that the same is not taken for the next one.
type meeting struct {
	screen  int  // its number, of the last step that was waited for; -1 for none
	touched bool // keys have been pressed on the phone since
	sheet   int  // its number
	mail    mailbox.Mail
}

// after has the story go on in a while, as long at speed 1.
func (p *player) after(pause time.Duration) tea.Cmd {
	return p.in(time.Duration(float64(pause) / p.demo.Speed))
}

// in has the clock tick once; a tick before it no longer counts.
func (p *player) in(d time.Duration) tea.Cmd {
	p.tick++
	number := p.tick
	return tea.Tick(d, func(time.Time) tea.Msg { return playMsg{number} })
}

// ticked is the end of a pause, or of a wait's patience.
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

// goOn plays on if what the story waits for has come.
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

// goAhead does what comes next until there is something to wait for, or a pause to make.
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
			return tea.Batch(append(cmds, p.in(within(p.doing())))...)
		}
		cmd, pause := p.do(p.doing())
		cmds = append(cmds, cmd)
		if pause > 0 && p.scene >= p.hurry && p.state == playing {
			p.rest = pause
			return tea.Batch(append(cmds, p.after(pause))...)
		}
	}
	return tea.Batch(cmds...)
}

// doing is the one that is under way.
func (p *player) doing() story.Doing { return p.demo.Story.Scenes[p.scene].Do[p.done] }

func (p *player) endScene() {
	p.frames = append(p.frames, p.frameNow())
	p.plain.end(p)
	p.scene++
	p.done, p.part, p.acted = 0, 0, false
}

// keepFrame keeps the frame of the scene before anew when this one begins to do something: what a step has led to goes
// on arriving for a moment, its exchange say.
func (p *player) keepFrame(doing story.Doing) {
	if _, pause := doing.(story.Pause); pause || p.acted {
		return
	}
	p.acted = true
	if p.scene > 0 {
		p.frames[p.scene-1] = p.frameNow()
	}
}

// do does a part of a doing: one letter, one key. It returns how long to rest after it, at speed 1.
func (p *player) do(doing story.Doing) (cmd tea.Cmd, pause time.Duration) {
	p.keepFrame(doing)
	more, tries := false, 0 // tries are how many keys may lead somewhere; 0 for all that there are
	switch doing := doing.(type) {
	case story.Type:
		letters := []rune(doing.Text)
		cmd, more = p.press(string(letters[p.part])), p.part+1 < len(letters)
		pause = perLetter * time.Duration(rhythm[p.part%len(rhythm)]) / 100
		if !more {
			pause = perKey
		}
	case story.Press:
		if doing.Until == "" {
			cmd, more, pause = p.press(doing.Keys[p.part]), p.part+1 < len(doing.Keys), perKey
			break
		}
		if more = !p.stands(doing.Until); more {
			cmd, pause, tries = p.press(doing.Keys[p.part%len(doing.Keys)]), perRow, maxSteps
		}
	case story.Pause:
		pause = doing.For
	case story.Show:
		tab := p.tab(doing.Tab)
		if tab < 0 {
			return p.finish(stopped, fmt.Sprintf("There is no tab called %q, but %s.", doing.Tab, p.tabs())), 0
		}
		if more = p.app.State().Focus != tab; more {
			cmd, pause, tries = p.press(p.numberOf(tab)), perKey, maxSteps
		}
	case story.Find:
		var key string
		if key, pause = p.towards(p.exchangeWith(doing.Text)); key != "" {
			cmd, more, tries = p.press(key), true, len(p.app.State().Exchanges)+maxSteps
		}
	case story.Wait:
		p.remember(doing.For)
	}
	p.part++
	switch {
	case !more:
		p.plain.did(p, doing)
		p.done, p.part = p.done+1, 0
	case tries > 0 && p.part > tries:
		return tea.Batch(cmd, p.finish(stopped, fmt.Sprintf("It %s, and no key leads there.", doing))), 0
	}
	return cmd, pause
}

// maxSteps is more keys than lead to a tab, or lines that anybody would watch being scrolled.
const maxSteps = 100

// press presses a key on the app. The moment in which a new screen takes no keys is for people.
func (p *player) press(name string) tea.Cmd {
	const phone = 0
	before := p.app.State().Focus
	cmd := p.toApp(kit.StoryKeyMsg(keyOf(name)))
	if before == phone && p.app.State().Focus == phone {
		p.last.touched = true
	}
	return cmd
}

// tab is the number of the part of the window with a name; -1 for none.
func (p *player) tab(name string) int {
	return slices.IndexFunc(p.app.State().Parts, func(part string) bool { return strings.EqualFold(part, name) })
}

func (p *player) tabs() string { return strings.ToLower(strings.Join(p.app.State().Parts, ", ")) }

// numberOf is the key that leads to the part of the window with a number, whatever has the focus.
func (p *player) numberOf(tab int) string { return fmt.Sprintf("alt+%d", tab) }

// towards is the key that leads nearer to an open exchange in the wire; "" when it is open.
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

// exchangeWith is the newest exchange that has a text in its path or in the title of one of its parts; -1 for none.
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

// within is how long a doing may be waited for.
func within(doing story.Doing) time.Duration {
	switch doing := doing.(type) {
	case story.Wait:
		return doing.Within
	case story.WaitText:
		return doing.Within
	case story.Find:
		return doing.Within
	default:
		return story.DefaultWithin
	}
}

// met tells that the doing under way need not be waited for.
func (p *player) met() bool {
	switch doing := p.doing().(type) {
	case story.Wait:
		return p.come(doing.For)
	case story.WaitText:
		return p.stands(doing.Text)
	case story.Find:
		return p.exchangeWith(doing.Text) >= 0
	case story.Type:
		return !p.app.State().Busy
	case story.Press:
		return !p.app.State().Busy || doing.Keys[p.part%len(doing.Keys)] == "esc" // which gives up what is going on
	default:
		return true
	}
}

// stands tells that a text is on the screen.
func (p *player) stands(text string) bool {
	return strings.Contains(ansi.Strip(p.app.View()), text)
}

// come reports whether a moment has come since the last time it was waited for. A step that the phone stood at when keys
// were pressed must come anew: it may still be about to go.
func (p *player) come(moment story.Moment) bool {
	state := p.app.State()
	at, _ := momentOf(state.Step)
	switch moment {
	case story.Consent:
		return state.Sheet != "" && state.Sheets != p.last.sheet
	case story.Mail:
		return len(state.Mails) > 0 && state.Mails[0] != p.last.mail && !state.Busy // it may be quicker than the answer to what sent it
	case story.Checked:
		return at == story.SignedIn && state.Checked
	default:
		return !state.Waiting && state.Sheet == "" && at == moment && (state.Screens != p.last.screen || !p.last.touched)
	}
}

// remember keeps by what a wait was met.
func (p *player) remember(moment story.Moment) {
	state := p.app.State()
	switch moment {
	case story.Consent:
		p.last.sheet = state.Sheets
	case story.Mail:
		p.last.mail = state.Mails[0]
	case story.Checked:
	default:
		p.last.screen, p.last.touched = state.Screens, false
	}
}

// momentOf is what a story calls a step, and the problem of one that says that something went wrong.
func momentOf(step login.Step) (story.Moment, *login.Problem) {
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
	return story.Form, nil // a page beside the walk, which is filled in too
}

// failed is why waiting on is of no use: something went wrong that the story does not wait for.
func (p *player) failed() string {
	wait, isWait := p.doing().(story.Wait)
	state := p.app.State()
	_, problem := momentOf(state.Step)
	if !isWait || problem == nil || wait.For == story.Failed || state.Waiting || state.Screens == p.last.screen {
		return ""
	}
	return fmt.Sprintf("It waits for %s, and something went wrong: %s", wait.For, problem.Error())
}

// missed is why a wait was given up.
func (p *player) missed() string {
	state := p.app.State()
	at := state.Title
	if state.Sheet != "" {
		at = state.Sheet + " asks"
	}
	doing := p.doing()
	return fmt.Sprintf("It %s, which has not come within %s. The phone is at %q.", doing, within(doing), at)
}

// keyOf is a key of a story.
func keyOf(name string) tea.KeyMsg {
	if name == "space" {
		name = " "
	}
	return kit.KeyMsg(name)
}
