package mailbox_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/internal/tenanttest"
)

func kindOf(err error) mailbox.Kind {
	var e *mailbox.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Kind
}

func TestOpenRefuses(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	status := func(code int, body string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 20 {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	nobody := tenanttest.FreeAddress(t)
	provider := newIMAP(t, true, 0)
	t.Setenv("RIGHT", imapPassword)
	t.Setenv("WRONG", "wrong pass")
	t.Setenv("EMPTY", "")

	tests := []struct {
		spec string
		kind mailbox.Kind
		says string
	}{
		{"", mailbox.BadSpec, "mailpit:http://host:8025"},
		{"pigeon:loft", mailbox.BadSpec, "webhook:127.0.0.1:9000?jwks="},
		{"ask:me", mailbox.BadSpec, "names no mailbox"},
		{"ask", mailbox.BadSpec, "nobody to ask"},
		{"mailpit", mailbox.BadSpec, "mailpit:http://host:8025"},
		{"mailpit:localhost:8025", mailbox.BadSpec, "mailpit:http://host:8025"},
		{"mailpit:ftp://localhost:8025", mailbox.BadSpec, "http:// or https://"},
		{"mailpit:http://ada:secret@localhost:8025", mailbox.BadSpec, "password-env"},
		{"mailpit:http://localhost:8025?token=secret", mailbox.BadSpec, "password-env"},
		{"mailpit:http://local host", mailbox.BadSpec, "cannot be read"},
		{"mailpit:http://ada@localhost:8025", mailbox.CredentialsRefused, "no password for ada@localhost"},
		{"mailpit:http://ada@localhost:8025?password-env=EMPTY", mailbox.CredentialsRefused, "EMPTY"},
		{"mailpit:http://" + nobody, mailbox.Unreachable, "Is it running"},
		{"mailpit:" + status(http.StatusUnauthorized, ""), mailbox.CredentialsRefused, "401"},
		{"mailpit:" + status(http.StatusNotFound, ""), mailbox.BadAnswer, "404"},
		{"mailpit:" + status(http.StatusBadGateway, ""), mailbox.Unreachable, "502"},
		{"mailpit:" + status(http.StatusOK, "<html>"), mailbox.BadAnswer, "does not answer as Mailpit does"},
		{"mailhog:" + endless.URL, mailbox.BadAnswer, "longer than"},
		{"mailslurper:" + status(http.StatusOK, "[]"), mailbox.BadAnswer, "does not answer as MailSlurper does"},
		{"inbox:" + status(http.StatusOK, "{}"), mailbox.BadAnswer, "hankosim tenant"},
		{"smtp:", mailbox.BadSpec, "smtp:127.0.0.1:1025"},
		{"smtp:1025", mailbox.BadSpec, "smtp:127.0.0.1:1025"},
		{"smtp:" + busy.Addr().String(), mailbox.Unreachable, "cannot listen"},
		{"webhook:127.0.0.1:0", mailbox.BadSpec, "jwks"},
		{"webhook:127.0.0.1:0?jwks=keys.json", mailbox.BadSpec, "/.well-known/jwks.json"},
		{"webhook:127.0.0.1:0?jwks=http://" + nobody, mailbox.Unreachable, "key set"},
		{"webhook:127.0.0.1:0?jwks=" + status(http.StatusOK, `{"keys":[]}`), mailbox.BadAnswer, "no keys"},
		{"command:", mailbox.BadSpec, "no command"},
		{"command:sh -c 'open", mailbox.BadSpec, "no command"},
		{"command:no-such-command-anywhere", mailbox.BadSpec, "cannot be run"},
		{"imaps://robot:secret@" + provider.address, mailbox.BadSpec, "password-env"},
		{"imaps://" + provider.address, mailbox.BadSpec, "no user"},
		{"imap://robot@" + provider.address, mailbox.BadSpec, "imaps://"},
		{"imaps://robot@" + nobody + "?password-env=RIGHT", mailbox.Unreachable, "993"},
		{"imaps://robot@" + provider.address + "?password-env=WRONG", mailbox.CredentialsRefused, "app password"},
		{"imaps://robot@" + provider.address + "/Nowhere?password-env=RIGHT", mailbox.BadAnswer, "Nowhere"},
	}
	for _, test := range tests {
		t.Run(test.spec, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			box, err := mailbox.Open(ctx, test.spec, mailbox.Options{Roots: provider.roots})
			if err == nil {
				_ = box.Close()
			}
			if kindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("Open: %v; want kind %d and %q in it", err, test.kind, test.says)
			}
			for _, secret := range []string{"secret", "wrong pass", imapPassword} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells the secret: %v", err)
				}
			}
		})
	}

	t.Run("a certificate that nobody vouches for", func(t *testing.T) {
		_, err := mailbox.Open(t.Context(), "imaps://robot@"+provider.address+"?password-env=RIGHT", mailbox.Options{})
		if kindOf(err) != mailbox.Unreachable || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("Open: %v", err)
		}
	})
	t.Run("a password that is asked for", func(t *testing.T) {
		options := mailbox.Options{Roots: provider.roots, Password: func(_ context.Context, account string) (string, error) {
			if account != "robot@127.0.0.1" {
				t.Errorf("the password of %s is asked for", account)
			}
			return imapPassword, nil
		}}
		box, err := mailbox.Open(t.Context(), "imaps://robot@"+provider.address, options)
		if err != nil {
			t.Fatal(err)
		}
		if want := "IMAP mailbox INBOX of robot at " + provider.address; box.String() != want {
			t.Errorf("the box is %q, want %q", box, want)
		}
		_ = box.Close()
	})
}

