package mailbox

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// sameAnswer answers every call with one body.
type sameAnswer string

func (s sameAnswer) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(s))), Request: request,
		Header: http.Header{"Date": {"Tue, 03 Mar 2026 10:00:00 GMT"}},
	}, nil
}

// Whatever a mail server answers: it is refused with an *Error, or its mails are read to an end.
func FuzzAnswers(f *testing.F) {
	f.Add(`{"messages_count":1,"messages":[{"ID":"a","To":[{"Address":"ada@example.com"}],"Created":"2026-03-03T10:00:00Z"}]}`)
	f.Add(`{"mailItems":[{"id":"a","dateSent":"2026-03-03 10:00:00","toAddresses":["ada@example.com"],"subject":"x","body":"482913"}],"totalRecords":1}`)
	f.Add(`{"id":"a","subject":"=?utf-8?q?x?=","body":"Code =\r\n482913"}`)
	f.Add(`{"total":1,"items":[{"ID":"a","Created":"2026-03-03T10:00:00Z","Raw":{"To":["ada@example.com"],"Data":"Subject: x\r\n\r\n482913"}}]}`)
	f.Add(`[{"to":"ada@example.com","subject":"x","body":"482913","at":"2026-03-03T10:00:00Z","code":"482913"}]`)
	f.Add(`{"messages_count":1e99,"messages":[null],"mailItems":[{}],"totalRecords":-1,"items":[{"Raw":null}]}`)
	f.Add("null")
	f.Add("Subject: 482913\r\n\r\n482913")
	views := map[string]func(*httpServer) view{"Mailpit": newMailpit, "MailSlurper": newMailslurper, "MailHog": newMailhog, "inbox": newRemoteInbox}
	f.Fuzz(func(t *testing.T, body string) {
		for name, view := range views {
			server := newHTTPServer(name, &url.URL{Scheme: "http", Host: "mail.test"}, Options{})
			server.client.Transport = sameAnswer(body)
			readAll(t, view(server))
		}
	})
}

// readAll reads all mails that a view shows.
func readAll(t *testing.T, v view) {
	want := Want{To: "ada@example.com", After: time.Unix(0, 0), Length: defaultLength}
	var told *Error
	held, err := v.held(t.Context())
	if err != nil && !errors.As(err, &told) {
		t.Fatalf("it fails with %T: %v", err, err)
	}
	letters, err := v.list(t.Context(), want)
	if err != nil && !errors.As(err, &told) {
		t.Fatalf("it fails with %T: %v", err, err)
	}
	for _, l := range letters {
		if held != nil {
			held(l)
		}
		c, err := v.read(t.Context(), l)
		switch {
		case err != nil && !errors.As(err, &told):
			t.Fatalf("it fails with %T: %v", err, err)
		case err == nil:
			if code, tied := c.codeFor(want); code != "" && tied != nil {
				t.Fatalf("the code is %q, and tied are %q", code, tied)
			}
		}
	}
}
