package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/kit"
)

// Motion takes a few frames, and then ends.
const (
	frameTime   = 40 * time.Millisecond
	riseFrames  = 8 // of a sheet
	slideFrames = 5 // of a notification
)

// moves reports whether things may move. The person can turn motion off, and the theme without colours has none.
func (a *App) moves() bool {
	return a.options.Motion && a.options.Theme != kit.NoColours && !a.masked
}

// rise is how far the sheet has come up.
type rise struct {
	number int // of this sheet: ticks of an older one are ignored
	frame  int
}

// riseMsg draws the next frame of the sheet with this number.
type riseMsg struct{ number int }

// raise starts to bring the sheet up, or shows it at once without motion.
func (a *App) raise() tea.Cmd {
	a.rise = rise{number: a.rise.number + 1, frame: riseFrames}
	if !a.moves() {
		return nil
	}
	a.rise.frame = 1
	return a.rise.next()
}

func (r *rise) next() tea.Cmd {
	number := r.number
	return tea.Tick(frameTime, func(time.Time) tea.Msg { return riseMsg{number} })
}

func (r *rise) move(msg riseMsg) tea.Cmd {
	if msg.number != r.number || r.frame >= riseFrames {
		return nil
	}
	r.frame++
	return r.next()
}

// risen returns how many rows of a sheet are visible.
func (a *App) risen(height int) int {
	if a.masked { // a recording has whole frames
		return height
	}
	return max(1, height*a.rise.frame/riseFrames)
}
