package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/kit"
)

// What moves does so in a few frames, and then rests.
const (
	frameTime   = 40 * time.Millisecond
	riseFrames  = 8 // of a sheet
	slideFrames = 5 // of a notification
)

// moves reports whether things may move: the person has not turned it off, and the theme is not the one for terminals
// of which nothing is known.
func (a *App) moves() bool {
	return a.options.Motion && a.options.Theme != kit.NoColours && !a.masked
}

// rise is how far the sheet has come up.
type rise struct {
	number int // counts sheets, so that an old one's ticks do not move a new one
	frame  int
}

// riseMsg is the next frame of the sheet with that number.
type riseMsg struct{ number int }

// raise begins to bring the sheet up, or shows it at once where nothing moves.
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

// risen is how many of a sheet's rows have come up.
func (a *App) risen(height int) int {
	if a.masked { // a recording has whole frames
		return height
	}
	return max(1, height*a.rise.frame/riseFrames)
}
