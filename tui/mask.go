package tui

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// What a frame may show to others than the person at the keyboard. Whatever draws a secret asks veiled whether it may;
// and behind all of them stands a net, which knows the secrets but not where they are drawn.

// MaskedView is View without anything that lets somebody else in: tokens, cookies, passcodes, passwords, secrets of
// authenticator apps and their codes are dots, also where the person has chosen to see them. It is as large as View.
func (a *App) MaskedView() string {
	// Drawing brings offsets into the range of what is drawn, and without secrets that has fewer lines.
	secrets, offsets := a.wire.secrets, [...]int{a.wire.offset, a.code.offset, a.token.offset}
	a.masked, a.wire.secrets = true, false
	view := a.View()
	a.masked, a.wire.secrets = false, secrets
	a.wire.offset, a.code.offset, a.token.offset = offsets[0], offsets[1], offsets[2]
	return a.hideKnown(view)
}

// Chapter is what the screen is about, for the marker of a recording.
func (a *App) Chapter() string {
	if a.consenting {
		return "Consent"
	}
	return a.page.Title()
}

// dots are as many cells as text.
func dots(text string) string { return strings.Repeat("•", ansi.StringWidth(text)) }

// veiled is a secret as it may be drawn now.
func (a *App) veiled(secret string) string {
	if !a.masked {
		return secret
	}
	return dots(secret)
}

// veiledText is text, a mail's say, without the passcodes that are known to be in mails. It is for text that is going to
// be wrapped: the net looks at lines.
func (a *App) veiledText(text string) string {
	if !a.masked {
		return text
	}
	for _, mail := range a.mails {
		if len(longEnough([]string{mail.Code})) > 0 {
			// Some mails have a gap in the middle of the code.
			text = codePattern(mail.Code).ReplaceAllStringFunc(text, dots)
		}
	}
	return text
}

// codePattern finds a code, also with a blank or a dash in its middle.
func codePattern(code string) *regexp.Regexp {
	middle := len(code) / 2
	return regexp.MustCompile(regexp.QuoteMeta(code[:middle]) + `[ \x{00a0}-]?` + regexp.QuoteMeta(code[middle:]))
}

// veiledURL is an address in which a secret stands, as it may be drawn now.
func (a *App) veiledURL(address, secret string) string {
	secret = url.QueryEscape(secret)
	if !a.masked || secret == "" {
		return address
	}
	return strings.ReplaceAll(address, secret, dots(secret))
}

// veiledPicture is a picture of a secret as it may be drawn now: none at all, but as large.
func (a *App) veiledPicture(lines []string) []string {
	if !a.masked {
		return lines
	}
	hidden := slices.Clone(lines)
	for i, line := range hidden {
		hidden[i] = strings.Repeat("░", ansi.StringWidth(line))
	}
	return hidden
}

// veiledInput is an input as it may be drawn now.
func (a *App) veiledInput(input *textinput.Model, secret bool) *textinput.Model {
	if !a.masked || !secret || input.EchoMode != textinput.EchoNormal {
		return input
	}
	veiled := *input
	veiled.EchoMode, veiled.EchoCharacter = textinput.EchoPassword, '•'
	return &veiled
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
	switch page := a.page.(type) {
	case *passcodePage:
		if len(page.code) == codeLength { // of fewer characters, every other text would lose some
			codes = append(codes, page.code)
		}
	case *formPage:
		codes = append(codes, page.otp.Secret)
		for _, item := range page.items {
			if item.field != nil && item.field.Name == "otp_code" {
				codes = append(codes, item.input.Value())
			}
		}
	}
	for _, exchange := range a.wire.exchanges[a.searched:] {
		for _, token := range exchange.Tokens() {
			a.remember(token)
		}
	}
	a.searched = len(a.wire.exchanges)
	if in := a.token.held; in != nil {
		a.remember(in.Session.Token)
		if in.Session.Cookie != nil {
			a.remember(in.Session.Cookie.Value)
		}
	}
	return longEnough(codes), a.tokens
}

// longEnough are the secrets that are told from other text.
func longEnough(secrets []string) []string {
	return slices.DeleteFunc(secrets, func(secret string) bool { return len(secret) < 4 })
}

// remember keeps a token for the net: it is a secret on later screens, too.
func (a *App) remember(token string) {
	if len(token) >= tokenPiece && !slices.Contains(a.tokens, token) {
		a.tokens = append(a.tokens, token)
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

var _ recordable = (*App)(nil)

// chapterOf is the chapter of a step, as its screen is called.
func chapterOf(step login.Step) string {
	switch step := step.(type) {
	case login.EnterEmail:
		return (*emailPage)(nil).Title()
	case login.ConfirmAccount:
		return (*accountPage)(nil).Title()
	case login.EnterPasscode:
		return (*passcodePage)(nil).Title()
	case login.OfferPasskey:
		return (*offerPage)(nil).Title()
	case login.FillForm:
		return (&formPage{step: step}).Title()
	case login.SignedIn:
		return (*signedInPage)(nil).Title()
	case login.Profile:
		return (*profilePage)(nil).Title()
	default:
		return (*failedPage)(nil).Title()
	}
}
