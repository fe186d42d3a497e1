package provider

import (
	_ "embed"
	"html/template"
	"net/http"
)

//go:embed error.html
var errorHTML string

var errorTemplate = template.Must(template.New("error").Parse(errorHTML))

// ErrorPage stands for a team's page that `third_party.error_redirect_url` names: it shows the error that a browser brings.
func ErrorPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	query := r.URL.Query()
	// The browser may have gone: nobody is left to tell.
	_ = errorTemplate.Execute(w, struct{ Code, Description string }{query.Get("error"), query.Get("error_description")})
}
