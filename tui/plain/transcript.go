package plain

import (
	"io"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/cast"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

// transcript records a plain walk: what is said and what is typed, with dots for secrets.
type transcript struct {
	recorder *cast.Recorder // nil records nothing
	inbox    *mailbox.Inbox // its passcodes are secrets; may be nil
	now      func() time.Time
	chapter  string
	known    *secret.Keeper
}

// output writes to the terminal and to the transcript.
type output struct {
	io.Writer
	transcript *transcript
}

// begin marks the beginning of a step's chapter. The step's session token is a secret from now on.
func (t *transcript) begin(step login.Step) {
	switch step := step.(type) {
	case login.SignedIn:
		t.known.LearnText(secret.Token, step.Session.Token)
		t.known.LearnText(secret.Token, step.Token.Raw)
	case login.OfferPasskey:
		t.known.LearnText(secret.Token, step.Token.Raw)
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.FillForm, login.Profile, login.Failed: // without a token
	}
	if chapter := screen.Chapter(step); t.recorder != nil && chapter != t.chapter {
		t.chapter = chapter
		t.recorder.Marker(t.now(), chapter)
	}
}

// said records what is written to the terminal.
func (t *transcript) said(text string) {
	if t.recorder == nil {
		return
	}
	if t.inbox != nil {
		for _, mail := range t.inbox.Mails() {
			t.known.LearnText(secret.Code, mail.Code)
		}
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = kit.HideLine(line, t.known)
	}
	t.recorder.Text(t.now(), strings.Join(lines, "\r\n"))
}

// typed records a line that was typed, which the terminal has shown. A secret becomes as many dots.
func (t *transcript) typed(line string, secret bool) {
	if secret {
		line = kit.Dots(line)
	}
	t.said(hanko.Printable(line) + "\n")
}

func (o output) Write(p []byte) (int, error) {
	o.transcript.said(string(p))
	return o.Writer.Write(p)
}
