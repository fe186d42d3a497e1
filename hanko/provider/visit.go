package provider

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
)

// Answer is what somebody answers on the consent page.
type Answer struct {
	Person  string // an ID; "" is the first
	Address Address
	Deny    bool
}

// Visit does what a person does in a browser: it opens an address, follows it to the consent page, answers there, and
// follows the way back to where it ends. It returns that address, which is not requested where it is no web page's. An
// address that does not lead to this provider ends where it leads.
func Visit(ctx context.Context, address string, answer Answer) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	browser := &http.Client{Jar: loopbackJar{jar}, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if next.URL.Scheme != "http" && next.URL.Scheme != "https" {
			return http.ErrUseLastResponse
		}
		if len(via) >= 10 {
			return fmt.Errorf("more than %d redirects", len(via))
		}
		return nil
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	ended, isPage, err := visited(browser.Do(request))
	if err != nil || !isPage {
		return ended, err
	}
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
	request, err = http.NewRequestWithContext(ctx, http.MethodPost, ended, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ended, _, err = visited(browser.Do(request))
	return ended, err
}

// visited returns where a request ended, and whether that is the consent page.
func visited(response *http.Response, err error) (ended string, isPage bool, _ error) {
	if err != nil {
		return "", false, err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)); err != nil {
		return "", false, err
	}
	at := response.Request.URL
	if elsewhere := response.Header.Get("Location"); elsewhere != "" {
		return elsewhere, false, nil
	}
	isPage = response.Request.Method == http.MethodGet && response.StatusCode == http.StatusOK && strings.HasSuffix(at.Path, "/authorize")
	return at.String(), isPage, nil
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
