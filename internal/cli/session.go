package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"slices"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/internal/config"
)

// target is the tenant that a session is on. It is the configured one at first; the person may connect another.
type target struct {
	url    string // "" is the embedded tenant
	name   string // what it is called on the screen
	listen string // where the embedded tenant listens, host:port; "" is any free port of this machine
}

func configured(cfg config.Config) target { return target{cfg.URL, cfg.Tenant, cfg.Listen} }

// session is a tenant, with what a command needs to use it. Close ends it.
type session struct {
	cfg    config.Config // of the session: in memory where the embedded tenant has to be
	tenant target        // with the URL of the embedded tenant, where it is that one
	client *hanko.Client
	inbox  *mailbox.Inbox // the embedded tenant's; nil with another
	notice string         // what a person should know of the tenant; may be ""
	close  []func()
}

// openSession opens a session on a tenant, and starts the embedded one for a target without a URL. No call is made yet.
func openSession(ctx context.Context, cfg config.Config, on target) (*session, error) {
	s := &session{cfg: cfg, tenant: on}
	if on.url == "" {
		started, err := startEmbedded(ctx, cfg, on.listen)
		if err != nil {
			return nil, err
		}
		s.close = append(s.close, started.close)
		s.cfg, s.inbox, s.notice, s.tenant.url = started.cfg, started.tenant.Inbox(), started.notice, started.url
	}
	client, closeLog, err := newClient(ctx, s.cfg, s.tenant.url)
	if err != nil {
		s.Close()
		return nil, err
	}
	s.client, s.close = client, append(s.close, closeLog)
	return s, nil
}

// Close gives up what was opened, the last first.
func (s *session) Close() {
	for _, closeIt := range slices.Backward(s.close) {
		closeIt()
	}
}

// phones returns the phones of the configuration, the one to play first.
func (s *session) phones() ([]authenticator.Profile, error) { return openPhones(s.cfg) }

// mailbox opens the mailbox that spec names, as --mailbox does; the embedded tenant has its own. It is nil where there is
// none. It fails with a *usageError or, where the mailbox does not answer, with an *exitError that has been said.
func (s *session) mailbox(ctx context.Context, spec string, stderr io.Writer) (mailbox.Box, error) {
	switch {
	case s.inbox != nil:
		return mailbox.FromInbox(s.inbox), nil
	case spec == "":
		return nil, nil
	case s.cfg.Email == "":
		return nil, &usageError{errors.New("give the mailbox's address with --email. The users of a run get plus addresses of it (ada+…@example.com)")}
	}
	return s.openMailbox(ctx, spec, stderr)
}

// appMailbox opens the mailbox that --mailbox names for somebody who types their address on the screen; nil where none is
// named, or where the tenant has its own. It fails with a *usageError.
func (s *session) appMailbox(ctx context.Context, spec string, stderr io.Writer) (mailbox.Box, error) {
	switch {
	case spec == "" || s.inbox != nil:
		return nil, nil
	case spec == "ask":
		return nil, &usageError{errors.New("--mailbox ask is for smoke: the app has a screen to type the code on")}
	}
	return s.openMailbox(ctx, spec, stderr)
}

func (s *session) openMailbox(ctx context.Context, spec string, stderr io.Writer) (mailbox.Box, error) {
	person := asker{stdin: os.Stdin}
	box, err := mailbox.Open(ctx, spec, mailbox.Options{
		Password: func(ctx context.Context, account string) (string, error) {
			return readPassword(ctx, account, "", stderr)
		},
		Ask: func(ctx context.Context, question string) (string, error) { return person.ask(ctx, question, stderr) },
	})
	var unusable *mailbox.Error
	switch {
	case errors.As(err, &unusable) && unusable.Kind != mailbox.BadSpec:
		return unreadable{unusable}, nil
	case err != nil:
		return nil, &usageError{err}
	}
	s.close = append(s.close, func() { _ = box.Close() })
	return box, nil
}

// unreadable is a mailbox that cannot be read now. Whoever needs no mail does not miss it.
type unreadable struct{ err *mailbox.Error }

func (u unreadable) Passcode(context.Context, mailbox.Want) (string, error) { return "", u.err }
func (u unreadable) Close() error                                           { return nil }
func (u unreadable) String() string                                         { return u.err.Box }

// asker asks the person questions on the terminal.
type asker struct {
	stdin   io.Reader
	pending chan typed // of the last question, if nobody waited for its answer; may be nil
}

type typed struct {
	line string
	err  error
}

// ask asks a question. The answer is a whole line: a code may have spaces in it. It does not wait any longer than ctx, but
// reading cannot be broken off, so that the next question may get its answer from the same reading.
func (a *asker) ask(ctx context.Context, question string, stderr io.Writer) (string, error) {
	select {
	case <-a.pending: // it came too late for its question
		a.pending = nil
	default:
	}
	fmt.Fprint(stderr, question+" ")
	if a.pending == nil {
		next := make(chan typed, 1)
		a.pending = next
		go func() {
			line, err := readLine(a.stdin)
			next <- typed{line, err}
		}()
	}
	select {
	case got := <-a.pending:
		a.pending = nil
		return got.line, got.err
	case <-ctx.Done():
		fmt.Fprintln(stderr)
		return "", ctx.Err()
	}
}

// readLine reads a line, and no more than that, as another question may follow.
func readLine(stdin io.Reader) (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := stdin.Read(one)
		switch {
		case n > 0 && one[0] == '\n', errors.Is(err, io.EOF) && len(line) > 0:
			return string(line), nil
		case n > 0:
			line = append(line, one[0])
		case err != nil:
			return "", fmt.Errorf("there was no answer: %w", err)
		}
	}
}

// newClient returns a client for the tenant at a URL, whose secrets the context's sessions learn. Its exchanges go into the
// debug file, where the configuration names one; end closes that file.
func newClient(ctx context.Context, cfg config.Config, url string) (client *hanko.Client, end func(), err error) {
	secrets := secretsOf(ctx)
	options := hanko.Options{Timeout: cfg.Timeout, UserAgent: "hankosim/" + versionText(), Observe: secrets.Learn}
	end = func() {}
	if cfg.Debug != "" {
		file, err := openPrivate(cfg.Debug)
		if err != nil {
			return nil, nil, fmt.Errorf("the debug file cannot be written: %w", err)
		}
		end = func() { _ = file.Close() }
		options.Observe = logExchanges(slog.New(slog.NewJSONHandler(file, nil)), secrets)
	}
	client, err = hanko.NewClient(url, options)
	return client, end, err
}

// openPrivate opens a file to append to, which its owner alone can read, also where it was there before.
func openPrivate(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		err = file.Chmod(0o600)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// logExchanges learns the secrets of exchanges, and writes these to a log without them.
func logExchanges(log *slog.Logger, secrets *secret.Keeper) func(hanko.Exchange) {
	return func(exchange hanko.Exchange) {
		secrets.Learn(exchange)
		masked := secrets.Exchange(exchange)
		if masked.Browser { // whose headers and answers nobody sees
			log.Info("browser", "url", masked.URL, "outcome", masked.Outcome())
			return
		}
		attributes := []any{
			"method", masked.Method, "url", masked.URL, "status", masked.Status, "ms", masked.Duration.Milliseconds(),
			"request_header", masked.RequestHeader, "request_body", string(masked.RequestBody),
			"response_header", masked.ResponseHeader, "response_body", string(masked.ResponseBody),
		}
		if masked.Err != nil {
			attributes = append(attributes, "error", masked.Err.Error())
		}
		log.Info("exchange", attributes...)
	}
}
