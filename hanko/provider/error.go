package provider

import (
	_ "embed"
	"html/template"
	"net/http"
)

//go:embed error.html
var errorHTML string

var errorTemplate = template.Must(template.New("error").Parse(errorHTML))

// ErrorPage answers with a page that shows the error in the query. It stands for a team's page, which
// `third_party.error_redirect_url` names.
func ErrorPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	query := r.URL.Query()
	// It fails only if the browser has gone.
	_ = errorTemplate.Execute(w, struct{ Code, Description string }{query.Get("error"), query.Get("error_description")})
}
