package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/hankosim/hanko/mailbox"
)

const (
	ada = "ada@example.com"
	bob = "bob+1@example.com"
)

// patience is how long a test waits for what comes at once on a calm machine.
const patience = 2 * time.Minute

// expect asks for a passcode that is there or comes soon.
func expect(t *testing.T, box mailbox.Box, want mailbox.Want, code string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := box.Passcode(ctx, want)
	if err != nil || got != code {
		t.Errorf("Passcode(%s) = %q, %v; want %q", want.To, got, err, code)
	}
}

// expectNone asks for a passcode that does not come, and checks the error.
func expectNone(t *testing.T, box mailbox.Box, want mailbox.Want) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 80*time.Millisecond)
	defer cancel()
	code, err := box.Passcode(ctx, want)
	var none *mailbox.NoMailError
	if code != "" || !errors.As(err, &none) || none.Err.Kind != mailbox.NoMail || none.To != want.To || none.Subject != "" {
		t.Errorf("Passcode(%s) = %q, %v; want no mail", want.To, code, err)
	}
}

// TestBoxes holds every box to the same rules, on a server of its kind.
func TestBoxes(t *testing.T) {
	rules := map[string]func(*testing.T, mailServer){
		"a mail that is there":          ruleThere,
		"a mail that comes":             ruleComes,
		"old mails never match":         ruleOld,
		"an uncollected mail is old":    ruleUncollected,
		"the recipient is exact":        ruleRecipient,
		"the newest counts":             ruleNewest,
		"a mail without a code":         ruleCodeless,
		"an older mail without a code":  ruleCodelessBefore,
		"a mail with two codes":         ruleTied,
		"waits do not disturb another":  ruleConcurrent,
		"closing ends the wait":         ruleClose,
		"a context that ended":          ruleEnded,
		"what cannot be asked for":      ruleBadWant,
		"letters and digits":            ruleCharset,
		"a moment before the box opens": ruleBeforeOpen,
	}
	for name, start := range servers(t) {
		for title, rule := range rules {
			t.Run(name+"/"+title, func(t *testing.T) {
				t.Parallel()
				rule(t, start(t))
			})
		}
	}
}

func ruleThere(t *testing.T, server mailServer) {
	box := open(t, server)
	after := time.Now()
	server.deliver(t, passcodeMail("112233"), 0, ada)
	expect(t, box, mailbox.Want{To: ada, After: after}, "112233")
	expect(t, box, mailbox.Want{To: ada}, "112233")
}

func ruleComes(t *testing.T, server mailServer) {
	box := open(t, server)
	after := time.Now()
	var sent sync.WaitGroup
	sent.Go(func() {
		time.Sleep(150 * time.Millisecond)
		server.deliver(t, passcodeMail("223344"), 0, ada)
	})
	expect(t, box, mailbox.Want{To: ada, After: after}, "223344")
	sent.Wait()
}

func ruleOld(t *testing.T, server mailServer) {
	if !receives(server) {
		server.deliver(t, passcodeMail("000001"), 0, ada)
	}
	box := open(t, server)
	expectNone(t, box, mailbox.Want{To: ada, After: time.Now()})

	after := time.Now()
	server.deliver(t, passcodeMail("000002"), 0, ada)
	expect(t, box, mailbox.Want{To: ada, After: after}, "000002")
	after = time.Now()
	expectNone(t, box, mailbox.Want{To: ada, After: after})
	server.deliver(t, passcodeMail("000003"), 0, ada)
	expect(t, box, mailbox.Want{To: ada, After: after}, "000003")
}

// ruleUncollected: a mail that nobody looked at when it came is judged by the server's clock. MailSlurper does not tell
// the time.
func ruleUncollected(t *testing.T, server mailServer) {
	box := open(t, server)
	switch server.(type) {
	case *fakeMailslurper:
		after := time.Now()
		server.deliver(t, passcodeMail("111111"), time.Minute, ada)
		expect(t, box, mailbox.Want{To: ada, After: after}, "111111")
		return
	case *realMailpit:
		server.deliver(t, passcodeMail("111111"), 0, ada)
		time.Sleep(1500 * time.Millisecond) // more than the Date header leaves open
	default:
		server.deliver(t, passcodeMail("111111"), 20*time.Second, ada)
	}
	after := time.Now()
	expectNone(t, box, mailbox.Want{To: ada, After: after})
	server.deliver(t, passcodeMail("222222"), 0, ada)
	expect(t, box, mailbox.Want{To: ada, After: after}, "222222")
}

func ruleRecipient(t *testing.T, server mailServer) {
	box := open(t, server)
	after := time.Now()
	server.deliver(t, passcodeMail("100001"), 0, "ada+1@example.com")
	server.deliver(t, passcodeMail("100002"), 0, "mad.ada@example.com")
	server.deliver(t, passcodeMail("100003"), 0, "ada@example.com.example.org")
	expectNone(t, box, mailbox.Want{To: ada, After: after})
	expect(t, box, mailbox.Want{To: "ADA+1@Example.COM", After: after}, "100001")
	server.deliver(t, passcodeMail("100004"), 0, "Ada@Example.com", "second@example.com")
	expect(t, box, mailbox.Want{To: ada, After: after}, "100004")
}

