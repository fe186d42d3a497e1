package tenant

import (
	"net/http"

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

// healthy answers GET /health/alive and /health/ready, each with its own word.
func healthy(word string) endpoint {
	return func(w http.ResponseWriter, _ *http.Request) error {
		writeJSON(w, http.StatusOK, map[string]bool{word: true})
		return nil
	}
}
