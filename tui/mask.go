package tui

import (
	"strings"

	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/terminal"
)

// What a frame may show to others than the person at the keyboard. Whatever draws a secret asks kit.Situation how it may;
// and behind all of them stands a net, which knows the secrets but not where they are drawn.

// MaskedView is View without anything that lets somebody else in: tokens, cookies, passcodes, passwords, secrets of
// authenticator apps and their codes are dots, also where the person has chosen to see them. It is as large as View.
func (a *App) MaskedView() string {
	a.masked = true
	view := a.View()
	a.masked = false
	return a.hideKnown(view)
}

// Chapter is what the screen is about, for the marker of a recording.
func (a *App) Chapter() string {
	if a.consenting {
		return "Consent"
	}
	return a.page.Title()
}

// learnSession learns the token of a session, which no exchange has to have brought.
func (a *App) learnSession(in login.SignedIn) {
	a.known.LearnText(secret.Token, in.Token.Raw)
	a.known.LearnText(secret.Token, in.Session.Token)
	if in.Session.Cookie != nil {
		a.known.LearnText(secret.Token, in.Session.Cookie.Value)
	}
}

// hideKnown is the net: it puts dots over every secret that is known, or stands on a page now, and is in a frame all the
// same, and over whatever looks like a token.
func (a *App) hideKnown(view string) string {
	now := a.page.Secrets()
	for _, tab := range a.tabs {
		now = append(now, tab.page.Secrets()...)
	}
	lines := strings.Split(view, "\n")
	for i, line := range lines {
		lines[i] = kit.HideLine(line, a.known, now...)
	}
	return strings.Join(lines, "\n")
}

var _ terminal.Recordable = (*App)(nil)
