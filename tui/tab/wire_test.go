package tab

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// The walk is saved as a script and an archive, readable by their owner alone, without its secrets.
func TestWalkIsSaved(t *testing.T) {
	app := showWire(t)
	app.S.Folder = t.TempDir()
	app.Send(kit.ExchangesMsg{Prompted: true, More: sample.Exchanges(sample.OrdinaryWords(), 4)})
	cmd := app.Press("s")
	if cmd == nil {
		t.Fatal("s does nothing")
	}
	if told, ok := cmd().(kit.ToastMsg); !ok || !strings.HasPrefix(told.Text, "Saved ") {
		t.Fatalf("s tells %+v", told)
	}
	files, err := filepath.Glob(filepath.Join(app.S.Folder, "hankosim-*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("saved are %v, %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v, %v", file, info.Mode(), err)
		}
		content, err := os.ReadFile(file)
		for _, secret := range []string{`"123456"`, "secretsecret"} {
			if err != nil || strings.Contains(string(content), secret) {
				t.Errorf("%s holds %s, %v", file, secret, err)
			}
		}
	}
}

// Saving twice in a second loses nothing.
func TestSavedFilesAreNotOverwritten(t *testing.T) {
	folder := t.TempDir()
	for i, want := range []string{"a.sh", "a-2.sh", "a-3.sh"} {
		if name, err := saveNew(folder, "a", ".sh", []byte(want), 0o700); name != want || err != nil {
			t.Errorf("file %d is %s, %v; it should be %s", i+1, name, err, want)
		}
	}
	for _, name := range []string{"a.sh", "a-2.sh", "a-3.sh"} {
		if content, err := os.ReadFile(filepath.Join(folder, name)); string(content) != name || err != nil {
			t.Errorf("%s has %q, %v", name, content, err)
		}
	}
	if _, err := saveNew(filepath.Join(folder, "none"), "a", ".sh", nil, 0o700); err == nil {
		t.Error("a file is saved where there is no folder")
	}
}

// A call has its row from the moment it is sent. When the answer comes the row is filled in, and no other row moves.
func TestPendingCallIsListed(t *testing.T) {
	for _, before := range []int{0, 3, 9, 40} {
		app := showWire(t)
		app.Send(tea.WindowSizeMsg{Width: 76, Height: 40})
		all := sample.Exchanges(sample.OrdinaryWords(), before+1)
		next := all[before]
		app.Send(kit.ExchangesMsg{Prompted: true, More: all[:before]})
		sent := hanko.Exchange{Method: next.Method, URL: next.URL, Path: next.Path, RequestBody: next.RequestBody, Start: next.Start}
		app.Send(kit.ExchangesMsg{Prompted: true, First: before, Pending: []hanko.Exchange{sent}})
		number := fmt.Sprintf("  %2d  %s", before+1, next.Method)
		row := func(view string) int {
			return slices.IndexFunc(strings.Split(view, "\n"), func(line string) bool {
				return strings.HasPrefix(strings.Replace(line, "┃", " ", 1), number)
			})
		}
		pending := app.View(t)
		at := row(pending)
		if lines := strings.Split(pending, "\n"); at < 0 || !strings.Contains(lines[at], waiting) || strings.Contains(lines[at], " ms") ||
			!strings.Contains(lines[at+1], "Waiting for the answer.") {
			t.Fatalf("the pending call behind %d others is not listed:\n%s", before, pending)
		}
		if cmd := app.Press("G"); cmd != nil || app.wire.choice >= before && before > 0 {
			t.Errorf("the pending call can be chosen")
		}
		app.Send(kit.ExchangesMsg{Prompted: true, First: before, More: all[before:]})
		answered := app.View(t)
		if strings.Contains(answered, waiting) || row(answered) != at {
			t.Errorf("the call was in row %d, and its answer is in row %d:\n%s\n%s", at, row(answered), pending, answered)
		}
	}
}

