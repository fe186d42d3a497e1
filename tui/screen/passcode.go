package screen

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/kit"
)

// CodeLength is how many characters a passcode has on every Hanko tenant.
const CodeLength = 6

// passcodePage asks for the code from the mail.
type passcodePage struct {
	kit.Still
	step   login.EnterPasscode
	code   string
	offset int
}

func newPasscodePage(step login.EnterPasscode) *passcodePage { return &passcodePage{step: step} }

// Update takes letters, and pastes. Nothing in a paste is a shortcut. One that is not marked comes word by word, and may
// be letters typed fast.
func (p *passcodePage) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	pressed, ok := msg.(tea.KeyMsg)
	switch {
	case !ok:
		return nil
	case pressed.Paste:
		return p.paste(string(pressed.Runes))
	case len(pressed.Runes) > 1:
		return p.word(string(pressed.Runes))
	case pressed.Type == tea.KeyRunes && !pressed.Alt:
		return p.append(string(pressed.Runes))
	}
	return nil
}

// Secrets is the code, as soon as it is whole: of fewer characters, every other text would lose some.
func (p *passcodePage) Secrets() []string {
	if len(p.code) < CodeLength {
		return nil
	}
	return []string{p.code}
}

// append adds to the code what can be part of one, and hands it in when it is whole.
func (p *passcodePage) append(text string) tea.Cmd {
	text = notCode.ReplaceAllString(text, "")
	if text == "" || len(p.code)+len(text) > CodeLength {
		return nil
	}
	p.code += text
	if len(p.code) == CodeLength {
		return p.submit()
	}
	return nil
}

// word takes a word of a paste that the terminal did not mark: a whole code, or a part of one, as of "123 456". Words
// without a digit are of the sentence around it.
func (p *passcodePage) word(text string) tea.Cmd {
	if code, found := mailbox.PastedCode(text); found && hasDigit.MatchString(code) {
		return p.paste(code)
	}
	if hasDigit.MatchString(text) {
		return p.append(text)
	}
	return nil
}

func (p *passcodePage) paste(text string) tea.Cmd {
	code, found := mailbox.PastedCode(text)
	if !found {
		return kit.Toast("There is no code of %d letters or digits in what was pasted, or more than one.", CodeLength)
	}
	p.code = code
	return p.submit()
}

func (p *passcodePage) submit() tea.Cmd {
	switch {
	case p.code == "" && p.step.Problem != nil:
		return nil // a habitual enter behind a code that has submitted itself
	case p.step.Dead:
		return kit.Toast("No code is accepted anymore. Press ctrl+r to send a new one.")
	case len(p.code) < CodeLength:
		return kit.Toast("The code has %d characters.", CodeLength)
	default:
		return kit.Act(login.SubmitPasscode{Code: p.code})
	}
}

var (
	notCode  = regexp.MustCompile(`[^0-9A-Za-z]+`)
	hasDigit = regexp.MustCompile(`[0-9]`)
)

func (p *passcodePage) View(s kit.Situation, width, height int) string {
	t := s.Theme
	top := heading(t, "Check your mail", width)
	to := OnItsWay(p.step)
	if p.step.NewUser {
		to += " It makes the new account yours."
	}
	failed := p.step.Problem != nil && p.code == "" && s.Waiting == ""
	if !failed || height >= 24 { // what went wrong needs the room more
		top = append(top, kit.Centre(to, width), "")
	}
	if height < 14 {
		top = nil
	}
	top = append(append(top, p.cells(s, width, height)...), p.chip(s, width), "")
	if failed {
		top = append(append(top, describeProblem(t, *p.step.Problem, width)...), "")
	}
	top = append(top, p.state(s, width)...)
	if p.step.Unsure {
		style := t.Dim
		if p.mailHasNoCode(s) {
			style = t.Warn
		}
		top = append(top, "", style.Render(kit.Centre(p.unsureHint(s), width)))
	}
	buttons := []string{s.Button("Continue", width, kit.Primary)}
	if p.step.Dead {
		buttons = []string{s.Button("Send a new code  ctrl+r", width, kit.Primary)}
	} else {
		buttons = append(buttons, t.QuietButton("Send a new code  ctrl+r", width))
	}
	return s.Page(top, buttons, nil, &p.offset, width, height)
}

