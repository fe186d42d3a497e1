package tui

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/export"
)

// wireTab lists the exchanges with the tenant as they happen, and shows one whole on demand.
type wireTab struct {
	still
	app       *App
	exchanges []hanko.Exchange
	choice    int
	follow    bool // the newest exchange is chosen as it comes
	open      bool
	offset    int  // of the open exchange
	secrets   bool // shown, because they were asked for
	view      wireView
}

// wireView is how the open exchange is shown.
type wireView int

const (
	asSent  wireView = iota // headers and bodies
	decoded                 // taken apart field by field
	asCurl                  // as a command, and as an app would write it
	asSwift
	asKotlin
	wireViews // how many there are
)

func newWireTab(app *App) *wireTab { return &wireTab{app: app, follow: true} }

// add appends exchanges that have come.
func (p *wireTab) add(more []hanko.Exchange) {
	p.exchanges = append(p.exchanges, more...)
	if p.follow && !p.open {
		p.choice = max(0, len(p.exchanges)-1)
	}
}

func (p *wireTab) Update(msg tea.Msg) tea.Cmd {
	pressed, ok := msg.(tea.KeyMsg)
	if !ok || pressed.Paste {
		return nil
	}
	move := 0
	switch pressed.String() {
	case "m":
		p.secrets = !p.secrets
		if p.secrets {
			return toast("Secrets are shown. m masks them again.")
		}
		return toast("Secrets are masked.")
	case "enter":
		p.open = !p.open && len(p.exchanges) > 0
		p.offset = 0
	case "esc":
		if p.open {
			p.open = false
			return nil
		}
		return p.app.focusPhone()
	case "d":
		p.show(decoded)
	case "v":
		p.show((p.view + 1) % wireViews)
	case "x":
		if len(p.exchanges) > 0 {
			return p.app.copyText("the call as "+cmp.Or(codeTitles[p.view], "curl"), p.code(p.exchanges[p.choice]))
		}
	case "s":
		return p.save()
	case "c":
		if len(p.exchanges) > 0 {
			return p.app.copyText("the exchange", ansi.Strip(strings.Join(p.details(p.exchanges[p.choice], 1<<16), "\n")))
		}
	case "up", "k":
		move = -1
	case "down", "j":
		move = 1
	case "pgup":
		move = -10
	case "pgdown", " ":
		move = 10
	case "home", "g":
		move = -1 << 30
	case "end", "G":
		move = 1 << 30
	case "left", "h":
		if p.open {
			p.step(-1)
		}
	case "right":
		if p.open {
			p.step(1)
		}
	}
	switch {
	case move == 0:
	case p.open:
		p.offset = max(0, p.offset+min(move, 1<<20))
	default:
		p.step(move)
	}
	return nil
}

// show opens the chosen exchange in a view; the same view again is the exchange as it was sent.
func (p *wireTab) show(view wireView) {
	if p.open && p.view == view {
		view = asSent
	}
	p.view, p.offset, p.open = view, 0, len(p.exchanges) > 0
}

// exported is how exports are written: with secrets only while they are shown.
func (p *wireTab) exported() export.Options { return export.Options{Secrets: p.showsSecrets()} }

// showsSecrets tells that secrets were asked for, and that who sees this drawing is who has asked.
func (p *wireTab) showsSecrets() bool { return p.secrets && !p.app.masked }

// listed is an exchange as the list may tell of it.
func (p *wireTab) listed(i int) hanko.Exchange {
	if p.app.masked {
		return p.exchanges[i].Masked()
	}
	return p.exchanges[i]
}

