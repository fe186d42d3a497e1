package cli

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
)

// The log of exchanges has no secret in it, the tenant's own words in an error and what it repeats included.
func TestDebugMasksSecrets(t *testing.T) {
	const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"
	const output, blob = "b3V0cHV0IG9mIHByZiwgMzIgYnl0ZXMgbG9uZyEhISE", "Y29udGVudHMgb2YgYSBsYXJnZSBibG9i"
	body := []byte(`{"clientExtensionResults":{"prf":{"results":{"first":"` + output + `"}},"largeBlob":{"blob":"` + blob + `"}}}`)
	var log strings.Builder
	keep := logExchanges(slog.New(slog.NewJSONHandler(&log, nil)), &secret.Keeper{})
	keep(hanko.Exchange{
		Method: "POST", URL: "https://tenant.example.com/x", RequestBody: body, ResponseBody: body, Status: 401,
		Err: &hanko.Error{Kind: hanko.Refused, Call: "POST /x", Status: 401, Message: "unknown token " + token},
	})
	keep(hanko.Exchange{URL: "https://tenant.example.com/y?was=" + output, ResponseHeader: http.Header{"X-Was": {blob}}, ResponseBody: []byte(output + blob)})
	if !strings.Contains(log.String(), `"error":"POST /x answered 401, `) {
		t.Fatalf("the log is %s", log.String())
	}
	for _, secret := range []string{token, output, blob} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the secret %s is in the log: %s", secret, log.String())
		}
	}
}

// A browser's request is a line of its own, which has no status that nobody saw.
func TestDebugTellsOfTheBrowser(t *testing.T) {
	var log strings.Builder
	keep := logExchanges(slog.New(slog.NewJSONHandler(&log, nil)), &secret.Keeper{})
	keep(hanko.Exchange{Browser: true, Method: "GET", URL: "https://provider.example.com/authorize?state=s"})
	if line := log.String(); !strings.Contains(line, `"msg":"browser"`) || !strings.Contains(line, `"outcome":"sent to the browser"`) || strings.Contains(line, `"status"`) {
		t.Errorf("the log is %s", line)
	}
}