func ruleNewest(t *testing.T, server mailServer) {
	box := open(t, server)
	after := time.Now()
	for n := range 3 {
		server.deliver(t, passcodeMail(fmt.Sprint(500000+n)), 0, ada)
		time.Sleep(5 * time.Millisecond)
	}
	expect(t, box, mailbox.Want{To: ada, After: after}, "500002")
}

func ruleCodeless(t *testing.T, server mailServer) {
	box := open(t, server)
	after := time.Now()
	var sent sync.WaitGroup
	sent.Go(func() {
		time.Sleep(120 * time.Millisecond)
		server.deliver(t, plainMail("Provided email address is not recognized", "You or someone else tried to sign in to Hanko, "+
			"but the provided email address is not recognized. Please create an account first.\r\n"), 0, ada)
	})
	defer sent.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	code, err := box.Passcode(ctx, mailbox.Want{To: ada, After: after})
	var none *mailbox.NoMailError
	if code != "" || !errors.As(err, &none) || none.Err.Kind != mailbox.NoCode || none.Subject != "Provided email address is not recognized" {
		t.Fatalf("Passcode = %q, %v; want the error that the mail has no code", code, err)
	}
	if none.Waited > patience/2 || ctx.Err() != nil {
		t.Errorf("it took %s to say so, want it at once", none.Waited)
	}
}

// ruleTied: where two numbers are equally likely the code, none is tried, and both are told.
func ruleTied(t *testing.T, server mailServer) {
	box := open(t, server)
	after := time.Now()
	server.deliver(t, plainMail("Your sign-in", "Hello\r\n\r\n482913\r\n\r\n704112\r\n"), 0, ada)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	code, err := box.Passcode(ctx, mailbox.Want{To: ada, After: after})
	var none *mailbox.NoMailError
	if code != "" || !errors.As(err, &none) || none.Err.Kind != mailbox.TiedCodes || !slices.Equal(none.Tied, []string{"482913", "704112"}) {
		t.Fatalf("Passcode = %q, %v; want the error that two numbers may be the code", code, err)
	}
	if !strings.Contains(err.Error(), "482913 and 704112") || !strings.Contains(err.Error(), "None was tried") {
		t.Errorf("it says %v", err)
	}
}

// ruleCodelessBefore: a notice sent just before the passcode does not end the wait for it.
func ruleCodelessBefore(t *testing.T, server mailServer) {
	box := open(t, server)
	server.deliver(t, plainMail("A passkey was added", "Was it you?\r\n"), 0, ada)
	time.Sleep(10 * time.Millisecond)
	after := time.Now()
	var sent sync.WaitGroup
	sent.Go(func() {
		time.Sleep(120 * time.Millisecond)
		server.deliver(t, passcodeMail("334455"), 0, ada)
	})
	expect(t, box, mailbox.Want{To: ada, After: after}, "334455")
	sent.Wait()
}

func ruleConcurrent(t *testing.T, server mailServer) {
	box := open(t, server)
	var all sync.WaitGroup
	for n := range 5 {
		all.Go(func() {
			to := fmt.Sprintf("robot+%d@example.com", n)
			for round := range 2 {
				after := time.Now()
				code := fmt.Sprintf("6%d000%d", round, n)
				server.deliver(t, passcodeMail(code), 0, to)
				expect(t, box, mailbox.Want{To: to, After: after}, code)
			}
		})
	}
	all.Wait()
}

func ruleClose(t *testing.T, server mailServer) {
	box := open(t, server)
	failed := make(chan error, 1)
	go func() {
		_, err := box.Passcode(t.Context(), mailbox.Want{To: ada, After: time.Now()})
		failed <- err
	}()
	time.Sleep(50 * time.Millisecond)
	if err := box.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	select {
	case err := <-failed:
		if !errors.Is(err, mailbox.ErrClosed) {
			t.Errorf("the wait ended with %v, want that the box was closed", err)
		}
	case <-time.After(patience):
		t.Error("the wait goes on after Close")
	}
}

func ruleEnded(t *testing.T, server mailServer) {
	box := open(t, server)
	interrupted := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(interrupted)
	_, err := box.Passcode(ctx, mailbox.Want{To: ada, After: time.Now()})
	var none *mailbox.NoMailError
	if !errors.As(err, &none) || !errors.Is(err, interrupted) {
		t.Errorf("Passcode with a context that ended: %v, want no mail, because of the context's cause", err)
	}
}

