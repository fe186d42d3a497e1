package tab

import (
	"cmp"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/export"
	"example.com/hankosim/tui/kit"
)

// Wire lists the exchanges with the tenant as they happen, with the chosen one below where there is room for both,
// else whole on demand.
type Wire struct {
	kit.Still
	exchanges []hanko.Exchange
	pending   []hanko.Exchange // calls that are waiting for their answer: they are listed, and cannot be chosen yet
	known     []known          // what has been found out about each of them
	choice    int              // -1 as long as nothing is chosen
	follow    bool             // the newest exchange is chosen as it comes
	open      bool             // the chosen exchange has the whole room
	offset    int              // the first line of it that is shown
	view      wireView
	fields    []string // that the decoded exchange is reduced to; none for all
	search    search
	drawings  map[drawingKey]*drawing

	// As it was drawn last: keys go by what is seen.
	width, page int
}

// known is what is worked out about an exchange once, when it arrives: later, the list may be too long to do it for each key.
type known struct {
	note     string // decode.Explain's
	expected string // decode.Expected's
	sought   string // what a search looks through, folded, without secrets
}

func knownOf(masked hanko.Exchange) known {
	note := decode.Explain(masked)
	return known{note: note, expected: decode.Expected(masked), sought: folded(note) + "\n" + soughtIn(masked)}
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

// NewWire makes the tab; it follows what goes over the wire.
func NewWire() *Wire { return &Wire{choice: -1, follow: true, drawings: map[drawingKey]*drawing{}} }

// Shown returns the exchanges, the index of the chosen one (-1 for none), and whether it is open.
func (p *Wire) Shown() (exchanges []hanko.Exchange, chosen int, open bool) {
	return p.exchanges, p.choice, p.open
}

// happened handles a change on the wire. New exchanges are chosen if the person has started an action, and otherwise only
// listed.
func (p *Wire) happened(s kit.Situation, msg kit.ExchangesMsg) {
	p.pending = msg.Pending
	for _, exchange := range msg.More {
		masked := s.Known.Exchange(exchange)
		p.exchanges = append(p.exchanges, exchange)
		p.known = append(p.known, knownOf(masked))
		p.search.arrived(len(p.exchanges)-1, p.known[len(p.known)-1].sought)
	}
	if len(msg.More) > 0 && p.follow && !p.open && msg.Prompted && p.count() > 0 {
		p.choose(p.count() - 1)
	}
}

// Update handles exchanges, and types into the search.
func (p *Wire) Update(s kit.Situation, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case kit.ExchangesMsg:
		p.happened(s, msg)
	case kit.OpenExchangeMsg:
		if msg.Index >= 0 && msg.Index < len(p.exchanges) {
			p.openAt(msg.Index)
		}
	case kit.ReduceMsg:
		if p.fields, p.offset = msg.Fields, 0; len(p.fields) > 0 {
			p.view = decoded
		}
	case tea.KeyMsg:
		if p.search.typing {
			return p.typed(msg)
		}
	}
	return nil
}

// move scrolls the open exchange, or chooses another.
func (p *Wire) move(name string) {
	if by := kit.Moved(name, p.page); p.open {
		p.offset = max(0, p.offset+by)
	} else {
		p.step(by)
	}
}

// scroll scrolls the exchange below the list.
func (p *Wire) scroll(name string) {
	if name == "J" {
		p.offset++
	} else {
		p.offset = max(0, p.offset-1)
	}
}

// sideways chooses the exchange before or behind.
func (p *Wire) sideways(name string) tea.Msg {
	if name == "left" || name == "h" {
		p.step(-1)
	} else {
		p.step(1)
	}
	return nil
}

// turn opens the chosen exchange, or closes it.
func (p *Wire) turn(s kit.Situation) tea.Msg {
	p.chooseSome()
	p.open, p.fields = !p.open && p.count() > 0, nil
	p.offset = 0
	p.firstMatch(s)
	return nil
}

// leave goes back by one: from the exchange to the list, from the matches to the whole list, from there to the phone.
func (p *Wire) leave() tea.Msg {
	switch {
	case p.open:
		p.open, p.offset, p.fields = false, 0, nil
	case p.search.on():
		p.endSearch()
	default:
		return kit.ToPhoneMsg{}
	}
	return nil
}

// show opens the chosen exchange in a view; the same view again is the exchange as it was sent.
func (p *Wire) show(s kit.Situation, view wireView) tea.Msg {
	if p.open && p.view == view && len(p.fields) == 0 {
		view = asSent
	}
	p.chooseSome()
	p.view, p.offset, p.open, p.fields = view, 0, p.count() > 0, nil
	p.firstMatch(s)
	return nil
}

// openAt shows an exchange whole, whatever is being searched for.
func (p *Wire) openAt(index int) {
	p.endSearch()
	p.choose(index)
	p.open = true
}

// exportOptions are how exports are written: with secrets only while they are shown.
func exportOptions(s kit.Situation) export.Options {
	return export.Options{Secrets: s.Secrets, Known: s.Known}
}

// save writes the walk as a shell script of curl calls and as an HTTP archive into the folder of the options.
func (p *Wire) save(s kit.Situation) tea.Cmd {
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
			return kit.ToastMsg{Text: "The walk could not be saved: " + err.Error()}
		}
		return kit.ToastMsg{Text: "Saved " + script + ", which signs in with curl, and " + archived + "."}
	}
}

// count is how many exchanges are listed: all, or those that were found.
func (p *Wire) count() int {
	if p.search.on() {
		return len(p.search.found)
	}
	return len(p.exchanges)
}

