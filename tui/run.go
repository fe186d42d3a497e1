package tui

import (
	"context"
	"io"

	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/terminal"
)

// Run shows the app on a terminal until the person quits or ctx ends; neither is an error. If the person connected another
// tenant, it returns that tenant, and otherwise nil.
func Run(ctx context.Context, options kit.Options, in io.Reader, out io.Writer) (*kit.Reconnect, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	options = options.Filled()
	app := New(ctx, options)
	err := terminal.ShowRecorded(ctx, app, TerminalSettings(options), in, out)
	return app.next, err
}

// TerminalSettings returns the settings of the terminal for an app with these options.
func TerminalSettings(options kit.Options) terminal.Settings {
	options = options.Filled()
	return terminal.Settings{
		AskBackground: options.Theme.DependsOnBackground(), Mouse: options.Mouse, Record: options.Record, Secrets: options.Secrets, Now: options.Now,
	}
}
