package provider

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
)

// Answer is a person's answer on the consent page.
type Answer struct {
	Person  string // an ID of People or Newcomer; "" is the first of People
	Address Address
	Deny    bool
}

// Visit does what a person does in a browser. It opens an address, follows redirects to the consent page, answers there, and follows
// redirects back. It returns the last address, which it does not request unless it is a web page's. If the redirects do not lead
// to this provider, it returns where they end.
func Visit(ctx context.Context, address string, answer Answer) (string, error) {
	browser := NewBrowser(nil)
	page, err := browser.follow(ctx, Page{Next: address})
	if err == nil && page.Consent {
		if page, err = browser.Answer(ctx, page, answer); err == nil {
			page, err = browser.follow(ctx, page)
		}
	}
	return page.URL, err
}

// Browser is a simple browser that keeps cookies. It is not safe for concurrent use.
type Browser struct{ client http.Client }

// NewBrowser returns a browser without cookies. A nil transport means http.DefaultTransport.
func NewBrowser(transport http.RoundTripper) *Browser {
	jar, _ := cookiejar.New(nil) // never fails
	return &Browser{http.Client{
		Transport: transport, Jar: loopbackJar{jar},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Page is a page that a browser shows, or a redirect.
type Page struct {
	URL     string
	Status  int
	Next    string // where a redirect leads; "" for a page
	Consent bool   // it is the consent page of this package's provider
}

// MostRedirects limits how many redirects a browser follows.
const MostRedirects = 10

// IsWeb reports whether an address is a web page's, and not an app's.
func IsWeb(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https")
}

// follow follows redirects until there are no more.
func (b *Browser) follow(ctx context.Context, page Page) (Page, error) {
	for range MostRedirects {
		switch {
		case page.Next == "":
			return page, nil
		case !IsWeb(page.Next):
			return Page{URL: page.Next}, nil
		}
		var err error
		if page, err = b.Open(ctx, page.Next); err != nil {
			return page, err
		}
	}
	return page, fmt.Errorf("more than %d redirects", MostRedirects)
}

// Open requests an address. It does not follow redirects.
func (b *Browser) Open(ctx context.Context, address string) (Page, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Page{}, err
	}
	return b.do(request)
}

// Answer answers on the consent page.
func (b *Browser) Answer(ctx context.Context, consent Page, answer Answer) (Page, error) {
	form := url.Values{fieldPerson: {answer.Person}, fieldAddress: {string(answer.Address)}}
	if answer.Person == "" {
		form.Set(fieldPerson, People()[0].ID)
	}
	if answer.Address == "" {
		form.Set(fieldAddress, string(Verified))
	}
	if answer.Deny {
		form.Set(fieldDeny, "1")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, consent.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return Page{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(request)
}

func (b *Browser) do(request *http.Request) (Page, error) {
	response, err := b.client.Do(request)
	if err != nil {
		return Page{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return Page{}, err
	}
	page := Page{URL: request.URL.String(), Status: response.StatusCode}
	if elsewhere := response.Header.Get("Location"); elsewhere != "" && response.StatusCode/100 == 3 {
		next, err := request.URL.Parse(elsewhere)
		if err != nil {
			return page, err
		}
		page.Next = next.String()
	}
	page.Consent = request.Method == http.MethodGet && page.Status == http.StatusOK && bytes.Contains(body, []byte(consentMark))
	return page, nil
}

// loopbackJar keeps Secure cookies on plain http too, as browsers do on loopback.
type loopbackJar struct{ http.CookieJar }

func (j loopbackJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.CookieJar.SetCookies(secure(u), cookies)
}
func (j loopbackJar) Cookies(u *url.URL) []*http.Cookie { return j.CookieJar.Cookies(secure(u)) }

func secure(u *url.URL) *url.URL {
	changed := *u
	changed.Scheme = "https"
	return &changed
}
