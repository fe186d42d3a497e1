package demo

import (
	"fmt"
	"os"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/tui/internal/golden"
	"example.com/hankosim/tui/story"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // times of day are drawn in the local time zone
	os.Exit(m.Run())
}

// The app with the narration below it, without colours.
func TestGoldenStories(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}} {
		for name, keys := range map[string][]string{"demo": nil, "demo-paused": {" "}, "demo-end": {"n", "n", "n"}} {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.Width, size.Height), func(t *testing.T) {
				p := played(t, threeScenes)
				p.Init()
				p.Update(size)
				for _, key := range keys {
					p.key(key)
				}
				golden.Check(t, fmt.Sprintf("%dx%d/%s", size.Width, size.Height, name), golden.Trimmed(ansi.Strip(p.View())))
			})
		}
	}
}

// The pictures over the app. They cover neither the steps above nor the narration below.
func TestGoldenPictures(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
		for _, name := range story.Pictures() {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.Width, size.Height), func(t *testing.T) {
				p := played(t, "\n- {name: One, say: What is said., do: [{picture: "+name+"}, {pause: 5s}]}\n")
				p.Init()
				p.Update(size)
				golden.Check(t, fmt.Sprintf("%dx%d/picture-%s", size.Width, size.Height, name), golden.Trimmed(ansi.Strip(p.View())))
			})
		}
	}
}
