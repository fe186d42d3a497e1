package tui

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
)

// differentExchanges are three that have little in common.
func differentExchanges() []hanko.Exchange {
	return []hanko.Exchange{
		{
			Method: "POST", Path: "/passcode/login/finalize", URL: "http://localhost:8000/passcode/login/finalize", Status: 200,
			RequestBody: []byte(`{"id": "abc", "code": "987654"}`), ResponseHeader: http.Header{"X-Auth-Token": {"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2VjcmV0"}},
		},
		{Method: "DELETE", Path: "/emails/1", URL: "http://localhost:8000/emails/1", Status: 404, ResponseBody: []byte(`{"message":"not here","id":"abc"}`)},
		{
			Method: "PATCH", Path: "/webauthn/credentials/" + strings.Repeat("long", 40), URL: "http://localhost:8000/", Status: 204,
			RequestHeader: http.Header{"Accept": {"application/json"}},
		},
	}
}

func searching(t *testing.T, word string) *App {
	t.Helper()
	app := testApp(t, ordinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	app.Update(WireMsg{differentExchanges()})
	app.press("tab", "/")
	app.Update(paste(word))
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
		if view := checkBox(t, app, test.word); !strings.Contains(view, fmt.Sprintf("%d of 3 exchanges", len(test.want))) || strings.Contains(view, "DELETE") != (len(test.want) > 0 && test.want[0] <= 1 && test.want[len(test.want)-1] >= 1) {
			t.Errorf("%q is shown as\n%s", test.word, view)
		}
		for range test.word { // letter by letter it is the same
			app.press("backspace")
		}
		for _, letter := range test.word {
			app.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{letter}})
		}
		if !reflect.DeepEqual(app.wire.search.found, test.want) {
			t.Errorf("%q, letter by letter, is found in %v, not %v", test.word, app.wire.search.found, test.want)
		}
	}
}

func TestSearchGoesRound(t *testing.T) {
	app := searching(t, "abc")
	var visited []int
	app.press("enter")
	for range 3 {
		app.press("n")
		visited = append(visited, app.wire.choice)
	}
	app.press("N")
	if visited = append(visited, app.wire.choice); !reflect.DeepEqual(visited, []int{0, 1, 0, 1}) {
		t.Errorf("n n n N lead to %v", visited)
	}

	app.Update(WireMsg{differentExchanges()})
	if got := app.wire.search.found; !reflect.DeepEqual(got, []int{0, 1, 3, 4}) {
		t.Errorf("after more have come, %v are found", got)
	}
	app.press("g")
	// Opened at its first match, n goes from match to match and then to the next exchange: the second one's is its body alone.
	app.press("enter")
	if app.wire.choice != 0 || app.wire.search.at != 0 {
		t.Errorf("enter leads to match %d of exchange %d", app.wire.search.at, app.wire.choice)
	}
	app.press("n")
	if app.wire.choice != 1 || app.wire.search.at != 0 {
		t.Errorf("n behind the last match leads to match %d of exchange %d", app.wire.search.at, app.wire.choice)
	}
	app.press("N")
	if app.wire.choice != 0 || app.wire.search.at != 0 {
		t.Errorf("N before the first match leads to match %d of exchange %d", app.wire.search.at, app.wire.choice)
	}

	app.press("esc", "esc")
	if app.wire.open || app.wire.search.on() || app.wire.count() != 6 || app.wire.choice != 0 || app.focus != tabWire {
		t.Error("esc, esc does not lead from the exchange to the whole list, with the choice where it was")
	}
	if app.press("esc"); app.focus != onPhone {
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
	want := map[int][]cells{0: {{4, 10}}, 1: {{6, 10}}, 2: {{0, 2}, {9, 15}}}
	if !reflect.DeepEqual(d.marks, want) {
		t.Errorf("the marks are %v", d.marks)
	}
	if begins := d.matches("word"); !reflect.DeepEqual(begins, []int{0}) {
		t.Errorf("what goes over two lines begins in the lines %v", begins)
	}
	theme := newTheme(testApp(t, ordinaryWords()).options.Renderer, NoColours, true)
	marked := theme.marked(lines[2], []cells{{0, 2}, {9, 15}})
	if ansi.Strip(marked) != lines[2] || !strings.Contains(marked, "\x1b[7mch\x1b[0m") || !strings.Contains(marked, "\x1b[7msearch\x1b[0m") {
		t.Errorf("the line is marked as %q", marked)
	}
}

// Opening what was found goes to its first match, and the head counts the matches of the view that is shown.
func TestOpenedAtTheFirstMatch(t *testing.T) {
	app := testApp(t, ordinaryWords())
	app.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	long := differentExchanges()[1]
	long.ResponseBody = []byte(`{"a":[` + strings.Repeat("1,", 100) + `1],"id":"sought"}`)
	app.Update(WireMsg{[]hanko.Exchange{long}})
	app.press("tab", "/")
	app.Update(paste("sought"))
	app.press("enter")
	app.View()
	app.press("enter")
	if view := app.View(); !strings.Contains(view, `"id": "sought"`) || !strings.Contains(view, "match 1 of 1 in this exchange") {
		t.Errorf("the exchange does not open at its match:\n%s", view)
	}
	app.press("d")
	if view := app.View(); strings.Contains(view, "match 1") || !strings.Contains(view, "not in what this view shows") {
		t.Errorf("the view without the match says\n%s", view)
	}
	app.press("n", "v", "v", "v", "v")
	if view := app.View(); !strings.Contains(view, "match 1 of 1 in this exchange") {
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