// Where there is room the list and the exchange are both there, and the exchange is the newest.
func TestWireShowsBothWhereThereIsRoom(t *testing.T) {
	app := showWire(t)
	for i, one := range sample.DifferentExchanges() {
		app.Send(kit.ExchangesMsg{Prompted: true, More: []hanko.Exchange{one}})
		app.Send(tea.WindowSizeMsg{Width: 120, Height: 40})
		view := app.View(t)
		if !strings.Contains(view, fmt.Sprintf("┃  %d  %s", i+1, one.Method)) || !strings.Contains(view, fmt.Sprintf("%d  %s %.20s", i+1, one.Method, one.Path)) || !strings.Contains(view, "00:00:00.000") {
			t.Errorf("exchange %d is not in the list and below it:\n%s", i+1, view)
		}
		for _, size := range []tea.WindowSizeMsg{{Width: 49, Height: 40}, {Width: 120, Height: 21}, {Width: 40, Height: 12}} {
			app.Send(size)
			if view := app.View(t); strings.Contains(view, "00:00:00.000") || !strings.Contains(view, one.Method) {
				t.Errorf("in %d×%d the list does not stand alone:\n%s", size.Width, size.Height, view)
			}
		}
	}
	// The parts move apart from each other.
	app.Send(tea.WindowSizeMsg{Width: 120, Height: 34})
	app.View(t)                          // keys go by what is seen
	app.Press("g", "v", "v", "v", "esc") // Swift, which is long
	before := app.View(t)
	app.Press("J", "J")
	after := app.View(t)
	if app.wire.choice != 0 || app.wire.open || before == after || !strings.Contains(after, "┃  1  POST") || strings.Contains(after, "00:00:00.000") {
		t.Errorf("J does not scroll the exchange below the list:\n%s", after)
	}
	app.Press("enter")
	if view := app.View(t); strings.Contains(view, "┃  1  POST") {
		t.Errorf("enter does not give the exchange the whole room:\n%s", view)
	}
}

// Columns are straight whatever is in them, and the ends of the list say how much is beyond them.
func TestListIsStraight(t *testing.T) {
	app := showWire(t)
	all := sample.DifferentExchanges()
	for len(all) < 120 {
		all = append(all, sample.DifferentExchanges()...)
	}
	app.Send(kit.ExchangesMsg{Prompted: true, More: all})
	app.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
	app.View(t) // keys go by what is seen
	app.Press("g", "ctrl+d", "ctrl+d", "pgdown", "down", "k", "j", "up", "ctrl+u")
	for _, width := range []int{110, 80, 60, 40} {
		app.Send(tea.WindowSizeMsg{Width: width, Height: 24})
		statuses := map[int]bool{}
		view := app.View(t)
		row := regexp.MustCompile(`(?m)^.*(?:POST  |DELETE|PATCH ) /.*? (?:200|404|204)(?: |$)`)
		for _, begin := range row.FindAllString(view, -1) {
			statuses[ansi.StringWidth(begin)] = true
		}
		if len(statuses) != 1 {
			t.Errorf("in a window of %d the statuses stand at %v:\n%s", width, statuses, view)
		}
		above, below := 0, 0
		shown := 0
		for _, line := range strings.Split(view, "\n") {
			line = strings.TrimSpace(line)
			_, _ = fmt.Sscanf(line, "↑ %d ↓ %d more", &above, &below)
			if strings.Contains(line, "POST   ") || strings.Contains(line, "DELETE ") || strings.Contains(line, "PATCH  ") {
				shown++
			}
		}
		if above == 0 || below == 0 || above+shown+below != len(all) {
			t.Errorf("%d above, %d shown, %d below are not %d:\n%s", above, shown, below, len(all), view)
		}
	}
}

// An exchange is drawn once, and again when something else is wanted of it.
func TestDrawingsAreKept(t *testing.T) {
	app := showWire(t)
	app.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
	app.Send(kit.ExchangesMsg{Prompted: true, More: sample.Exchanges(sample.OrdinaryWords(), 3*manyDrawings)})
	app.Press("tab")
	wire := app.wire
	first := wire.drawing(app.S, 0, 60)
	if wire.drawing(app.S, 0, 60) != first {
		t.Error("the same exchange is drawn twice")
	}
	for name, change := range map[string]func(){
		"secrets": func() { app.S.Secrets = !app.S.Secrets },
		"view":    func() { wire.view = decoded },
		"theme":   func() { app.S.Theme = kit.NewTheme(lipgloss.NewRenderer(io.Discard), kit.LightTheme, false) },
	} {
		change()
		if wire.drawing(app.S, 0, 60) == first {
			t.Errorf("with another %s the drawing stays the old one", name)
		}
		first = wire.drawing(app.S, 0, 60)
	}
	if wire.drawing(app.S, 0, 61) == first || wire.drawing(app.S, 1, 60) == first {
		t.Error("another width's, or another exchange's drawing is shown")
	}
	for i := range wire.exchanges {
		wire.drawing(app.S, i, 60)
	}
	if len(wire.drawings) > manyDrawings {
		t.Errorf("%d drawings are kept", len(wire.drawings))
	}
}

