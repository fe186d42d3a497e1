package tenant

import (
	"net/http"
	"time"
)

// Server returns a server for the tenant; it needs a listener. A client that stalls in the middle of a request, or while it
// reads the answer, loses its connection after a minute at most. No endpoint needs longer, because none waits for anything.
func (t *Tenant) Server() *http.Server {
	return &http.Server{
		Handler:           t.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second, // the body included
		WriteTimeout:      time.Minute,      // from the end of the header, so it has to leave time for the body
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10, // a session token takes 1 or 2 KiB
	}
}
