package story

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// What a story may be at most. What is said has to fit under the screen, in five lines of a window 80 columns wide.
const (
	MaxSize   = 256 << 10 // bytes of a script
	MaxSay    = 340       // characters
	MaxName   = 40        // characters of a scene's name, and of the title
	MaxScenes = 100
	maxPause  = 5 * time.Minute
	maxText   = 500 // characters to type, to wait for or to find
)

// DefaultWithin is how long a story waits where it does not say so.
const DefaultWithin = 15 * time.Second

// Problem is one thing that is wrong with a script.
type Problem struct {
	Line   int    // from 1; 0 for the script as a whole
	Scene  int    // from 1; 0 outside of scenes
	Name   string // of the scene; may be ""
	Reason string
}

func (p Problem) String() string {
	where := ""
	if p.Line > 0 {
		where = "line " + strconv.Itoa(p.Line)
	}
	if p.Scene > 0 {
		where += ", scene " + strconv.Itoa(p.Scene)
	}
	if p.Name != "" {
		where += fmt.Sprintf(" (%s)", p.Name)
	}
	if where == "" {
		return p.Reason
	}
	return where + ": " + p.Reason
}

// ParseError says everything that is wrong with a script, in the order of its lines.
type ParseError struct{ Problems []Problem }

func (e *ParseError) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for _, problem := range e.Problems {
		lines = append(lines, problem.String())
	}
	return strings.Join(lines, "\n")
}

