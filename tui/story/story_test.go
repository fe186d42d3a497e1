package story

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	got, err := Parse([]byte(`
title: A title
scenes:
  - name: One
    say: >
      Two lines
      of text.
    do:
      - type: 0123 and  more
      - press: n
      - press: [down, " ", ctrl+f]
      - {press: down, until: The end}
      - wait: signed-in
      - {wait: mail, within: 1m}
      - wait_text: Signed in as
      - pause: 1.5s
      - show: Wire
      - picture: thief
      - find: attestation
      - {find: signature, fields: [Signature, origin]}
  - name: Two
    say: Nothing is done.
  - name: Three
    do:
      - press: enter
`))
	if err != nil {
		t.Fatal(err)
	}
	want := Story{Title: "A title", Scenes: []Scene{
		{Name: "One", Say: "Two lines of text.", Do: []Action{
			Type{"0123 and  more"},
			Press{Keys: []string{"n"}},
			Press{Keys: []string{"down", "space", "ctrl+f"}},
			Press{Keys: []string{"down"}, Until: "The end"},
			Wait{SignedIn, DefaultWithin},
			Wait{Mail, time.Minute},
			WaitText{"Signed in as", DefaultWithin},
			Pause{1500 * time.Millisecond},
			Show{"wire"},
			Picture{"thief"},
			Find{Text: "attestation", Within: DefaultWithin},
			Find{Text: "signature", Fields: []string{"Signature", "origin"}, Within: DefaultWithin},
		}},
		{Name: "Two", Say: "Nothing is done."},
		{Name: "Three", Do: []Action{Press{Keys: []string{"enter"}}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the story (-want +got):\n%s", diff)
	}
	descriptions := []string{
		"types 0123 and  more", "presses n", "presses down, space, ctrl+f", `presses down until "The end" is on the screen`,
		"waits for signed-in", "waits for mail", `waits for the text "Signed in as"`, "pauses for 1.5s", "shows wire", "shows the picture thief",
		`looks for "attestation" in the exchanges`, `looks for "signature" in the exchanges and shows Signature, origin`,
	}
	for i, action := range got.Scenes[0].Do {
		if action.String() != descriptions[i] {
			t.Errorf("the description is %q, not %q", action, descriptions[i])
		}
	}
}

// Every mistake has its line and its scene, and all are reported at once.
func TestParseErrors(t *testing.T) {
	const head = "title: T\nscenes:\n" // the scenes begin in line 3
	for _, test := range []struct {
		name, script string
		want         []string
	}{
		{"empty", "", []string{"the script is empty"}},
		{"only a comment", "# nothing\n", []string{"the script is empty"}},
		{"not YAML", "title: T\nscenes: [", []string{"line 2: this is not YAML: "}},
		{"a tab", "title: T\n\tscenes: []", []string{"line 2: this is not YAML: "}},
		{"another document", head + "- {name: A, say: a}\n---\ntitle: U\n", []string{"line 4: there is a second YAML document"}},
		{"a list", "- title\n", []string{"line 1: a story must have keys and values. The keys are title, scenes"}},
		{"no scenes", "title: T\n", []string{"line 1: scenes is missing"}},
		{"scenes that are text", "title: T\nscenes: none\n", []string{"line 2: scenes must be a list"}},
		{"an empty list", "title: T\nscenes: []\n", []string{"line 2: scenes must be a list of at least one scene"}},
		{"too many", head + strings.Repeat("- {name: A, say: a}\n", 101), []string{"line 3: there are 101 scenes; a story has at most 100"}},
		{"no title", "scenes:\n- {name: A, say: a}\n", []string{"line 1: title is missing"}},
		{"unknown key", "titel: T\n" + head + "- {name: A, say: a}\n", []string{`line 1: "titel" is not a key of a story. The keys are title, scenes`}},
		{"a key twice", "title: S\n" + head + "- {name: A, say: a}\n", []string{"line 2: title is given twice"}},
		{"a scene that is text", head + "- A\n", []string{"line 3, scene 1: a scene must have keys and values"}},
		{"a scene without a name", head + "- {name: A, say: a}\n- say: b\n", []string{"line 4, scene 2: name is missing"}},
		{"an empty name", head + "- {name: \"\", say: b}\n", []string{"line 3, scene 1: name is empty"}},
		{"a scene without say and do", head + "- name: A\n", []string{"line 3, scene 1 (A): the scene has neither say nor do"}},
		{"a narration that is too long", head + "- {name: A, say: " + strings.Repeat("word ", 80) + "}\n", []string{"scene 1 (A): say has 399 characters; the limit is 340"}},
		{"do that is text", head + "- {name: A, do: enter}\n", []string{"line 3, scene 1 (A): do must be a list"}},
		{"an action that is text", head + "- {name: A, do: [enter]}\n", []string{"an action must have keys and values. The keys are type, press, wait"}},
		{"an unknown action", head + "- {name: A, do: [{click: x}]}\n", []string{`(A): "click" is not a key of an action`}},
		{"no action", head + "- {name: A, do: [{within: 3s}]}\n", []string{"there is no action here. Write one of type, press"}},
		{"two actions in one", head + "- {name: A, do: [{type: x, press: enter}]}\n", []string{"type and press are two actions"}},
		{"an unknown key of the keyboard", head + "- {name: A, do: [{press: return}]}\n", []string{`there is no key "return". Use a single character, or enter, esc`}},
		{"a key that would quit", head + "- {name: A, do: [{press: ctrl+c}]}\n", []string{`there is no key "ctrl+c"`}},
		{"an invisible key", head + "- {name: A, do: [{press: \"\\t\"}]}\n", []string{`there is no key "\t"`}},
		{"no keys", head + "- {name: A, do: [{press: []}]}\n", []string{"press is empty"}},
		{"an unknown event", head + "- {name: A, do: [{wait: signedin}]}\n", []string{`"signedin" is not an event to wait for. Use email, account,`, "or form, or wait_text"}},
		{"fields of a pause", head + "- {name: A, do: [{pause: 1s, fields: x}]}\n", []string{"fields belongs to find, not to pause"}},
		{"no fields", head + "- {name: A, do: [{find: x, fields: []}]}\n", []string{"fields is empty"}},
		{"an empty field", head + "- {name: A, do: [{find: x, fields: [\"\"]}]}\n", []string{"fields has an empty name"}},
		{"an unknown picture", head + "- {name: A, do: [{picture: cat}]}\n", []string{`there is no picture "cat". Use private-key or thief`}},
		{"a time without a unit", head + "- {name: A, do: [{pause: 6}]}\n", []string{`pause is "6"; it must be a time such as 6s`}},
		{"a negative time", head + "- {name: A, do: [{pause: -6s}]}\n", []string{`pause is "-6s"`}},
		{"a long time", head + "- {name: A, do: [{pause: 1h}]}\n", []string{`pause is "1h"`, "at most 5 minutes"}},
		{"within of a pause", head + "- {name: A, do: [{pause: 1s, within: 2s}]}\n", []string{"within belongs to wait, wait_text or find, not to pause"}},
		{"until of a wait", head + "- {name: A, do: [{wait: mail, until: x}]}\n", []string{"until belongs to press, not to wait"}},
		{"an empty until", head + "- {name: A, do: [{press: a, until: \"\"}]}\n", []string{"until is empty"}},
		{"no text to type", head + "- {name: A, do: [{type: \"\"}]}\n", []string{"type is empty"}},
		{"two lines to type", head + "- {name: A, do: [{type: \"a\\nb\"}]}\n", []string{"type must be one line"}},
		{"an escape sequence", head + "- {name: A, say: \"\\e[2J\"}\n", []string{`say has an invisible character: "\x1b[2J"`}},
		{"an alias", "title: &a T\nscenes:\n- {name: *a, say: b}\n", []string{"line 3, scene 1: name must be text"}},
		{"several", head + "- {name: A, do: [{press: x1}]}\n- {name: B, do: [{wait: z}], x: y}\n", []string{
			"line 3, scene 1 (A): there is no key", "\nline 4, scene 2: \"x\" is not a key", "\nline 4, scene 2 (B): \"z\" is not an event",
		}},
		{"too long", "# " + strings.Repeat("x", MaxSize), []string{"the script has more than 256 KiB"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.script))
			var parse *ParseError
			if !errors.As(err, &parse) {
				t.Fatalf("the error is %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q:\n%v", want, err)
				}
			}
		})
	}
}

