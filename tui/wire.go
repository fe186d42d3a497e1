package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/export"
)

// wireTab lists the exchanges with the tenant as they happen, with the chosen one below where there is room for both,
// else whole on demand.
type wireTab struct {
	Still
	exchanges []hanko.Exchange
	known     []known // what has been found out about each of them
	choice    int
	follow    bool // the newest exchange is chosen as it comes
	open      bool // the chosen exchange has the whole room
	offset    int  // the first line of it that is shown
	view      wireView
	search    search
	drawings  map[drawingKey]*drawing

	// As it was drawn last: keys go by what is seen.
	width, page int
}

// known is what is found out about an exchange once, when it comes: the wire may be long when a key is pressed.
type known struct {
	told   string // decode.Explain's
	sought string // what a search looks through, folded, without secrets
}

func knownOf(masked hanko.Exchange) known {
	told := decode.Explain(masked)
	return known{told: told, sought: folded(told) + "\n" + soughtIn(masked)}
}

// wireView is how an exchange is shown.
type wireView int

const (
	asSent  wireView = iota // headers and bodies
	decoded                 // taken apart field by field
	asCurl                  // as a command, and as an app would write it
	asSwift
	asKotlin
	wireViews // how many there are
)

func newWireTab() *wireTab { return &wireTab{follow: true, drawings: map[drawingKey]*drawing{}} }

// add appends exchanges that have come.
func (p *wireTab) add(more []hanko.Exchange) {
	for _, exchange := range more {
		masked := exchange.Masked()
		p.exchanges = append(p.exchanges, exchange)
		p.known = append(p.known, knownOf(masked))
		p.search.arrived(len(p.exchanges)-1, p.known[len(p.known)-1].sought)
	}
	if p.follow && !p.open && p.count() > 0 {
		p.choose(p.count() - 1)
	}
}

// Update takes exchanges as they come, and types into the search.
func (p *wireTab) Update(s Situation, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case ExchangesMsg:
		p.add(msg.More)
	case OpenExchangeMsg:
		if msg.Index >= 0 && msg.Index < len(p.exchanges) {
			p.openAt(msg.Index)
		}
	case tea.KeyMsg:
		if p.search.typing {
			return p.typed(msg)
		}
	}
	return nil
}

// move scrolls the open exchange, or chooses another.
func (p *wireTab) move(name string) {
	if by := Moved(name, p.page); p.open {
		p.offset = max(0, p.offset+by)
	} else {
		p.step(by)
	}
}

// scroll scrolls the exchange below the list.
func (p *wireTab) scroll(name string) {
	if name == "J" {
		p.offset++
	} else {
		p.offset = max(0, p.offset-1)
	}
}

// sideways chooses the exchange before or behind.
func (p *wireTab) sideways(name string) tea.Msg {
	if name == "left" || name == "h" {
		p.step(-1)
	} else {
		p.step(1)
	}
	return nil
}

// turn opens the chosen exchange, or closes it.
func (p *wireTab) turn(s Situation) tea.Msg {
	p.open = !p.open && p.count() > 0
	p.offset = 0
	p.firstMatch(s)
	return nil
}

// leave goes back by one: from the exchange to the list, from what was found to the whole list, to the phone.
func (p *wireTab) leave() tea.Msg {
	switch {
	case p.open:
		p.open, p.offset = false, 0
	case p.search.on():
		p.endSearch()
	default:
		return ToPhoneMsg{}
	}
	return nil
}

// show opens the chosen exchange in a view; the same view again is the exchange as it was sent.
func (p *wireTab) show(s Situation, view wireView) tea.Msg {
	if p.open && p.view == view {
		view = asSent
	}
	p.view, p.offset, p.open = view, 0, p.count() > 0
	p.firstMatch(s)
	return nil
}

// openAt shows an exchange whole, whatever is being searched for.
func (p *wireTab) openAt(index int) {
	p.endSearch()
	p.choose(index)
	p.open = true
}

// exportOptions are how exports are written: with secrets only while they are shown.
func exportOptions(s Situation) export.Options { return export.Options{Secrets: s.Secrets} }

// save writes the walk as a shell script of curl calls and as an HTTP archive into the folder of the options.
func (p *wireTab) save(s Situation) tea.Cmd {
	folder := s.Folder
	exchanges, options, version := slices.Clone(p.exchanges), exportOptions(s), s.Version
	name := "hankosim-" + s.Now.Format("20060102-150405")
	return func() tea.Msg {
		var script, archived string
		archive, err := export.HAR(exchanges, version, options)
		if err == nil {
			archived, err = saveNew(folder, name, ".har", archive, 0o600)
		}
		if err == nil {
			script, err = saveNew(folder, name, ".sh", []byte(export.Script(exchanges, options)), 0o700)
		}
		if err != nil {
			return ToastMsg{"The walk could not be saved: " + err.Error()}
		}
		return ToastMsg{"Saved " + script + ", which signs in with curl, and " + archived + "."}
	}
}

