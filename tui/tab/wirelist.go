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
	splitHeight = 22
	splitWidth  = 50
)

func splits(width, height int) bool { return width >= splitWidth && height >= splitHeight }

// View implements kit.Page.
func (p *Wire) View(s kit.Situation, width, height int) string {
	t := s.Theme
	p.width = width
	if len(p.exchanges)+len(p.pending) == 0 {
		return t.Dim.Render(kit.Wrap(p.nothingYet(s, "What the app and the tenant say to each other appears here."), width))
	}
	var lines []string
	if p.search.typing || p.search.on() {
		lines = append(lines, p.searchLine(s, width))
		height--
	}
	switch {
	case p.open:
		lines = append(lines, p.whole(s, width, height))
	case p.search.on() && p.count() == 0:
		p.page = height
		lines = append(lines, "", t.Dim.Render(kit.Wrap("No exchange has that text.", width)))
	case p.choice < 0:
		said := t.Dim.Render(kit.Indent(kit.Wrap(p.nothingYet(s, "What you do next appears here."), max(1, width-p.margin())), p.margin()))
		room := max(1, height-strings.Count(said, "\n")-3)
		lines = append(lines, strings.TrimRight(p.list(s, width, room), " \n"), "", said)
	case splits(width, height):
		room := max(8, height/3)
		rule := s.Theme.Behind.Render(strings.Repeat("─", width))
		lines = append(lines, p.list(s, width, room), rule, p.whole(s, width, height-room-1))
		p.page = room / callRows
	default:
		lines = append(lines, p.list(s, width, height))
	}
	return strings.Join(lines, "\n")
}

