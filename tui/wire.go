package tui

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/export"
)

// wireTab lists the exchanges with the tenant as they happen, with the chosen one below where there is room for both,
// else whole on demand.
type wireTab struct {
	still
	app       *App
	exchanges []hanko.Exchange
	known     []known // what has been found out about each of them
	choice    int
	follow    bool // the newest exchange is chosen as it comes
	open      bool // the chosen exchange has the whole room
	offset    int  // the first line of it that is shown
	secrets   bool // shown, because they were asked for; in the other tabs too
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

func newWireTab(app *App) *wireTab {
	return &wireTab{app: app, follow: true, drawings: map[drawingKey]*drawing{}}
}

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

func (p *wireTab) Update(msg tea.Msg) tea.Cmd {
	pressed, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	if p.search.typing {
		return p.typed(pressed)
	}
	if pasted(pressed) {
		return nil
	}
	switch name := pressed.String(); name {
	case "m":
		return p.maskOrShow()
	case "enter":
		p.open = !p.open && p.count() > 0
		p.offset = 0
		p.firstMatch()
	case "esc":
		return p.leave()
	case "/":
		p.beginSearch()
	case "n":
		return p.nextMatch(1)
	case "N":
		return p.nextMatch(-1)
	case "d":
		p.show(decoded)
	case "v":
		p.show((p.view + 1) % wireViews)
	case "x":
		if p.count() > 0 {
			return p.app.copyText("the call as "+cmp.Or(codeTitles[p.view], "curl"), p.code(p.exchanges[p.choice]), "s saves the walk as files")
		}
	case "s":
		return p.save()
	case "c":
		if p.count() > 0 {
			all := p.draw(p.choice, 1<<16)
			return p.app.copyText("the exchange", ansi.Strip(strings.Join(all.lines, "\n")), "s saves the walk as files")
		}
	case "J":
		p.offset++
	case "K":
		p.offset = max(0, p.offset-1)
	case "left", "h":
		p.step(-1)
	case "right", "l":
		p.step(1)
	default:
		p.move(moved(name, p.page))
	}
	return nil
}

// paging are the keys that moved knows beside the arrows.
var paging = keyPair("pgdn pgup", "by a page; ctrl+d ctrl+u by half of one, g G to the ends",
	"pgdown", "pgup", " ", "ctrl+f", "ctrl+b", "ctrl+d", "ctrl+u", "g", "G", "home", "end")

// moved is by how many lines a key moves in a page of so many; 0 when it does not.
func moved(key string, page int) int {
	page = max(page, 2)
	switch key {
	case "up", "k":
		return -1
	case "down", "j":
		return 1
	case "pgup", "ctrl+b":
		return -page
	case "pgdown", "ctrl+f", " ":
		return page
	case "ctrl+u":
		return -page / 2
	case "ctrl+d":
		return page / 2
	case "home", "g":
		return -1 << 20
	case "end", "G":
		return 1 << 20
	}
	return 0
}

// move scrolls the open exchange, or chooses another.
func (p *wireTab) move(by int) {
	switch {
	case by == 0:
	case p.open:
		p.offset = max(0, p.offset+by)
	default:
		p.step(by)
	}
}

// maskOrShow shows secrets, in this tab and in those beside it, or hides them again.
func (p *wireTab) maskOrShow() tea.Cmd {
	p.secrets = !p.secrets
	if p.secrets {
		return toast("Secrets are shown. m masks them again.")
	}
	return toast("Secrets are masked.")
}

// leave goes back by one: from the exchange to the list, from what was found to the whole list, to the phone.
func (p *wireTab) leave() tea.Cmd {
	switch {
	case p.open:
		p.open, p.offset = false, 0
	case p.search.on():
		p.endSearch()
	default:
		return p.app.focusPhone()
	}
	return nil
}

// show opens the chosen exchange in a view; the same view again is the exchange as it was sent.
func (p *wireTab) show(view wireView) {
	if p.open && p.view == view {
		view = asSent
	}
	p.view, p.offset, p.open = view, 0, p.count() > 0
	p.firstMatch()
}

// openAt shows an exchange whole, whatever is being searched for.
func (p *wireTab) openAt(index int) {
	p.endSearch()
	p.choose(index)
	p.open = true
}

// exported is how exports are written: with secrets only while they are shown.
func (p *wireTab) exported() export.Options { return export.Options{Secrets: p.secrets} }

// save writes the walk as a shell script of curl calls and as an HTTP archive into the folder of the options.
func (p *wireTab) save() tea.Cmd {
	folder := p.app.options.Folder
	exchanges, options, version := slices.Clone(p.exchanges), p.exported(), p.app.options.Version
	name := "hankosim-" + p.app.now().Format("20060102-150405")
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
			return toastMsg{"The walk could not be saved: " + err.Error()}
		}
		return toastMsg{"Saved " + script + ", which signs in with curl, and " + archived + "."}
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

func (p *wireTab) Keys() []key.Binding {
	if p.search.typing {
		return []key.Binding{binding("enter", "keep what is found"), binding("up", "choose", "down"), binding("esc", "end the search")}
	}
	secrets, taken := "show secrets", "decode"
	if p.secrets {
		secrets = "mask secrets"
	}
	if p.view == decoded && p.open {
		taken = "as sent"
	}
	var found []key.Binding
	if p.search.on() {
		found = []key.Binding{keyPair("n N", "next match", "n", "N")}
	}
	switch {
	case p.open:
		keys := append([]key.Binding{binding("esc", "close")}, found...)
		keys = append(keys,
			binding("d", taken), binding("v", "curl, Swift, Kotlin"), binding("up", "scroll", "down"), keyPair("←→", "other exchange", "right", "left"),
			binding("m", secrets), binding("c", "copy"), binding("x", "copy the code"), binding("/", "search"),
		)
		return append(append(keys, p.saving()...), paging)
	case len(p.exchanges) == 0:
		return []key.Binding{binding("esc", "to the phone")}
	case p.count() == 0:
		return []key.Binding{binding("/", "search for something else"), binding("esc", "end the search")}
	}
	keys := append([]key.Binding{binding("enter", "open"), binding("up", "choose", "down")}, found...)
	if splits(p.app.tabRoom()) {
		keys = append(keys, keyPair("J K", "scroll the exchange", "J", "K"))
	}
	out := "to the phone"
	if p.search.on() {
		out = "end the search"
	}
	keys = append(keys, binding("/", "search"), binding("d", taken), binding("m", secrets), binding("v", "curl, Swift, Kotlin"),
		binding("x", "copy as curl"), binding("c", "copy whole"))
	return append(append(keys, p.saving()...), binding("esc", out), paging)
}

// saving is the key that saves the walk, where there is a place for it.
func (p *wireTab) saving() []key.Binding {
	if p.app.options.Folder == "" {
		return nil
	}
	return []key.Binding{binding("s", "save the walk")}
}

// Refusals are the keys that want something to search for, or a folder.
func (p *wireTab) Refusals() []refusal {
	switch {
	case p.search.typing:
		return nil
	case len(p.exchanges) == 0:
		return []refusal{refuse("s", "save the walk", "Nothing has gone over the wire yet."), refuse("/", "search", "Nothing has gone over the wire yet.")}
	}
	var refused []refusal
	if !p.search.on() {
		refused = append(refused, refusal{keyPair("n N", "next match", "n", "N"), "Nothing is searched for. / begins a search."})
	}
	if p.app.options.Folder == "" {
		refused = append(refused, refuse("s", "save the walk", noFolder))
	}
	return refused
}

// keyPair are two keys, or more, that are told of as one.
func keyPair(shown, help string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, help))
}

func (p *wireTab) Typing() bool  { return p.search.typing }
func (p *wireTab) Title() string { return "Wire" }
