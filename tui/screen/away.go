package screen

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// Away is the sheet over the app while the person's browser is at a third party. It closes when the browser is back.
type Away struct {
	kit.Still
	visit  login.Visit
	open   func(url string) error // opens the browser; nil opens none
	failed error                  // why the browser did not open; nil while nothing is known
	since  time.Time
	code   codeLook
	offset int
}

// codeLook says when the link is shown as a QR code.
type codeLook int

const (
	codeIfNeeded codeLook = iota // where the browser is not opened, and there is room
	codeShown                    // also where there is room for nothing else
	codeHidden
)

// openedMsg tells whether the browser has opened for a sheet.
type openedMsg struct {
	sheet *Away
	err   error
}

// lateMsg has a sheet drawn that has been there for login.StrayAfter.
type lateMsg struct{}

// NewAway makes the sheet of a visit. open opens the person's browser, and may wait until it is left; nil opens none.
func NewAway(visit login.Visit, open func(url string) error) *Away {
	return &Away{visit: visit, open: open}
}

// Init opens the browser.
func (p *Away) Init(s kit.Situation) tea.Msg {
	p.since = s.Now
	cmds := []tea.Cmd{p.openBrowser()}
	if p.visit.ErrorsStray {
		cmds = append(cmds, tea.Tick(login.StrayAfter, func(time.Time) tea.Msg { return lateMsg{} }))
	}
	return tea.Batch(cmds...)
}

func (p *Away) openBrowser() tea.Cmd {
	if p.open == nil {
		return nil
	}
	return func() tea.Msg { return openedMsg{p, p.open(p.visit.URL)} }
}

// Update notes that the browser did not open.
func (p *Away) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	if opened, ok := msg.(openedMsg); ok && opened.sheet == p {
		p.failed = opened.err
	}
	return nil
}

// View implements kit.Page.
func (p *Away) View(s kit.Situation, width, height int) string {
	head, text := p.texts(s, width)
	button := "Open the browser again"
	if p.byHand() {
		button = "Copy the link"
	}
	foot := []string{"", s.Button(button, width, kit.Focused), s.Theme.QuietButton("Cancel  esc", width)}
	if code := p.drawnCode(s, width); code != nil {
		if whole := slices.Concat(head, code, text[1:], foot); len(whole) <= height {
			return strings.Join(whole, "\n")
		}
		if p.code == codeShown && len(code) <= height {
			return strings.Join(code, "\n")
		}
	}
	lines := append(head, text...)
	if len(lines)+len(foot) <= height {
		return strings.Join(append(lines, foot...), "\n")
	}
	return s.ScrollLines(lines, &p.offset, width, max(1, height-len(foot)+1)) + "\n" + strings.Join(foot[1:], "\n")
}

// byHand reports whether the person has to open the link.
func (p *Away) byHand() bool { return p.open == nil || p.failed != nil }

// drawnCode returns the link as a QR code, centred, or nil if it is not wanted or too wide. Masked views have none: whoever
// scans it first signs in.
func (p *Away) drawnCode(s kit.Situation, width int) []string {
	if p.code == codeHidden || p.code == codeIfNeeded && (p.visit.OnlyHere() || !p.byHand()) {
		return nil
	}
	code, fits := qrCode(p.visit.Link, width)
	if !fits {
		return nil
	}
	margin := (width - ansi.StringWidth(code[0])) / 2
	return strings.Split(kit.Indent(strings.Join(s.VeiledPicture(code), "\n"), margin), "\n")
}

// texts are the lines that say where the browser goes, and what is to be done.
func (p *Away) texts(s kit.Situation, width int) (head, text []string) {
	t := s.Theme
	head = []string{t.Title.Render(kit.Centre("Continue in your browser", width)), t.Dim.Render(kit.Centre(p.where(), width))}
	link := t.Accent.Render(kit.Wrap(hanko.Printable(p.visit.Link), width))
	switch {
	case p.late(s):
		text = []string{"", t.Warn.Render(kit.Wrap(StrayText, width)), "", link}
	case p.byHand():
		text = []string{"", kit.Wrap("Open this link in a browser:", width), link}
		if p.failed != nil {
			text = append([]string{"", t.Warn.Render(kit.Wrap(Sentence(p.failed), width))}, text...)
		}
	default:
		text = []string{"", kit.Wrap("Your browser opens. When you are done there, the app goes on by itself.", width), "", link}
	}
	if p.visit.OnlyHere() && !p.late(s) {
		text = append(text, t.Dim.Render(kit.Wrap("The browser has to run on this computer: it comes back to "+hostOf(p.visit.Back)+".", width)))
	}
	apart := func(lines []string) []string { return strings.Split(strings.Join(lines, "\n"), "\n") }
	return apart(head), apart(text)
}

// StrayText says what may have happened where errors do not come back to the app.
const StrayText = "Nothing has come back for a minute. If the sign-in failed, the browser shows your team's error page " +
	"(`third_party.error_redirect_url`) and does not come back. Look there, then cancel."

// late reports whether an error would have come back by now, if it did.
func (p *Away) late(s kit.Situation) bool {
	return p.visit.ErrorsStray && s.Now.Sub(p.since) >= login.StrayAfter
}

// where says to whom the browser goes, and to which host first.
func (p *Away) where() string {
	return hanko.Printable(p.visit.Party.Name) + " · " + hostOf(p.visit.URL)
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return hanko.Printable(address)
	}
	return hanko.Printable(parsed.Host)
}

// Sentence is an error as a sentence, printable.
func Sentence(err error) string {
	text := strings.TrimSuffix(hanko.Printable(err.Error()), ".") + "."
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// Keys implements kit.Page.
func (p *Away) Keys(kit.Situation) []kit.Key {
	link := kit.CopyMsg{What: "the link", Text: p.visit.Link, Otherwise: "type it, it is short"}
	reopen := func() tea.Msg { return p.openBrowser() }
	first, second := kit.NewKey("open the browser again", reopen, "enter", "o"), kit.NewKey("copy the link", kit.PressFor(link), "c")
	if p.byHand() {
		first = kit.NewKey("copy the link", kit.PressFor(link), "enter", "c")
		second = kit.NewKey("try the browser again", reopen, "o").
			Unless(kit.UnlessSo(p.open != nil, "hankosim opens no browser: no_browser is set. Open the link yourself."))
	}
	code := kit.NewKey("QR code", func() tea.Msg {
		if p.offset = 0; p.code == codeShown {
			p.code = codeHidden
		} else {
			p.code = codeShown
		}
		return nil
	}, "r").Unless(kit.UnlessSo(!p.visit.OnlyHere(),
		"A QR code is for another device, and the browser has to come back to "+hostOf(p.visit.Back)+", which is this computer. Set return_address to change that."))
	return []kit.Key{
		first, second, kit.NewKey("cancel", kit.PressFor(kit.CancelMsg{}), "esc"), code,
		kit.Scrolling(func(name string) { p.offset = max(0, p.offset+kit.Moved(name, 1)) }),
	}
}

// Title implements kit.Page.
func (p *Away) Title() string { return "Third party" }
