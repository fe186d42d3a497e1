package tui

import (
	"errors"
	"fmt"
	"io"

	"github.com/atotto/clipboard"
	"github.com/aymanbagabas/go-osc52/v2"
	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/term"

	"example.com/hankosim/tui/kit"
)

// copy puts text on the machine's clipboard, and on the terminal's by OSC 52, which also works through ssh. A
// terminal does not say whether it took it, so only the machine's own is called a success.
func (a *App) copy(msg kit.CopyMsg) tea.Cmd {
	terminal, native := a.options.Terminal, a.options.NativeClipboard
	return func() tea.Msg {
		sent := false
		if terminal != nil {
			_, err := osc52.New(msg.Text).WriteTo(terminal)
			sent = err == nil
		}
		if native && clipboard.WriteAll(msg.Text) == nil {
			return kit.ToastMsg{Text: "Copied " + msg.What + "."}
		}
		if sent {
			return kit.ToastMsg{Text: "Offered " + msg.What + " to the terminal's clipboard. If pasting gives nothing: " + msg.Otherwise + "."}
		}
		return kit.ToastMsg{Text: "There is no clipboard here; " + msg.Otherwise + "."}
	}
}

// showRaw leaves the app for the terminal's own screen, where a text of any length can be selected as one line,
// until enter is pressed.
func showRaw(text string) tea.Cmd {
	return tea.Exec(&rawScreen{text: text}, func(err error) tea.Msg {
		if err != nil {
			return kit.ToastMsg{Text: "The token could not be shown: " + err.Error()}
		}
		return nil
	})
}

type rawScreen struct {
	text string
	in   io.Reader
	out  io.Writer
}

func (s *rawScreen) SetStdin(in io.Reader)   { s.in = in }
func (s *rawScreen) SetStdout(out io.Writer) { s.out = out }
func (s *rawScreen) SetStderr(io.Writer)     {}

// Run shows the text until a key is pressed: any key, as somebody may want out in a hurry.
func (s *rawScreen) Run() error {
	if _, err := fmt.Fprintf(s.out, "%s\n\nIt stays in this terminal's history. Press enter to go back.\n", s.text); err != nil {
		return err
	}
	if file, ok := s.in.(interface{ Fd() uintptr }); ok {
		before, err := term.MakeRaw(int(file.Fd()))
		if err == nil {
			defer func() { _ = term.Restore(int(file.Fd()), before) }()
		}
	}
	_, err := s.in.Read(make([]byte, 256))
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
