package terminal

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko/secret"
)

// faulty is a model that panics in the methods that are set, or in the command begin.
type faulty struct {
	init, update, view bool
	begin              tea.Cmd
}

func (f faulty) Init() tea.Cmd {
	if f.init {
		panicWithCode()
	}
	return f.begin
}

func (f faulty) Update(tea.Msg) (tea.Model, tea.Cmd) {
	if f.update {
		panicWithCode()
	}
	return f, nil
}

func (f faulty) View() string {
	if f.view {
		panicWithCode()
	}
	return ""
}

func panicWithCode() { panic(fmt.Errorf("what is the code %d?", 843575)) }

// Wherever a model panics, the program ends with an error that contains no secret.
func TestFaultHasNoSecret(t *testing.T) {
	something := func() tea.Msg { return "something" }
	fails := func() tea.Msg { panicWithCode(); return nil }
	var secrets secret.Keeper
	secrets.LearnText(secret.Code, "843575")
	for name, model := range map[string]faulty{
		"Init":                   {init: true},
		"Update":                 {update: true, begin: something},
		"View":                   {view: true},
		"a command":              {begin: fails},
		"a command of a batch":   {begin: tea.Batch(something, fails, something)},
		"the last of a sequence": {begin: tea.Sequence(something, something, fails)},
		"a nested command":       {begin: tea.Batch(something, tea.Sequence(something, tea.Batch(something, fails)))},
	} {
		err := NewProgram(model, &secrets, tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler()).Run()
		var fault *secret.Fault
		if !errors.As(err, &fault) || fault.Cause != "what is the code "+secret.Dots+"?" || !strings.Contains(fault.Stack, "panicWithCode") {
			t.Errorf("%s: the program ends with %v", name, err)
		}
	}
	if err := NewProgram(faulty{begin: tea.Quit}, nil, tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler()).Run(); err != nil {
		t.Errorf("without a fault the program ends with %v", err)
	}
}
