package terminal

import (
	"reflect"
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko/secret"
)

// Program is a Bubble Tea program that reports panics without secrets. Bubble Tea itself would print the value of a panic
// as it is.
type Program struct {
	*tea.Program
	faults *faults
}

// NewProgram returns a program that shows a model. Its errors hide the secrets that the Keeper knows; secrets may be nil.
func NewProgram(model tea.Model, secrets *secret.Keeper, settings ...tea.ProgramOption) *Program {
	found := &faults{secrets: secrets}
	return &Program{tea.NewProgram(guarded{model, found}, append(settings, tea.WithoutCatchPanics())...), found}
}

// Run shows the model until it quits. If the model or one of its commands panics, Run restores the terminal and returns a
// *secret.Fault.
func (p *Program) Run() (err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			p.faults.add(recovered)
			_ = p.ReleaseTerminal() // the panic is the error that matters
		}
		if fault := p.faults.first(); fault != nil {
			err = fault
		}
	}()
	_, err = p.Program.Run()
	return err
}

// faults collects the panics of a program.
type faults struct {
	secrets *secret.Keeper
	mu      sync.Mutex
	found   []*secret.Fault
}

func (f *faults) add(recovered any) {
	fault := f.secrets.Fault(recovered)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.found = append(f.found, fault)
}

func (f *faults) first() *secret.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.found) == 0 {
		return nil
	}
	return f.found[0]
}

// guarded is a model whose commands recover from panics, and then quit the program. Commands run in goroutines of their
// own, so nothing else can recover from their panics.
type guarded struct {
	tea.Model
	faults *faults
}

// Init implements tea.Model.
func (g guarded) Init() tea.Cmd { return g.command(g.Model.Init()) }

// Update implements tea.Model.
func (g guarded) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	model, cmd := g.Model.Update(msg)
	return guarded{model, g.faults}, g.command(cmd)
}

func (g guarded) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if recovered := recover(); recovered != nil {
				g.faults.add(recovered)
				msg = tea.QuitMsg{}
			}
		}()
		msg = cmd()
		if list, isList := EachCommand(msg, g.command); isList {
			return list
		}
		return msg
	}
}

var commands = reflect.TypeFor[[]tea.Cmd]()

// EachCommand replaces each command in a message that is a list of commands. Those come from tea.Batch and tea.Sequence,
// and not all of their types are exported. It returns false for any other message.
func EachCommand(msg tea.Msg, replace func(tea.Cmd) tea.Cmd) (tea.Msg, bool) {
	kind := reflect.TypeOf(msg)
	if kind == nil || kind.Kind() != reflect.Slice || !kind.ConvertibleTo(commands) {
		return nil, false
	}
	list := reflect.ValueOf(msg)
	replaced := reflect.MakeSlice(kind, list.Len(), list.Len())
	for i := range list.Len() {
		replaced.Index(i).Set(reflect.ValueOf(replace(list.Index(i).Interface().(tea.Cmd))))
	}
	return replaced.Interface(), true
}