// save writes the walk as a shell script of curl calls and as an HTTP archive into the folder of the options.
func (p *wireTab) save() tea.Cmd {
	folder := p.app.options.Folder
	if folder == "" {
		return toast("There is no folder to save the walk in.")
	}
	exchanges, options, version := slices.Clone(p.exchanges), p.exported(), p.app.options.Version
	stamp := p.app.now().Format("20060102-150405")
	return func() tea.Msg {
		archive, err := export.HAR(exchanges, version, options)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, "hankosim-"+stamp+".har"), archive, 0o600)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, "hankosim-"+stamp+".sh"), []byte(export.Script(exchanges, options)), 0o700)
		}
		if err != nil {
			return toastMsg{"The walk could not be saved: " + err.Error()}
		}
		return toastMsg{"Saved hankosim-" + stamp + ".sh, which signs in with curl, and hankosim-" + stamp + ".har."}
	}
}

// step chooses another exchange.
func (p *wireTab) step(by int) {
	p.choice = max(0, min(p.choice+by, len(p.exchanges)-1))
	p.follow = p.choice == len(p.exchanges)-1
	p.offset = 0
}

func (p *wireTab) View(width, height int) string {
	t := p.app.theme
	if len(p.exchanges) == 0 {
		return t.dim.Render(wrap("What the app and the tenant say to each other appears here.", width))
	}
	if p.open {
		var shown string
		shown, p.offset = t.scroll(strings.Join(p.details(p.exchanges[p.choice], width), "\n"), p.offset, width, height)
		return shown
	}
	told := strings.Split(wrap(decode.Explain(p.listed(p.choice)), width), "\n")
	told = told[:min(len(told), max(0, height/4))]
	height -= len(told)
	first := min(max(0, p.choice-height/2), max(0, len(p.exchanges)-height))
	var lines []string
	for i := first; i < min(first+height, len(p.exchanges)); i++ {
		lines = append(lines, t.row(p.row(p.listed(i), width-2), i == p.choice && p.app.focus == tabWire))
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return strings.Join(append(lines, t.dim.Render(strings.Join(told, "\n"))), "\n")
}

// row is an exchange in one line: method, path, status, time.
func (p *wireTab) row(exchange hanko.Exchange, width int) string {
	t := p.app.theme
	status, style := fmt.Sprint(exchange.Status), t.good
	switch {
	case exchange.Status == 0:
		status, style = "---", t.bad
	case exchange.Status >= 500:
		style = t.bad
	case exchange.Status >= 400 || exchange.Err != nil:
		style = t.warn
	}
	took := milliseconds(exchange.Duration)
	path := hanko.Printable(shortPath(exchange.Path))
	room := max(4, width-4-1-3-1-8-1)
	path = ansi.Truncate(path, room, "…")
	path += strings.Repeat(" ", max(0, room-ansi.StringWidth(path)))
	return fmt.Sprintf("%-4s %s %s %s", exchange.Method, path, style.Render(status), t.dim.Render(fmt.Sprintf("%8s", took)))
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

// details is one exchange whole: both requests lines, headers and pretty bodies, masked unless secrets were asked for.
func (p *wireTab) details(exchange hanko.Exchange, width int) []string {
	t := p.app.theme
	sent := exchange
	if !p.showsSecrets() {
		exchange = exchange.Masked()
	}
	var lines []string
	add := func(text string) { lines = append(lines, strings.Split(text, "\n")...) }
	add(t.title.Render(wrap(exchange.Method+" "+hanko.Printable(exchange.URL), width)))
	add(t.dim.Render(wrap(exchange.Start.Local().Format("15:04:05.000")+", "+milliseconds(exchange.Duration), width)))
	add(wrap(decode.Explain(exchange), width))
	if guide, flow := decode.GuideStep(exchange); guide != "" || flow != "" {
		add(t.dim.Render(wrap("mobile guide: "+cmp.Or(guide, "none")+" · Flow API: "+cmp.Or(flow, "none"), width)))
	}
	switch p.view {
	case decoded:
		return append(lines, p.parts(sent, width)...) // it shows no token, and a masked one could not be taken apart
	case asCurl, asSwift, asKotlin:
		add("")
		add(t.title.Render(codeTitles[p.view]))
		add(wrap(hanko.PrintableLines(p.code(sent)), width))
		return lines
	}
	add("")
	for _, line := range headerLines(exchange.RequestHeader) {
		add(wrap(line, width))
	}
	if len(exchange.RequestBody) > 0 {
		add("")
		add(wrap(prettyBody(exchange.RequestBody), width))
	}
	add("")
	if exchange.Status > 0 {
		add(t.title.Render(wrap(fmt.Sprintf("%d %s", exchange.Status, http.StatusText(exchange.Status)), width)))
		for _, line := range headerLines(exchange.ResponseHeader) {
			add(wrap(line, width))
		}
		if len(exchange.ResponseBody) > 0 {
			add("")
			add(wrap(prettyBody(exchange.ResponseBody), width))
		}
	} else {
		add(t.bad.Render("no answer"))
	}
	if failure := exchange.Err; failure != nil {
		add("")
		add(t.warn.Render(wrap(failure.Error(), width)))
	}
	return lines
}

var codeTitles = map[wireView]string{asCurl: "curl", asSwift: "Swift", asKotlin: "Kotlin"}

// code is an exchange as somebody would write it in an app, masked unless secrets are shown.
func (p *wireTab) code(exchange hanko.Exchange) string {
	switch p.view {
	case asSwift:
		return export.Swift([]hanko.Exchange{exchange}, p.exported())
	case asKotlin:
		return export.Kotlin([]hanko.Exchange{exchange}, p.exported())
	default:
		return export.Curl(exchange, p.exported())
	}
}

// parts takes an exchange apart: tokens, client data, authenticator data, attestation objects, keys.
func (p *wireTab) parts(exchange hanko.Exchange, width int) []string {
	t := p.app.theme
	var lines []string
	add := func(text string) { lines = append(lines, strings.Split(text, "\n")...) }
	for _, part := range decode.Exchange(exchange) {
		add("")
		add(t.title.Render(wrap(part.Title, width)))
		add(t.dim.Render(wrap(string(part.In)+" "+part.Path, width)))
		for _, line := range part.Lines {
			text := strings.Repeat("  ", line.Depth) + t.dim.Render(line.Name) + "  " + line.Value
			if line.Note != "" {
				text += "  " + t.dim.Render("("+line.Note+")")
			}
			add(wrap(text, width))
		}
	}
	if len(lines) == 0 {
		add("")
		add(t.dim.Render(wrap("There is nothing in this exchange to take apart.", width)))
	}
	return lines
}

func headerLines(header http.Header) []string {
	var lines []string
	for name, values := range header {
		for _, value := range values {
			lines = append(lines, hanko.Printable(name+": "+value))
		}
	}
	sort.Strings(lines)
	return lines
}

// maxShownBody is how many bytes of a body are drawn; the rest is only counted.
const maxShownBody = 32 << 10

func prettyBody(body []byte) string {
	var pretty bytes.Buffer
	if json.Indent(&pretty, body, "", "  ") == nil {
		body = pretty.Bytes()
	}
	rest := ""
	if len(body) > maxShownBody {
		rest = fmt.Sprintf("\n… and %d bytes more", len(body)-maxShownBody)
		body = body[:maxShownBody]
	}
	return hanko.PrintableLines(string(body)) + rest
}

func (p *wireTab) Keys() []key.Binding {
	secrets := "show secrets"
	if p.secrets {
		secrets = "mask secrets"
	}
	if p.open {
		taken := "decode"
		if p.view == decoded {
			taken = "as sent"
		}
		return []key.Binding{
			binding("esc", "close"), binding("d", taken), binding("v", "curl, Swift, Kotlin"), binding("up", "scroll", "down"), binding("right", "next exchange"),
			binding("m", secrets), binding("c", "copy"), binding("x", "copy the code"),
		}
	}
	if len(p.exchanges) == 0 {
		return []key.Binding{binding("esc", "to the phone")}
	}
	return []key.Binding{
		binding("enter", "open"), binding("up", "choose", "down"), binding("d", "decode"), binding("m", secrets), binding("x", "copy as curl"), binding("s", "save the walk"), binding("esc", "to the phone"),
	}
}

func (p *wireTab) Title() string { return "Wire" }
