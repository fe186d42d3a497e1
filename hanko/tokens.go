package hanko

import (
	"net/http"
	"regexp"
	"slices"
)

// jwtPattern finds compact JWS.
var jwtPattern = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*`)

// Tokens are the session tokens, cookies and other secrets of the kind that stand in the exchange, as they are and each
// once, in no order that means anything: what a screen must not show by accident, wherever it came from. Passcodes and
// passwords are not among them.
func (e Exchange) Tokens() []string {
	texts := []string{e.URL, string(e.RequestBody), string(e.ResponseBody)}
	var found []string
	for _, header := range []http.Header{e.RequestHeader, e.ResponseHeader} {
		for _, values := range header {
			texts = append(texts, values...)
		}
		found = append(found, header.Values("X-Auth-Token")...)
	}
	for _, cookie := range (&http.Request{Header: e.RequestHeader}).Cookies() {
		found = append(found, cookie.Value)
	}
	for _, cookie := range (&http.Response{Header: e.ResponseHeader}).Cookies() {
		found = append(found, cookie.Value)
	}
	if e.Err != nil {
		texts = append(texts, e.Err.Error())
	}
	for _, text := range texts {
		found = append(found, jwtPattern.FindAllString(text, -1)...)
	}
	slices.Sort(found)
	return slices.DeleteFunc(slices.Compact(found), func(token string) bool { return token == "" })
}
