package tui

import (
	"slices"
	"strings"

	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/terminal"
)

// What a frame may show to others than the person at the keyboard. Whatever draws a secret asks veiled whether it may;
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

// known are the secrets that the app holds now: short ones, which are looked for as they are, and tokens, of which
// pieces are looked for, since they are broken over lines.
func (a *App) known() (codes, tokens []string) {
	for _, mail := range a.mails {
		codes = append(codes, mail.Code)
	}
	codes = append(codes, a.page.Secrets()...)
	for _, tab := range a.tabs {
		codes = append(codes, tab.page.Secrets()...)
	}
	for _, exchange := range a.unlearned {
		for _, token := range exchange.Tokens() {
			a.remember(token)
		}
	}
	a.unlearned = nil
	if a.session != nil {
		a.remember(a.session.Session.Token)
		if a.session.Session.Cookie != nil {
			a.remember(a.session.Session.Cookie.Value)
		}
	}
	return kit.LongEnough(codes), a.learned
}

// remember keeps a token: it is a secret on later screens, too.
func (a *App) remember(token string) {
	if len(token) >= kit.TokenPiece && !slices.Contains(a.learned, token) {
		a.learned = append(a.learned, token)
	}
}

// hideKnown is the net: it puts dots over every secret that is known and stands in a frame all the same, and over
// whatever looks like a token.
func (a *App) hideKnown(view string) string {
	codes, tokens := a.known()
	lines := strings.Split(view, "\n")
	for i, line := range lines {
		lines[i] = kit.HideLine(line, codes, tokens)
	}
	return strings.Join(lines, "\n")
}

var _ terminal.Recordable = (*App)(nil)
