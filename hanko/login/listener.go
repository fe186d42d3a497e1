package login

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"example.com/hankosim/hanko"
)

// defaultReturn is the address to which a browser returns from a third party: a free port of this machine. It stands for the
// address that an app registers with its platform, such as a universal link or a scheme.
const defaultReturn = "http://127.0.0.1:0/callback"

// listener waits for a browser at the app's address.
type listener struct {
	address string // the app's, with the port
	root    string // the same without a path
	server  *http.Server
	came    chan url.Values
	leads   atomic.Pointer[shortcut] // nil until a browser must go somewhere
}

// shortcut is a path of the listener that redirects elsewhere.
type shortcut struct{ path, to string }

// lead returns a short address that redirects to another one.
func (l *listener) lead(to string) string {
	path := "/go/" + strings.ToLower(rand.Text()[:6])
	l.leads.Store(&shortcut{path, to})
	return l.root + path
}

// listen listens at an address of this machine. Port 0 means any free port.
func listen(address string, note func(address string, status int)) (*listener, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	opened, err := net.Listen("tcp", parsed.Host)
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(opened.Addr().String())
	if err != nil {
		return nil, err
	}
	parsed.Host = net.JoinHostPort(parsed.Hostname(), port)
	l := &listener{address: parsed.String(), root: parsed.Scheme + "://" + parsed.Host, came: make(chan url.Values, 1)}
	l.server = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.serve(w, r, note) }), ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes: 64 << 10,
	}
	go func() { _ = l.server.Serve(opened) }() // ends with close
	return l, nil
}

// serve accepts a returning browser at any path, because the error page of the tenant's configuration may be here, too.
func (l *listener) serve(w http.ResponseWriter, r *http.Request, note func(string, int)) {
	query := r.URL.Query()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address contains a token
	if leads := l.leads.Load(); leads != nil && r.URL.Path == leads.path {
		http.Redirect(w, r, leads.to, http.StatusFound)
		return
	}
	if r.Method != http.MethodGet || !hanko.CameBack(query) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(backPage)))
	_, _ = w.Write([]byte(backPage)) // it fails only if the browser has gone
	// Send the page now: the walk continues at once, and may close the listener.
	_ = http.NewResponseController(w).Flush()
	base, _, _ := strings.Cut(l.address, "://")
	note(base+"://"+r.Host+r.URL.RequestURI(), http.StatusOK)
	select {
	case l.came <- query:
	default: // one is enough
	}
}

const backPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Back to the app</title>
<h1>You can close this window</h1>
<p>The sign-in continues in hankosim.</p>
</html>
`

// statePatience is how long it makes sense to wait for a browser. It is a little longer than the state's life, for a browser
// that leaves the third party at the last moment.
const statePatience = hanko.StateLife + 5*time.Second

// wait waits for a browser. It fails with ErrNothingCame after its patience or at ctx's deadline, or with ctx's error.
func (l *listener) wait(ctx context.Context, patience time.Duration) (url.Values, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case query := <-l.came:
		return query, nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, fmt.Errorf("%w in time: %w", ErrNothingCame, ctx.Err())
		}
		return nil, ctx.Err()
	case <-late.C:
		return nil, fmt.Errorf("%w within %s", ErrNothingCame, patience)
	}
}

func (l *listener) close() { _ = l.server.Close() }
