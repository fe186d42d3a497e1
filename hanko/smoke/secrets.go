package smoke

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
)

// secrets are what a run must keep out of its report. Exchanges are masked where secrets belong; a tenant that repeats
// one where none belongs, in an error's text say, is met by looking for the secret itself.
type secrets map[string]bool

// add remembers a secret. What is too short to be one would blot out half the report.
func (s secrets) add(secret string) {
	if len(secret) >= 4 {
		s[secret] = true
	}
}

var csrfToken = regexp.MustCompile(`"csrf_token"\s*:\s*"([^"\\]+)"`)

// learn remembers the tokens and cookies of an exchange.
func (s secrets) learn(exchange hanko.Exchange) {
	_, bearer, _ := strings.Cut(exchange.RequestHeader.Get("Authorization"), " ")
	s.add(bearer)
	s.add(exchange.ResponseHeader.Get("X-Auth-Token"))
	for _, body := range [][]byte{exchange.RequestBody, exchange.ResponseBody} {
		for _, found := range csrfToken.FindAllSubmatch(body, -1) {
			s.add(string(found[1]))
		}
	}
	for _, cookie := range (&http.Request{Header: exchange.RequestHeader}).Cookies() {
		s.add(cookie.Value)
	}
	for _, cookie := range (&http.Response{Header: exchange.ResponseHeader}).Cookies() {
		s.add(cookie.Value)
	}
}

// hide takes all secrets out of a result.
func (s secrets) hide(result *Result) {
	if len(s) == 0 {
		return
	}
	var pairs []string
	for _, secret := range slices.SortedFunc(maps.Keys(s), func(a, b string) int { return len(b) - len(a) }) {
		pairs = append(pairs, secret, "••••••")
	}
	replacer := strings.NewReplacer(pairs...)
	for _, text := range []*string{&result.Note, &result.Cause, &result.Remedy} {
		*text = replacer.Replace(*text)
	}
	for i := range result.Evidence {
		exchange := &result.Evidence[i]
		exchange.URL, exchange.Path = replacer.Replace(exchange.URL), replacer.Replace(exchange.Path)
		exchange.RequestBody = []byte(replacer.Replace(string(exchange.RequestBody)))
		exchange.ResponseBody = []byte(replacer.Replace(string(exchange.ResponseBody)))
		for _, header := range []http.Header{exchange.RequestHeader, exchange.ResponseHeader} { // Masked has cloned them
			for name, values := range header {
				for j := range values {
					header[name][j] = replacer.Replace(values[j])
				}
			}
		}
	}
}
