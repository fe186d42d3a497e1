package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"example.com/hankosim/internal/config"
	"example.com/hankosim/tui"
	"example.com/hankosim/tui/kit"
)

// The app with faults, for tests: it begins to go wrong once a file with a fault's name is in its folder.
const (
	stallFile       = "stall"       // its existence makes the app hang with the next enter
	stalledFile     = "stalled"     // the app makes it before it hangs
	interruptedFile = "interrupted" // the app makes it at the first interrupt
	panicFile       = "panic"       // its existence makes the app panic with the next key
	tokenFile       = "token"       // the app puts the session token there before it panics
)

// faultyMain is the app with faults.
func faultyMain() int {
	ctx := withSecrets(untilInterrupted())
	context.AfterFunc(ctx, func() { _ = os.WriteFile(interruptedFile, nil, 0o600) })
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.AddFlags(flags)
	cfg, err := config.Load(ctx, "", flags)
	if err != nil {
		return exitCode(ctx, err, os.Stderr)
	}
	s, err := openSession(ctx, cfg.InMemory(), target{name: "embedded tenant"})
	if err != nil {
		return exitCode(ctx, err, os.Stderr)
	}
	options, err := appOptions(ctx, s)
	if err != nil {
		return exitCode(ctx, err, os.Stderr)
	}
	options.Now = func() time.Time {
		if there(stallFile) && inKeyPress() {
			_ = os.WriteFile(stalledFile, nil, 0o600)
			select {}
		}
		if there(panicFile) && inKeyPress() {
			panicWithSecrets(options)
		}
		return time.Now()
	}
	options.Terminal = panickingTerminal{options}
	defer drawing(ctx)()
	_, err = tui.Run(ctx, options, os.Stdin, os.Stdout)
	return exitCode(ctx, err, os.Stderr)
}

// panickingTerminal is where the app's commands write what is copied.
type panickingTerminal struct{ options kit.Options }

func (p panickingTerminal) Write([]byte) (int, error) {
	panicWithSecrets(p.options)
	return 0, nil
}

// panicWithSecrets panics with all that the app has: the token, and the mail with its code.
func panicWithSecrets(options kit.Options) {
	token := ""
	for _, exchange := range options.Client.Log().From(0) {
		token += exchange.ResponseHeader.Get("X-Auth-Token")
	}
	_ = os.WriteFile(tokenFile, []byte(token), 0o600)
	panic(fmt.Errorf("nobody has the token %s: %q", token, options.Inbox.Mails()[0].Subject))
}

func there(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}

// inKeyPress reports whether the app is handling a key. The clock is also read for other messages, and a loop that hangs
// there would not have taken the enter.
func inKeyPress() bool {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, "tui.(*App).pressed") {
			return true
		}
		if !more {
			return false
		}
	}
}
