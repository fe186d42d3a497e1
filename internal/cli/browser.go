package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/cli/browser"
)

// Why no browser is opened. The link is shown then.
var (
	errRemote    = errors.New("this is an SSH session, and your browser is on another computer")
	errNoDisplay = errors.New("there is no graphical session here: neither DISPLAY nor WAYLAND_DISPLAY is set")
)

// quietBrowser keeps what a browser says of itself off the screen.
var quietBrowser = sync.OnceFunc(func() { browser.Stdout, browser.Stderr = io.Discard, io.Discard })

// openBrowser opens the person's browser. Some wait until it is left. It fails with errRemote, errNoDisplay, or the error of
// the program that opens browsers.
func openBrowser(url string) error {
	switch {
	case os.Getenv("SSH_CONNECTION") != "" || os.Getenv("SSH_TTY") != "":
		return errRemote
	case runtime.GOOS != "windows" && runtime.GOOS != "darwin" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "":
		return errNoDisplay
	}
	quietBrowser()
	if err := browser.OpenURL(url); err != nil {
		return fmt.Errorf("the browser was not opened: %w", err)
	}
	return nil
}
