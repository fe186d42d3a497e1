package tab

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// From here on the list and the chosen exchange stand one above the other.
const (
	splitHeight = 26
	splitWidth  = 60
)

func splits(width, height int) bool { return width >= splitWidth && height >= splitHeight }

// View implements kit.Page.
func (p *Wire) View(s kit.Situation, width, height int) string {
	t := s.Theme
	p.width = width
	both := splits(width, height)
	if len(p.exchanges) == 0 {
		return t.Dim.Render(kit.Wrap("What the app and the tenant say to each other appears here.", width))
	}
	var lines []string
	if p.search.typing || p.search.on() {
		lines = append(lines, p.searchLine(s, width))
		height--
	}
	switch {
	case p.open:
		lines = append(lines, p.whole(s, width, height))
	case p.count() == 0:
		p.page = height
		lines = append(lines, "", t.Dim.Render(kit.Wrap("Nothing on the wire has that.", width)))
	case both:
		room := max(8, height/4)
		rule := t.Dim.Render(strings.Repeat("─", width))
		lines = append(lines, p.list(s, width, room), rule, p.whole(s, width, height-room-1))
		p.page = room
	default:
		note := strings.Split(kit.Wrap(p.known[p.choice].note, width), "\n")
		note = note[:min(len(note), max(0, height/4))]
		lines = append(lines, p.list(s, width, height-len(note)), t.Dim.Render(strings.Join(note, "\n")))
	}
	return strings.Join(lines, "\n")
}

// whole is the chosen exchange from the offset on, which is brought into range.
func (p *Wire) whole(s kit.Situation, width, height int) string {
	drawing := p.drawing(s, p.choice, width)
	lines := drawing.lines
	p.page = height
	offset := max(0, min(p.offset, len(lines)-max(1, height-1)))
	if drawing.matches(p.search.sought); len(drawing.marks) > 0 {
		lines = append([]string(nil), lines...)
		for i := offset; i < min(offset+height, len(lines)); i++ {
			lines[i] = s.Theme.Marked(lines[i], drawing.marks[i])
		}
	}
	return s.ScrollLines(lines, &p.offset, width, height)
}

// list is the list around the choice. Its first and last lines say how much is above and below.
func (p *Wire) list(s kit.Situation, width, height int) string {
	t := s.Theme
	p.page = height
	place, count := p.place(), p.count()
	first := min(max(0, place-height/2), max(0, count-height))
	last := min(first+height, count)
	var lines []string
	for i := first; i < last; i++ {
		switch {
		case i == first && i > 0 && height > 2:
			lines = append(lines, t.Dim.Render(fmt.Sprintf("  ↑ %d more", i+1)))
		case i == last-1 && last < count && height > 2:
			lines = append(lines, t.Dim.Render(fmt.Sprintf("  ↓ %d more", count-i)))
		default:
			lines = append(lines, p.row(s, p.listed(i), width, i == place))
		}
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return strings.Join(lines, "\n")
}

// row is an exchange in one line: number, method, path, status, time. Where there is little room the time and then
// the number, which the guide names, give theirs to the path.
func (p *Wire) row(s kit.Situation, index, width int, chosen bool) string {
	t, exchange := s.Theme, p.exchanges[index]
	if s.Masked {
		exchange = exchange.Masked()
	}
	status, style := fmt.Sprint(exchange.Status), t.Good
	switch {
	case exchange.Status == 0:
		status, style = "---", t.Bad
	case exchange.Status >= 500:
		style = t.Bad
	case exchange.Status >= 400 || exchange.Err != nil:
		style = t.Warn
	}
	number := fmt.Sprintf("%*d ", len(fmt.Sprint(len(p.exchanges))), index+1)
	took := fmt.Sprintf(" %8s", kit.Milliseconds(exchange.Duration))
	room := width - 2 - len("DELETE ") - len(" 200")
	const least = 24 // of a path
	if room-len(number)-len(took) < least {
		took = ""
	}
	if room-len(number)-len(took) < least {
		number = ""
	}
	path := cellOfPath(hanko.Printable(kit.ShortPath(exchange.Path)), max(4, room-len(number)-len(took)))
	row := fmt.Sprintf("%s%s %s %s%s", t.Dim.Render(number), kit.Cell(exchange.Method, len("DELETE")), path, style.Render(status), t.Dim.Render(took))
	if p.search.on() && !chosen {
		one := &drawing{lines: []string{row}}
		one.matches(p.search.sought)
		row = t.Marked(row, one.marks[0])
	}
	return t.ChosenRow(row, chosen, s.Focused)
}

// cellOfPath is a path in so many cells. What is too much is cut before its last part, which tells the call.
func cellOfPath(path string, width int) string {
	last := strings.LastIndex(path, "/")
	if tail := ansi.StringWidth(path) - ansi.StringWidth(path[:max(last, 0)]); last > 0 && ansi.StringWidth(path) > width && tail < width/2 {
		return kit.Cell(ansi.Truncate(path, width-tail, "…")+path[last:], width)
	}
	return kit.Cell(path, width)
}
