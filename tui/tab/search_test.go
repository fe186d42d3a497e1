package tab

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// searching is the wire with three exchanges in which a word is searched for.
func searching(t *testing.T, word string) *wireAlone {
	t.Helper()
	app := showWire(t)
	app.Send(kit.ExchangesMsg{Prompted: true, More: sample.DifferentExchanges()})
	app.Press("/")
	app.Send(pasted(word))
	return app
}

// Methods, paths, statuses, headers and bodies are looked through as they are shown: without secrets, and whatever the
// letters' case and the blanks.
func TestSearchFinds(t *testing.T) {
	for _, test := range []struct {
		word string
		want []int
	}{
		{"delete", []int{1}},
		{"/EMAILS", []int{1}},
		{"404", []int{1}},
		{"not found", []int{1}},
		{"Accept: application", []int{2}},
		{"not here", []int{1}},
		{`"id":"abc"`, []int{0, 1}},
		{`"ID": "abc"`, []int{0, 1}},
		{"localhost", []int{0, 1, 2}},
		{"987654", nil},
		{"c2VjcmV0", nil},
		{"nowhere", nil},
	} {
		app := searching(t, test.word)
		if !reflect.DeepEqual(app.wire.search.found, test.want) {
			t.Errorf("%q is found in %v, not %v", test.word, app.wire.search.found, test.want)
		}
		if view := app.View(t); !strings.Contains(view, fmt.Sprintf("%d of 3 exchanges", len(test.want))) || strings.Contains(view, "DELETE") != (len(test.want) > 0 && test.want[0] <= 1 && test.want[len(test.want)-1] >= 1) {
			t.Errorf("%q is shown as\n%s", test.word, view)
		}
		for range test.word { // letter by letter it is the same
			app.Press("backspace")
		}
		for _, letter := range test.word {
			app.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{letter}})
		}
		if !reflect.DeepEqual(app.wire.search.found, test.want) {
			t.Errorf("%q, letter by letter, is found in %v, not %v", test.word, app.wire.search.found, test.want)
		}
	}
}

func TestSearchGoesRound(t *testing.T) {
	app := searching(t, "abc")
	var visited []int
	app.Press("enter")
	for range 3 {
		app.Press("n")
		visited = append(visited, app.wire.choice)
	}
	app.Press("N")
	if visited = append(visited, app.wire.choice); !reflect.DeepEqual(visited, []int{0, 1, 0, 1}) {
		t.Errorf("n n n N lead to %v", visited)
	}

	app.Send(kit.ExchangesMsg{Prompted: true, More: sample.DifferentExchanges()})
	if got := app.wire.search.found; !reflect.DeepEqual(got, []int{0, 1, 3, 4}) {
		t.Errorf("after more have come, %v are found", got)
	}
	app.Press("g")
	// Opened at its first match, n goes from match to match and then to the next exchange: the second one's is its body alone.
	app.Press("enter")
	if app.wire.choice != 0 || app.wire.search.at != 0 {
		t.Errorf("enter leads to match %d of exchange %d", app.wire.search.at, app.wire.choice)
	}
	app.Press("n")
	if app.wire.choice != 1 || app.wire.search.at != 0 {
		t.Errorf("n behind the last match leads to match %d of exchange %d", app.wire.search.at, app.wire.choice)
	}
	app.Press("N")
	if app.wire.choice != 0 || app.wire.search.at != 0 {
		t.Errorf("N before the first match leads to match %d of exchange %d", app.wire.search.at, app.wire.choice)
	}

	app.Press("esc", "esc")
	if app.wire.open || app.wire.search.on() || app.wire.count() != 6 || app.wire.choice != 0 || app.Last() != nil {
		t.Error("esc, esc does not lead from the exchange to the whole list, with the choice where it was")
	}
	if app.Press("esc"); app.Last() != (kit.ToPhoneMsg{}) {
		t.Error("esc does not lead from the list to the phone")
	}
}

// What is found is marked, wherever lines break: by reverse, as colours may be missing.
func TestMatchesAreMarked(t *testing.T) {
	lines := []string{"the \x1b[32msearch\x1b[0med wo", "  rd, sear", "ch, 漢字 search", "none"}
	d := &drawing{lines: lines}
	if begins := d.matches("search"); !reflect.DeepEqual(begins, []int{0, 1, 2}) {
		t.Errorf("the matches begin in the lines %v", begins)
	}
	want := map[int][]kit.Cells{0: {{From: 4, To: 10}}, 1: {{From: 6, To: 10}}, 2: {{From: 0, To: 2}, {From: 9, To: 15}}}
	if !reflect.DeepEqual(d.marks, want) {
		t.Errorf("the marks are %v", d.marks)
	}
	if begins := d.matches("word"); !reflect.DeepEqual(begins, []int{0}) {
		t.Errorf("what goes over two lines begins in the lines %v", begins)
	}
	theme := kit.NewTheme(nil, kit.NoColours, true)
	marked := theme.Marked(lines[2], []kit.Cells{{From: 0, To: 2}, {From: 9, To: 15}})
	if ansi.Strip(marked) != lines[2] || !strings.Contains(marked, "\x1b[7mch\x1b[0m") || !strings.Contains(marked, "\x1b[7msearch\x1b[0m") {
		t.Errorf("the line is marked as %q", marked)
	}
}

// Opening what was found goes to its first match, and the head counts the matches of the view that is shown.
func TestOpenedAtTheFirstMatch(t *testing.T) {
	app := showWire(t)
	app.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
	long := sample.DifferentExchanges()[1]
	long.ResponseBody = []byte(`{"a":[` + strings.Repeat("1,", 100) + `1],"id":"sought"}`)
	app.Send(kit.ExchangesMsg{Prompted: true, More: []hanko.Exchange{long}})
	app.Press("/")
	app.Send(pasted("sought"))
	app.Press("enter")
	app.View(t)
	app.Press("enter")
	if view := app.View(t); !strings.Contains(view, `"id": "sought"`) || !strings.Contains(view, "match 1 of 1 in this exchange") {
		t.Errorf("the exchange does not open at its match:\n%s", view)
	}
	app.Press("d")
	if view := app.View(t); strings.Contains(view, "match 1") || !strings.Contains(view, "not in what this view shows") {
		t.Errorf("the view without the match says\n%s", view)
	}
	app.Press("n", "v", "v", "v", "v")
	if view := app.View(t); !strings.Contains(view, "match 1 of 1 in this exchange") {
		t.Errorf("back in the first view the head says\n%s", view)
	}
}

// The note that says what happened is looked through, too.
func TestSearchFindsTheNote(t *testing.T) {
	app := searching(t, "The passcode was right")
	if got := app.wire.search.found; !reflect.DeepEqual(got, []int{0}) {
		t.Errorf("the note is found in %v", got)
	}
}
