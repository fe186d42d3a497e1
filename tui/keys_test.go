package tui

import (
	"reflect"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

// unmarked is what arrives when a terminal does not mark a paste: words, blanks and enters, like typed but in one go.
func unmarked(text string) []tea.Msg {
	var msgs []tea.Msg
	var word []rune
	flush := func() {
		if len(word) > 0 {
			msgs = append(msgs, tea.KeyMsg{Type: tea.KeyRunes, Runes: word})
			word = nil
		}
	}
	for _, r := range text {
		switch r {
		case ' ':
			flush()
			msgs = append(msgs, tea.KeyMsg{Type: tea.KeySpace, Runes: []rune{' '}})
		case '\n':
			flush()
			msgs = append(msgs, tea.KeyMsg{Type: tea.KeyEnter})
		default:
			word = append(word, r)
		}
	}
	flush()
	return msgs
}

func typed(text string) []tea.Msg {
	var msgs []tea.Msg
	for _, r := range text {
		msgs = append(msgs, unmarked(string(r))...)
	}
	return msgs
}

// actions sends messages and returns the actions that the app takes for them.
func actions(app *App, msgs ...tea.Msg) []login.Action {
	var taken []login.Action
	for _, msg := range msgs {
		_, cmd := app.Update(msg)
		if cmd == nil {
			continue
		}
		if action, ok := cmd().(kit.ActMsg); ok {
			taken = append(taken, action.Action)
		}
	}
	return taken
}

// A passcode may be typed, or pasted in any shape in which people and mail programs carry it around.
func TestPasscodeEntry(t *testing.T) {
	marked := func(text string) []tea.Msg { return []tea.Msg{paste(text)} }
	tests := []struct {
		name string
		msgs []tea.Msg
		want string // the code handed in; "" for none
	}{
		{"typed", typed("123456"), "123456"},
		{"typed with blanks", typed("123 456"), "123456"},
		{"typed with a dash", typed("123-456"), "123456"},
		{"typed, alphanumeric", typed("a1B2c3"), "a1B2c3"},
		{"typed, and corrected", append(append(typed("1239"), kit.KeyMsg("backspace")), typed("456")...), "123456"},
		{"typed, and begun anew", append(append(typed("999"), kit.KeyMsg("ctrl+u")), typed("123456")...), "123456"},
		{"backspace with nothing typed", append([]tea.Msg{kit.KeyMsg("backspace")}, typed("123456")...), "123456"},
		{"typed too short, then enter", typed("12345\n"), ""},
		{"two keys in one go", append(unmarked("12"), append(unmarked("34"), unmarked("56")...)...), "123456"},

		{"pasted", marked("123456"), "123456"},
		{"pasted with blanks", marked(" 123 456 "), "123456"},
		{"pasted with a no-break space", marked("123\u00a0456"), "123456"},
		{"pasted with zero-width spaces", marked("\u200b123\u200b456\ufeff"), "123456"},
		{"pasted with a dash", marked("123-456"), "123456"},
		{"pasted with line breaks", marked("\r\n123456\r\n"), "123456"},
		{"pasted digit by digit", marked("1 2 3 4 5 6"), "123456"},
		{"pasted in its sentence", marked("Your passcode is 123456. It is valid for 5 minutes."), "123456"},
		{"pasted in its sentence, grouped", marked("Your passcode: 123-456 (5 minutes)"), "123456"},
		{"pasted mail", marked(mails(sample.OrdinaryWords()).Mails[0].Body), "123456"},
		{"pasted, alphanumeric", marked("aB3dE9"), "aB3dE9"},
		{"pasted, alphanumeric, with a blank", marked("aB3 dE9"), "aB3dE9"},
		{"pasted, alphanumeric, in its sentence", marked("Your passcode is aB3dE9."), "aB3dE9"},
		{"pasted, letters alone", marked("abcdef"), "abcdef"},
		{"pasted with a prefix", marked("G-123456"), "123456"},
		{"pasted full-width digits", marked("１２３４５６"), "123456"},
		{"pasted Arabic digits", marked("١٢٣ ٤٥٦"), "123456"},
		{"pasted with an order number", marked("Order 704112 of 3 March. Your passcode is 123456."), "123456"},
		{"pasted in halves, with an order number", marked("Bestellung 704112\nIhr Code:\n\n123 456\n"), "123456"},
		{"pasted two that may be it", marked("123456\n704112\n"), ""},
		{"pasted words that look like one", marked("No code"), ""},
		{"pasted over what was typed", append(typed("99"), paste("123456")), "123456"},
		{"pasted too short", marked("12345"), ""},
		{"pasted too long", marked("1234567"), ""},
		{"pasted without a code", marked("Your passcode is on its way."), ""},
		{"pasted nothing", marked(" \n"), ""},
		{"pasted a novel", marked(strings.Repeat("1", 100_000)), ""},

		{"pasted unmarked", unmarked("123456"), "123456"},
		{"pasted unmarked, with enter", unmarked("123456\n")[:1], "123456"},
		{"pasted unmarked, with blanks", unmarked(" 123 456 "), "123456"},
		{"pasted unmarked, with a dash", unmarked("123-456"), "123456"},
		{"pasted unmarked, in its sentence", unmarked("The passcode is 123456."), "123456"},
		{"pasted unmarked, in its sentence, grouped", unmarked("The passcode is 123 456."), "123456"},
		{"pasted unmarked, alphanumeric", unmarked("aB3dE9"), "aB3dE9"},
		{"pasted unmarked, with a prefix", unmarked("G-123456"), "123456"},
		{"pasted unmarked, too long", unmarked("1234567"), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := testApp(t, sample.OrdinaryWords())
			app.show(sample.PasscodeStep(sample.OrdinaryWords()))
			taken := actions(app, test.msgs...)
			var want []login.Action
			if test.want != "" {
				want = []login.Action{login.SubmitPasscode{Code: test.want}}
			}
			if !reflect.DeepEqual(taken, want) {
				t.Errorf("it does %#v and should do %#v", taken, want)
			}
		})
	}
}

