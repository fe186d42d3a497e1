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

// Options says what Open opens. The zero value is a tenant for localhost that lives in memory.
type Options struct {
	// Path is the file that keeps users, passkeys, sessions and keys. It is made, with its directory, when it is
	// missing. "" keeps everything in memory.
	Path string
	// RPName is the relying party's display name and the service name in mails. "" is "Hanko Authentication Service".
	RPName string
	// Origins are accepted in a passkey's client data beside those of Settings and the relying party's own, which are
	// "https://" and the RP ID and, for localhost, "http://localhost:8888"; not with Settings.DisableDefaultOrigins. An
	// Android app's is "android:apk-key-hash:" and the base64url SHA-256 of its signing certificate. Web pages at the
	// origins with http or https may use the tenant; what a page of any other site changes, or reads of the inbox, gets 403.
	Origins []string
	// Hosts are names without ports by which the tenant is reached, as ParseHost takes them, beside the ones that it
	// always answers to: "localhost", the RP ID, the names below these two, the hosts of web origins, and IP addresses.
	// Requests for any other host get 421 Misdirected Request, because a web page can give a name of its own this
	// tenant's address (DNS rebinding).
	Hosts []string
	// AndroidApps and AppleApps are the apps for which the tenant vouches in /.well-known/assetlinks.json and
	// /.well-known/apple-app-site-association. An Apple app is "TEAMID.bundle.id".
	AndroidApps []AndroidApp
	AppleApps   []string
	// Inbox gets the mails. nil makes one.
	Inbox *mailbox.Inbox
	// Log gets one record for every request and one for every passcode, the latter with the attributes "passcode" and
	// "to". nil logs nothing.
	Log *slog.Logger
	// Now is the tenant's clock. nil is time.Now.
	Now func() time.Time
	// Keys makes the RSA keys that sign session tokens, where the tenant's file has none. nil makes two new ones, which
	// takes a moment; Open does not wait for it. Tests can share theirs.
	Keys func() ([]*rsa.PrivateKey, error)
	// PasswordCost is the cost of bcrypt. 0 is 6, far below Hanko's 12, as requests wait for one another; tests can go
	// down to 4.
	PasswordCost int
	// ThirdParties are further providers to sign in with, beside those that Settings name. One without an issuer is the
	// embedded provider.
	ThirdParties []setting.ThirdParty
	// Settings are what real tenants differ in.
	Settings setting.Settings
}

// filled returns the options with every default in place, or an error for a setting that cannot be meant.
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

// origins are all from which the relying party takes passkeys, each once.
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