// Parse reads a story from YAML, as docs/demo.md describes it. It fails with a *ParseError.
func Parse(script []byte) (Story, error) {
	p := &parser{}
	if len(script) > MaxSize {
		p.report(nil, "the script has more than %d KiB", MaxSize>>10)
		return Story{}, &ParseError{p.problems}
	}
	read := p.document(script)
	if len(p.problems) > 0 {
		slices.SortStableFunc(p.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
		return Story{}, &ParseError{p.problems}
	}
	return read, nil
}

// parser gathers the problems on the way to a Story.
type parser struct {
	scene    int // that is being read, from 1
	name     string
	problems []Problem
}

// report notes a problem; node may be nil.
func (p *parser) report(node *yaml.Node, format string, args ...any) {
	problem := Problem{Scene: p.scene, Name: p.name, Reason: fmt.Sprintf(format, args...)}
	if node != nil {
		problem.Line = node.Line
	}
	p.problems = append(p.problems, problem)
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): `)

func (p *parser) document(script []byte) (read Story) {
	decoder := yaml.NewDecoder(bytes.NewReader(script))
	var document, more yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		p.report(nil, "the script is empty. `hankosim demo --print-story` prints one to begin with")
		return read
	} else if err != nil {
		p.notYAML(err)
		return read
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		p.report(&more, "there is a second document; a script is one")
		return read
	}
	root := document.Content[0]
	fields := p.mapping(root, "a story", "title", "scenes")
	if fields == nil {
		return read
	}
	read.Title = p.short(root, fields, "title")
	list := fields["scenes"]
	switch {
	case list == nil:
		p.report(root, "scenes is missing: a story has a list of them")
	case list.Kind != yaml.SequenceNode || len(list.Content) == 0:
		p.report(list, "scenes must be a list with one scene at least, each beginning with a dash: `- name: …`")
	case len(list.Content) > MaxScenes:
		p.report(list, "there are %d scenes; a story has at most %d", len(list.Content), MaxScenes)
	default:
		for i, node := range list.Content {
			p.scene, p.name = i+1, ""
			read.Scenes = append(read.Scenes, p.sceneAt(node))
		}
	}
	return read
}

// notYAML reports what the YAML reader says, whose lines are in its text.
func (p *parser) notYAML(err error) {
	text := err.Error()
	line := yamlLine.FindStringSubmatch(text)
	if line == nil {
		p.report(nil, "this is no YAML: %s", strings.TrimPrefix(text, "yaml: "))
		return
	}
	number, _ := strconv.Atoi(line[1]) // digits; one too large for an int is no line
	p.report(&yaml.Node{Line: number}, "this is no YAML: %s", text[len(line[0]):])
}

// mapping are a mapping's values by their keys, which are the known ones; nil when the node is none.
func (p *parser) mapping(node *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	if node.Kind != yaml.MappingNode {
		p.report(node, "%s is written as keys and values: %s", what, strings.Join(known, ", "))
		return nil
	}
	fields := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case !slices.Contains(known, key.Value):
			p.report(key, "%q is no key of %s, which has %s", key.Value, what, strings.Join(known, ", "))
		case fields[key.Value] != nil:
			p.report(key, "%s is there twice", key.Value)
		default:
			fields[key.Value] = value
		}
	}
	return fields
}

// text is a scalar as it is written, whatever YAML takes it for: `type: 0123` types 0123.
func (p *parser) text(node *yaml.Node, what string) (string, bool) {
	if node.Kind != yaml.ScalarNode {
		p.report(node, "%s must be text", what)
		return "", false
	}
	if bad := strings.IndexFunc(node.Value, func(r rune) bool { return !unicode.IsPrint(r) && !unicode.IsSpace(r) }); bad >= 0 || !utf8.ValidString(node.Value) {
		p.report(node, "%s has a character that cannot be seen: %.80q", what, node.Value)
		return "", false
	}
	return node.Value, true
}

// paragraph is a text in one line, with what was broken over several joined.
func (p *parser) paragraph(node *yaml.Node, what string, limit int) string {
	text, ok := p.text(node, what)
	text = strings.Join(strings.Fields(text), " ")
	if length := utf8.RuneCountInString(text); ok && length > limit {
		p.report(node, "%s has %d characters, and there is room for %d", what, length, limit)
	}
	return text
}

// short is a title or a name, which must be there.
func (p *parser) short(at *yaml.Node, fields map[string]*yaml.Node, key string) string {
	node := fields[key]
	if node == nil {
		p.report(at, "%s is missing", key)
		return ""
	}
	text := p.paragraph(node, key, MaxName)
	if node.Kind == yaml.ScalarNode && text == "" {
		p.report(node, "%s is empty", key)
	}
	return text
}

func (p *parser) sceneAt(node *yaml.Node) (scene Scene) {
	fields := p.mapping(node, "a scene", "name", "say", "do")
	if fields == nil {
		return scene
	}
	scene.Name = p.short(node, fields, "name")
	p.name = scene.Name
	if say := fields["say"]; say != nil {
		scene.Say = p.paragraph(say, "say", MaxSay)
	}
	do := fields["do"]
	switch {
	case do == nil:
		if scene.Say == "" {
			p.report(node, "the scene neither says nor does anything")
		}
	case do.Kind != yaml.SequenceNode:
		p.report(do, "do must be a list, each line beginning with a dash: `- press: enter`")
	default:
		for _, doing := range do.Content {
			if read := p.doing(doing); read != nil {
				scene.Do = append(scene.Do, read)
			}
		}
	}
	return scene
}

// doings are what a scene can do, by their keys.
var doings = []string{"type", "press", "wait", "wait_text", "pause", "show", "find"}

// doing reads one thing to do; nil when something is wrong with it.
func (p *parser) doing(node *yaml.Node) Doing {
	before := len(p.problems)
	fields := p.mapping(node, "what is done", append(slices.Clone(doings), "until", "within")...)
	var key string
	for _, name := range doings {
		if fields[name] == nil {
			continue
		}
		if key != "" {
			p.report(node, "%s and %s are two things to do: each has a dash of its own", key, name)
		}
		key = name
	}
	if key == "" && len(p.problems) == before {
		p.report(node, "nothing is done here: write one of %s", strings.Join(doings, ", "))
	}
	if len(p.problems) > before {
		return nil
	}
	value, within := fields[key], DefaultWithin
	if limit := fields["within"]; limit != nil {
		if !strings.HasPrefix(key, "wait") && key != "find" {
			p.report(limit, "within is how long a wait may take, and %s is none", key)
		}
		within = p.duration(limit, "within")
	}
	until := fields["until"]
	if until != nil && key != "press" {
		p.report(until, "until is for how long keys are pressed, and %s is none", key)
	}
	read := p.read(key, value, within)
	if press, ok := read.(Press); ok && until != nil {
		press.Until = p.paragraph(until, "until", maxText)
		if until.Kind == yaml.ScalarNode && press.Until == "" {
			p.report(until, "until is empty")
		}
		read = press
	}
	if len(p.problems) > before {
		return nil
	}
	return read
}

func (p *parser) read(key string, value *yaml.Node, within time.Duration) Doing {
	switch key {
	case "press":
		return Press{Keys: p.keys(value)}
	case "pause":
		return Pause{p.duration(value, key)}
	}
	text := p.paragraph(value, key, maxText)
	if key == "type" && value.Kind == yaml.ScalarNode {
		if text = value.Value; strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) {
			p.report(value, "type must be one line; `press: enter` ends it")
		}
	}
	if value.Kind == yaml.ScalarNode && text == "" {
		p.report(value, "%s is empty", key)
	}
	switch key {
	case "type":
		return Type{text}
	case "wait":
		if !slices.Contains(Moments(), Moment(text)) {
			p.report(value, "there is no %q to wait for, but %s; wait_text waits for any text on the screen", text, orList(Moments()))
		}
		return Wait{Moment(text), within}
	case "wait_text":
		return WaitText{text, within}
	case "show":
		return Show{strings.ToLower(text)}
	default:
		return Find{text, within}
	}
}

// keys are one key, or a list of keys.
func (p *parser) keys(node *yaml.Node) (keys []string) {
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	for _, node := range nodes {
		name, ok := p.text(node, "press")
		letter, size := utf8.DecodeRuneInString(name)
		typed := size > 0 && size == len(name) && unicode.IsPrint(letter)
		if ok && !typed && !slices.Contains(KeyNames(), name) {
			p.report(node, "no key is called %q. There are single letters and signs, and %s", name, orList(KeyNames()))
		}
		if name == " " {
			name = "space"
		}
		keys = append(keys, name)
	}
	if len(nodes) == 0 {
		p.report(node, "press is empty")
	}
	return keys
}

func (p *parser) duration(node *yaml.Node, what string) time.Duration {
	text, ok := p.text(node, what)
	if !ok {
		return 0
	}
	duration, err := time.ParseDuration(text)
	if err != nil || duration <= 0 || duration > maxPause {
		p.report(node, "%s is %q, and must be a time like 6s, 1.5s or 500ms, %d minutes at most", what, text, maxPause/time.Minute)
	}
	return duration
}

// orList is "a, b or c".
func orList[T ~string](names []T) string {
	var list strings.Builder
	for i, name := range names {
		switch i {
		case 0:
		case len(names) - 1:
			list.WriteString(" or ")
		default:
			list.WriteString(", ")
		}
		list.WriteString(string(name))
	}
	return list.String()
}