func TestDeadPasscodeIsNotHandedIn(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	step := sample.PasscodeStep(sample.OrdinaryWords())
	step.Dead = true
	app.show(step)
	if taken := actions(app, paste("123456")); taken != nil {
		t.Errorf("it does %#v with a passcode that is of no use", taken)
	}
	if taken := actions(app, kit.KeyMsg("ctrl+r")); len(taken) != 1 {
		t.Error("ctrl+r does not send a new code")
	}
}

func TestResendWaits(t *testing.T) {
	now := sample.Noon
	app := testApp(t, sample.OrdinaryWords())
	app.options.Now = func() time.Time { return now }
	step := sample.PasscodeStep(sample.OrdinaryWords())
	step.ResendAt = sample.Noon.Add(42 * time.Second)
	app.show(step)
	cmd := app.press("ctrl+r")
	if toast, ok := cmd().(kit.ToastMsg); !ok || !strings.Contains(toast.Text, "42 s") {
		t.Error("ctrl+r does not say how long to wait")
	}
	now = sample.Noon.Add(43 * time.Second)
	if taken := actions(app, kit.KeyMsg("ctrl+r")); len(taken) != 1 {
		t.Error("ctrl+r does not send a new code when the wait is over")
	}
}

// quits tells whether a command ends the program.
func quits(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	_, quit := cmd().(tea.QuitMsg)
	return quit
}

