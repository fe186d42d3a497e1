package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

// inSmall is what a window of 80 by 24 shows, in one line.
func (a *App) inSmall() string {
	a.width, a.height = 80, 24
	var lines []string
	for line := range strings.SplitSeq(ansi.Strip(a.View()), "\n") {
		lines = append(lines, strings.Trim(line, " │┃"))
	}
	return strings.Join(lines, " ")
}

// The third parties are there once the tenant is recognised. The arrows go through all of them and around, and f2 and
// those behind it press them.
func TestThirdPartyButtons(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	if strings.Contains(app.inSmall(), "Google") {
		t.Error("a third party is offered before the tenant has said so")
	}
	offerThirdParties(app, sample.OrdinaryWords(), 3)
	offered := app.tenant.ThirdParties
	for i, names := range [][]string{{"down", "down", "enter"}, {"down", "down", "down", "enter"}, {"up", "enter"}} {
		press := func(party hanko.ThirdParty, how string, names ...string) {
			t.Helper()
			taken := app.answerTo
			for _, name := range names[:len(names)-1] {
				taken(name)
			}
			act, ok := taken(names[len(names)-1])().(kit.ActMsg)
			if in, signs := act.Action.(login.SignInWithThirdParty); !ok || !signs || in.Party != party {
				t.Errorf("%s leads to %+v", how, act)
			}
		}
		press(offered[i], "the button", names...)
		app.show(login.EnterEmail{})
		press(offered[i], "the key", "f"+string(rune('2'+i)))
	}
	app.answerTo("up")
	app.answerTo("down")
	if !app.page.Typing() {
		t.Error("the arrows do not go around")
	}
}

// While the browser is away the person can copy the link and give up. A browser that goes somewhere after that is not
// told of.
func TestBrowserAway(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	cancelled := false
	visit := sample.Visit(sample.OrdinaryWords(), "127.0.0.1")
	app.Update(visitMsg{visit})
	if app.sheet != nil {
		t.Fatal("a sheet is there though nothing is in progress")
	}
	app.options.OpenBrowser = func(url string) error {
		if url != visit.URL {
			t.Errorf("the browser opens %s", url)
		}
		return errors.New("there is no browser")
	}
	app.busy = &busy{cancel: func() { cancelled = true }}
	app.Update(visitMsg{visit})
	if !strings.Contains(app.inSmall(), visit.Link) || app.Chapter() != "Third party" {
		t.Errorf("the screen shows %s, in chapter %s", app.inSmall(), app.Chapter())
	}
	if toast, ok := app.press("r")().(kit.ToastMsg); !ok || !strings.Contains(toast.Text, "A QR code is for another device") {
		t.Errorf("r says %+v", toast)
	}
	app.Update(app.press("enter")())
	if !strings.Contains(app.inSmall(), "There is no browser.") {
		t.Errorf("the screen shows %s", app.inSmall())
	}
	app.press("esc")
	if !cancelled {
		t.Error("esc does not give up")
	}
	app.Update(ArrivedMsg{Step: login.EnterEmail{}, Canceled: true})
	if app.sheet != nil || app.busy != nil {
		t.Error("the sheet is still there")
	}
}

// After a minute the sheet says what the browser may show, where errors do not come back.
func TestBrowserAwayForLong(t *testing.T) {
	for _, strays := range []bool{true, false} {
		app := testApp(t, sample.OrdinaryWords())
		visit := sample.Visit(sample.OrdinaryWords(), "127.0.0.1")
		visit.ErrorsStray = strays
		app.away(visit)
		told := func() bool { return strings.Contains(app.inSmall(), "Nothing has come back for a minute") }
		app.options.Now = func() time.Time { return sample.Noon.Add(login.StrayAfter - time.Second) }
		if told() {
			t.Error("it is told too early")
		}
		app.options.Now = func() time.Time { return sample.Noon.Add(login.StrayAfter) }
		if told() != strays {
			t.Errorf("where errors stray: %v, the screen shows %s", strays, app.inSmall())
		}
	}
}

