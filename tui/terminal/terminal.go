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

// Settings says how a model is shown on a terminal.
type Settings struct {
	AskBackground bool           // ask the terminal for its background; the model gets the answer as a BackgroundMsg
	Mouse         bool           // the model gets clicks and the wheel
	Record        *cast.Recorder // records the frames; nil records none
	Secrets       *secret.Keeper // knows the secrets to hide when the model panics; may be nil
	Now           func() time.Time
}

// asking is a model that also runs the command ask when it starts.
type asking struct {
	tea.Model
	ask tea.Cmd
}

// ShowRecorded shows a model as Show does, and records its frames if settings.Record is set.
func ShowRecorded(ctx context.Context, model Recordable, settings Settings, in io.Reader, out io.Writer) error {
	var more []tea.ProgramOption
	if settings.Mouse {
		more = append(more, tea.WithMouseCellMotion())
	}
	shown := Record(model, settings.Record, settings.Now)
	if input, ok := newBackgroundInput(in, os.Getenv("TERM")); ok && settings.AskBackground {
		shown, in = asking{shown, askForBackground(ctx, out, input.answers)}, input
	}
	return Show(ctx, shown, settings.Secrets, in, out, more...)
}

// Init implements tea.Model.
func (a asking) Init() tea.Cmd { return tea.Batch(a.ask, a.Model.Init()) }

// Show shows a model on the terminal's alternate screen until it quits or ctx ends, and then returns nil. If the model
// panics, Show fails with a *secret.Fault, which hides what secrets knows.
func Show(ctx context.Context, model tea.Model, secrets *secret.Keeper, in io.Reader, out io.Writer, more ...tea.ProgramOption) error {
	var program *Program
	ended := make(chan struct{})
	defer close(ended)
	responds := func() bool {
		probe := probeMsg{make(chan struct{})}
		program.Send(probe)
		select {
		case <-probe.handled:
			return true
		case <-ended:
			return false
		}
	}
	if keys, ok := keyboard.New(in, responds); ok {
		defer keys.Stop()
		in = keys
		more = append(more, tea.WithFilter(answerProbe))
	}
	all := append([]tea.ProgramOption{
		tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(),
		// Signals end ctx. Bubble Tea's own handler would hang if both notice a signal: it sends to a loop that has ended.
		tea.WithoutSignalHandler(),
	}, more...)
	program = NewProgram(model, secrets, all...)
	// tea.WithContext kills the program, and closes the input while it is still being read.
	stop := context.AfterFunc(ctx, program.Quit)
	defer stop()
	err := program.Run()
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// probeMsg finds out whether a program handles messages.
type probeMsg struct{ handled chan struct{} }

func answerProbe(_ tea.Model, msg tea.Msg) tea.Msg {
	if probe, ok := msg.(probeMsg); ok {
		close(probe.handled)
		return nil
	}
	return msg
}
