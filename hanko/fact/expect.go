package fact

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"example.com/hankosim/hanko"
	"example.com/hankosim/internal/spelling"
)

// Expectation is what a fact is expected to be: exact values, or bounds for a Duration.
type Expectation struct {
	Spec
	Values []string
	Bounds []Bound // nil if Values counts
}

// Bound is one end of a range of durations.
type Bound struct {
	Op    string // one of >=, <=, >, <
	Limit time.Duration
}

// Mistake is something wrong with an expectation.
type Mistake struct {
	Name   string // of the fact, as it was written; "" if the mistake is in the file as a whole
	Reason string // the end of a sentence that begins with the name
	Fix    string // what to write instead; may be ""
}

// ExpectationError is the error of expectations that cannot be read.
type ExpectationError struct{ Mistakes []Mistake }

// Error returns one line for each mistake. Text from the file is made printable.
func (e *ExpectationError) Error() string {
	lines := []string{"the expectations cannot be used:"}
	for _, mistake := range e.Mistakes {
		line := "  "
		if mistake.Name != "" {
			line += mistake.Name + " "
		}
		line += mistake.Reason
		if mistake.Fix != "" {
			line += ". " + mistake.Fix
		}
		lines = append(lines, hanko.Printable(line))
	}
	return strings.Join(lines, "\n")
}

// ParseExpectations reads a YAML file whose only key is `expect`. It fails with an *ExpectationError.
func ParseExpectations(content []byte) ([]Expectation, error) {
	whole := func(reason string) error {
		return &ExpectationError{[]Mistake{{Reason: reason, Fix: "It looks like `expect: {token.lifetime: 12h}`, as --write-expect writes it"}}}
	}
	var file map[string]any
	if err := yaml.Unmarshal(content, &file); err != nil {
		return nil, whole("the file cannot be read as YAML: " + strings.Join(strings.Fields(err.Error()), " "))
	}
	expected, found := file["expect"]
	if !found || len(file) != 1 {
		return nil, whole(fmt.Sprintf("the file must have the key `expect` and no other, but it has %s", listed(slices.Sorted(maps.Keys(file)))))
	}
	expectations, mistakes := ReadExpectations(expected)
	if len(mistakes) > 0 {
		return nil, &ExpectationError{mistakes}
	}
	return expectations, nil
}

