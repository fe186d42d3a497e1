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

// Situation is what a page may read of the app around it. It is a value, made anew for each call.
type Situation struct {
	Theme   *Theme
	Motion  bool // things may move for a moment
	Now     time.Time
	Focused bool           // the page has the keys
	Waiting string         // what moves while the tenant is asked; "" while it is not
	Room    Room           // of a tab
	Secrets bool           // the person wants to see what is masked otherwise
	Masked  bool           // what is drawn is for others than the person at the keyboard
	Known   *secret.Keeper // what is hidden from them

	Tenant     Tenant
	Notice     string // a sentence for the first screen; may be ""
	CanConnect bool   // another tenant can be connected
	StaySigned bool   // the person wants to stay signed in
	Folder     string // where things are saved; "" for nowhere
	Version    string // of the program

	Phone        authenticator.Profile
	MorePhones   bool                    // there are others to change to
	Passkeys     []authenticator.Passkey // on the phone
	Unassociated string                  // what is wrong between the app and the tenant's domain, as far as it is known
	OTP          *totp.App               // the phone's authenticator app
	Mails        []mailbox.Mail          // the newest first
	Mailbox      string                  // of a real tenant, from which passcodes are read; "" for none
	Session      *Session                // nil before the first sign-in
}

// Room is how many cells there are.
type Room struct{ Width, Height int }

// Tenant is what is known of the tenant.
type Tenant struct {
	URL            string
	Embedded       bool      // hankosim's own, which has an inbox
	API            hanko.API // "" until it is known
	Recognition    string    // what was found out, or why nothing was; "" until then
	AsksToRemember bool      // it asks whether to stay signed in
}

// Issuer is whose codes those of the tenant are, for the phone's authenticator app: one tenant's are not another's.
func (t Tenant) Issuer() string {
	if t.Embedded {
		return "embedded tenant" // its port changes from run to run
	}
	return t.URL
}

// Session is a session token, and what was found out about it. After a logout it stays.
type Session struct {
	login.SignedIn
	EndedAt time.Time // when the session was left; zero while it is not

	Inspection  *login.Inspection // nil until the tenant has answered
	InspectedAt time.Time
	Asking      bool // the tenant is being asked
}

// Live reports whether somebody is signed in with the token.
func (s *Session) Live() bool { return s != nil && s.EndedAt.IsZero() }

// Scroll draws the part of a content that begins at line offset in a box, says how much is above and below, and brings
// the offset into range. What is drawn for others leaves the offset alone: without secrets there may be fewer lines.
func (s Situation) Scroll(content string, offset *int, width, height int) string {
	return s.ScrollLines(strings.Split(content, "\n"), offset, width, height)
}

// ScrollLines is Scroll for content that is lines already.
func (s Situation) ScrollLines(lines []string, offset *int, width, height int) string {
	shown, at := s.Theme.scrollLines(lines, *offset, width, height)
	if !s.Masked {
		*offset = at
	}
	return shown
}

// Veiled is a secret as it may be drawn.
func (s Situation) Veiled(secret string) string {
	if !s.Masked {
		return secret
	}
	return Dots(secret)
}

// VeiledText is text, a mail's say, without the secrets that are known. It is for text that is going to be wrapped: what
// hides secrets in whole frames looks at lines.
func (s Situation) VeiledText(text string) string {
	if !s.Masked {
		return text
	}
	for _, span := range slices.Backward(s.Known.Find(text)) {
		text = text[:span.From] + Dots(text[span.From:span.To]) + text[span.To:]
	}
	return text
}

// VeiledURL is an address in which a secret stands, as it may be drawn.
func (s Situation) VeiledURL(address, secret string) string {
	secret = url.QueryEscape(secret)
	if !s.Masked || secret == "" {
		return address
	}
	return strings.ReplaceAll(address, secret, Dots(secret))
}

// VeiledPicture is a picture of a secret as it may be drawn: none at all, but as large.
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

// VeiledInput is an input as it may be drawn.
func (s Situation) VeiledInput(input *textinput.Model, secret bool) *textinput.Model {
	if !s.Masked || !secret || input.EchoMode != textinput.EchoNormal {
		return input
	}
	veiled := *input
	veiled.EchoMode, veiled.EchoCharacter = textinput.EchoPassword, '•'
	return &veiled
}
