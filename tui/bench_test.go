package tui

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// One frame of the whole window, with a thousand exchanges on the wire.
func BenchmarkView(b *testing.B) {
	app := testApp(b, ordinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Update(exchangesMsg{exchanges(ordinaryWords(), 1000)})
	app.show(signedInStep(ordinaryWords()))
	b.ReportAllocs()
	for b.Loop() {
		if app.View() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}

// From a key to the frame that answers it, in the wire's list of a thousand exchanges.
func BenchmarkKeyToFrame(b *testing.B) {
	app := testApp(b, ordinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Update(exchangesMsg{exchanges(ordinaryWords(), 1000)})
	app.press("tab")
	keys := []tea.KeyMsg{keyMsg("up"), keyMsg("pgup"), keyMsg("down"), keyMsg("pgdown")}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		app.Update(keys[i%len(keys)])
		if app.View() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}

// The same on an open exchange whose body is as long as one is drawn.
func BenchmarkKeyToFrameOfLongExchange(b *testing.B) {
	app := testApp(b, ordinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	long := exchanges(ordinaryWords(), 1)
	long[0].ResponseBody = make([]byte, 0, maxShownBody)
	for len(long[0].ResponseBody) < maxShownBody {
		long[0].ResponseBody = append(long[0].ResponseBody, "All work and no play makes Jack a dull boy. "...)
	}
	app.Update(exchangesMsg{long})
	app.press("tab", "enter")
	keys := []tea.KeyMsg{keyMsg("down"), keyMsg("up")}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		app.Update(keys[i%len(keys)])
		if app.View() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}
