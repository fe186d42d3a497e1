package tui

import (
	"context"
	"errors"
	"io"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/keyboard"
)

// Run shows the app on a terminal until the person leaves it or ctx ends; both are a nil error. It returns the tenant to
// go on with where one was connected, else nil.
func Run(ctx context.Context, options Options, in io.Reader, out io.Writer) (*Reconnect, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	app := New(ctx, options)
	err := onTerminal(ctx, app, app, in, out)
	return app.next, err
}

// onTerminal shows a model on a terminal: an app, or what has it in hand.
func onTerminal(ctx context.Context, app *App, model recordable, in io.Reader, out io.Writer) error {
	if asked, ok := newGroundInput(in, os.Getenv("TERM")); ok && app.options.Theme.dependsOnGround() {
		app.ground = askForGround(ctx, out, asked.answers)
		in = asked
	}
	var more []tea.ProgramOption
	if app.options.Mouse {
		more = append(more, tea.WithMouseCellMotion())
	}
	return runProgram(ctx, record(model, app.options.Record, app.now), in, out, more...)
}

// runProgram shows a model on the terminal's other screen until it quits or ctx ends; both are a nil error.
func runProgram(ctx context.Context, model tea.Model, in io.Reader, out io.Writer, more ...tea.ProgramOption) error {
	var program *tea.Program
	ended := make(chan struct{})
	defer close(ended)
	taken := func() bool {
		asked := probeMsg{make(chan struct{})}
		program.Send(asked)
		select {
		case <-asked.taken:
			return true
		case <-ended:
			return false
		}
	}
	if keys, ok := keyboard.New(in, taken); ok {
		defer keys.Stop()
		in = keys
		more = append(more, tea.WithFilter(takeProbe))
	}
	settings := append([]tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(),
		// Signals end ctx. Bubble Tea's own handler would hang where both notice one: it sends to a loop that has ended.
		tea.WithoutSignalHandler(),
	}, more...)
	program = tea.NewProgram(model, settings...)
	_, err := program.Run()
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// probeMsg finds out whether a program takes messages.
type probeMsg struct{ taken chan struct{} }

func takeProbe(_ tea.Model, msg tea.Msg) tea.Msg {
	if probe, is := msg.(probeMsg); is {
		close(probe.taken)
		return nil
	}
	return msg
}
