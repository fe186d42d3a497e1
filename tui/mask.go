package tui

import (
	"regexp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
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

// secretField tells that what is typed into a field of a form is nobody else's business.
func secretField(field hanko.FlowInput) bool {
	return field.Type == "password" || hanko.SecretMember(field.Name)
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
	return longEnough(codes), a.learned
}

// longEnough are the secrets that are told from other text.
func longEnough(secrets []string) []string {
	return slices.DeleteFunc(secrets, func(secret string) bool { return len(secret) < 4 })
}

// remember keeps a token: it is a secret on later screens, too.
func (a *App) remember(token string) {
	if len(token) >= tokenPiece && !slices.Contains(a.learned, token) {
		a.learned = append(a.learned, token)
	}
}

// tokenPiece is how many characters of a token in a row are taken for a piece of it. Masked tokens show six.
const tokenPiece = 8

var (
	tokenPieces = regexp.MustCompile(`[A-Za-z0-9_.-]{8,}`)
	wholeJWT    = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`)
)

// hideKnown is the net: it puts dots over every secret that is known and stands in a frame all the same, and over
// whatever looks like a token.
func (a *App) hideKnown(view string) string {
	codes, tokens := a.known()
	lines := strings.Split(view, "\n")
	for i, line := range lines {
		lines[i] = hide(line, codes, tokens)
	}
	return strings.Join(lines, "\n")
}

// hide puts dots over what is secret in one line, which may have colours.
func hide(line string, codes, tokens []string) string {
	text := ansi.Strip(line)
	hidden := []byte(text) // a zero for every byte that is to be hidden
	cover := func(from, to int) {
		for i := from; i < to; i++ {
			hidden[i] = 0
		}
	}
	for _, secret := range slices.Concat(codes, tokens) {
		for from := 0; ; {
			at := strings.Index(text[from:], secret)
			if at < 0 {
				break
			}
			cover(from+at, from+at+len(secret))
			from += at + len(secret)
		}
	}
	for _, at := range wholeJWT.FindAllStringIndex(text, -1) {
		cover(at[0], at[1])
	}
	for _, at := range tokenPieces.FindAllStringIndex(text, -1) {
		if slices.ContainsFunc(tokens, func(token string) bool { return strings.Contains(token, text[at[0]:at[1]]) }) {
			cover(at[0], at[1])
		}
	}
	for to := len(hidden); to > 0; {
		if hidden[to-1] != 0 {
			to--
			continue
		}
		from := to
		for from > 0 && hidden[from-1] == 0 {
			from--
		}
		left, right := ansi.StringWidth(text[:from]), ansi.StringWidth(text[:to])
		line = ansi.Cut(line, 0, left) + strings.Repeat("•", right-left) + ansi.Cut(line, right, ansi.StringWidth(text))
		to = from
	}
	return line
}

var _ Recordable = (*App)(nil)
