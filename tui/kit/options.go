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
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/cast"
)

// Options are the app's settings, and what it works with.
type Options struct {
	Client  *hanko.Client
	Profile authenticator.Profile
	Others  []authenticator.Profile // phones to change to, on the same keystore
	Store   *authenticator.Keystore
	Tenant  string         // its name in the status line, such as "embedded tenant" or "staging"
	API     hanko.API      // the API to use; "" asks the tenant
	OTP     *totp.App      // the phone's authenticator app
	Inbox   *mailbox.Inbox // the embedded tenant's; nil for a real tenant
	Mailbox mailbox.Box    // where the passcodes of a real tenant are read; nil for none
	Motion  bool           // sheets rise and notifications slide, if the theme has colours
	Email   string         // prefills the email screen; may be ""
	Folder  string         // where walks are saved; "" for nowhere
	Version string         // of this program, for exports
	Notice  string         // a sentence for the first screen; may be ""

	Expect []fact.Expectation // what the tenant's facts should be; nil expects nothing

	Connect    func(ctx context.Context, url string) (Connection, error) // asks another tenant what it is; "" is the embedded one; nil offers none
	SaveTenant func(Connection) (Saved, error)                           // saves a tenant in the configuration

	OpenBrowser   func(url string) error // opens the person's browser, and may wait until the person leaves it; nil opens none
	ReturnAddress string                 // where browsers come back to from a third party; "" uses any free port of this machine

	Secrets *secret.Keeper // the known secrets; nil for none yet
	Record  *cast.Recorder // records the frames, without secrets; nil records none. The caller closes it

	Fault          *fault.Fault                 // what the phones get wrong on purpose; nil for nothing
	Strict         bool                         // they refuse what only real platforms refuse
	Association    authenticator.AppAssociation // is asked before each ceremony; nil asks nobody
	RelatedOrigins authenticator.RelatedOrigins // the same for web pages

	Theme           ThemeName // "" is AutoTheme
	Mouse           bool      // the app handles clicks and the wheel; then selecting text in the terminal needs shift
	Renderer        *lipgloss.Renderer
	Terminal        io.Writer        // gets OSC 52 sequences; nil if there is no terminal
	NativeClipboard bool             // the app may use the machine's clipboard
	Now             func() time.Time // nil means time.Now
	Grace           time.Duration    // how long a new screen ignores enter and letters, which may be meant for the previous one
}

// Filled returns the options with defaults for what is missing.
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

// Equip creates a phone and a security key beside it, and calls begin for the walk that uses both. consentFor returns how
// the holder of each is asked. report gets what a real phone would refuse and this one does not. visit gets the addresses
// that a browser should open, and must not wait for the browser.
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

// newPhone creates a phone that is strict, and misbehaves, if the options say so.
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

// Misbehaviour says in one line how the phone misbehaves on purpose, or returns "".
func (o Options) Misbehaviour() string {
	if o.Fault == nil {
		return ""
	}
	return fmt.Sprintf("The phone misbehaves on purpose: it %s (%s; verdict: %s)", o.Fault.Does, o.Fault.ID(), o.Fault.Verdict)
}

// securityKey returns the profile of a security key that is held to the phone. The same app or page uses it, so its origin
// is the phone's.
func securityKey(phone authenticator.Profile) authenticator.Profile {
	key := authenticator.SecurityKey(phone.PageOrigin)
	key.Platform, key.App, key.AppleAppID = phone.Platform, phone.App, phone.AppleAppID
	return key
}

// ThisPhone returns what the phone is called in a sentence: "this iPhone", or the name that its owner gave it.
func ThisPhone(profile authenticator.Profile) string {
	nameless, err := authenticator.NamedProfile(profile.Name, authenticator.AndroidApp{}, "")
	if err == nil && nameless.Label == profile.Label {
		return "this " + profile.Label
	}
	return profile.Label
}
