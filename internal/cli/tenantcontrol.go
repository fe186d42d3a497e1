package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"slices"
	"time"

	"github.com/natefinch/atomic"
	"github.com/spf13/pflag"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/hanko/tenant/control"
	"example.com/hankosim/internal/config"
)

// controlFlags are the control API's address, and what can be set without it.
type controlFlags struct {
	address  string
	remote   bool
	users    []string
	passcode string
	clock    time.Duration
	answers  []string
}

func (f *controlFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.address, "control", "", "serve the control API for tests on `ADDR`, host:port; port 0 takes any free one (see docs/app-tests.md)")
	flags.BoolVar(&f.remote, "control-remote", false, "allow --control on an address that other machines can reach")
	flags.StringArrayVar(&f.users, "seed", nil, "start with a user who has this `EMAIL`; EMAIL,passkey gives the simulated phone a passkey, too; can be repeated")
	flags.StringVar(&f.passcode, "passcode", "", "make every passcode this `CODE` of six digits or letters")
	flags.DurationVar(&f.clock, "clock", 0, "start with the tenant's clock this much ahead, or behind, such as -1h")
	flags.StringArrayVar(&f.answers, "answer", nil, "plan the `ANSWER` to one request: method, path, status and delay, such as \"POST /users 503 2s\"; can be repeated")
}

// check returns the state to start with. Mistakes are *usageError.
func (f *controlFlags) check() (control.Start, error) {
	start := control.Start{Passcode: f.passcode, Clock: f.clock}
	if err := tenant.CheckPasscode(f.passcode); err != nil {
		return start, &usageError{fmt.Errorf("--passcode cannot be used: %w", err)}
	}
	for _, text := range f.users {
		start.Users = append(start.Users, control.ParseUser(text))
	}
	for _, text := range f.answers {
		answer, err := control.ParseAnswer(text)
		if err != nil {
			return start, &usageError{fmt.Errorf("--answer %q %w", text, err)}
		}
		start.Answers = append(start.Answers, answer)
	}
	if f.address == "" {
		return start, nil
	}
	host, _, err := net.SplitHostPort(f.address)
	if err != nil {
		return start, &usageError{fmt.Errorf("--control is %q, which is not a host and port. It looks like 127.0.0.1:8001", f.address)}
	}
	if !f.remote && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return start, &usageError{fmt.Errorf("--control %s can be reached from other machines. Whoever has its token can do everything with the tenant. If you want that, add --control-remote", f.address)}
	}
	return start, nil
}

// open returns the control of a tenant, with the phone that the configuration plays. The phone's keystore, which may be
// encrypted, is left alone if no passkey can be asked for.
func (f *controlFlags) open(ctx context.Context, cfg config.Config, opened *tenant.Tenant, start control.Start, stderr io.Writer) (*control.Control, error) {
	if f.address == "" && !slices.ContainsFunc(start.Users, func(u control.User) bool { return u.Passkey }) {
		return control.New(opened, authenticator.Profile{}, authenticator.NewMemoryKeystore(), start), nil
	}
	phones, err := openPhones(cfg)
	if err != nil {
		return nil, err
	}
	store, err := openKeystore(ctx, cfg, stderr)
	if err != nil {
		return nil, err
	}
	return control.New(opened, phones[0], store, start), nil
}

// beginError names the flag behind an error of the start.
func beginError(err error) error {
	var user *tenant.UserError
	if errors.As(err, &user) {
		return &usageError{fmt.Errorf("--seed cannot be used: %w", err)}
	}
	return err
}

// serveControl serves the control API until it is closed.
func serveControl(ctx context.Context, address string, controlled *control.Control, log *slog.Logger, stderr io.Writer) (url string, end func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, fmt.Errorf("the control API cannot listen: %w. Choose another address with --control; port 0 is any free one", err)
	}
	server := controlled.Server(log)
	server.ErrorLog = errorLog(ctx, stderr)
	go func() { _ = server.Serve(listener) }() // ends with Close
	return localURL(listener.Addr()), func() { _ = server.Close() }, nil
}

// ready is the content of the ready file.
type ready struct {
	URL     string        `json:"url"`   // of the API
	Inbox   string        `json:"inbox"` // of its mails, as JSON
	Control *readyControl `json:"control,omitempty"`
}

type readyControl struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

// write writes the file at once or not at all. Only its owner can read it, whatever was there before.
func (r ready) write(path string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err == nil {
		err = atomic.WriteFile(path, bytes.NewReader(append(content, '\n')))
	}
	if err != nil {
		return fmt.Errorf("the ready file cannot be written: %w", err)
	}
	return nil
}