// esc goes back or cancels and never quits; ctrl+c always quits; q quits where no letters are typed.
func TestWaysOut(t *testing.T) {
	for _, shown := range screens() {
		t.Run(shown.name, func(t *testing.T) {
			if quits(shown.show(t, sample.OrdinaryWords()).press("esc")) {
				t.Error("esc quits")
			}
			if !quits(shown.show(t, sample.OrdinaryWords()).press("ctrl+c")) {
				t.Error("ctrl+c does not quit")
			}
			app := shown.show(t, sample.OrdinaryWords())
			wanted := !shown.typing && !app.help // any key closes help, and does nothing else
			if quits(app.press("q")) != wanted {
				t.Errorf("that q quits should be %t", wanted)
			}
		})
	}
}

// Nothing in a paste is a shortcut, wherever it lands and whether it is marked or not.
func TestPastesAreNoShortcuts(t *testing.T) {
	texts := []string{
		"esc", "enter", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pgup", "pgdown", "backspace",
		"ctrl+c", "ctrl+z", "ctrl+p", "ctrl+r", "ctrl+f", "ctrl+u", "f1", "qq", "yy",
	}
	for _, letter := range "abcdefghijklmnopqrstuvwxyzGQ? \n" {
		texts = append(texts, string(letter))
	}
	for _, shown := range screens() {
		if shown.name == "wire-many" {
			continue // the page of wire-split, with a thousand exchanges to make for each paste
		}
		t.Run(shown.name, func(t *testing.T) {
			for _, text := range texts {
				if len(text) == 6 && strings.HasPrefix(shown.name, "passcode") {
					continue // it could be the passcode
				}
				pastes := []tea.KeyMsg{paste(text)}
				if len(text) > 1 { // a single letter cannot be told from a typed one
					pastes = append(pastes, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)})
				}
				for _, pasted := range pastes {
					app := shown.show(t, sample.OrdinaryWords())
					before := app.page
					focus, side, sheet := app.focus, app.side, app.sheet
					if _, cmd := app.Update(pasted); cmd != nil {
						switch msg := cmd().(type) {
						case kit.ToastMsg, nil:
						default:
							t.Errorf("the paste %q (marked: %t) does %#v", text, pasted.Paste, msg)
						}
					}
					if app.page != before || app.focus != focus || app.side != side || app.sheet != sheet {
						t.Errorf("the paste %q (marked: %t) has changed the screen", text, pasted.Paste)
					}
				}
			}
		})
	}
}

func TestPastedEmailLosesWhatCannotBeSeen(t *testing.T) {
	for _, text := range []string{" ada@example.com\n", "\u200bada@example.com\u00a0", "\u202eada@example.com\ufeff"} {
		app := testApp(t, sample.OrdinaryWords())
		taken := actions(app, paste(text), kit.KeyMsg("enter"))
		if !reflect.DeepEqual(taken, []login.Action{login.SubmitEmail{Email: "ada@example.com"}}) {
			t.Errorf("the paste %q becomes %#v", text, taken)
		}
	}
}

// Keys that were on their way when a screen came up were meant for the one before.
func TestStaleKeysDoNotAnswerANewScreen(t *testing.T) {
	now := sample.Noon
	start := func(t *testing.T) *App {
		t.Helper()
		now = sample.Noon
		app := testApp(t, sample.OrdinaryWords())
		app.options.Now, app.options.Grace = func() time.Time { return now }, 250*time.Millisecond
		return app
	}
	t.Run("sheet", func(t *testing.T) {
		for _, key := range []string{"enter", "y", "n"} {
			app := start(t)
			question := ask(sample.OrdinaryWords(), authenticator.Create, 1)
			app.Update(question)
			now = sample.Noon.Add(249 * time.Millisecond)
			app.press(key)
			if len(question.Answer) > 0 {
				t.Fatalf("%s answers a sheet that has just come up", key)
			}
			now = sample.Noon.Add(250 * time.Millisecond)
			app.press(key)
			if len(question.Answer) != 1 {
				t.Fatalf("%s does not answer the sheet when it is there", key)
			}
		}
	})
	t.Run("quit", func(t *testing.T) {
		app := start(t)
		app.show(login.ConfirmAccount{Email: "ada@example.com"})
		if quits(app.press("q")) {
			t.Error("q quits on a screen that has just come up")
		}
	})
	t.Run("input", func(t *testing.T) {
		app := start(t)
		app.show(login.EnterEmail{Email: "ada@example.com"})
		if taken := actions(app, kit.KeyMsg("enter")); taken != nil {
			t.Errorf("enter does %#v on a screen that has just come up", taken)
		}
		app.show(sample.PasscodeStep(sample.OrdinaryWords()))
		if taken := actions(app, typed("123456")...); len(taken) != 1 {
			t.Error("letters are lost that were typed ahead into a new input")
		}
	})
}

