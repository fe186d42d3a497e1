package tenant

import (
	"net/http"
	"slices"
	"strings"
)

// Cross-origin resource sharing works as in Hanko's middleware (backend/middleware/cors.go, echo's CORSWithConfig).

// exposed lists the response headers that a page may read.
const exposed = "Retry-After,X-RateLimit-Limit,X-RateLimit-Remaining,X-RateLimit-Reset,X-Session-Lifetime,X-Session-Retention"

// applyCORS sets the headers that tell a browser whether a page may read the answer, and answers preflight requests. Without
// Settings.CORS it does nothing.
func (t *Tenant) applyCORS(w http.ResponseWriter, r *http.Request) (answered bool) {
	settings := t.accounts.Settings
	if settings.CORS == nil {
		return false
	}
	header := w.Header()
	header.Add("Vary", "Origin")
	origin, preflight := r.Header.Get("Origin"), r.Method == http.MethodOptions
	if !slices.Contains(settings.CORS, origin) {
		if preflight {
			w.WriteHeader(http.StatusNoContent)
		}
		return preflight
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Allow-Credentials", "true")
	if !preflight {
		readable := exposed
		if settings.TokenInHeader {
			readable += ",X-Auth-Token"
		}
		header.Set("Access-Control-Expose-Headers", readable)
		return false
	}
	header.Add("Vary", "Access-Control-Request-Method")
	header.Add("Vary", "Access-Control-Request-Headers")
	header.Set("Access-Control-Allow-Methods", strings.Join([]string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	}, ","))
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		header.Set("Access-Control-Allow-Headers", asked)
	}
	header.Set("Access-Control-Max-Age", "7200")
	w.WriteHeader(http.StatusNoContent)
	return true
}
