package tenant

import (
	"cmp"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/crypto/bcrypt"

	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
)

// Options are the options of Open. The zero value is a tenant for localhost that keeps everything in memory.
type Options struct {
	// Path is the file for users, passkeys, sessions and keys. Open creates it, with its directory, if it is missing. ""
	// keeps everything in memory.
	Path string
	// RPName is the relying party's display name and the service name in mails. "" is "Hanko Authentication Service".
	RPName string
	// Origins are accepted in a passkey's client data, in addition to those of Settings and the relying party's own:
	// "https://" and the RP ID and, for localhost, "http://localhost:8888". With Settings.DisableDefaultOrigins, they are
	// not accepted. An Android app's origin is "android:apk-key-hash:" and the base64url SHA-256 of its signing certificate.
	// Web pages at the http and https origins may use the tenant. A page of any other site gets 403 if it tries to change
	// something or to read the inbox.
	Origins []string
	// Hosts are more host names of the tenant, without ports, as ParseHost takes them. It always accepts requests for
	// "localhost", the RP ID, the subdomains of both, the hosts of web origins, and IP addresses. Requests for any other
	// host get 421 Misdirected Request, because a web page can point a name of its own to this tenant's address (DNS
	// rebinding).
	Hosts []string
	// AndroidApps and AppleApps are the apps that the tenant names in /.well-known/assetlinks.json and
	// /.well-known/apple-app-site-association. An Apple app is "TEAMID.bundle.id".
	AndroidApps []AndroidApp
	AppleApps   []string
	// Inbox gets the mails. nil creates one.
	Inbox *mailbox.Inbox
	// Log gets one record for every request and one for every passcode, the latter with the attributes "passcode" and
	// "to". nil logs nothing.
	Log *slog.Logger
	// Now is the tenant's clock. nil is time.Now.
	Now func() time.Time
	// Keys returns RSA keys to sign session tokens with, if the tenant's file has none. nil creates two, which takes a
	// moment; Open does not wait for it. Tests can share keys.
	Keys func() ([]*rsa.PrivateKey, error)
	// PasswordCost is the cost of bcrypt. 0 is 6, far below Hanko's 12, because requests wait for one another. Tests can
	// use 4.
	PasswordCost int
	// ThirdParties are providers to sign in with, in addition to those in Settings. One without an issuer is the embedded
	// provider.
	ThirdParties []setting.ThirdParty
	// Settings are what real tenants differ in.
	Settings setting.Settings
}

// filled returns the options with all defaults filled in, or an error for a value that is not possible.
func (o Options) filled() (Options, error) {
	o.RPName = cmp.Or(o.RPName, "Hanko Authentication Service")
	if o.Inbox == nil {
		o.Inbox = mailbox.NewInbox()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Keys == nil {
		o.Keys = account.NewKeys
	}
	o.PasswordCost = cmp.Or(o.PasswordCost, 6)
	if o.PasswordCost < bcrypt.MinCost || o.PasswordCost > bcrypt.MaxCost {
		return o, fmt.Errorf("the cost of bcrypt cannot be %d: use %d to %d", o.PasswordCost, bcrypt.MinCost, bcrypt.MaxCost)
	}
	settings, err := o.Settings.Filled()
	o.Settings, o.Origins = settings, origins(settings, o.Origins)
	return o, err
}

// origins returns the origins from which the relying party accepts passkeys, each once.
func origins(settings setting.Settings, further []string) []string {
	origins := settings.Origins
	if !settings.DisableDefaultOrigins {
		own := []string{"https://" + settings.RPID}
		if settings.RPID == "localhost" {
			own = append(own, "http://localhost:8888")
		}
		origins = slices.Concat(own, further, settings.Origins)
	}
	var once []string
	for _, origin := range origins {
		if !slices.Contains(once, origin) {
			once = append(once, origin)
		}
	}
	return once
}
