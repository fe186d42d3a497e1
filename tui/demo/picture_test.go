package demo

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/tui/internal/golden"
	"example.com/hankosim/tui/story"
)

// Every picture fits into a window of 80×24, between the steps and the narration. In a narrow window it becomes its caption.
func TestPicturesFit(t *testing.T) {
	for _, name := range story.Pictures() {
		p := played(t, "\n- {name: One, say: What is said., do: [{picture: "+name+"}, {pause: 5s}]}\n")
		p.Init()
		view := ansi.Strip(p.View())
		golden.CheckBox(t, p.View(), 80, 24, name)
		for _, line := range strings.Split(strings.Trim(drawings[name].lines, "\n"), "\n") {
			if !strings.Contains(view, strings.TrimSpace(line)) {
				t.Errorf("%s lacks %q:\n%s", name, line, view)
			}
		}
		first, _, _ := strings.Cut(view, "\n")
		if !strings.Contains(first, "hankosim") || !strings.Contains(view, "What is said.") || !strings.Contains(view, "scene 1 of 1") {
			t.Errorf("%s hides the steps or the narration:\n%s", name, view)
		}
		p.Update(tea.WindowSizeMsg{Width: 60, Height: 24})
		golden.CheckBox(t, p.View(), 60, 24, name)
		if view := strings.Join(strings.Fields(ansi.Strip(p.View())), " "); !strings.Contains(view, "The phone keeps the private key") {
			t.Errorf("%s has no caption in a narrow window:\n%s", name, view)
		}
	}
}

// A picture stays during pauses. The next action and the next scene remove it.
func TestPictureGoes(t *testing.T) {
	p := played(t, `
- {name: One, do: [{picture: thief}, {pause: 1s}, {type: a}, {pause: 1s}, {picture: thief}, {pause: 1s}]}
- {name: Two, do: [{pause: 1s}, {type: b}, {pause: 1s}]}
`)
	p.Init()
	drawn := func() bool { return strings.Contains(p.View(), "a thief of its database") }
	for i, want := range []bool{true, false, false, true, false} {
		if drawn() != want {
			t.Errorf("at pause %d the picture is shown: %t", i, drawn())
		}
		p.tickNow()
	}
	p.key("p")
	if !drawn() {
		t.Errorf("the end of the first scene has no picture:\n%s", p.View())
	}
}
