package kit

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/charmbracelet/lipgloss"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/cast"
)

// Options is what the app is given to work with.
type Options struct {
	Client  *hanko.Client
	Profile authenticator.Profile
	Others  []authenticator.Profile // phones to change to, on the same keystore
	Store   *authenticator.Keystore
	Tenant  string         // its name for the status line: "embedded tenant", "staging"
	API     hanko.API      // which to use; "" finds out
	OTP     *totp.App      // the phone's authenticator app
	Inbox   *mailbox.Inbox // the embedded tenant's; nil for a real tenant
	Mailbox mailbox.Box    // of a real tenant, from which passcodes are read; nil for none
	Motion  bool           // sheets rise and notifications slide, where the theme has colours
	Email   string         // fills the email screen in; may be ""
	Folder  string         // where the walk is saved; "" nowhere
	Version string         // of this program, for exports
	Notice  string         // a sentence for the first screen; may be ""

	Connect    func(ctx context.Context, url string) (Connection, error) // asks what another tenant is; "" is the embedded one; nil offers none
	SaveTenant func(Connection) (Saved, error)                           // writes one into the configuration

	OpenBrowser   func(url string) error // opens the person's browser, and may wait until it is left; nil opens none
	ReturnAddress string                 // where browsers come back to from a third party; "" is any free port of this machine

	Secrets *secret.Keeper // what is known to be secret; nil knows nothing yet
	Record  *cast.Recorder // keeps the frames, without secrets; nil keeps none. Who made it closes it

	Fault          *fault.Fault                 // what the phones get wrong on purpose; nil for nothing
	Strict         bool                         // they refuse what only real platforms refuse
	Association    authenticator.AppAssociation // is asked before their ceremonies; nil asks nobody
	RelatedOrigins authenticator.RelatedOrigins // the same for web pages

	Theme           ThemeName // "" is AutoTheme
	Mouse           bool      // clicks and the wheel are for the app; the terminal's own selecting wants shift then
	Renderer        *lipgloss.Renderer
	Terminal        io.Writer        // takes OSC 52 sequences; nil when there is no terminal to take them
	NativeClipboard bool             // the machine's clipboard may be used
	Now             func() time.Time // nil means time.Now
	Grace           time.Duration    // for so long a new screen ignores enter and letters: they were meant for the one before
}

// Filled are the options with what was left out in its place.
func (o Options) Filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Renderer == nil {
		o.Renderer = lipgloss.NewRenderer(io.Discard)
	}
	if o.Secrets == nil {
		o.Secrets = &secret.Keeper{}
	}
	if o.OTP == nil {
		o.OTP = totp.NewMemoryApp()
	}
	return o
}

// Equip makes a phone, and the walk that begin makes with it, with a security key at hand. consentFor is how the holder of
// each is asked, and visit is told where a browser is to go; it must not wait for the browser.
func (o Options) Equip(
	profile authenticator.Profile, consentFor func(authenticator.Profile) authenticator.Consent, report func(error), visit func(login.Visit),
	begin func(client *hanko.Client, phone *authenticator.Phone) *login.Walk,
) (*authenticator.Phone, *login.Walk) {
	newPhone := func(profile authenticator.Profile) *authenticator.Phone {
		return o.newPhone(profile, consentFor(profile), report)
	}
	phone := newPhone(profile)
	walk := begin(o.Client, phone)
	walk.UseSecurityKey(newPhone(securityKey(profile)))
	walk.UseBrowser(visit)
	if o.ReturnAddress != "" {
		walk.UseReturnAddress(o.ReturnAddress)
	}
	if o.API != "" {
		walk.UseAPI(o.API)
	}
	return phone, walk
}

// newPhone makes a phone as strict as is wanted, which misbehaves where that is wanted. report is told what a real phone
// would refuse and this one does not.
func (o Options) newPhone(profile authenticator.Profile, consent authenticator.Consent, report func(error)) *authenticator.Phone {
	var options []authenticator.PhoneOption
	if o.Strict {
		options = append(options, authenticator.Strict())
	}
	if o.Association != nil {
		options = append(options, authenticator.WithAppAssociation(o.Association, report))
	}
	if o.RelatedOrigins != nil {
		options = append(options, authenticator.WithRelatedOrigins(o.RelatedOrigins))
	}
	phone := authenticator.NewPhone(profile, o.Store, consent, options...)
	if o.Fault != nil {
		phone = o.Fault.On(phone)
	}
	return phone
}

// Misbehaviour tells, in a line, that the phone misbehaves on purpose, and how; "" when it does not.
func (o Options) Misbehaviour() string {
	if o.Fault == nil {
		return ""
	}
	return fmt.Sprintf("The phone misbehaves on purpose: it %s (%s; verdict: %s)", o.Fault.Does, o.Fault.ID(), o.Fault.Verdict)
}

// securityKey is a key that is held to the phone: the same app or page asks, so its origin is the phone's.
func securityKey(phone authenticator.Profile) authenticator.Profile {
	key := authenticator.SecurityKey(phone.PageOrigin)
	key.Platform, key.App, key.AppleAppID = phone.Platform, phone.App, phone.AppleAppID
	return key
}

// ThisPhone is what the phone is called in a sentence: "this iPhone", or by the name that its owner gave it.
func ThisPhone(profile authenticator.Profile) string {
	nameless, err := authenticator.NamedProfile(profile.Name, authenticator.AndroidApp{}, "")
	if err == nil && nameless.Label == profile.Label {
		return "this " + profile.Label
	}
	return profile.Label
}
