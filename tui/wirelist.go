package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
)

// From here on the list and the chosen exchange stand one above the other.
const (
	splitHeight = 26
	splitWidth  = 60
)

func splits(width, height int) bool { return width >= splitWidth && height >= splitHeight }

func (p *wireTab) View(s Situation, width, height int) string {
	t := s.Theme
	p.width = width
	both := splits(width, height)
	if len(p.exchanges) == 0 {
		return t.dim.Render(wrap("What the app and the tenant say to each other appears here.", width))
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
		lines = append(lines, "", t.dim.Render(wrap("Nothing on the wire has that.", width)))
	case both:
		room := max(8, height/4)
		rule := t.dim.Render(strings.Repeat("─", width))
		lines = append(lines, p.list(s, width, room), rule, p.whole(s, width, height-room-1))
		p.page = room
	default:
		told := strings.Split(wrap(p.known[p.choice].told, width), "\n")
		told = told[:min(len(told), max(0, height/4))]
		lines = append(lines, p.list(s, width, height-len(told)), t.dim.Render(strings.Join(told, "\n")))
	}
	return strings.Join(lines, "\n")
}

// whole is the chosen exchange from the offset on, which is brought into range.
func (p *wireTab) whole(s Situation, width, height int) string {
	drawing := p.drawing(s, p.choice, width)
	lines := drawing.lines
	p.page = height
	offset := max(0, min(p.offset, len(lines)-max(1, height-1)))
	if drawing.matches(p.search.sought); len(drawing.marks) > 0 {
		lines = append([]string(nil), lines...)
		for i := offset; i < min(offset+height, len(lines)); i++ {
			lines[i] = s.Theme.marked(lines[i], drawing.marks[i])
		}
	}
	return s.ScrollLines(lines, &p.offset, width, height)
}

// list is the list around the choice. Its first and last lines say how much is above and below.
func (p *wireTab) list(s Situation, width, height int) string {
	t := s.Theme
	p.page = height
	place, count := p.place(), p.count()
	first := min(max(0, place-height/2), max(0, count-height))
	last := min(first+height, count)
	var lines []string
	for i := first; i < last; i++ {
		switch {
		case i == first && i > 0 && height > 2:
			lines = append(lines, t.dim.Render(fmt.Sprintf("  ↑ %d more", i+1)))
		case i == last-1 && last < count && height > 2:
			lines = append(lines, t.dim.Render(fmt.Sprintf("  ↓ %d more", count-i)))
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
func (p *wireTab) row(s Situation, index, width int, chosen bool) string {
	t, exchange := s.Theme, p.exchanges[index]
	if s.Masked {
		exchange = exchange.Masked()
	}
	status, style := fmt.Sprint(exchange.Status), t.good
	switch {
	case exchange.Status == 0:
		status, style = "---", t.bad
	case exchange.Status >= 500:
		style = t.bad
	case exchange.Status >= 400 || exchange.Err != nil:
		style = t.warn
	}
	number := fmt.Sprintf("%*d ", len(fmt.Sprint(len(p.exchanges))), index+1)
	took := fmt.Sprintf(" %8s", milliseconds(exchange.Duration))
	room := width - 2 - len("DELETE ") - len(" 200")
	const least = 24 // of a path
	if room-len(number)-len(took) < least {
		took = ""
	}
	if room-len(number)-len(took) < least {
		number = ""
	}
	path := cellOfPath(hanko.Printable(shortPath(exchange.Path)), max(4, room-len(number)-len(took)))
	row := fmt.Sprintf("%s%s %s %s%s", t.dim.Render(number), cell(exchange.Method, len("DELETE")), path, style.Render(status), t.dim.Render(took))
	if p.search.on() && !chosen {
		one := &drawing{lines: []string{row}}
		one.matches(p.search.sought)
		row = t.marked(row, one.marks[0])
	}
	return t.chosenRow(row, chosen, s.Focused)
}

// chosenRow is row for a list that may not have the focus: its choice is marked all the same, more quietly.
func (t *Theme) chosenRow(text string, chosen, focused bool) string {
	if chosen && !focused {
		return "▸ " + text
	}
	return t.row(text, chosen)
}

// cellOfPath is a path in so many cells. What is too much is cut before its last part, which tells the call.
func cellOfPath(path string, width int) string {
	last := strings.LastIndex(path, "/")
	if tail := ansi.StringWidth(path) - ansi.StringWidth(path[:max(last, 0)]); last > 0 && ansi.StringWidth(path) > width && tail < width/2 {
		return cell(ansi.Truncate(path, width-tail, "…")+path[last:], width)
	}
	return cell(path, width)
}

// cell is a text in so many cells.
func cell(text string, width int) string {
	text = ansi.Truncate(text, width, "…")
	return text + strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
}

// shortPath names a flow's action instead of spelling the query that carries it, which ends in the flow's id.
func shortPath(path string) string {
	flow, query, isAction := strings.Cut(path, "?action=")
	if !isAction {
		return path
	}
	action, _, _ := strings.Cut(query, "%40")
	return flow + " › " + action
}

func milliseconds(d time.Duration) string {
	if d >= 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000)
}
