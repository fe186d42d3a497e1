package terminal

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/cast"
	"example.com/hankosim/tui/keyboard"
)

// Settings is how a model is shown on a terminal.
type Settings struct {
	AskBackground bool           // the model wants a BackgroundMsg, where the terminal tells
	Mouse         bool           // clicks and the wheel are for the model
	Record        *cast.Recorder // keeps the frames; nil keeps none
	Secrets       *secret.Keeper // knows what a panic must not tell; may be nil
	Now           func() time.Time
}

// asking is a model that begins with a command more.
type asking struct {
	tea.Model
	ask tea.Cmd
}

// ShowRecorded shows a model as Show does, and keeps its frames.
func ShowRecorded(ctx context.Context, model Recordable, how Settings, in io.Reader, out io.Writer) error {
	var more []tea.ProgramOption
	if how.Mouse {
		more = append(more, tea.WithMouseCellMotion())
	}
	shown := Record(model, how.Record, how.Now)
	if input, ok := newBackgroundInput(in, os.Getenv("TERM")); ok && how.AskBackground {
		shown, in = asking{shown, askForBackground(ctx, out, input.answers)}, input
	}
	return Show(ctx, shown, how.Secrets, in, out, more...)
}

// Init asks, too.
func (a asking) Init() tea.Cmd { return tea.Batch(a.ask, a.Model.Init()) }

// Show shows a model on the terminal's other screen until it quits or ctx ends; both are a nil error. A panic of the model
// is a *secret.Fault, which hides what secrets knows.
func Show(ctx context.Context, model tea.Model, secrets *secret.Keeper, in io.Reader, out io.Writer, more ...tea.ProgramOption) error {
	var program *Program
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
		tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(),
		// Signals end ctx. Bubble Tea's own handler would hang where both notice one: it sends to a loop that has ended.
		tea.WithoutSignalHandler(),
	}, more...)
	program = NewProgram(model, secrets, settings...)
	// Bubble Tea's own WithContext kills the program, and closes the input while it is still being read.
	stop := context.AfterFunc(ctx, program.Quit)
	defer stop()
	err := program.Run()
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
