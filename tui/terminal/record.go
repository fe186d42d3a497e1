package terminal

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/cast"
)

// Recordable is a model that can be recorded.
type Recordable interface {
	tea.Model
	MaskedView() string // View, without secrets
	Chapter() string    // the title of the current chapter
}

// recording is a model whose frames are recorded. It does not change what the model does.
type recording struct {
	Recordable
	recorder *cast.Recorder
	now      func() time.Time

	width, height int
	chapter       string
}

// Record returns a model that does the same as model, and whose frames go to recorder. If recorder is nil, it returns
// model itself. The caller closes the recorder.
func Record(model Recordable, recorder *cast.Recorder, now func() time.Time) tea.Model {
	if recorder == nil {
		return model
	}
	return &recording{Recordable: model, recorder: recorder, now: now}
}

// Update passes a message to the model, and records the frame that follows.
func (r *recording) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if size, ok := msg.(tea.WindowSizeMsg); ok {
		r.width, r.height = size.Width, size.Height
	}
	next, cmd := r.Recordable.Update(msg)
	if model, ok := next.(Recordable); ok {
		r.Recordable = model
	}
	r.recordFrame()
	return r, cmd
}

func (r *recording) recordFrame() {
	// There is no window yet, or it is too large for a recording.
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