func ruleBadWant(t *testing.T, server mailServer) {
	box := open(t, server)
	for _, want := range []mailbox.Want{
		{},
		{To: "ada"},
		{To: "Ada <ada@example.com>"},
		{To: `"ada b"@example.com`},
		{To: "ada@example.com\r\nBcc: x@example.com"},
		{To: ada, Charset: "roman"},
		{To: ada, Length: -1},
	} {
		_, err := box.Passcode(t.Context(), want)
		var bad *mailbox.Error
		if !errors.As(err, &bad) || bad.Kind != mailbox.BadWant {
			t.Errorf("Passcode(%+v): %v, want that it cannot be asked for", want, err)
		}
	}
	for _, secret := range []string{imapPassword, "password"} {
		if strings.Contains(box.String(), secret) {
			t.Errorf("the box's name %q has a secret in it", box)
		}
	}
}

func ruleCharset(t *testing.T, server mailServer) {
	box := open(t, server)
	after := time.Now()
	server.deliver(t, passcodeMail("aB3xY9"), 0, ada)
	server.deliver(t, passcodeMail("4711"), 0, bob)
	expect(t, box, mailbox.Want{To: ada, After: after}, "aB3xY9")
	expect(t, box, mailbox.Want{To: ada, After: after, Charset: mailbox.Alphanumeric}, "aB3xY9")
	expect(t, box, mailbox.Want{To: bob, After: after, Length: 4, Charset: mailbox.Numeric}, "4711")
}

// ruleBeforeOpen: whoever asks for a mail from before the box was opened gets it.
func ruleBeforeOpen(t *testing.T, server mailServer) {
	if receives(server) {
		return // such a box has no mails from before
	}
	after := time.Now().Add(-2 * time.Second)
	server.deliver(t, passcodeMail("778899"), 0, ada)
	box := open(t, server)
	expect(t, box, mailbox.Want{To: ada, After: after}, "778899")
	expectNone(t, box, mailbox.Want{To: ada, After: time.Now()})
}

// receives says whether mails can be delivered only while the box is open.
func receives(server mailServer) bool {
	switch server.(type) {
	case *catcher, *hookTenant:
		return true
	}
	return false
}

// TestRealMailsArrive delivers mails as Hanko sends them, in several languages, to each kind of server.
func TestRealMailsArrive(t *testing.T) {
	real := map[string]string{"flow-unknown-de": "", "rest-login-zh-CN": "499834", "flow-verify-bn": ""}
	for name := range real {
		raw, err := os.ReadFile("testdata/mails/" + name + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		real[name] = string(raw)
	}
	const cut = "Mime-Version: 1.0\r\nTo: ada@example.com\r\nSubject: Hi\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n" +
		"--i\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--i\r\nContent-Type: text/html\r\n" +
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n<p style=3D\"margin: 0\">123=\r\n456</p>\r\n--i--\r\n"
	bengali := regexp.MustCompile(`\r\n([0-9]{6})\r\n`).FindStringSubmatch(real["flow-verify-bn"])[1]
	for name, start := range servers(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			switch server.(type) {
			case *remoteTenant, *hookTenant:
				return // they carry texts, not MIME
			}
			box := open(t, server)
			after := time.Now()
			server.deliver(t, real["flow-unknown-de"], 0, "codeless@example.com")
			server.deliver(t, real["rest-login-zh-CN"], 0, ada)
			server.deliver(t, real["flow-verify-bn"], 0, bob)
			server.deliver(t, cut, 0, "cut@example.com")
			expect(t, box, mailbox.Want{To: ada, After: after}, "499834")
			expect(t, box, mailbox.Want{To: bob, After: after}, bengali)
			expect(t, box, mailbox.Want{To: "cut@example.com", After: after}, "123456")
			_, err := box.Passcode(t.Context(), mailbox.Want{To: "codeless@example.com"})
			var none *mailbox.NoMailError
			if !errors.As(err, &none) || none.Err.Kind != mailbox.NoCode || none.Subject != "Die angegebene E-Mail-Adresse wird nicht erkannt." {
				t.Errorf("a mail without a code: %v", err)
			}
		})
	}
}

func TestFromInbox(t *testing.T) {
	inbox := mailbox.NewInbox()
	deliverTo(inbox, passcodeMail("000001"), 0, ada)
	box := mailbox.FromInbox(inbox)
	after := time.Now()
	expectNone(t, box, mailbox.Want{To: ada, After: after})
	inbox.Deliver(mailbox.Mail{To: ada, Subject: "Order 999999", Body: "as text: 888888", Code: "123456", At: time.Unix(0, 0)})
	expect(t, box, mailbox.Want{To: "Ada@example.com", After: after}, "123456")
	expect(t, box, mailbox.Want{To: ada}, "123456")
	if err := box.Close(); err != nil {
		t.Fatal(err)
	}
	if inbox.Deliver(mailbox.Mail{}); inbox.Delivered() != 3 {
		t.Error("closing the box closed the inbox")
	}
}
