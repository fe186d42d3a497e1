package association

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"example.com/hankosim/internal/exactjson"
)

// maxLabels is how many different labels clients read from a list (WebAuthn Level 3 section 5.11.1: at least five).
const maxLabels = 5

// RelatedOrigin checks that the RP ID's domain lists a page's origin in https://<RP ID>/.well-known/webauthn (section
// 5.11). It follows redirects that stay on https. It fails with an *Error.
func (c *Checker) RelatedOrigin(ctx context.Context, rpID, origin string) error {
	url := "https://" + rpID + "/.well-known/webauthn"
	file, err := c.fetch(ctx, url, httpsRedirect)
	if err != nil {
		return err
	}
	listed, err := listsOrigin(file, origin)
	if err != nil {
		return &Error{URL: url, Problem: "is not a list of related origins", Hint: `it should be {"origins":["` + origin + `"]}`, Err: err}
	}
	if !listed {
		return &Error{
			URL: url, Problem: "does not list " + origin,
			Hint: "or lists it after names of five other sites, where clients stop reading",
		}
	}
	return nil
}

func httpsRedirect(next *http.Request, via []*http.Request) error {
	if next.URL.Scheme != "https" {
		return errors.New("it redirects away from https")
	}
	if len(via) >= 10 {
		return errors.New("it redirects ten times")
	}
	return nil
}

// listsOrigin reports whether a list contains an origin, by "validate a related origin" of section 5.11.1: entries are
// origins, and only maxLabels different labels before public suffixes ("example" in https://example.co.uk) count.
func listsOrigin(file []byte, origin string) (bool, error) {
	var in struct {
		Origins []string `json:"origins"`
	}
	miscased, err := exactjson.Unmarshal(file, &in)
	if err != nil {
		return false, err
	}
	if in.Origins == nil {
		if hint := exactjson.Hint(miscased); hint != "" {
			return false, fmt.Errorf("it has no origins: %s", hint)
		}
		return false, errors.New("it has no origins")
	}
	labels := map[string]bool{}
	for _, entry := range in.Origins {
		u, err := url.Parse(entry)
		if err != nil || u.Host == "" {
			continue
		}
		domain, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(u.Hostname()))
		if err != nil {
			continue
		}
		label, _, _ := strings.Cut(domain, ".")
		if !labels[label] && len(labels) >= maxLabels {
			continue
		}
		labels[label] = true
		if strings.ToLower(u.Scheme+"://"+u.Host) == origin {
			return true, nil
		}
	}
	return false, nil
}