// nothingYet returns the text in the place of the next call, with the notice about the tenant.
func (p *Wire) nothingYet(s kit.Situation, text string) string {
	if s.Notice != "" {
		text += "\n\n" + hanko.Printable(s.Notice)
	}
	return text
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

// Rows of a call in the list: what it was, and where there is room why.
const (
	callRows   = 2
	roomForWhy = 6 // rows of the list from which on it says why, and how much more there is
)

// list is the list around the choice, which follows its end. Its last row says how much is above and below.
func (p *Wire) list(s kit.Situation, width, height int) string {
	each, mark := callRows, 1
	if height < roomForWhy {
		each, mark = 1, 0
	}
	place, count := p.place(), p.count()
	followed := p.choice < 0 || p.follow && place == count-1
	if !p.search.on() {
		count += len(p.pending)
	}
	around := place // the row that is kept in sight
	if followed {
		around = count - 1
	}
	shown := height / each
	if count > shown {
		shown = (height - mark) / each
	}
	p.page = shown
	first := min(max(0, around-shown/2), max(0, count-shown))
	last := min(first+shown, count)
	var lines []string
	for i := first; i < last; i++ {
		call, chosen := p.callAt(i), i == place && p.choice >= 0
		lines = append(lines, p.row(s, call, width, chosen))
		if each == callRows {
			lines = append(lines, p.why(s, call, width, chosen))
		}
	}
	if count > shown && mark > 0 {
		more := kit.MoreMark(first, count-last)
		if !p.follow {
			more += "; the newest is not followed, G goes to it"
		}
		lines = append(lines, s.Theme.Dim.Render(kit.Clamp("  "+more, width, 1)))
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return strings.Join(lines, "\n")
}

// call is a call as the list shows it.
type call struct {
	hanko.Exchange
	known

	number  int // in the order of the wire; the first is 1
	pending bool
}

// callAt is the call in a row of the list: the exchanges, and below them the pending calls.
func (p *Wire) callAt(row int) call {
	if waiting := row - p.count(); waiting >= 0 {
		return call{Exchange: p.pending[waiting], known: known{note: "Waiting for the answer."}, number: len(p.exchanges) + waiting + 1, pending: true}
	}
	index := p.listed(row)
	return call{Exchange: p.exchanges[index], known: p.known[index], number: index + 1}
}

// numberCells is how wide the column of numbers is.
func (p *Wire) numberCells() int { return max(2, len(fmt.Sprint(len(p.exchanges)+len(p.pending)))) }

// margin is how far in the second row of a call begins: below its method.
func (p *Wire) margin() int { return 2 + p.numberCells() + 2 }

// why draws the second row of a call: what it was for, or what came of it.
func (p *Wire) why(s kit.Situation, call call, width int, chosen bool) string {
	note, _, _ := strings.Cut(call.note, "\n")
	text := strings.Repeat(" ", max(0, p.margin()-2)) + note
	style := s.Theme.Dim
	if chosen {
		return s.Theme.ChosenMark(s.Focused) + style.Render(kit.Clamp(text, max(1, width-2), 1))
	}
	return "  " + style.Render(kit.Clamp(text, max(1, width-2), 1))
}

// LastCall is the newest call in one row, for a window that has no room for the tab.
func (p *Wire) LastCall(s kit.Situation, width int) string {
	switch {
	case len(p.pending) > 0:
		return p.row(s, p.callAt(p.count()+len(p.pending)-1), width, false)
	case len(p.exchanges) > 0:
		last := len(p.exchanges) - 1
		return p.row(s, call{Exchange: p.exchanges[last], known: p.known[last], number: last + 1}, width, false)
	}
	return ""
}

// waiting stands in the place of a status that has not come yet.
const waiting = "···"

// row is a call in one line: number, method, path, status, time. Where there is little room the time and then
// the number, which the guide names, give theirs to the path.
func (p *Wire) row(s kit.Situation, call call, width int, chosen bool) string {
	t, exchange := s.Theme, call.Exchange
	if s.Masked {
		exchange = s.Known.Exchange(exchange)
	}
	expected := call.expected
	status, style := fmt.Sprint(exchange.Status), t.Style(outcome(exchange, call.known))
	number := fmt.Sprintf("%*d  ", p.numberCells(), call.number)
	took := fmt.Sprintf(" %8s", kit.Milliseconds(exchange.Duration))
	switch {
	case call.pending:
		status, style, took = waiting, t.Dim, strings.Repeat(" ", len(took))
	case exchange.Browser:
		status, took = map[bool]string{true: "sent", false: "came back"}[exchange.Status == 0], strings.Repeat(" ", len(took))
	case exchange.Status == 0:
		status = "---"
	}
	cells := len("400 probe")
	if width < roomForWord {
		cells = len("404")
		if exchange.Browser {
			status = "web"
		}
	} else if expected != "" {
		status += " " + expected
	}
	status = strings.Repeat(" ", max(0, cells-ansi.StringWidth(status))) + status
	room := width - 2 - len("DELETE ") - cells - 1
	const least = 24 // of a path
	if room-len(number)-len(took) < least {
		took = ""
	}
	if room-len(number)-len(took) < least {
		number = ""
	}
	path := cellOfPath(hanko.Printable(kit.ShortPath(exchange.Path)), max(4, min(room-len(number)-len(took), pathCells)))
	what := fmt.Sprintf("%s %s", kit.Cell(exchange.Method, len("DELETE")), path)
	if chosen {
		what = t.Title.Render(what)
	}
	row := t.Dim.Render(number) + what + " " + style.Render(status) + t.Dim.Render(took)
	if p.search.on() && !chosen {
		one := &drawing{lines: []string{row}}
		one.matches(p.search.sought)
		row = t.Marked(row, one.marks[0])
	}
	if chosen {
		return t.ChosenMark(s.Focused) + row
	}
	return "  " + row
}

// roomForWord is how wide the list must be for a word beside a status.
const roomForWord = 60

// pathCells is how many cells a path has at most: status and time stand close to it.
const pathCells = 44

// cellOfPath is a path in so many cells. What is too much is cut before its last part, a flow's action say, which tells
// the call.
func cellOfPath(path string, width int) string {
	last := strings.LastIndex(path, "/")
	if action := strings.LastIndex(path, " › "); action > 0 {
		last = action
	}
	if tail := ansi.StringWidth(path) - ansi.StringWidth(path[:max(last, 0)]); last > 0 && ansi.StringWidth(path) > width && tail+2 < width {
		return kit.Cell(ansi.Truncate(path, width-tail, "…")+path[last:], width)
	}
	return kit.Cell(path, width)
}
