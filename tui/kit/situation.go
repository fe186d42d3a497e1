package kit

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/textinput"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/secret"
)

// Situation is what a page may read about the app around it. It is a value that is made for each call.
type Situation struct {
	Theme   *Theme
	Motion  bool // sheets and notifications may move
	Now     time.Time
	Focused bool           // the page has the keys
	Waiting string         // the spinner while the tenant is asked; "" otherwise
	Room    Room           // of a tab
	Secrets bool           // the person wants to see secrets that are usually masked
	Masked  bool           // the view is for others than the person at the keyboard, such as a recording
	Known   *secret.Keeper // the secrets that are hidden in such a view

	Tenant     Tenant
	Notice     string // a sentence for the first screen; may be ""
	CanConnect bool   // another tenant can be connected
	StaySigned bool   // the person wants to stay signed in
	Folder     string // where walks are saved; "" for nowhere
	Version    string // of this program

	Phone        authenticator.Profile
	MorePhones   bool                    // there are other phones to change to
	Passkeys     []authenticator.Passkey // on the phone
	Unassociated string                  // what is known to be wrong with the app's association with the tenant's domain
	OTP          *totp.App               // the phone's authenticator app
	Mails        []mailbox.Mail          // the newest first
	Mailbox      string                  // where the passcodes of a real tenant are read; "" for none
	Unreadable   string                  // why that mailbox cannot be read; "" if it can
	Session      *Session                // nil before the first sign-in
}

// Room is a size in cells.
type Room struct{ Width, Height int }

// Tenant is what is known about the tenant.
type Tenant struct {
	URL            string
	Embedded       bool               // hankosim's own, which has an inbox
	API            hanko.API          // "" until it is known
	Recognition    string             // what the tenant is, or why that could not be found out; "" until it is asked
	AsksToRemember bool               // it asks whether to stay signed in
	ThirdParties   []hanko.ThirdParty // those that it offers for signing in
	Unexpected     string             // how it differs from what is expected; "" if no difference is known
}

// Issuer returns the name under which the phone's authenticator app keeps the tenant's secrets. It differs between tenants.
func (t Tenant) Issuer() string {
	if t.Embedded {
		return "embedded tenant" // its port changes from run to run
	}
	return t.URL
}

// Session is a session's token, and what was found out about it. It is kept after a logout.
type Session struct {
	login.SignedIn
	EndedAt time.Time // when the person left the session; zero before

	Inspection  *login.Inspection // nil until the tenant has answered
	InspectedAt time.Time
	Asking      bool // the tenant is being asked
}

// Live reports whether the person is signed in with the token.
func (s *Session) Live() bool { return s != nil && s.EndedAt.IsZero() }

// Scroll draws the part of content that begins at line offset in a box of height lines, says how many lines are above and
// below, and brings the offset into range. A masked view does not change the offset: it may have fewer lines.
func (s Situation) Scroll(content string, offset *int, width, height int) string {
	return s.ScrollLines(strings.Split(content, "\n"), offset, width, height)
}

// ScrollLines does the same as Scroll for content that is split into lines.
func (s Situation) ScrollLines(lines []string, offset *int, width, height int) string {
	shown, at := s.Theme.scrollLines(lines, *offset, width, height)
	if !s.Masked {
		*offset = at
	}
	return shown
}

// Veiled returns a secret, or dots in a masked view.
func (s Situation) Veiled(secret string) string {
	if !s.Masked {
		return secret
	}
	return Dots(secret)
}

// VeiledText returns a text, and in a masked view puts dots over the known secrets in it. It is for text that is wrapped
// later, because secrets in whole frames are looked for line by line.
func (s Situation) VeiledText(text string) string {
	if !s.Masked {
		return text
	}
	for _, span := range slices.Backward(s.Known.Find(text)) {
		text = text[:span.From] + Dots(text[span.From:span.To]) + text[span.To:]
	}
	return text
}

// VeiledURL returns an address that contains a secret, and in a masked view puts dots over the secret.
func (s Situation) VeiledURL(address, secret string) string {
	secret = url.QueryEscape(secret)
	if !s.Masked || secret == "" {
		return address
	}
	return strings.ReplaceAll(address, secret, Dots(secret))
}

// VeiledPicture returns a picture of a secret, such as a QR code. In a masked view it returns an area of the same size.
func (s Situation) VeiledPicture(lines []string) []string {
	if !s.Masked {
		return lines
	}
	hidden := slices.Clone(lines)
	for i, line := range hidden {
		hidden[i] = strings.Repeat("░", ansi.StringWidth(line))
	}
	return hidden
}

// VeiledInput returns an input. If it is for a secret, a masked view gets a copy that shows dots.
func (s Situation) VeiledInput(input *textinput.Model, secret bool) *textinput.Model {
	if !s.Masked || !secret || input.EchoMode != textinput.EchoNormal {
		return input
	}
	veiled := *input
	veiled.EchoMode, veiled.EchoCharacter = textinput.EchoPassword, '•'
	return &veiled
}