// TestNoPasswordIsRepeated writes a password into specs of every kind, well-formed ones and others: no message has it.
func TestNoPasswordIsRepeated(t *testing.T) {
	nobody := tenanttest.FreeAddress(t)
	var specs []string
	for _, password := range []string{"sesame", "ses/ame", "1/sesame", "ses?ame", "1?sesame", "ses#ame", "ses@ame", "ses ame", "ses%ame", "ses:ame", "//sesame", "ses\x1bame"} {
		account := "ada:" + password + "@"
		specs = append(specs,
			account+"h", "imap://"+account+"h", "imaps://"+account+"h", "imaps:"+account+"h", "pop3:http://"+account+"h:1",
			"mailpit:"+account+"h", "mailpit:http://"+account+nobody, "mailpit://"+account+"h", "mailslurper:ftp://"+account+"h",
			"mailhog:http:"+account+"h", "inbox:https://"+account+"h/x?y", "http://"+account+"h", account+nobody,
			"smtp:"+account+"127.0.0.1:0", "smtp:"+account+"h", "smtp://"+account+"h:25",
			"webhook:"+account+"h:1", "webhook:"+account+"h:1?jwks=http://"+nobody, "webhook:127.0.0.1:0?jwks="+account+"h",
			"webhook:127.0.0.1:0?jwks=http://"+account+nobody, "webhook:127.0.0.1:0?jwks=http://"+account+"h:port/",
			"webhook:127.0.0.1:0?jwks=imap://"+account+"h", "ask:"+account+"h", "ask://"+account+"h",
			"command:"+account+"h", "command:https://"+account+"h", "command:'"+account+"h",
			"Mailpit:http://"+account+"h", " mailpit:http://"+account+"h", "MAILPIT://"+account+"h",
		)
	}
	for _, spec := range specs {
		box, err := mailbox.Open(t.Context(), spec, mailbox.Options{})
		if err == nil {
			_ = box.Close()
			t.Errorf("%q is opened", spec)
			continue
		}
		var failure *mailbox.Error
		if !errors.As(err, &failure) {
			t.Fatalf("%q fails with %T", spec, err)
		}
		for _, text := range []string{err.Error(), failure.Box, failure.Problem} {
			if strings.Contains(text, "ses") || strings.Contains(text, "ame@") {
				t.Errorf("%q is told as %q", spec, text)
			}
		}
	}
}

func TestBasicAuthentication(t *testing.T) {
	mailpit := newFakeMailpit(t, 0)
	locked := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ada" || password != "s3cret" || !strings.HasPrefix(r.URL.Path, "/mails/") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.StripPrefix("/mails", mailpit.server.Config.Handler).ServeHTTP(w, r)
	}))
	defer locked.Close()
	t.Setenv("MAILPIT_PASSWORD", "s3cret")
	spec := "mailpit:" + strings.Replace(locked.URL, "http://", "http://ada@", 1) + "/mails/?password-env=MAILPIT_PASSWORD"
	box, err := mailbox.Open(t.Context(), spec, mailbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := box.String(), "Mailpit at "+locked.URL+"/mails"; got != want {
		t.Errorf("the box is %q, want %q", got, want)
	}
	after := time.Now()
	mailpit.deliver(t, passcodeMail("123456"), 0, ada)
	expect(t, box, mailbox.Want{To: ada, After: after}, "123456")
}