func TestSheetAnswers(t *testing.T) {
	chosen := authenticator.Decision{Approved: true, UserVerified: true, CredentialID: []byte{2}}
	tests := []struct {
		name string
		keys []string
		want screen.ConsentAnswer
	}{
		{"approved", []string{"down", "down", "enter"}, screen.ConsentAnswer{Decision: chosen}},
		{"approved with y", []string{"up", "j", "down", "down", "k", "y"}, screen.ConsentAnswer{Decision: chosen}},
		{"refused", []string{"n"}, screen.ConsentAnswer{}},
		{"left", []string{"esc"}, screen.ConsentAnswer{Left: true}},
		{"answered twice", []string{"n", "enter", "esc"}, screen.ConsentAnswer{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := testApp(t, sample.OrdinaryWords())
			question := ask(sample.OrdinaryWords(), authenticator.Get, 5)
			app.Update(question)
			app.press(test.keys...) // an answer that nobody takes must not hold the screen up
			if got := <-question.Answer; !reflect.DeepEqual(got, test.want) {
				t.Errorf("the answer is %+v, not %+v", got, test.want)
			}
			if app.sheet != nil {
				t.Error("the sheet stays")
			}
		})
	}
}

// Nothing is lost when an action is given up: the screen stays as it was, with what was typed.
func TestCancelledActionLeavesTheScreen(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	taken := actions(app, append(typed("ada@example.com"), kit.KeyMsg("enter"))...)
	_, cmd := app.Update(kit.ActMsg{Action: taken[0]})
	batch, ok := cmd().(tea.BatchMsg)
	if !ok {
		t.Fatal("an action is not one command beside the spinner's")
	}
	app.press("esc")
	app.Update(batch[len(batch)-1]())
	if app.busy != nil {
		t.Error("the action is still under way")
	}
	if !strings.Contains(app.View(), "ada@example.com") {
		t.Errorf("what was typed is gone:\n%s", app.View())
	}
}

func TestOpenMailStaysWhenAnotherArrives(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	first := mailbox.Mail{To: "ada@example.com", Subject: "first", Code: "111111", At: sample.Noon}
	app.Update(InboxMsg{[]mailbox.Mail{first}, 1})
	app.turnTo(tabMail)
	app.press("enter")
	app.Update(InboxMsg{[]mailbox.Mail{{To: "ada@example.com", Subject: "second", Code: "222222", At: sample.Noon}, first}, 2})
	app.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if view := app.View(); !strings.Contains(view, "first") || strings.Contains(view, "second") {
		t.Errorf("the open mail was replaced:\n%s", view)
	}
}

// What a held key brings in one piece is several keys, and moves as far.
func TestHeldKeys(t *testing.T) {
	app := testApp(t, sample.OrdinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.show(login.EnterEmail{})
	app.Update(hanko.News{Ended: sample.Exchanges(sample.OrdinaryWords(), 30)})
	app.press("tab")
	app.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("kkkj")})
	if at := app.State().Chosen; at != 27 {
		t.Errorf("kkkj leads to exchange %d, not 27", at)
	}
	app.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("kk"), Paste: true})
	if at := app.State().Chosen; at != 27 {
		t.Errorf("a paste leads to exchange %d", at)
	}
}
