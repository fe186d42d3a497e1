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

// BackgroundMsg tells the model whether the terminal's background is dark.
type BackgroundMsg struct{ Dark bool }

// backgroundInput is a terminal's input without the answer to the question for its background colour (OSC 11). Bubble
// Tea v1 would take the answer for typed text. The question is asked once the screen is shown, and nothing waits for the
// answer: terminals that do not know the question do not reply.
type backgroundInput struct {
	*os.File // Bubble Tea needs the file for raw mode, and to cancel reading

	answers chan bool // true if the background is dark; has room for one answer
	partial []byte    // the beginning of an answer whose end has not arrived yet
}

// backgroundQuery asks for the background colour. backgroundAnswer begins the answer, which ends with BEL or ST.
const backgroundQuery, backgroundAnswer = "\x1b]11;?\x07", "\x1b]11;"

// longestAnswer is more bytes than any colour needs. Anything longer is not an answer, but typed text.
const longestAnswer = 64

// newBackgroundInput returns in as a backgroundInput. It returns false if in is not a file, or if its terminal cannot be
// asked.
func newBackgroundInput(in io.Reader, termName string) (*backgroundInput, bool) {
	file, isFile := in.(*os.File)
	if !isFile || runtime.GOOS == "windows" || termName == "" || termName == "dumb" || strings.HasPrefix(termName, "linux") {
		return nil, false
	}
	return &backgroundInput{File: file, answers: make(chan bool, 1)}, true
}

// Read reads the terminal's input, without the answer. If only the answer has arrived, it returns 0 and no error.
func (b *backgroundInput) Read(p []byte) (int, error) {
	n, err := b.File.Read(p[:max(len(p)-len(b.partial), min(1, len(p)))])
	typed := b.removeAnswer(p[:n])
	return copy(p, typed), err
}

// removeAnswer returns the input without an answer. An answer whose end is missing is kept until the end arrives.
func (b *backgroundInput) removeAnswer(input []byte) []byte {
	all := append(b.partial, input...)
	b.partial = nil
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
		b.partial = bytes.Clone(all[begin:])
		return all[:begin]
	}
	rest := answer[end+1:]
	if answer[end] == '\x1b' {
		rest = bytes.TrimPrefix(rest, []byte(`\`))
	}
	select {
	case b.answers <- isDark(string(answer[:end])):
	default: // an answer that nobody waits for
	}
	return append(all[:begin:begin], rest...)
}

// isDark reports whether an X11 colour such as rgb:1a1a/1b1b/1c1c is dark. A colour that cannot be parsed counts as dark.
func isDark(name string) bool {
	colour := ansi.XParseColor(name)
	if colour == nil {
		return true
	}
	red, green, blue, _ := colour.RGBA()
	return 299*red+587*green+114*blue < 1000*0xffff/2 // its brightness as in ITU-R BT.601
}

// askForBackground returns a command that asks the terminal for its background, and waits for the answer until ctx ends.
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