// A third party is connected by a key, and disconnected after a question, which warns before the last way in is gone.
func TestThirdPartiesInTheProfile(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	step := sample.LastWayInStep(sample.OrdinaryWords())
	app.show(step)
	app.press("d")
	if !strings.Contains(app.inSmall(), "is the last way in") {
		t.Errorf("the screen shows %s", app.inSmall())
	}
	if act, ok := app.answerTo("y")().(kit.ActMsg); !ok || act.Action != (login.DisconnectThirdParty{IdentityID: "1"}) {
		t.Errorf("y leads to %+v", act)
	}
	app.press("down")
	if act, ok := app.answerTo("c")().(kit.ActMsg); !ok || act.Action != (login.ConnectThirdParty{Party: step.Connect[0]}) {
		t.Errorf("c leads to %+v", act)
	}
	step.Emails = []hanko.Email{{Address: "ada@example.com", ID: "1"}}
	if asked := screen.DisconnectQuestion(step, step.Identities[0]); strings.Contains(asked, "last way in") {
		t.Errorf("with an address it asks %q", asked)
	}
	step.Offers.DisconnectThirdParty = false
	app.show(step)
	app.press("up")
	if toast, ok := app.answerTo("d")().(kit.ToastMsg); !ok || !strings.Contains(toast.Text, "disconnects no third parties") {
		t.Errorf("over REST, d says %+v", toast)
	}
}

// After a third party is connected or disconnected, its row stays chosen. A problem of an earlier attempt goes when a later
// one is cancelled.
func TestTheAccountStays(t *testing.T) {
	words := sample.OrdinaryWords()
	emails := []hanko.Email{{Address: words.Email, ID: "1", IsPrimary: true}}
	party := hanko.ThirdParty{ID: "google", Name: "Google"}
	offers := login.ProfileOffers{DeleteEmail: true, DisconnectThirdParty: true}
	without := login.Profile{Emails: emails, Connect: []hanko.ThirdParty{{ID: "custom_x", Name: "Example"}, party}, Offers: offers}
	with := login.Profile{Emails: emails, Identities: []hanko.Identity{{Provider: "Google", IdentityID: "7"}}, Connect: without.Connect[:1], Offers: offers}
	app := testApp(t, words)
	app.show(without)
	app.press("down", "down")
	app.show(with)
	if app.press("d"); !strings.Contains(app.inSmall(), "Disconnect Google?") {
		t.Errorf("connected, d asks: %s", app.inSmall())
	}
	app.press("n")
	app.show(without)
	if act, ok := app.answerTo("c")().(kit.ActMsg); !ok || act.Action != (login.ConnectThirdParty{Party: party}) {
		t.Errorf("disconnected, c leads to %+v", act)
	}
	without.Problem = sample.Problem(words)
	app.show(without)
	if !strings.Contains(app.inSmall(), without.Problem.Sentence) {
		t.Fatalf("the problem is not shown: %s", app.inSmall())
	}
	app.busy = &busy{cancel: func() {}}
	app.Update(ArrivedMsg{Step: without, Canceled: true})
	if strings.Contains(app.inSmall(), without.Problem.Sentence) {
		t.Errorf("after a cancelled attempt, the screen shows %s", app.inSmall())
	}
}

// What to do is readable to its end in a small window, on the screen of a failure and in the profile.
func TestLongRemediesAreReadable(t *testing.T) {
	failed := sample.ThirdPartyFailure(sample.OrdinaryWords())
	profile := sample.ProfileStep(sample.OrdinaryWords())
	profile.Problem = &failed.Problem
	for _, step := range []login.Step{failed, profile} {
		app := testApp(t, sample.OrdinaryWords())
		app.show(step)
		read := app.inSmall()
		key := "down"
		if _, inProfile := step.(login.Profile); inProfile {
			key = "pgdown"
		}
		for range 20 {
			app.press(key)
			read += app.inSmall()
		}
		for _, words := range []string{"allowed_redirect_urls", "`issuer`."} {
			if !strings.Contains(read, words) {
				t.Errorf("%T: %q is not to be seen:\n%s", step, words, read)
			}
		}
	}
}