// The stories in the documentation and the built-in story have no mistakes.
func TestStories(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "demo.md"))
	if err != nil {
		t.Fatal(err)
	}
	scripts := [][]byte{BuiltIn()}
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1) {
		scripts = append(scripts, block[1])
	}
	if len(scripts) < 2 {
		t.Error("docs/demo.md has no story")
	}
	for _, script := range scripts {
		if _, err := Parse(script); err != nil {
			t.Errorf("%v in:\n%s", err, script)
		}
	}
	// The page explains every event and every action.
	for _, event := range Events() {
		if !strings.Contains(string(page), "`"+string(event)+"`") {
			t.Errorf("docs/demo.md does not say what %s is", event)
		}
	}
	for _, action := range actions {
		if !strings.Contains(string(page), "`"+action+"`") {
			t.Errorf("docs/demo.md does not say what %s does", action)
		}
	}
}

// Whatever a script contains, Parse returns a story that can be played, or a *ParseError that lists a mistake.
func FuzzParse(f *testing.F) {
	f.Add(BuiltIn())
	for _, script := range []string{
		"", "title: T\nscenes:\n- {name: A, say: a}\n", "title: T\nscenes: [{name: A, do: [{type: x}, {press: [a, enter]}]}]", "- -", "a: &b [*b]",
		"title: !!binary aGFsbG8=\nscenes: []", "title: T\nscenes: [{name: A, do: [{pause: 9223372036854775807ns}]}]", "<<: {title: T}", "? [a]\n: b", "title: \"\\xff\\u202e\"",
	} {
		f.Add([]byte(script))
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		read, err := Parse(script)
		if err != nil {
			var parse *ParseError
			if !errors.As(err, &parse) || len(parse.Problems) == 0 || err.Error() == "" {
				t.Fatalf("the error is %#v", err)
			}
			return
		}
		if read.Title == "" || len(read.Scenes) == 0 {
			t.Fatalf("it has no title or no scenes: %+v", read)
		}
		for _, scene := range read.Scenes {
			if scene.Name == "" || utf8.RuneCountInString(scene.Say) > MaxSay || strings.ContainsAny(scene.Say+scene.Name, "\n\x1b\u202e") {
				t.Errorf("the scene is %+v", scene)
			}
			for _, action := range scene.Do {
				switch action := action.(type) {
				case Type:
					if action.Text == "" || strings.ContainsAny(action.Text, "\n\t") {
						t.Errorf("it %s", action)
					}
				case Press:
					if len(action.Keys) == 0 {
						t.Error("no key is pressed")
					}
				case Pause:
					if action.For <= 0 {
						t.Errorf("it %s", action)
					}
				}
			}
		}
	})
}
