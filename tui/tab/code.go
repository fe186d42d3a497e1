package tab

import (
	"fmt"
	"os"
	"path/filepath"
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
	walk      []hanko.Exchange // all calls so far
	language  wireView         // asCurl, asSwift or asKotlin
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

// Update takes the calls of the walk, and those that have led to a step; a step without any leaves those of the one
// before.
func (p *Code) Update(_ kit.Situation, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case kit.ExchangesMsg:
		p.walk = append(p.walk, msg.More...)
	case kit.StepMsg:
		if calls := msg.Step.Exchanges(); len(calls) > 0 {
			p.step, p.exchanges, p.offset = msg.Title, calls, 0
		}
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

// save writes the step's curl calls as a script, or the walk as an app's files, into the folder of the options.
func (p *Code) save(s kit.Situation) tea.Cmd {
	if language, ok := appLanguages[p.language]; ok {
		return saveApp(s.Folder, language, slices.Concat(p.walk, p.exchanges))
	}
	content := fmt.Sprintf("#!/bin/sh\n# The calls that led to %q, at %s. Ids and challenges are those of this run: what is good once is\n# refused when it is sent again. In the Wire tab, s saves the whole walk as a script that signs in anew.\nset -eu\n\n%s", p.step, s.Tenant.URL, p.code(s, true))
	name, with := "hankosim-"+fileWord(p.step), ""
	if s.Secrets {
		with = ", with its secrets"
	}
	folder := s.Folder
	return func() tea.Msg {
		saved, err := saveNew(folder, name, ".sh", []byte(content), 0o700)
		if err != nil {
			return kit.ToastMsg{Text: "The code could not be saved: " + err.Error()}
		}
		return kit.ToastMsg{Text: "Saved " + saved + with + "."}
	}
}

// saveApp writes a walk as the source files of an app into a folder of its own.
func saveApp(folder string, language export.Language, walk []hanko.Exchange) tea.Cmd {
	return func() tea.Msg {
		files, err := export.App(language, walk)
		saved, names := "", make([]string, 0, len(files))
		if err == nil {
			saved, err = newFolder(folder, "hankosim-"+string(language))
		}
		for _, file := range files {
			if err == nil {
				err = os.WriteFile(filepath.Join(folder, saved, file.Name), []byte(file.Text), 0o600)
				names = append(names, file.Name)
			}
		}
		if err != nil {
			return kit.ToastMsg{Text: "The app could not be saved: " + err.Error()}
		}
		return kit.ToastMsg{Text: "Saved the app in " + saved + ": " + strings.Join(names, ", ") + "."}
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
	switch _, isApp := appLanguages[p.language]; {
	case isApp:
		secrets = "The step's part of an app; s saves the app's files."
	case s.Secrets:
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
		p.drawnFor, p.drawn = wanted, t.Paint(fold(strings.TrimRight(p.code(s, true), "\n"), p.language, width), codeSyntax[p.language], width)
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
	saving := "save"
	secrets := secretsKey(s, "write secrets")
	if _, isApp := appLanguages[p.language]; isApp {
		saving, secrets = "save the app", secrets.Unlisted()
	}
	save := kit.NewKey(saving, func() tea.Msg { return p.save(s) }, "s")
	if len(p.exchanges) == 0 {
		const none = "No step has made a call yet."
		return []kit.Key{kit.ToPhone(), code.Unless(none), save.Unless(none), secretsKey(s, "").Unlisted(), languages.Unlisted()}
	}
	return []kit.Key{
		languages, code, save.Unless(kit.UnlessSo(s.Folder != "", noFolder)), secrets, kit.UpDown("scroll", scroll),
		kit.ToPhone(), kit.Paging(scroll),
	}
}

// Title implements kit.Page.
func (p *Code) Title() string { return "Code" }

// appLanguages are the views that show an app.
var appLanguages = map[wireView]export.Language{asSwift: export.Swift, asKotlin: export.Kotlin}

// codeOf is exchanges in the language of a view; curl where the view has none. A shell's comments say what each was for.
func codeOf(view wireView, exchanges []hanko.Exchange, options export.Options, comments bool) string {
	if language, ok := appLanguages[view]; ok {
		return export.Step(language, exchanges)
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
