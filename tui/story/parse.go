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

// The limits of a story. A narration has to fit below the screen, in five lines of a window 80 columns wide.
const (
	MaxSize   = 256 << 10 // bytes of a script
	MaxSay    = 340       // characters
	MaxName   = 40        // characters of a scene's name, and of the title
	MaxScenes = 100
	maxPause  = 5 * time.Minute
	maxText   = 500 // characters to type, wait for or find
)

// DefaultWithin is the time limit of an action without within.
const DefaultWithin = 15 * time.Second

// Problem is a mistake in a script.
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

// ParseError lists all mistakes in a script, in the order of its lines.
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

// parser collects problems while it reads a Story.
type parser struct {
	scene    int // the one being read, from 1
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
		p.report(nil, "the script is empty. `hankosim demo --print-story` prints one to start with")
		return read
	} else if err != nil {
		p.notYAML(err)
		return read
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		p.report(&more, "there is a second YAML document; a script is a single one")
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
		p.report(root, "scenes is missing. A story has a list of scenes")
	case list.Kind != yaml.SequenceNode || len(list.Content) == 0:
		p.report(list, "scenes must be a list of at least one scene, each starting with a dash: `- name: …`")
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

// notYAML reports an error of the YAML reader, which has the line number in its text.
func (p *parser) notYAML(err error) {
	text := err.Error()
	line := yamlLine.FindStringSubmatch(text)
	if line == nil {
		p.report(nil, "this is not YAML: %s", strings.TrimPrefix(text, "yaml: "))
		return
	}
	number, _ := strconv.Atoi(line[1]) // only digits; 0 if they do not fit into an int
	p.report(&yaml.Node{Line: number}, "this is not YAML: %s", text[len(line[0]):])
}

// mapping returns a mapping's values by key and reports unknown keys. It returns nil if the node is not a mapping.
func (p *parser) mapping(node *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	if node.Kind != yaml.MappingNode {
		p.report(node, "%s must have keys and values. The keys are %s", what, strings.Join(known, ", "))
		return nil
	}
	fields := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case !slices.Contains(known, key.Value):
			p.report(key, "%q is not a key of %s. The keys are %s", key.Value, what, strings.Join(known, ", "))
		case fields[key.Value] != nil:
			p.report(key, "%s is given twice", key.Value)
		default:
			fields[key.Value] = value
		}
	}
	return fields
}

// text returns a scalar as it is written, whatever type YAML gives it: `type: 0123` types 0123.
func (p *parser) text(node *yaml.Node, what string) (string, bool) {
	if node.Kind != yaml.ScalarNode {
		p.report(node, "%s must be text", what)
		return "", false
	}
	if bad := strings.IndexFunc(node.Value, func(r rune) bool { return !unicode.IsPrint(r) && !unicode.IsSpace(r) }); bad >= 0 || !utf8.ValidString(node.Value) {
		p.report(node, "%s has an invisible character: %.80q", what, node.Value)
		return "", false
	}
	return node.Value, true
}

// paragraph returns a text on one line, with its line breaks replaced by spaces.
func (p *parser) paragraph(node *yaml.Node, what string, limit int) string {
	text, ok := p.text(node, what)
	text = strings.Join(strings.Fields(text), " ")
	if length := utf8.RuneCountInString(text); ok && length > limit {
		p.report(node, "%s has %d characters; the limit is %d", what, length, limit)
	}
	return text
}

// short returns a title or a name, which is required.
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
			p.report(node, "the scene has neither say nor do")
		}
	case do.Kind != yaml.SequenceNode:
		p.report(do, "do must be a list, each line starting with a dash: `- press: enter`")
	default:
		for _, action := range do.Content {
			if read := p.action(action); read != nil {
				scene.Do = append(scene.Do, read)
			}
		}
	}
	return scene
}

// actions are the keys of the actions.
var actions = []string{"type", "press", "wait", "wait_text", "pause", "show", "picture", "find"}

// action reads one action. It returns nil after reporting a mistake.
func (p *parser) action(node *yaml.Node) Action {
	before := len(p.problems)
	fields := p.mapping(node, "an action", append(slices.Clone(actions), "until", "fields", "within")...)
	var key string
	for _, name := range actions {
		if fields[name] == nil {
			continue
		}
		if key != "" {
			p.report(node, "%s and %s are two actions; start each with its own dash", key, name)
		}
		key = name
	}
	if key == "" && len(p.problems) == before {
		p.report(node, "there is no action here. Write one of %s", strings.Join(actions, ", "))
	}
	if len(p.problems) > before {
		return nil
	}
	value, within := fields[key], DefaultWithin
	if limit := fields["within"]; limit != nil {
		if !strings.HasPrefix(key, "wait") && key != "find" {
			p.report(limit, "within belongs to wait, wait_text or find, not to %s", key)
		}
		within = p.duration(limit, "within")
	}
	until := fields["until"]
	if until != nil && key != "press" {
		p.report(until, "until belongs to press, not to %s", key)
	}
	if fields["fields"] != nil && key != "find" {
		p.report(fields["fields"], "fields belongs to find, not to %s", key)
	}
	read := p.read(key, value, within)
	if find, ok := read.(Find); ok && fields["fields"] != nil {
		find.Fields = p.names(fields["fields"])
		read = find
	}
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

func (p *parser) read(key string, value *yaml.Node, within time.Duration) Action {
	switch key {
	case "press":
		return Press{Keys: p.keys(value)}
	case "pause":
		return Pause{p.duration(value, key)}
	}
	text := p.paragraph(value, key, maxText)
	if key == "type" && value.Kind == yaml.ScalarNode {
		if text = value.Value; strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) {
			p.report(value, "type must be one line. Use `press: enter` to end it")
		}
	}
	if value.Kind == yaml.ScalarNode && text == "" {
		p.report(value, "%s is empty", key)
	}
	switch key {
	case "type":
		return Type{text}
	case "wait":
		if !slices.Contains(Events(), Event(text)) {
			p.report(value, "%q is not an event to wait for. Use %s, or wait_text for a text on the screen", text, orList(Events()))
		}
		return Wait{Event(text), within}
	case "wait_text":
		return WaitText{text, within}
	case "show":
		return Show{strings.ToLower(text)}
	case "picture":
		if !slices.Contains(Pictures(), text) {
			p.report(value, "there is no picture %q. Use %s", text, orList(Pictures()))
		}
		return Picture{text}
	default:
		return Find{Text: text, Within: within}
	}
}

// names reads the fields of an exchange: one, or a list of them.
func (p *parser) names(node *yaml.Node) (names []string) {
	nodes := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		nodes = node.Content
	}
	for _, node := range nodes {
		name := p.paragraph(node, "fields", maxText)
		if node.Kind == yaml.ScalarNode && name == "" {
			p.report(node, "fields has an empty name")
		}
		names = append(names, name)
	}
	if len(nodes) == 0 {
		p.report(node, "fields is empty")
	}
	return names
}

// keys reads one key, or a list of keys.
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
			p.report(node, "there is no key %q. Use a single character, or %s", name, orList(KeyNames()))
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
		p.report(node, "%s is %q; it must be a time such as 6s, 1.5s or 500ms, at most %d minutes", what, text, maxPause/time.Minute)
	}
	return duration
}

// orList returns "a, b or c".
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
