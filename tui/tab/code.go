package tab

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/export"
	"example.com/hankosim/tui/kit"
)

// Code is the last step of the walk as somebody would write it: in a shell, in an iOS app, in an Android app.
type Code struct {
	kit.Still
	step      string // what the step is called
	exchanges []hanko.Exchange
	language  wireView // asCurl, asSwift or asKotlin
	offset    int

	drawnFor codeKey
	drawn    []string
}

// codeKey is what the drawn code goes by.
type codeKey struct {
	first    *hanko.Exchange
	language wireView
	width    int
	secrets  bool
	look     *kit.Look // the theme's
}

// NewCode makes the tab; it begins with curl.
func NewCode() *Code { return &Code{language: asCurl} }

// Update takes the calls that have led to a step; a step without any leaves those of the one before.
func (p *Code) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	if step, ok := msg.(kit.StepMsg); ok && len(step.Step.Exchanges()) > 0 {
		p.step, p.exchanges, p.offset = step.Title, step.Step.Exchanges(), 0
	}
	return nil
}

// turn changes the language.
func (p *Code) turn(name string) {
	const languages = int(asKotlin-asCurl) + 1
	by := 1
	if name == "left" || name == "h" {
		by = -1
	}
	p.language = asCurl + wireView((int(p.language-asCurl)+by+languages)%languages)
	p.offset = 0
}

// code is the step in the language. A shell's comments are for reading: pasted, some shells take them for commands.
func (p *Code) code(s kit.Situation, comments bool) string {
	code := codeOf(p.language, p.exchanges, exportOptions(s), comments)
	if p.language == asCurl {
		code += "\n" // the others end with one
	}
	return code
}

// save writes the code into the folder of the options, as a file of its own.
func (p *Code) save(s kit.Situation) tea.Cmd {
	content, ending, mode := p.code(s, true), ".sh", fs.FileMode(0o700)
	switch p.language {
	case asSwift:
		ending, mode = ".swift", 0o600
	case asKotlin:
		ending, mode = ".kt", 0o600
	default:
		content = fmt.Sprintf("#!/bin/sh\n# The calls that led to %q, at %s. Ids and challenges are those of this run: what is good once is\n# refused when it is sent again. In the Wire tab, s saves the whole walk as a script that signs in anew.\nset -eu\n\n%s", p.step, s.Tenant.URL, content)
	}
	name, with := "hankosim-"+fileWord(p.step), ""
	if s.Secrets {
		with = ", with its secrets"
	}
	folder := s.Folder
	return func() tea.Msg {
		saved, err := saveNew(folder, name, ending, []byte(content), mode)
		if err != nil {
			return kit.ToastMsg{Text: "The code could not be saved: " + err.Error()}
		}
		return kit.ToastMsg{Text: "Saved " + saved + with + "."}
	}
}

// fileWord is a title as a part of a file's name.
func fileWord(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	word := strings.Join(words, "-")
	if word == "" {
		return "step"
	}
	return word[:min(len(word), 40)]
}

// View implements kit.Page.
func (p *Code) View(s kit.Situation, width, height int) string {
	t := s.Theme
	if len(p.exchanges) == 0 {
		return t.Dim.Render(kit.Wrap("The calls of each step will be here as soon as there are some: as curl, and as an iOS and an Android app would make them.", width))
	}
	var languages []string
	for language := asCurl; language <= asKotlin; language++ {
		if language == p.language {
			languages = append(languages, t.Title.Render("["+codeTitles[language]+"]"))
		} else {
			languages = append(languages, " "+codeTitles[language]+" ")
		}
	}
	secrets := "Secrets are left out: fill them in, or press m."
	if s.Secrets {
		secrets = "Secrets are in it; m leaves them out."
	}
	calls := "call that led to"
	if n := len(p.exchanges); n > 1 {
		calls = fmt.Sprintf("%d calls that led to", n)
	}
	head := []string{
		kit.Clamp(fmt.Sprintf("The %s %q", calls, hanko.Printable(p.step)), width, 1),
		kit.Clamp(strings.Join(languages, " "), width, 1),
		t.Dim.Render(kit.Clamp(secrets, width, 1)), "",
	}
	head = head[:min(len(head), max(0, height-2))]
	wanted := codeKey{&p.exchanges[0], p.language, width, s.Secrets, t.Look}
	if wanted != p.drawnFor {
		p.drawnFor, p.drawn = wanted, t.Paint(strings.TrimRight(p.code(s, true), "\n"), codeSyntax[p.language], width)
	}
	shown := s.ScrollLines(p.drawn, &p.offset, width, height-len(head))
	return strings.Join(append(slices.Clip(head), shown), "\n")
}

// Keys implements Page.
func (p *Code) Keys(s kit.Situation) []kit.Key {
	scroll := func(name string) { p.offset = max(0, p.offset+kit.Moved(name, 10)) }
	languages := kit.NewKey("curl, Swift, Kotlin", nil, "v", "right", "l", "left", "h")
	languages.Do = func(name string) tea.Msg { p.turn(name); return nil }
	code := kit.NewKey("copy", func() tea.Msg {
		return kit.CopyMsg{What: "the step as " + codeTitles[p.language], Text: p.code(s, false), Otherwise: "s saves it as a file"}
	}, "c")
	save := kit.NewKey("save", func() tea.Msg { return p.save(s) }, "s")
	if len(p.exchanges) == 0 {
		const none = "No step has made a call yet."
		return []kit.Key{kit.ToPhone(), code.Unless(none), save.Unless(none), secretsKey(s, "").Unlisted(), languages.Unlisted()}
	}
	return []kit.Key{
		languages, code, save.Unless(kit.UnlessSo(s.Folder != "", noFolder)), secretsKey(s, "write secrets"), kit.UpDown("scroll", scroll),
		kit.ToPhone(), kit.Paging(scroll),
	}
}

// Title implements kit.Page.
func (p *Code) Title() string { return "Code" }

// codeOf is exchanges in the language of a view; curl where the view has none. A shell's comments say what each was for.
func codeOf(view wireView, exchanges []hanko.Exchange, options export.Options, comments bool) string {
	switch view {
	case asSwift:
		return export.Swift(exchanges, options)
	case asKotlin:
		return export.Kotlin(exchanges, options)
	}
	var calls []string
	for _, exchange := range exchanges {
		call := export.Curl(exchange, options)
		if comments {
			call = "# " + options.Known.Text(decode.Explain(exchange)) + "\n" + call
		}
		calls = append(calls, call)
	}
	return strings.Join(calls, "\n\n")
}
