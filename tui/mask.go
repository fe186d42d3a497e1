package tui

import (
	"cmp"
	"strings"

	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/terminal"
)

// Recordings must not show secrets. Whoever draws a secret asks kit.Situation to veil it. As a second line of defence,
// hideKnown looks for all known secrets in the finished frame.

// MaskedView returns View with dots in the place of everything that lets somebody else in: tokens, cookies, passcodes,
// passwords, and the secrets and codes of authenticator apps. It ignores the choice to show secrets, and is as large as View.
func (a *App) MaskedView() string {
	a.masked = true
	view := a.View()
	a.masked = false
	return a.hideKnown(view)
}

// Chapter returns the title of the screen, for the markers of a recording.
func (a *App) Chapter() string {
	return cmp.Or(a.chapter, a.page.Title())
}

// learnSession learns the token of a session, which may have come without an exchange.
func (a *App) learnSession(in login.SignedIn) {
	a.known.LearnText(secret.Token, in.Token.Raw)
	a.known.LearnText(secret.Token, in.Session.Token)
	if in.Session.Cookie != nil {
		a.known.LearnText(secret.Token, in.Session.Cookie.Value)
	}
}

// hideKnown puts dots over whatever looks like a token, and over every secret that is known or on a page now.
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