// OnItsWay says where the passcode of a step goes to.
func OnItsWay(step login.EnterPasscode) string {
	if step.Email == "" { // as after a third party, which has told it the tenant alone
		return "A passcode is on its way to the address that the tenant has of you."
	}
	return "A passcode is on its way to " + hanko.Printable(step.Email) + "."
}

// unsureHint says what to do where the tenant does not tell whether an address has an account.
func (p *passcodePage) unsureHint(s kit.Situation) string {
	without, with := "ctrl+n creates one.", "esc, then sign in."
	switch {
	case p.mailHasNoCode(s) && p.step.NewUser:
		return "The mail that came has no code: there is an account with this address already. " + with
	case p.mailHasNoCode(s):
		return "The mail that came has no code: no account has this address. " + without
	case p.step.NewUser:
		return "The tenant may hide whether an address has an account. If the mail has no code, there is one already: " + with
	default:
		return "The tenant may hide whether an address has an account. If the mail has no code, there is none: " + without
	}
}

// chip offers the code of the mail that has come, as a phone does above its keyboard. Its row is there without it.
func (p *passcodePage) chip(s kit.Situation, width int) string {
	code, found := CodeFor(s.Mails, p.step.Email, s.Now)
	if !found || p.step.Dead || p.code != "" || len(code) != CodeLength {
		return ""
	}
	code = s.Veiled(hanko.Printable(code))
	text := "From Mail  " + string([]rune(code)[:3]) + " " + string([]rune(code)[3:]) + "  ctrl+f"
	return kit.Centre(s.Theme.Chip(text), width)
}

// cells draws the code as it is typed, one cell a character.
func (p *passcodePage) cells(s kit.Situation, width, height int) []string {
	t, code := s.Theme, []rune(s.Veiled(p.code))
	if width < 6*CodeLength || height < 12 {
		return []string{kit.Centre(strings.Join(strings.Split(string(code)+strings.Repeat("_", CodeLength-len(code)), ""), " "), width)}
	}
	var top, middle, bottom []string
	for i := range CodeLength {
		style, character := t.Dim, " "
		switch {
		case i < len(code):
			style, character = t.Title, string(code[i])
		case i == len(code):
			style, character = t.Accent, "▏"
		}
		top = append(top, style.Render("╭───╮"))
		middle = append(middle, style.Render("│ "+character+" │"))
		bottom = append(bottom, style.Render("╰───╯"))
	}
	var rows []string
	for _, row := range [][]string{top, middle, bottom} {
		rows = append(rows, kit.Centre(strings.Join(row, " "), width))
	}
	return rows
}

// state says how long the code is good, how many tries are left, and when the next one may be sent.
func (p *passcodePage) state(s kit.Situation, width int) []string {
	t, now := s.Theme, s.Now
	var lines []string
	left := p.step.ExpiresAt().Sub(now)
	switch {
	case p.step.Dead:
		lines = append(lines, t.Warn.Render(kit.Centre("This code no longer works. Send a new one.", width)))
	case p.step.TTL > 0 && left <= 0:
		lines = append(lines, t.Warn.Render(kit.Centre("The code has expired. Send a new one.", width)))
	default:
		tries := "3 tries"
		switch p.step.TriesLeft {
		case 2:
			tries = "2 tries left"
		case 1:
			tries = "1 try left"
		}
		good := tries
		if p.step.TTL > 0 {
			good = "Good for " + kit.InWords(left) + " · " + tries
		}
		lines = append(lines, kit.Centre(good, width))
	}
	if wait := p.step.ResendAt.Sub(now); wait > 0 {
		lines = append(lines, t.Dim.Render(kit.Centre("The tenant's limit is reached; a new code can be sent in "+kit.InWords(wait)+".", width)))
	}
	if s.Unreadable != "" {
		lines = append(lines, "", t.Warn.Render(kit.Wrap("! "+s.Unreadable+" Paste the code from your mail.", width)))
	}
	return lines
}

