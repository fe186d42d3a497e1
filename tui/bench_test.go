package tui

import (
	"fmt"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// One frame of the whole window, with a thousand exchanges on the wire.
func BenchmarkView(b *testing.B) {
	app := testApp(b, ordinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Update(WireMsg{exchanges(ordinaryWords(), 1000)})
	app.show(signedInStep(ordinaryWords()))
	b.ReportAllocs()
	for b.Loop() {
		if app.View() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}

// wireOf is an app whose wire has so many exchanges, on a window where the list and the chosen one are both shown.
func wireOf(b *testing.B, n int) *App {
	app := testApp(b, ordinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Update(WireMsg{exchanges(ordinaryWords(), n)})
	app.press("tab")
	return app
}

func forWires(b *testing.B, measure func(b *testing.B, n int)) {
	for _, n := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			measure(b, n)
		})
	}
}

// From a key to the frame that answers it, in the wire's list.
func BenchmarkKeyToFrame(b *testing.B) {
	forWires(b, func(b *testing.B, n int) {
		app := wireOf(b, n)
		keys := []tea.KeyMsg{KeyMsg("up"), KeyMsg("pgup"), KeyMsg("down"), KeyMsg("pgdown")}
		for i := 0; b.Loop(); i++ {
			app.Update(keys[i%len(keys)])
			if app.View() == "" {
				b.Fatal("nothing was drawn")
			}
		}
	})
}

// The same where every key leads to an exchange that was not drawn before.
func BenchmarkKeyToNewFrame(b *testing.B) {
	forWires(b, func(b *testing.B, n int) {
		app := wireOf(b, n)
		keys := []tea.KeyMsg{KeyMsg("up"), KeyMsg("down")}
		for i := 0; b.Loop(); i++ {
			clear(app.wire.drawings)
			app.Update(keys[i%len(keys)])
			if app.View() == "" {
				b.Fatal("nothing was drawn")
			}
		}
	})
}

// From an exchange that comes to the frame that shows it.
func BenchmarkExchangeToFrame(b *testing.B) {
	forWires(b, func(b *testing.B, n int) {
		app := wireOf(b, n)
		one := exchanges(ordinaryWords(), 1)
		for b.Loop() {
			clear(app.wire.drawings)
			app.Update(WireMsg{one})
			if app.View() == "" || app.wire.choice != n {
				b.Fatal("the exchange is not shown")
			}
			app.wire.exchanges, app.wire.known, app.wire.choice = app.wire.exchanges[:n], app.wire.known[:n], n-1
		}
	})
}

// From a letter that is searched for to the frame with what was found: a word that everything has, and its letters are
// typed and taken away.
func BenchmarkSearchToFrame(b *testing.B) {
	forWires(b, func(b *testing.B, n int) {
		app := wireOf(b, n)
		app.press("/")
		keys := []tea.KeyMsg{KeyMsg("p"), KeyMsg("a"), KeyMsg("s"), KeyMsg("backspace"), KeyMsg("backspace"), KeyMsg("backspace")}
		for i := 0; b.Loop(); i++ {
			app.Update(keys[i%len(keys)])
			if app.View() == "" {
				b.Fatal("nothing was drawn")
			}
		}
	})
}

// One frame of each tab that is worked out anew for every frame.
func BenchmarkTabs(b *testing.B) {
	for _, tab := range []part{tabToken, tabCode, tabGuide} {
		b.Run(partName[tab], func(b *testing.B) {
			app := testApp(b, ordinaryWords())
			app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
			app.show(refusedStep(b, ordinaryWords()))
			app.show(signedInStep(ordinaryWords()))
			app.turnTo(tab)
			for b.Loop() {
				app.View()
			}
		})
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
	app.Update(WireMsg{long})
	app.press("tab", "enter")
	keys := []tea.KeyMsg{KeyMsg("down"), KeyMsg("up")}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		app.Update(keys[i%len(keys)])
		if app.View() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}