// count is how many exchanges are listed: all, or those that were found.
func (p *wireTab) count() int {
	if p.search.on() {
		return len(p.search.found)
	}
	return len(p.exchanges)
}

// listed is the exchange at a place in the list.
func (p *wireTab) listed(place int) int {
	if p.search.on() {
		return p.search.found[place]
	}
	return place
}

// place is where the chosen exchange stands in the list, or would stand.
func (p *wireTab) place() int {
	if !p.search.on() {
		return p.choice
	}
	place, _ := slices.BinarySearch(p.search.found, p.choice)
	return min(place, max(0, len(p.search.found)-1))
}

// step chooses another exchange of the list.
func (p *wireTab) step(by int) {
	if p.count() > 0 {
		p.choose(max(0, min(p.place()+by, p.count()-1)))
	}
}

// choose chooses the exchange at a place of the list.
func (p *wireTab) choose(place int) {
	if index := p.listed(place); index != p.choice {
		p.choice, p.offset, p.search.at = index, 0, -1
	}
	p.follow = place == p.count()-1
}

// Keys implements Page.
func (p *wireTab) Keys(s Situation) []Key {
	if p.search.typing {
		return []Key{
			NewKey("keep what is found", func() tea.Msg { return p.keepFound(s) }, "enter"),
			Arrows("choose", func(name string) { p.step(Moved(name, 1)) }),
			NewKey("end the search", func() tea.Msg { p.endSearch(); return nil }, "esc"),
		}
	}
	const nothing = "Nothing has gone over the wire yet."
	none := unlessSo(len(p.exchanges) > 0, nothing)
	search := NewKey("search", func() tea.Msg { p.beginSearch(s); return nil }, "/").Unless(none)
	save := NewKey("save the walk", func() tea.Msg { return p.save(s) }, "s").Unless(cmp.Or(none, unlessSo(s.Folder != "", noFolder)))
	matches := NewKey("next match", nil, "n", "N").As("n N").Unless(unlessSo(p.search.on(), "Nothing is searched for. / begins a search."))
	matches.Do = func(name string) tea.Msg {
		if name == "N" {
			return p.nextMatch(s, -1)
		}
		return p.nextMatch(s, 1)
	}
	secrets, leave := secretsKey(s, "show secrets"), NewKey("to the phone", func() tea.Msg { return p.leave() }, "esc")
	if len(p.exchanges) == 0 {
		return []Key{leave, save, search, secrets.unlisted()}
	}

	taken := "decode"
	if p.view == decoded && p.open {
		taken = "as sent"
	}
	decode := NewKey(taken, func() tea.Msg { return p.show(s, decoded) }, "d")
	views := NewKey("curl, Swift, Kotlin", func() tea.Msg { return p.show(s, (p.view+1)%wireViews) }, "v")
	whole := NewKey("copy whole", func() tea.Msg { return p.copyWhole(s) }, "c")
	code := NewKey("copy as curl", func() tea.Msg { return p.copyCode(s) }, "x")
	others := NewKey("other exchange", nil, "right", "left", "l", "h").As("←→")
	others.Do = p.sideways
	below := Moving("J K", "scroll the exchange", p.scroll, "J", "K")
	paging := Paging(p.move)
	switch {
	case p.open:
		whole.Help, code.Help, leave.Help = "copy", "copy the code", "close"
		return []Key{
			leave, matches, decode, views, UpDown("scroll", p.move), others, secrets, whole, code, search, save, paging, below.unlisted(),
			Unlisted(func() tea.Msg { return p.turn(s) }, "enter"),
		}
	case p.count() == 0:
		search.Help, leave.Help = "search for something else", "end the search"
		return []Key{search, leave, matches.unlisted(), secrets.unlisted(), views.unlisted(), decode.unlisted()}
	}
	if p.search.on() {
		leave.Help = "end the search"
	}
	if !splits(s.Room.Width, s.Room.Height) {
		below = below.unlisted()
	}
	return []Key{
		NewKey("open", func() tea.Msg { return p.turn(s) }, "enter"), UpDown("choose", p.move), matches, below, search, decode, secrets,
		views, code, whole, save, leave, paging, others.unlisted(),
	}
}

// copyCode copies the call as the code that is shown, else as curl.
func (p *wireTab) copyCode(s Situation) tea.Msg {
	code := codeOf(p.view, []hanko.Exchange{p.exchanges[p.choice]}, exportOptions(s), false)
	return CopyMsg{"the call as " + cmp.Or(codeTitles[p.view], "curl"), code, "s saves the walk as files"}
}

// copyWhole copies the exchange as it is shown, in lines as they are.
func (p *wireTab) copyWhole(s Situation) tea.Msg {
	lines := p.draw(s, p.choice, 1<<16).lines
	return CopyMsg{"the exchange", ansi.Strip(strings.Join(lines, "\n")), "s saves the walk as files"}
}

func (p *wireTab) Typing() bool  { return p.search.typing }
func (p *wireTab) Title() string { return "Wire" }