func listed(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// ReadExpectations reads a mapping from the names of facts to expected values, as YAML or viper decode it. The expectations
// are in the order of the catalogue.
func ReadExpectations(value any) ([]Expectation, []Mistake) {
	written, isMap := value.(map[string]any)
	if !isMap || len(written) == 0 {
		return nil, []Mistake{{Name: "expect", Reason: "must list facts by name", Fix: "Write `token.lifetime: 12h` below it, for example"}}
	}
	var (
		expectations []Expectation
		mistakes     []Mistake
		names        []string
	)
	for _, spec := range Catalogue() {
		names = append(names, string(spec.Name))
		if expected, found := written[string(spec.Name)]; found {
			expectation, mistake := read(spec, expected)
			if mistake.Reason != "" {
				mistake.Name = string(spec.Name)
				mistakes = append(mistakes, mistake)
			}
			expectations = append(expectations, expectation)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		if !slices.Contains(names, name) {
			mistakes = append(mistakes, Mistake{Name: name, Reason: "is not a fact", Fix: didYouMean(name, names)})
		}
	}
	return expectations, mistakes
}

func didYouMean(word string, known []string) string {
	if meant := spelling.Nearest(word, known); meant != "" {
		return fmt.Sprintf("Did you mean %q?", meant)
	}
	return "Use one of " + strings.Join(known, ", ")
}

// read reads the expectation for one fact.
func read(spec Spec, value any) (Expectation, Mistake) {
	expected := Expectation{Spec: spec}
	if spec.Kind == YesNo {
		yes, isBool := value.(bool)
		if !isBool {
			return expected, Mistake{Reason: "must be true or false", Fix: "Write it without quotes"}
		}
		expected.Values = OfBool(spec.Name, yes).Values
		return expected, Mistake{}
	}
	items, isList := value.([]any)
	if isList && spec.Kind != List {
		return expected, Mistake{Reason: "must be one value, not a list"}
	}
	if !isList {
		items = []any{value}
	}
	expected.Values = []string{}
	for _, item := range items {
		text, isText := item.(string)
		text = strings.TrimSpace(text)
		switch {
		case spec.Kind == Duration && !isText:
			return expected, Mistake{Reason: "must be a duration", Fix: howDuration}
		case !isText || text == "":
			return expected, Mistake{Reason: "must be text", Fix: "Put it in quotes"}
		}
		expected.Values = append(expected.Values, text)
	}
	switch {
	case spec.Name == SignUpAsks || spec.Name == SignInAsks:
		return expected, checkAsks(expected.Values)
	case spec.Kind == Duration:
		return readDuration(spec, expected.Values[0])
	case spec.Words != nil && !slices.Contains(spec.Words, expected.Values[0]):
		return expected, Mistake{Reason: fmt.Sprintf("cannot be %q", expected.Values[0]), Fix: "Write " + strings.Join(spec.Words, ", or ")}
	}
	return expected, Mistake{}
}

func checkAsks(values []string) Mistake {
	for _, value := range values {
		word := strings.TrimSuffix(value, skippable)
		if !slices.Contains(askWords, word) && !strings.HasPrefix(word, unknownState) {
			return Mistake{Reason: fmt.Sprintf("has %q, which tenants do not ask for", value), Fix: didYouMean(word, askWords)}
		}
	}
	return Mistake{}
}

const howDuration = `Write one such as 12h, or bounds such as ">= 1h" or ">= 1h, <= 24h"`

// readDuration reads a duration, or one or two bounds: ">= 1h, <= 24h".
func readDuration(spec Spec, text string) (Expectation, Mistake) {
	expected := Expectation{Spec: spec}
	for part := range strings.SplitSeq(text, ",") {
		op, rest := "", strings.TrimSpace(part)
		for _, known := range []string{">=", "<=", ">", "<"} {
			if after, found := strings.CutPrefix(rest, known); found {
				op, rest = known, strings.TrimSpace(after)
				break
			}
		}
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 || op == "" && part != text {
			return expected, Mistake{Reason: fmt.Sprintf("cannot be %q", text), Fix: howDuration}
		}
		if op == "" {
			expected.Values = []string{durationText(d)}
			return expected, Mistake{}
		}
		expected.Bounds = append(expected.Bounds, Bound{op, d})
	}
	return expected, Mistake{}
}

// String returns what is expected, as it was written.
func (e Expectation) String() string {
	if e.Bounds == nil {
		return Fact{Spec: e.Spec, Values: e.Values}.String()
	}
	var bounds []string
	for _, bound := range e.Bounds {
		bounds = append(bounds, bound.Op+" "+durationText(bound.Limit))
	}
	return strings.Join(bounds, ", ")
}

// Met reports whether a fact is as expected. A fact that was not observed never is.
func (e Expectation) Met(observed Fact) bool {
	if !observed.Known() {
		return false
	}
	if e.Bounds == nil {
		return slices.Equal(observed.Values, e.Values)
	}
	d, err := time.ParseDuration(observed.Values[0])
	return err == nil && !slices.ContainsFunc(e.Bounds, func(bound Bound) bool { return !bound.allows(d) })
}

// duration returns a duration that meets the expectation: the value or the first bound. If the bound itself does not meet it,
// a minute is added or subtracted.
func (e Expectation) duration() time.Duration {
	if e.Bounds == nil {
		d, _ := time.ParseDuration(e.Values[0]) // it was read already
		return d
	}
	switch first := e.Bounds[0]; first.Op {
	case ">":
		return first.Limit + time.Minute
	case "<":
		return max(first.Limit-time.Minute, 0)
	default:
		return first.Limit
	}
}

func (b Bound) allows(d time.Duration) bool {
	switch b.Op {
	case ">=":
		return d >= b.Limit
	case "<=":
		return d <= b.Limit
	case ">":
		return d > b.Limit
	default:
		return d < b.Limit
	}
}

// WriteExpectations returns YAML for ParseExpectations, with the comment above it. It expects the observed facts to stay as
// they are.
func WriteExpectations(facts []Fact, comment string) ([]byte, error) {
	expected := &yaml.Node{Kind: yaml.MappingNode}
	for _, observed := range facts {
		if !observed.Known() {
			continue
		}
		var value yaml.Node
		if err := value.Encode(observed.Value()); err != nil {
			return nil, err
		}
		value.Style |= yaml.FlowStyle
		expected.Content = append(expected.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: string(observed.Name)}, &value)
	}
	return yaml.Marshal(&yaml.Node{
		Kind: yaml.MappingNode, HeadComment: hanko.Printable(comment),
		Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "expect"}, expected},
	})
}
