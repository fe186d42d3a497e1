package tab

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// search is a search on the wire, and its matches.
type search struct {
	input  textinput.Model
	typing bool
	sought string // folded; "" while nothing is looked for
	found  []int  // the exchanges that have it, the oldest first
	at     int    // which of the matches in the exchange was gone to; -1 for none
}

// folded is a text as it is compared: in small letters and without blanks, which JSON has and has not, and which lines
// are broken at.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
}

// soughtIn is what of a masked exchange is looked through.
func soughtIn(masked hanko.Exchange) string {
	parts := []string{masked.Method, hanko.Printable(masked.URL), kit.ShortPath(hanko.Printable(masked.Path)), masked.Outcome()}
	parts = append(parts, headerLines(masked.RequestHeader)...)
	parts = append(parts, headerLines(masked.ResponseHeader)...)
	for _, body := range [][]byte{masked.RequestBody, masked.ResponseBody} {
		parts = append(parts, hanko.PrintableLines(string(body[:min(len(body), maxShownBody)])))
	}
	for i, part := range parts {
		parts[i] = folded(part)
	}
	return strings.Join(parts, "\n") // which nothing that is looked for has
}

// on reports whether the list shows only matches.
func (s *search) on() bool { return s.sought != "" }

// arrived searches a new exchange.
func (s *search) arrived(index int, text string) {
	if s.on() && strings.Contains(text, s.sought) {
		s.found = append(s.found, index)
	}
}

// beginSearch opens the input, with the previous search in it.
func (p *Wire) beginSearch(s kit.Situation) {
	if !p.search.on() {
		p.search.input, p.search.at = s.Theme.NewInput("method, path, status, header, body", ""), -1
	}
	p.search.typing = true
	p.search.input.Focus()
}

// endSearch lists everything again, and keeps the choice.
func (p *Wire) endSearch() {
	p.search = search{at: -1}
	p.follow = p.choice == len(p.exchanges)-1
}

// typed is a letter while the input is open.
func (p *Wire) typed(pressed tea.KeyMsg) tea.Msg {
	cmd := kit.TypeInto(&p.search.input, pressed)
	p.find(folded(p.search.input.Value()))
	return cmd
}

// keepFound closes the input and lists what was found.
func (p *Wire) keepFound(s kit.Situation) tea.Msg {
	p.search.typing = false
	p.search.input.Blur()
	if p.search.on() && p.open {
		return p.nextMatch(s, 1)
	}
	return nil
}

// find looks through the wire. What goes on with the word before it is found in what that has found.
func (p *Wire) find(sought string) {
	if sought == p.search.sought {
		return
	}
	within := func(yield func(int) bool) {
		for i := range p.exchanges {
			if !yield(i) {
				return
			}
		}
	}
	if p.search.on() && strings.HasPrefix(sought, p.search.sought) {
		within = slices.Values(p.search.found)
	}
	var found []int
	for i := range within {
		if strings.Contains(p.known[i].sought, sought) {
			found = append(found, i)
		}
	}
	p.search.sought, p.search.found, p.search.at = sought, found, -1
	if p.search.on() && len(found) > 0 && !p.open {
		p.choose(p.place())
	}
}

// firstMatch goes to the first match of the open exchange, where the view shows one.
func (p *Wire) firstMatch(s kit.Situation) {
	p.search.at = -1
	if !p.open || !p.search.on() {
		return
	}
	if matches := p.drawing(s, p.choice, p.width).matches(p.search.sought); len(matches) > 0 {
		p.goTo(matches, 0)
	}
}

// goTo brings a match into sight, with some of what is before it.
func (p *Wire) goTo(matches []int, at int) {
	p.search.at, p.offset = at, max(0, matches[at]-p.page/3)
}

// nextMatch goes to the next match, or to the one before: of the open exchange, then of the next one that was found.
func (p *Wire) nextMatch(s kit.Situation, by int) tea.Msg {
	switch {
	case p.count() == 0:
		return kit.Toast("No exchange has that text.")
	case !p.open:
		p.choose((p.place() + by + p.count()) % p.count())
		return nil
	}
	for range p.count() + 1 {
		matches := p.drawing(s, p.choice, p.width).matches(p.search.sought)
		at := p.search.at + by
		if by < 0 && p.search.at < 0 {
			at = len(matches) - 1
		}
		if at >= 0 && at < len(matches) {
			p.goTo(matches, at)
			return nil
		}
		place, found := slices.BinarySearch(p.search.found, p.choice)
		if found || by < 0 { // else it is the next one's already
			place += by
		}
		p.choose((place + p.count()) % p.count())
		p.search.at = -1
	}
	return kit.Toast("It is not in what this view shows; v and d show more.")
}

// searchLine is the input, or what was searched for, and how much was found.
func (p *Wire) searchLine(s kit.Situation, width int) string {
	t := s.Theme
	count := fmt.Sprintf("%d of %d exchanges", len(p.search.found), len(p.exchanges))
	if p.open && p.search.on() {
		matches := len(p.drawing(s, p.choice, width).matches(p.search.sought))
		count = fmt.Sprintf("%d in this exchange", matches)
		switch {
		case matches == 0:
			count = "not in what this view shows"
		case p.search.at >= 0 && p.search.at < matches: // a narrower window, or masking, may have taken it away
			count = fmt.Sprintf("match %d of %d in this exchange", p.search.at+1, matches)
		}
	}
	if !p.search.on() {
		count = ""
	}
	room := max(4, width-ansi.StringWidth(count)-4)
	word := ansi.Truncate(hanko.Printable(p.search.input.Value()), room, "…")
	if p.search.typing {
		t.StyleInput(&p.search.input)
		p.search.input.Width = max(1, room-1)
		word = p.search.input.View()
	}
	return t.Key.Render("/") + word + "  " + t.Dim.Render(count)
}

// matches are the lines in which a folded text begins, one for each time. It may go on in the lines after it.
func (d *drawing) matches(sought string) []int {
	if d.sought == sought {
		return d.begins
	}
	if d.places == nil {
		d.index()
	}
	d.sought, d.begins, d.marks = sought, nil, map[int][]kit.Cells{}
	for at := 0; sought != ""; {
		i := strings.Index(d.flat[at:], sought)
		if i < 0 {
			break
		}
		at += i
		d.begins = append(d.begins, d.places[at].line)
		for _, place := range d.places[at : at+len(sought)] {
			marks := d.marks[place.line]
			if n := len(marks); n > 0 && marks[n-1].To >= place.From {
				marks[n-1].To = max(marks[n-1].To, place.To)
			} else {
				d.marks[place.line] = append(marks, place.Cells)
			}
		}
		at += len(sought)
	}
	return d.begins
}

// place is where a character of the folded text stands in the lines.
type place struct {
	line int
	kit.Cells
}

// index folds the lines into one text.
func (d *drawing) index() {
	var flat strings.Builder
	d.places = []place{}
	for i, line := range d.lines {
		column := 0
		for line = ansi.Strip(line); line != ""; {
			cluster, wide := ansi.FirstGraphemeCluster(line, ansi.GraphemeWidth)
			line = line[max(1, len(cluster)):]
			small := folded(cluster)
			flat.WriteString(small)
			for range len(small) {
				d.places = append(d.places, place{i, kit.Cells{From: column, To: column + wide}})
			}
			column += wide
		}
	}
	d.flat = flat.String()
}