// What is copied of an exchange is what is shown of it: masked, and in lines as they are, not as they were broken.
func TestCopiedExchangeIsMaskedAndWhole(t *testing.T) {
	app := showWire(t)
	app.Send(tea.WindowSizeMsg{Width: 60, Height: 24})
	app.Send(kit.ExchangesMsg{Prompted: true, More: sample.DifferentExchanges()})
	app.Press("g", "c")
	asked, _ := app.Last().(kit.CopyMsg)
	copied := asked.Text
	if !strings.Contains(copied, `"id": "abc"`) || strings.Contains(copied, "987654") || strings.Contains(copied, "c2VjcmV0") || strings.Contains(copied, "\x1b") {
		t.Errorf("copied is %q", copied)
	}
}

// A path that is too long keeps its end: initialize and finalize are told apart.
func TestLongPathsKeepTheirEnds(t *testing.T) {
	for _, test := range []struct {
		path  string
		width int
		want  string
	}{
		{"/webauthn/registration/finalize", 40, "/webauthn/registration/finalize         "},
		{"/webauthn/registration/finalize", 28, "/webauthn/registra…/finalize"},
		{"/webauthn/registration/initialize", 28, "/webauthn/regist…/initialize"},
		{"/login › webauthn_generate_request_options", 20, "/login › webauthn_g…"},
		{"/x", 4, "/x  "},
		{"漢字漢字漢字/漢", 9, "漢字…/漢"},
	} {
		if got := cellOfPath(test.path, test.width); strings.TrimRight(got, " ") != strings.TrimRight(test.want, " ") {
			t.Errorf("%q in %d cells is %q, not %q", test.path, test.width, got, test.want)
		}
	}
}

// From a key to the tab that shows an exchange which was not drawn before.
func BenchmarkKeyToNewExchange(b *testing.B) {
	for _, n := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			app := showWire(b)
			app.Send(tea.WindowSizeMsg{Width: 120, Height: 40})
			app.Send(kit.ExchangesMsg{Prompted: true, More: sample.Exchanges(sample.OrdinaryWords(), n)})
			keys := []string{"up", "down"}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				clear(app.wire.drawings)
				app.Press(keys[i%len(keys)])
				if app.Page.View(app.S, app.S.Room.Width, app.S.Room.Height) == "" {
					b.Fatal("nothing was drawn")
				}
			}
		})
	}
}

// A story reduces the open exchange to the fields that it names. The next exchange, and closing it, end that.
func TestWireIsReduced(t *testing.T) {
	found := []decode.Part{
		{Title: "Client data", Lines: []decode.Line{{Name: "type"}, {Name: "challenge"}, {Name: "origin"}}},
		{Title: "Authenticator data", Lines: []decode.Line{{Name: "flags"}}},
		{Title: "Signature", Lines: []decode.Line{{Name: "form"}, {Name: "r"}}},
		{Title: "Token", Kind: decode.KindJWT, Lines: []decode.Line{{Name: "origin"}}},
	}
	var kept []string
	for _, part := range reduced(found, []string{"signature", "Origin"}) {
		for _, line := range part.Lines {
			kept = append(kept, part.Title+": "+line.Name)
		}
	}
	if got, want := strings.Join(kept, ", "), "Client data: origin, Signature: form, Signature: r"; got != want {
		t.Errorf("%s is kept, not %s", got, want)
	}
	if len(reduced(found, nil)) != len(found) || len(found[0].Lines) != 3 {
		t.Error("without fields something is missing")
	}

	app := showWire(t)
	app.Send(kit.ExchangesMsg{Prompted: true, More: sample.DifferentExchanges()})
	for _, key := range []string{"esc", "left", "d", "enter"} {
		app.Send(kit.OpenExchangeMsg{Index: 2})
		app.Send(kit.ReduceMsg{Fields: []string{"origin"}})
		if app.wire.view != decoded || len(app.wire.fields) != 1 {
			t.Fatal("it is not reduced")
		}
		if app.Press(key); len(app.wire.fields) > 0 {
			t.Errorf("it is still reduced after %s", key)
		}
	}
}