// Keys implements Page. Those that wait for something, the tenant's patience or the mail, say so.
func (p *passcodePage) Keys(s kit.Situation) []kit.Key {
	code, found := CodeFor(s.Mails, p.step.Email, s.Now)
	dead := kit.UnlessSo(!p.step.Dead, "No code is accepted anymore. Press ctrl+r to send a new one.")
	fill := kit.NewKey("fill in from the mail", func() tea.Msg { return p.paste(code) }, "ctrl+f").
		Unless(cmp.Or(kit.UnlessSo(found, p.noCodeReason(s)), dead))
	resend := kit.NewKey("send a new code", kit.PressAct(login.ResendPasscode{}), "ctrl+r")
	if wait := p.step.ResendAt.Sub(s.Now); wait > 0 {
		resend = resend.Unless("The tenant does not send another code for " + kit.InWords(wait) + ".")
	}
	submit := kit.NewKey("submit", func() tea.Msg { return p.submit() }, "enter").Unless(dead)
	create := kit.NewKey("create an account", kit.PressAct(login.CreateAccount{}), "ctrl+n")
	back := kit.NewKey("another email", kit.PressAct(login.Back{}), "esc")

	var keys []kit.Key
	switch {
	case p.step.Unsure && !p.step.NewUser && p.mailHasNoCode(s):
		keys = []kit.Key{create, resend, fill, back, submit.Unlisted()}
	case p.step.Unsure && !p.step.NewUser:
		keys = []kit.Key{fill, submit, resend, back, create}
	default:
		keys = []kit.Key{fill, submit, resend, back}
	}
	if p.step.Unsure && p.step.NewUser {
		keys = append(keys, create.Unlisted())
	}
	return append(keys,
		kit.Unlisted(func() tea.Msg { p.code = ""; return nil }, "ctrl+u"),
		kit.Unlisted(func() tea.Msg { p.code = p.code[:max(0, len(p.code)-1)]; return nil }, "backspace"))
}

func (p *passcodePage) Typing() bool { return true }

// Ticking counts down how long the code is good.
func (p *passcodePage) Ticking(kit.Situation) bool { return true }
func (p *passcodePage) Title() string              { return "Passcode" }

// newestMail is the newest of the embedded tenant's mails (newest first) to an address, or to any for "", if it came during the
// last ten minutes.
func newestMail(mails []mailbox.Mail, address string, now time.Time) (mail mailbox.Mail, found bool) {
	for _, mail := range mails {
		if (address == "" || strings.EqualFold(mail.To, address)) && now.Sub(mail.At) < 10*time.Minute {
			return mail, true
		}
	}
	return mail, false
}

// CodeFor is the code that is waited for at an address: that of its newest mail, which may have none. One in an older
// mail is of no use any more.
func CodeFor(mails []mailbox.Mail, address string, now time.Time) (string, bool) {
	mail, _ := newestMail(mails, address, now)
	return mail.Code, mail.Code != ""
}

// noCodeReason is why the code of a step cannot be filled in.
func (p *passcodePage) noCodeReason(s kit.Situation) string {
	switch {
	case !s.Tenant.Embedded && s.Mailbox == "":
		return "This tenant's mail goes to a real mailbox; paste the code from there."
	case s.Unreadable != "":
		return s.Unreadable
	case p.mailHasNoCode(s):
		return "The mail that came has no code in it."
	default:
		return "The mail has not arrived yet."
	}
}

// mailHasNoCode tells that a mail has come which is another than the one with the passcode.
func (p *passcodePage) mailHasNoCode(s kit.Situation) bool {
	mail, found := newestMail(s.Mails, p.step.Email, s.Now)
	return found && mail.Code == ""
}
