package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// codeTab is the last step of the walk as somebody would write it: in a shell, in an iOS app, in an Android app.
type codeTab struct {
	still
	app       *App
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
	brushes  *[roles]brush // the theme's
}

// arrived takes the calls that have led to a step; a step without any leaves those of the one before.
func (p *codeTab) arrived(step login.Step, title string) {
	if exchanges := step.Exchanges(); len(exchanges) > 0 {
		p.step, p.exchanges, p.offset = title, exchanges, 0
	}
}

func (p *codeTab) Update(msg tea.Msg) tea.Cmd {
	pressed, ok := msg.(tea.KeyMsg)
	if !ok || pasted(pressed) {
		return nil
	}
	switch name := pressed.String(); name {
	case "esc":
		return p.app.focusPhone()
	case "m":
		return p.app.wire.maskOrShow()
	case "v", "right", "l":
		p.turn(1)
	case "left", "h":
		p.turn(-1)
	case "c":
		return p.app.copyText("the step as "+codeTitles[p.language], p.code(false), "s saves it as a file")
	case "s":
		return p.save()
	default:
		p.offset = max(0, p.offset+moved(name, 10))
	}
	return nil
}

// turn changes the language.
func (p *codeTab) turn(by int) {
	const languages = int(asKotlin-asCurl) + 1
	p.language = asCurl + wireView((int(p.language-asCurl)+by+languages)%languages)
	p.offset = 0
}

// code is the step in the language. A shell's comments are for reading: pasted, some shells take them for commands.
func (p *codeTab) code(comments bool) string {
	code := codeOf(p.language, p.exchanges, p.app.wire.exported(), comments)
	if p.language == asCurl {
		code += "\n" // the others end with one
	}
	return code
}

// save writes the code into the folder of the options, as a file of its own.
func (p *codeTab) save() tea.Cmd {
	content, ending, mode := p.code(true), ".sh", fs.FileMode(0o700)
	switch p.language {
	case asSwift:
		ending, mode = ".swift", 0o600
	case asKotlin:
		ending, mode = ".kt", 0o600
	default:
		content = fmt.Sprintf("#!/bin/sh\n# The calls that led to %q, at %s. Ids and challenges are those of this run: what is good once is\n# refused when it is sent again. In the Wire tab, s saves the whole walk as a script that signs in anew.\nset -eu\n\n%s", p.step, p.app.options.Client.BaseURL(), content)
	}
	name, with := "hankosim-"+fileWord(p.step), ""
	if p.app.wire.secrets {
		with = ", with its secrets"
	}
	folder := p.app.options.Folder
	return func() tea.Msg {
		saved, err := saveNew(folder, name, ending, []byte(content), mode)
		if err != nil {
			return toastMsg{"The code could not be saved: " + err.Error()}
		}
		return toastMsg{"Saved " + saved + with + "."}
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

// saveNew writes a file that was not there, and returns its name: where there is one of that name, a number is added.
// The mode is the file's; nobody else is given anything.
func saveNew(folder, name, ending string, content []byte, mode fs.FileMode) (string, error) {
	for n := 1; ; n++ {
		full := name + ending
		if n > 1 {
			full = fmt.Sprintf("%s-%d%s", name, n, ending)
		}
		file, err := os.OpenFile(filepath.Join(folder, full), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) && n < 1000 {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = file.Write(content)
		return full, errors.Join(err, file.Close())
	}
}

func (p *codeTab) View(width, height int) string {
	t := p.app.theme
	if len(p.exchanges) == 0 {
		return t.dim.Render(wrap("The calls of each step will be here as soon as there are some: as curl, and as an iOS and an Android app would make them.", width))
	}
	var languages []string
	for language := asCurl; language <= asKotlin; language++ {
		if language == p.language {
			languages = append(languages, t.title.Render("["+codeTitles[language]+"]"))
		} else {
			languages = append(languages, " "+codeTitles[language]+" ")
		}
	}
	secrets := "Secrets are left out: fill them in, or press m."
	if p.app.wire.secrets {
		secrets = "Secrets are in it; m leaves them out."
	}
	calls := "call that led to"
	if n := len(p.exchanges); n > 1 {
		calls = fmt.Sprintf("%d calls that led to", n)
	}
	head := []string{
		clamp(fmt.Sprintf("The %s %q", calls, hanko.Printable(p.step)), width, 1),
		clamp(strings.Join(languages, " "), width, 1),
		t.dim.Render(clamp(secrets, width, 1)), "",
	}
	head = head[:min(len(head), max(0, height-2))]
	wanted := codeKey{&p.exchanges[0], p.language, width, p.app.wire.secrets, t.brushes}
	if wanted != p.drawnFor {
		p.drawnFor, p.drawn = wanted, t.paint(strings.TrimRight(p.code(true), "\n"), codeSyntax[p.language], width)
	}
	var shown string
	shown, p.offset = t.scrollLines(p.drawn, p.offset, width, height-len(head))
	return strings.Join(append(slices.Clip(head), shown), "\n")
}

func (p *codeTab) Keys() []key.Binding {
	if len(p.exchanges) == 0 {
		return []key.Binding{binding("esc", "to the phone")}
	}
	secrets := "write secrets"
	if p.app.wire.secrets {
		secrets = "mask secrets"
	}
	keys := []key.Binding{binding("v", "curl, Swift, Kotlin", "right", "left"), binding("c", "copy")}
	if p.app.options.Folder != "" {
		keys = append(keys, binding("s", "save"))
	}
	return append(keys, binding("m", secrets), binding("up", "scroll", "down"), binding("esc", "to the phone"), paging)
}

// Refusals are the keys that want calls, or a folder.
func (p *codeTab) Refusals() []refusal {
	const none = "No step has made a call yet."
	switch {
	case len(p.exchanges) == 0:
		return []refusal{refuse("c", "copy", none), refuse("s", "save", none)}
	case p.app.options.Folder == "":
		return []refusal{refuse("s", "save", noFolder)}
	}
	return nil
}

// noFolder is why nothing can be saved.
const noFolder = "There is no folder to save anything in."

func (p *codeTab) Title() string { return "Code" }
