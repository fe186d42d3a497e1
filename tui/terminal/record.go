package terminal

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

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

// Record has a model's frames kept by a recorder; nil keeps none. Who made the recorder closes it.
func Record(model Recordable, recorder *cast.Recorder, now func() time.Time) tea.Model {
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