// TestOutage: a mail server that is gone for a moment does not end the wait, one that stays away does.
func TestOutage(t *testing.T) {
	mailpit := newFakeMailpit(t, 0)
	fails := make(chan struct{}, 100)
	flaky := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-fails:
			panic(http.ErrAbortHandler)
		default:
			mailpit.server.Config.Handler.ServeHTTP(w, r)
		}
	}))
	defer flaky.Close()
	box, err := mailbox.Open(t.Context(), "mailpit:"+flaky.URL, mailbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	after := time.Now()
	mailpit.deliver(t, passcodeMail("123456"), 0, ada)
	fails <- struct{}{}
	fails <- struct{}{}
	expect(t, box, mailbox.Want{To: ada, After: after}, "123456")
	for range cap(fails) {
		fails <- struct{}{}
	}
	if _, err = box.Passcode(t.Context(), mailbox.Want{To: ada, After: after}); kindOf(err) != mailbox.Unreachable {
		t.Errorf("with the server gone: %v, want that it is unreachable", err)
	}
}

func TestAsk(t *testing.T) {
	var asked []string
	answers := []string{"", "12345", " 123 456\n"}
	options := mailbox.Options{Ask: func(_ context.Context, question string) (string, error) {
		answer := answers[len(asked)%len(answers)]
		asked = append(asked, question)
		return answer, nil
	}}
	box, err := mailbox.Open(t.Context(), "ask", options)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, box, mailbox.Want{To: ada}, "123456")
	if len(asked) != 3 || !strings.Contains(asked[0], ada) || asked[0] == asked[1] {
		t.Errorf("the questions were %q", asked)
	}

	answers = []string{"no"}
	if _, err = box.Passcode(t.Context(), mailbox.Want{To: ada}); kindOf(err) != mailbox.NoCode {
		t.Errorf("after three wrong answers: %v", err)
	}
	answers = []string{"aBcXyZ"}
	expect(t, box, mailbox.Want{To: ada, Charset: mailbox.Alphanumeric}, "aBcXyZ")

	broken := errors.New("no terminal")
	box, err = mailbox.Open(t.Context(), "ask", mailbox.Options{Ask: func(context.Context, string) (string, error) { return "", broken }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = box.Passcode(t.Context(), mailbox.Want{To: ada}); !errors.Is(err, broken) || kindOf(err) != mailbox.Unreachable {
		t.Errorf("when asking fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = box.Passcode(ctx, mailbox.Want{To: ada}); kindOf(err) != mailbox.NoMail || !errors.Is(err, context.Canceled) {
		t.Errorf("when the person gives up: %v", err)
	}
}

// TestReadsEnd: a server that switches protocols and one that stops in the middle of its answer keep nobody waiting.
func TestReadsEnd(t *testing.T) {
	switching := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { _ = connection.Close() })
		_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	}))
	t.Cleanup(switching.Close)
	stalling := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "{")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(stalling.Close)
	for _, spec := range []string{"mailpit:", "mailhog:", "mailslurper:", "inbox:", "webhook:127.0.0.1:0?jwks="} {
		t.Run(spec, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if _, err := mailbox.Open(ctx, spec+switching.URL, mailbox.Options{}); kindOf(err) != mailbox.BadAnswer || !strings.Contains(err.Error(), "101") || ctx.Err() != nil {
				t.Errorf("Open: %v", err)
			}
			ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := mailbox.Open(ctx, spec+stalling.URL, mailbox.Options{})
			if kindOf(err) != mailbox.Unreachable || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Open: %v", err)
			}
		})
	}
}

// Each kind of mailbox that can be opened is tested with a server, and documented. A command and a person have no server.
func TestEveryKindHasAServer(t *testing.T) {
	_, err := mailbox.Open(t.Context(), "pigeon:loft", mailbox.Options{})
	var refused *mailbox.Error
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/smoke.md")
	if err != nil {
		t.Fatal(err)
	}
	served := slices.Collect(maps.Keys(servers(t)))
	for example := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(refused.Hint, "Known are "), "."), ", ") {
		kind, _, _ := strings.Cut(example, ":")
		if !strings.Contains(string(page), "\n| `"+kind) {
			t.Errorf("docs/smoke.md has no row for %s", kind)
		}
		if kind == "command" || kind == "ask" {
			continue
		}
		if !slices.ContainsFunc(served, func(name string) bool { return strings.HasPrefix(name, strings.TrimSuffix(kind, "s")) }) {
			t.Errorf("no server of %s is tested", kind)
		}
	}
}
