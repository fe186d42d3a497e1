package hanko_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/hanko"
)

func TestTokens(t *testing.T) {
	sign := func(user string) string { return jwt(`{"alg":"RS256"}`, `{"sub":"`+user+`"}`, "0123456789abcdef") }
	exchange := hanko.Exchange{
		URL:            "http://tenant.test/?t=" + sign("url"),
		RequestHeader:  http.Header{"Authorization": {"Bearer " + sign("bearer")}, "Cookie": {"hanko=opaque-cookie; other=" + sign("cookie")}},
		RequestBody:    []byte(`{"code":"123456","session_token":"` + sign("request") + `"}`),
		ResponseHeader: http.Header{"X-Auth-Token": {"opaque-token"}, "Set-Cookie": {"hanko=opaque-set; Path=/", "gone=; Max-Age=0"}},
		ResponseBody:   []byte(`not JSON ` + sign("response") + ` and ` + sign("url")),
		Err:            &hanko.Error{Kind: hanko.Refused, Message: "unknown " + sign("error")},
	}
	want := []string{sign("bearer"), sign("cookie"), sign("error"), sign("request"), sign("response"), sign("url"), "opaque-cookie", "opaque-set", "opaque-token"}
	got := map[string]int{}
	for _, token := range exchange.Tokens() {
		got[token]++
	}
	wanted := map[string]int{}
	for _, token := range want {
		wanted[token] = 1
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("(-want +found):\n%s", diff)
	}
	if got := (hanko.Exchange{}).Tokens(); len(got) > 0 {
		t.Errorf("an empty exchange has %q", got)
	}
}
