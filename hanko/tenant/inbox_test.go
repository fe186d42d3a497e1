package tenant

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/hankosim/hanko/mailbox"
)

func TestInboxPages(t *testing.T) {
	inbox := mailbox.NewInbox()
	now := newClock()
	a := openTenant(t, Options{Inbox: inbox, Now: now.time, RPName: "Café <Ada>"})
	if a.tenant.Inbox() != inbox {
		t.Error("the tenant does not use the inbox it was given")
	}
	if empty := a.call("GET", "/inbox.json", nil); empty.raw != "[]\n" {
		t.Errorf("an empty inbox is %q", empty.raw)
	}
	if page := a.call("GET", "/inbox", nil); !strings.Contains(page.raw, "Nothing yet") {
		t.Errorf("the page of an empty inbox is %s", page.raw)
	}
	a.signUp("ada@example.com")
	a.signUp("bob@example.com")
	adaCode, bobCode := a.codeFor("ada@example.com"), a.codeFor("bob@example.com")

	var mails []mailbox.Mail
	if err := json.Unmarshal([]byte(a.call("GET", "/inbox.json", nil).raw), &mails); err != nil {
		t.Fatal(err)
	}
	if len(mails) != 2 || mails[0].To != "bob@example.com" {
		t.Fatalf("the inbox is %+v, want bob's mail before ada's", mails)
	}
	want := mailbox.Mail{
		To: "ada@example.com", From: `"Hanko" <noreply@hanko.io>`, Subject: adaCode + " is your passcode for Café <Ada>",
		Body: "Enter the following passcode to verify your identity:\n\n" + adaCode + "\n\nThe passcode is valid for 5 minutes.\n",
		At:   now.time(), Code: adaCode,
	}
	if mails[1] != want {
		t.Errorf("ada's mail is %+v, want %+v", mails[1], want)
	}
	adas := a.call("GET", "/inbox.json?to=ADA@example.com", nil)
	if list := adas.body.([]any); len(list) != 1 || strings.Contains(adas.raw, bobCode) {
		t.Errorf("the inbox for ada is %s", adas.raw)
	}

	page := a.call("GET", "/inbox?to=ada%40example.com", nil)
	for _, part := range []string{`<div class="code">` + adaCode + "</div>", "Café &lt;Ada&gt;", "/inbox.json?to=ada%40example.com"} {
		if !strings.Contains(page.raw, part) {
			t.Errorf("the page has no %s:\n%s", part, page.raw)
		}
	}
	if strings.Contains(page.raw, bobCode) {
		t.Error("ada's page has bob's code")
	}
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the page's policy is %q", policy)
	}
	if home := a.call("GET", "/", nil).want(t, 200, ""); !strings.Contains(home.raw, `href="/inbox"`) {
		t.Errorf("the start page has no way to the inbox: %s", home.raw)
	}
	injected := a.call("GET", "/inbox?to=%3Cscript%3E", nil)
	if strings.Contains(injected.raw, "<script>") {
		t.Errorf("the page repeats what it was asked: %s", injected.raw)
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	a := openTenant(t, Options{Log: slog.New(slog.NewJSONHandler(&out, nil))})
	a.signUp("ada@example.com")
	a.call("GET", "/nope", nil)
	userID, _ := a.create("new@example.com")
	a.call("POST", "/passcode/login/initialize", object{"user_id": userID}).want(t, 500, "")
	log := out.String()
	for _, part := range []string{
		`"msg":"passcode sent","to":"ada@example.com","passcode":"` + a.codeFor("ada@example.com") + `"`,
		`"msg":"request","method":"GET","path":"/nope","status":404`,
		`"msg":"internal error","method":"POST","path":"/passcode/login/initialize"`,
		`neither an email_id nor the hanko_email_id cookie`,
	} {
		if !strings.Contains(log, part) {
			t.Errorf("the log has no %s:\n%s", part, log)
		}
	}
	if strings.Contains(log, a.token) {
		t.Error("the session token is in the log")
	}
}

func TestRequestID(t *testing.T) {
	a := openTenant(t, Options{})
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/health/alive", nil)
	first := a.send(r).header.Get("X-Request-Id")
	if second := a.send(r).header.Get("X-Request-Id"); first == second || len(first) < 20 {
		t.Errorf("two requests have the ids %q and %q", first, second)
	}
	r.Header.Set("X-Request-Id", "mine")
	if id := a.send(r).header.Get("X-Request-Id"); id != "mine" {
		t.Errorf("the id is %q, want the one that was sent", id)
	}
}
