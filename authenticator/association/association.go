// Package association checks what a platform checks at a relying party's domain before it shows a passkey sheet: whether a
// native app belongs to the domain (assetlinks.json for Android, apple-app-site-association for iOS), and whether a web
// page of another domain may use the RP ID (/.well-known/webauthn).
package association

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"example.com/hankosim/authenticator"
)

// Checker asks domains with an HTTP client. Its methods can be passed to authenticator.WithAppAssociation and
// authenticator.WithRelatedOrigins.
type Checker struct {
	client *http.Client
}

// New returns a Checker that uses a copy of client with its own redirect policy. nil means http.DefaultClient.
func New(client *http.Client) *Checker {
	if client == nil {
		client = http.DefaultClient
	}
	return &Checker{client: client}
}

// Error reports that a domain does not confirm the association, or not as the platform requires.
type Error struct {
	URL     string // the file
	Problem string // a phrase about the file
	Hint    string // how its owner can fix it
	Err     error  // the cause, may be nil
}

// Error returns the file, the problem, the cause and the hint.
func (e *Error) Error() string {
	s := e.URL + " " + e.Problem
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// App checks that the profile's native app is associated with the RP ID's domain, as its platform does. A profile without
// a platform passes. It fails with an *Error.
func (c *Checker) App(ctx context.Context, profile authenticator.Profile, rpID string) error {
	switch profile.Platform {
	case authenticator.AndroidOS:
		return c.Android(ctx, profile.App, rpID)
	case authenticator.IOS:
		return c.Apple(ctx, profile.AppleAppID, rpID)
	}
	return nil
}

const (
	timeout = 10 * time.Second
	maxSize = 128 << 10 // bytes; Apple's limit
)

var errRedirect = errors.New("it redirects")

// fetch fetches a JSON file as platforms do: over https, with status 200, type application/json and a size limit.
func (c *Checker) fetch(ctx context.Context, url string, redirect func(*http.Request, []*http.Request) error) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, &Error{URL: url, Problem: "is not an address", Err: err}
	}
	client := *c.client
	client.CheckRedirect = redirect
	client.Jar = nil // platforms send no cookies
	response, err := client.Do(request)
	if errors.Is(err, errRedirect) {
		return nil, &Error{URL: url, Problem: "redirects", Hint: "the platform follows no redirects: serve the file right there"}
	}
	if err != nil {
		return nil, &Error{URL: url, Problem: "cannot be reached", Hint: "it must be public, with a valid certificate", Err: err}
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, &Error{URL: url, Problem: fmt.Sprintf("answers %s", response.Status), Hint: "the file must be there, for everyone"}
	}
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "application/json" {
		return nil, &Error{
			URL: url, Problem: fmt.Sprintf("has the type %q", response.Header.Get("Content-Type")),
			Hint: "serve it as application/json",
		}
	}
	// A transport does not have to end a read of the body when the context ends. Closing the body does.
	unhook := context.AfterFunc(ctx, func() { _ = response.Body.Close() })
	defer unhook()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxSize+1))
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, &Error{URL: url, Problem: "cannot be read", Err: err}
	}
	if len(body) > maxSize {
		return nil, &Error{URL: url, Problem: fmt.Sprintf("is larger than %d bytes", maxSize)}
	}
	return body, nil
}

func noRedirect(*http.Request, []*http.Request) error { return errRedirect }
