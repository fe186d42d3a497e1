package terminal

import (
	"bytes"
	"context"
	"io"
	"os"
	"runtime"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// BackgroundMsg brings what the terminal has said of its background.
type BackgroundMsg struct{ Dark bool }

// backgroundInput is a terminal's input without the answer to the question what its background colour is (OSC 11). Bubble
// Tea v1 would take the answer for typed text. The question is asked once the screen is there, and nobody waits for
// the answer: terminals that do not know the question say nothing.
type backgroundInput struct {
	*os.File // raw mode and cancelling go by the terminal itself

	answers chan bool // takes one: whether the background is dark
	held    []byte    // the beginning of an answer, whose end has not come yet
}

// backgroundQuery asks for the background colour; backgroundAnswer is how its answer begins, up to a BEL or an ST.
const backgroundQuery, backgroundAnswer = "\x1b]11;?\x07", "\x1b]11;"

// longestAnswer is more bytes than any colour takes: whatever is longer is typed text after all.
const longestAnswer = 64

// newBackgroundInput is in, when it is a terminal that can be asked.
func newBackgroundInput(in io.Reader, termName string) (*backgroundInput, bool) {
	file, isFile := in.(*os.File)
	if !isFile || runtime.GOOS == "windows" || termName == "" || termName == "dumb" || strings.HasPrefix(termName, "linux") {
		return nil, false
	}
	return &backgroundInput{File: file, answers: make(chan bool, 1)}, true
}

// Read is the terminal's input, less an answer. It may be nothing at all.
func (g *backgroundInput) Read(p []byte) (int, error) {
	n, err := g.File.Read(p[:max(len(p)-len(g.held), min(1, len(p)))])
	typed := g.without(p[:n])
	return copy(p, typed), err
}

// without takes an answer out of what has come, and holds back one whose end is missing.
func (g *backgroundInput) without(came []byte) []byte {
	all := append(g.held, came...)
	g.held = nil
	begin := bytes.Index(all, []byte(backgroundAnswer))
	if begin < 0 {
		return all
	}
	answer := all[begin+len(backgroundAnswer):]
	end := bytes.IndexAny(answer, "\x07\x1b")
	switch {
	case end < 0 && len(answer) > longestAnswer, end > longestAnswer:
		return all
	case end < 0, answer[end] == '\x1b' && end+1 == len(answer):
		g.held = bytes.Clone(all[begin:])
		return all[:begin]
	}
	rest := answer[end+1:]
	if answer[end] == '\x1b' {
		rest = bytes.TrimPrefix(rest, []byte(`\`))
	}
	select {
	case g.answers <- isDark(string(answer[:end])):
	default: // it was not asked for
	}
	return append(all[:begin:begin], rest...)
}

// isDark reports whether an X11 colour such as rgb:1a1a/1b1b/1c1c is dark; one that cannot be read counts as dark.
func isDark(said string) bool {
	colour := ansi.XParseColor(said)
	if colour == nil {
		return true
	}
	red, green, blue, _ := colour.RGBA()
	return 299*red+587*green+114*blue < 1000*0xffff/2 // how bright it looks, as ITU-R BT.601 weighs it
}

// askForBackground asks the terminal, and waits for its answer as long as ctx lasts.
func askForBackground(ctx context.Context, terminal io.Writer, answers <-chan bool) tea.Cmd {
	return func() tea.Msg {
		if _, err := io.WriteString(terminal, backgroundQuery); err != nil {
			return nil
		}
		select {
		case dark := <-answers:
			return BackgroundMsg{dark}
		case <-ctx.Done():
			return nil
		}
	}
}
