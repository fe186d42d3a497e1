package mailbox

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/hankosim/hanko"
)

const (
	longestAnswer = 16 << 20 // bytes of an HTTP response; the longest are lists of mails with their bodies
	answerTimeout = 10 * time.Second
	listed        = 20  // how many mails to one recipient each look considers
	remembered    = 500 // how many mails the first look remembers one by one
)

// httpServer is a mail server with an HTTP API.
type httpServer struct {
	name           string // "Mailpit at http://localhost:8025"
	kind           string // "Mailpit"
	base           *url.URL
	client         *http.Client
	user, password string
	time           clock
}

// openHTTP opens a box behind an HTTP API, given the URL in its spec.
func openHTTP(ctx context.Context, scheme, location, kind string, view func(*httpServer) view, options Options) (Box, error) {
	base, account, err := parseLocation(ctx, scheme, location, []string{"http", "https"}, options)
	if err != nil {
		return nil, err
	}
	s := newHTTPServer(kind, base, options)
	s.user, s.password = account.user, account.password
	box, err := openPolled(ctx, s.name, httpSource{s, view(s)})
	if err != nil {
		return nil, err
	}
	return box, nil
}

func newHTTPServer(kind string, base *url.URL, options Options) *httpServer {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: options.Roots}
	shown := *base
	shown.User = nil
	return &httpServer{
		name: kind + " at " + hanko.MaskUserinfo(shown.String()), kind: kind, base: base,
		client: &http.Client{Transport: transport, Timeout: answerTimeout},
	}
}

// httpSource is a source that needs no connection.
type httpSource struct {
	server *httpServer
	view   view
}

func (s httpSource) connect(context.Context) (view, error) { return s.view, nil }
func (s httpSource) clock() *clock                         { return &s.server.time }

// unconnected is the part that the views of all HTTP APIs share.
type unconnected struct{}

func (unconnected) wait(ctx context.Context, pause time.Duration) { sleep(ctx, pause) }
func (unconnected) close()                                        {}

// everything returns the function for a view's held, given the newest mails, newest first. If there are more mails than
// listed, whatever is older than the last one counts as held too.
func everything(letters []letter, more bool) func(letter) bool {
	ids := make(map[string]bool, len(letters))
	for _, l := range letters {
		ids[l.id] = true
	}
	var floor time.Time
	if more && len(letters) > 0 {
		floor = letters[len(letters)-1].at
	}
	return func(l letter) bool { return ids[l.id] || !l.at.IsZero() && l.at.Before(floor) }
}

// get fetches a path below the base URL, or the base URL with its query for "". It fails with an *Error.
func (s *httpServer) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	location := *s.base
	if path != "" {
		location = *s.base.JoinPath(path)
		location.RawQuery = query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, location.String(), nil)
	if err != nil {
		return nil, &Error{Kind: BadSpec, Box: s.name, Problem: s.name + " cannot be asked", Err: err}
	}
	request.Header.Set("User-Agent", "hankosim")
	if s.user != "" {
		request.SetBasicAuth(s.user, s.password)
	}
	sent := time.Now()
	response, err := s.client.Do(request)
	if err != nil {
		return nil, s.unreachable(err)
	}
	defer response.Body.Close()
	if shown, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		s.time.learn(shown, sent, time.Now())
	}
	switch {
	case response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusForbidden:
		return nil, &Error{
			Kind: CredentialsRefused, Box: s.name, Problem: fmt.Sprintf("%s answered %d to GET %s", s.name, response.StatusCode, location.Path),
			Hint: "Put the user name into the spec's URL, and name the environment variable with the password: ?password-env=NAME.",
		}
	case response.StatusCode >= http.StatusInternalServerError:
		return nil, s.unreachable(fmt.Errorf("it answered %d to GET %s", response.StatusCode, location.Path))
	case response.StatusCode != http.StatusOK:
		return nil, s.badAnswer(fmt.Errorf("it answered %d to GET %s", response.StatusCode, location.Path))
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer+1))
	switch {
	case err != nil:
		return nil, s.unreachable(err)
	case len(body) > longestAnswer:
		return nil, s.badAnswer(fmt.Errorf("its answer to GET %s is longer than %d bytes", location.Path, longestAnswer))
	}
	return body, nil
}

// json fetches a path as get does, and decodes the answer.
func (s *httpServer) json(ctx context.Context, path string, query url.Values, into any) error {
	body, err := s.get(ctx, path, query)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return s.badAnswer(err)
	}
	return nil
}

func (s *httpServer) unreachable(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // which repeats neither the method nor the URL
	}
	if strings.Contains(err.Error(), "invalid proxy address") { // which repeats the proxy's password
		err = errors.New("the proxy that HTTP_PROXY or HTTPS_PROXY names has no URL that can be read")
	}
	return &Error{
		Kind: Unreachable, Box: s.name, Problem: s.name + " cannot be read", Err: err,
		Hint: "Is it running, and is this the port of its API (not the one for SMTP)?",
	}
}

func (s *httpServer) badAnswer(err error) error {
	return &Error{
		Kind: BadAnswer, Box: s.name, Problem: s.name + " does not answer as " + s.kind + " does", Err: err,
		Hint: "Is it " + s.kind + ", and is this the port of its API?",
	}
}
