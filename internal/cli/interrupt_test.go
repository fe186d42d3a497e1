package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"example.com/hankosim/internal/config"
	"example.com/hankosim/tui"
)

const (
	stallFile       = "stall"       // its existence makes hankosim-stalls hang
	stalledFile     = "stalled"     // hankosim-stalls makes it before it hangs
	interruptedFile = "interrupted" // hankosim-stalls makes it at the first interrupt
)

// stallingMain is the app with a fault: once there is a stallFile, its loop hangs with the next enter.
func stallingMain() int {
	ctx := untilInterrupted()
	context.AfterFunc(ctx, func() { _ = os.WriteFile(interruptedFile, nil, 0o600) })
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.AddFlags(flags)
	cfg, err := config.Load(ctx, "", flags)
	if err != nil {
		return exitCode(err, false, os.Stderr)
	}
	s, err := openSession(ctx, cfg.InMemory(), target{name: "embedded tenant"})
	if err != nil {
		return exitCode(err, false, os.Stderr)
	}
	options, err := appOptions(ctx, s)
	if err != nil {
		return exitCode(err, false, os.Stderr)
	}
	options.Now = func() time.Time {
		if _, err := os.Stat(stallFile); !errors.Is(err, fs.ErrNotExist) && inKeyPress() {
			_ = os.WriteFile(stalledFile, nil, 0o600)
			select {}
		}
		return time.Now()
	}
	defer drawing(ctx)()
	_, err = tui.Run(ctx, options, os.Stdin, os.Stdout)
	return exitCode(err, ctx.Err() != nil, os.Stderr)
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
