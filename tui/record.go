package tui

import (
	"io"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/tui/cast"
)

// Recordable is a model whose frames may be kept: drawn without secrets, chapter by chapter.
type Recordable interface {
	tea.Model
	MaskedView() string
	Chapter() string
}

// recording is a model whose frames are kept as they are drawn. It changes nothing of what the model does.
type recording struct {
	Recordable
	recorder *cast.Recorder
	now      func() time.Time

	width, height int
	chapter       string
}

// record has a model's frames kept by a recorder; nil keeps none. Who made the recorder closes it.
func record(model Recordable, recorder *cast.Recorder, now func() time.Time) tea.Model {
	if recorder == nil {
		return model
	}
	return &recording{Recordable: model, recorder: recorder, now: now}
}

// Update keeps the frame that follows a message.
func (r *recording) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if size, ok := msg.(tea.WindowSizeMsg); ok {
		r.width, r.height = size.Width, size.Height
	}
	next, cmd := r.Recordable.Update(msg)
	if model, ok := next.(Recordable); ok {
		r.Recordable = model
	}
	r.keep()
	return r, cmd
}

func (r *recording) keep() {
	// Neither larger than a recording may be, nor without a cell.
	if r.width < 1 || r.height < 1 || r.width > cast.MaxCols || r.height > cast.MaxRows {
		return
	}
	at := r.now()
	r.recorder.Begin(at, r.width, r.height)
	if chapter := r.Chapter(); chapter != r.chapter {
		r.chapter = chapter
		r.recorder.Marker(at, chapter)
	}
	r.recorder.Frame(at, r.MaskedView(), r.width, r.height)
}

// transcript keeps a plain walk: what is said, and what is typed where no secret is asked for.
type transcript struct {
	recorder *cast.Recorder // nil keeps nothing
	inbox    *mailbox.Inbox // its passcodes are not kept; may be nil
	now      func() time.Time
	chapter  string
	secrets  []string // that have been said
}

// begin marks the chapter of a step. A session token that comes with it is a secret from now on.
func (t *transcript) begin(step login.Step) {
	switch step := step.(type) {
	case login.SignedIn:
		t.secrets = append(t.secrets, step.Session.Token, step.Token.Raw)
	case login.OfferPasskey:
		t.secrets = append(t.secrets, step.Token.Raw)
	}
	if chapter := chapterOf(step); t.recorder != nil && chapter != t.chapter {
		t.chapter = chapter
		t.recorder.Marker(t.now(), chapter)
	}
}

// said keeps what was written to the terminal.
func (t *transcript) said(text string) {
	if t.recorder == nil {
		return
	}
	secrets := slices.Clone(t.secrets)
	if t.inbox != nil {
		for _, mail := range t.inbox.Mails() {
			secrets = append(secrets, mail.Code)
		}
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = hide(line, longEnough(secrets), nil)
	}
	t.recorder.Text(t.now(), strings.Join(lines, "\r\n"))
}

// typed keeps a line that was typed, which the terminal has shown; of a secret, its length is shown as dots.
func (t *transcript) typed(line string, secret bool) {
	if secret {
		line = dots(line)
	}
	t.said(hanko.Printable(line) + "\n")
}

// spoken is where a plain walk talks to: the terminal, and the recording.
type spoken struct {
	io.Writer
	kept *transcript
}

func (s spoken) Write(p []byte) (int, error) {
	s.kept.said(string(p))
	return s.Writer.Write(p)
}
