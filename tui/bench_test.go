package tui

import (
	"fmt"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// One frame of the whole window, with a thousand exchanges on the wire.
func BenchmarkView(b *testing.B) {
	app := testApp(b, sample.OrdinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Update(hanko.News{Ended: sample.Exchanges(sample.OrdinaryWords(), 1000)})
	app.show(sample.SignedInStep(sample.OrdinaryWords()))
	b.ReportAllocs()
	for b.Loop() {
		if app.View() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}

// wireOf is an app whose wire has so many exchanges, on a window where the list and the chosen one are both shown.
func wireOf(b *testing.B, n int) *App {
	app := testApp(b, sample.OrdinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Update(hanko.News{Ended: sample.Exchanges(sample.OrdinaryWords(), n)})
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
		keys := []tea.KeyMsg{kit.KeyMsg("up"), kit.KeyMsg("pgup"), kit.KeyMsg("down"), kit.KeyMsg("pgdown")}
		for i := 0; b.Loop(); i++ {
			app.Update(keys[i%len(keys)])
			if app.View() == "" {
				b.Fatal("nothing was drawn")
			}
		}
	})
}

// From an exchange that comes to the frame that shows it. The wire grows meanwhile.
func BenchmarkExchangeToFrame(b *testing.B) {
	forWires(b, func(b *testing.B, n int) {
		app := wireOf(b, n)
		one := sample.Exchanges(sample.OrdinaryWords(), 1)
		for b.Loop() {
			app.Update(hanko.News{Ended: one})
			if app.View() == "" {
				b.Fatal("nothing is shown")
			}
		}
	})
}

// From a letter that is searched for to the frame with what was found: a word that everything has, and its letters are
// typed and taken away.
func BenchmarkSearchToFrame(b *testing.B) {
	forWires(b, func(b *testing.B, n int) {
		app := wireOf(b, n)
		app.press("/")
		keys := []tea.KeyMsg{kit.KeyMsg("p"), kit.KeyMsg("a"), kit.KeyMsg("s"), kit.KeyMsg("backspace"), kit.KeyMsg("backspace"), kit.KeyMsg("backspace")}
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
			app := testApp(b, sample.OrdinaryWords())
			app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
			app.show(sample.RefusedStep(b, sample.OrdinaryWords()))
			app.show(sample.SignedInStep(sample.OrdinaryWords()))
			app.turnTo(tab)
			for b.Loop() {
				app.View()
			}
		})
	}
}

// The same on an open exchange whose body is as long as one is drawn.
func BenchmarkKeyToFrameOfLongExchange(b *testing.B) {
	app := testApp(b, sample.OrdinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	long := sample.Exchanges(sample.OrdinaryWords(), 1)
	long[0].ResponseBody = make([]byte, 0, (32 << 10))
	for len(long[0].ResponseBody) < (32 << 10) {
		long[0].ResponseBody = append(long[0].ResponseBody, "All work and no play makes Jack a dull boy. "...)
	}
	app.Update(hanko.News{Ended: long})
	app.press("tab", "enter")
	keys := []tea.KeyMsg{kit.KeyMsg("down"), kit.KeyMsg("up")}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		app.Update(keys[i%len(keys)])
		if app.View() == "" {
			b.Fatal("nothing was drawn")
		}
	}
}
