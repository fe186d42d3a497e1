package tenant

import (
	"encoding/json"
	"net/http"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/setting"
)

// config answers GET /.well-known/config.
func (t *Tenant) config(w http.ResponseWriter, _ *http.Request) error {
	var c hanko.PublicConfig
	c.Account.AllowDeletion = !t.accounts.Settings.DisableDeletion
	c.Account.AllowSignup = !t.accounts.Settings.DisableSignup
	c.Emails.MaxNumOfAddresses = setting.MaxEmails
	c.Emails.RequireVerification = !t.accounts.Settings.SkipVerification
	c.Password.Enabled = t.accounts.Settings.Passwords()
	c.Password.MinPasswordLength = t.accounts.Settings.PasswordMinLength
	var builtIn []string // Hanko does not list custom ones
	for _, party := range t.accounts.ThirdParties {
		if setting.IsBuiltIn(party.ID) {
			builtIn = append(builtIn, party.Name)
		}
	}
	providers, err := json.Marshal(builtIn)
	if err != nil {
		return err
	}
	c.Providers = providers
	writeJSON(w, http.StatusOK, c)
	return nil
}

// publicKeys answers GET /.well-known/jwks.json.
func (t *Tenant) publicKeys(w http.ResponseWriter, _ *http.Request) error {
	set, err := t.accounts.PublishedKeys()
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "max-age=600")
	writeJSON(w, http.StatusOK, set)
	return nil
}

// AndroidApp is an app by its package's name and the SHA-256 fingerprints of its signing certificates, written as in
// assetlinks.json: upper-case pairs between colons.
type AndroidApp struct {
	PackageName  string
	Fingerprints []string
}

// appFiles adds the files that platforms look for on the relying party's domain, if there is something to put into them.
// Hanko does not serve them; a team puts them on its web server.
func (t *Tenant) appFiles(r *router, o Options) {
	file := func(path string, body any) {
		r.handle("GET "+path, func(w http.ResponseWriter, _ *http.Request) error {
			writeJSON(w, http.StatusOK, body)
			return nil
		})
	}
	var statements []map[string]any
	for _, app := range o.AndroidApps {
		statements = append(statements, map[string]any{
			"relation": []string{"delegate_permission/common.handle_all_urls", "delegate_permission/common.get_login_creds"},
			"target": map[string]any{
				"namespace": "android_app", "package_name": app.PackageName, "sha256_cert_fingerprints": app.Fingerprints,
			},
		})
	}
	if statements != nil {
		file(assetLinksPath, statements)
	}
	if o.AppleApps != nil {
		file(applePath, map[string]any{"webcredentials": map[string]any{"apps": o.AppleApps}})
	}
	if sites := relatedOrigins(o); sites != nil {
		file(relatedPath, map[string]any{"origins": sites})
	}
}

const (
	assetLinksPath = "/.well-known/assetlinks.json"
	applePath      = "/.well-known/apple-app-site-association"
	relatedPath    = "/.well-known/webauthn" // WebAuthn Level 3 section 5.11
)

// relatedOrigins returns the web origins that are outside the RP ID's domain. Pages there can use its passkeys only if they
// are listed.
func relatedOrigins(o Options) []string {
	var sites []string
	for _, origin := range o.Origins {
		site, ok := setting.WebOrigin(origin)
		host := strings.TrimPrefix(site, "https://")
		name, _, _ := strings.Cut(host, ":")
		if ok && host != site && name != o.Settings.RPID && !strings.HasSuffix(name, "."+o.Settings.RPID) {
			sites = append(sites, site)
		}
	}
	return sites
}

// healthy returns the endpoint for GET /health/alive or /health/ready.
func healthy(word string) endpoint {
	return func(w http.ResponseWriter, _ *http.Request) error {
		writeJSON(w, http.StatusOK, map[string]bool{word: true})
		return nil
	}
}