// listed is the exchange at a place in the list.
func (p *Wire) listed(place int) int {
	if p.search.on() {
		return p.search.found[place]
	}
	return place
}

// place is where the chosen exchange stands in the list, or would stand.
func (p *Wire) place() int {
	if !p.search.on() {
		return p.choice
	}
	place, _ := slices.BinarySearch(p.search.found, p.choice)
	return min(place, max(0, len(p.search.found)-1))
}

// step chooses another exchange of the list.
func (p *Wire) step(by int) {
	switch {
	case p.count() == 0:
	case p.choice < 0:
		p.choose(p.count() - 1) // the first key chooses, the next ones move
	default:
		p.choose(max(0, min(p.place()+by, p.count()-1)))
	}
}

// chooseSome chooses an exchange where none is chosen yet.
func (p *Wire) chooseSome() {
	if p.choice < 0 {
		p.step(0)
	}
}

// choose chooses the exchange at a place of the list.
func (p *Wire) choose(place int) {
	if index := p.listed(place); index != p.choice {
		p.choice, p.offset, p.search.at, p.fields = index, 0, -1, nil
	}
	p.follow = place == p.count()-1
}

// Keys implements Page.
func (p *Wire) Keys(s kit.Situation) []kit.Key {
	if p.search.typing {
		return []kit.Key{
			kit.NewKey("keep what is found", func() tea.Msg { return p.keepFound(s) }, "enter"),
			kit.Arrows("choose", func(name string) { p.step(kit.Moved(name, 1)) }),
			kit.NewKey("end the search", func() tea.Msg { p.endSearch(); return nil }, "esc"),
		}
	}
	const nothing = "Nothing has gone over the wire yet."
	none := kit.UnlessSo(len(p.exchanges) > 0, nothing)
	search := kit.NewKey("search", func() tea.Msg { p.beginSearch(s); return nil }, "/").Unless(none)
	save := kit.NewKey("save the walk", func() tea.Msg { return p.save(s) }, "s").Unless(cmp.Or(none, kit.UnlessSo(s.Folder != "", noFolder)))
	matches := kit.NewKey("next match", nil, "n", "N").As("n N").Unless(kit.UnlessSo(p.search.on(), "There is no search. Press / to start one."))
	matches.Do = func(name string) tea.Msg {
		if name == "N" {
			return p.nextMatch(s, -1)
		}
		return p.nextMatch(s, 1)
	}
	secrets, leave := secretsKey(s, "show secrets"), kit.NewKey("to the phone", func() tea.Msg { return p.leave() }, "esc")
	if len(p.exchanges) == 0 {
		return []kit.Key{leave, save, search, secrets.Unlisted()}
	}

	taken := "decode"
	if p.view == decoded && p.open {
		taken = "as sent"
	}
	decode := kit.NewKey(taken, func() tea.Msg { return p.show(s, decoded) }, "d")
	views := kit.NewKey("curl, Swift, Kotlin", func() tea.Msg { return p.show(s, (p.view+1)%wireViews) }, "v")
	whole := kit.NewKey("copy whole", func() tea.Msg { return p.copyWhole(s) }, "c")
	code := kit.NewKey("copy as curl", func() tea.Msg { return p.copyCode(s) }, "x")
	others := kit.NewKey("other exchange", nil, "right", "left", "l", "h").As("←→")
	others.Do = p.sideways
	below := kit.Moving("J K", "scroll the exchange", p.scroll, "J", "K")
	paging := kit.Paging(p.move)
	switch {
	case p.open:
		whole.Help, code.Help, leave.Help = "copy", "copy the code", "close"
		return []kit.Key{
			leave, matches, decode, views, kit.UpDown("scroll", p.move), others, secrets, whole, code, search, save, paging, below.Unlisted(),
			kit.Unlisted(func() tea.Msg { return p.turn(s) }, "enter"),
		}
	case p.count() == 0:
		search.Help, leave.Help = "search for something else", "end the search"
		return []kit.Key{search, leave, matches.Unlisted(), secrets.Unlisted(), views.Unlisted(), decode.Unlisted()}
	}
	if p.search.on() {
		leave.Help = "end the search"
	}
	if !splits(s.Room.Width, s.Room.Height) || p.choice < 0 {
		below = below.Unlisted()
	}
	return []kit.Key{
		kit.NewKey("open", func() tea.Msg { return p.turn(s) }, "enter"), kit.UpDown("choose", p.move), matches, below, search, decode, secrets,
		views, code, whole, save, leave, paging, others.Unlisted(),
	}
}

// copyCode copies the call as the code that is shown, else as curl.
func (p *Wire) copyCode(s kit.Situation) tea.Msg {
	p.chooseSome()
	code := codeOf(p.view, []hanko.Exchange{p.exchanges[p.choice]}, exportOptions(s), false)
	return kit.CopyMsg{What: "the call as " + cmp.Or(codeTitles[p.view], "curl"), Text: code, Otherwise: "s saves the walk as files"}
}

// copyWhole copies the exchange as it is shown, in lines as they are.
func (p *Wire) copyWhole(s kit.Situation) tea.Msg {
	p.chooseSome()
	lines := p.draw(s, p.choice, 1<<16).lines
	return kit.CopyMsg{What: "the exchange", Text: ansi.Strip(strings.Join(lines, "\n")), Otherwise: "s saves the walk as files"}
}

// Typing reports whether a search is being typed.
func (p *Wire) Typing() bool { return p.search.typing }

// Title implements kit.Page.
func (p *Wire) Title() string { return "Wire" }
