package tenant

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"example.com/hankosim/hanko/mailbox"
)

//go:embed inbox.html
var inboxHTML string

// mails returns the mails in the inbox, newest first. With ?to= it returns only those to that address.
func (t *Tenant) mails(r *http.Request) []mailbox.Mail {
	mails := t.accounts.Inbox.Mails()
	if to := r.URL.Query().Get("to"); to != "" {
		mails = slices.DeleteFunc(mails, func(m mailbox.Mail) bool { return !strings.EqualFold(m.To, to) })
	}
	return mails
}

// inboxJSON answers GET /inbox.json.
func (t *Tenant) inboxJSON(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, t.mails(r))
	return nil
}

// start answers GET /, where Hanko has a page, too.
func start(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(startHTML)) // it fails only if the browser has gone
	return nil
}

const startHTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Embedded Hanko tenant</title>
<h1>Embedded Hanko tenant</h1>
<p>The API is running. The mails it sends are in its <a href="/inbox">inbox</a>.</p>
</html>
`

// inboxPage answers GET /inbox with a page that loads nothing else, and reloads itself.
func (t *Tenant) inboxPage(page *template.Template) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		var out bytes.Buffer
		err := page.Execute(&out, struct {
			Tenant, To string
			Mails      []mailbox.Mail
		}{t.accounts.RPName, r.URL.Query().Get("to"), t.mails(r)})
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		_, _ = w.Write(out.Bytes()) // it fails only if the browser has gone
		return nil
	}
}
