// Package hankoconfig finds keys in Hanko's configuration file, config.yaml, and returns the YAML to write into it. It
// changes no file.
package hankoconfig

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Setting is a key of Hanko's configuration with the value to give it.
type Setting struct {
	Key     string // with dots: mfa.enabled
	Value   any    // a string, a bool, an int or a list of strings
	Comment string // an explanation in one line; may be ""
}

// YAML returns the settings, and nothing else, in the nested form of config.yaml. It returns "" without settings.
func YAML(settings []Setting) string {
	if len(settings) == 0 {
		return ""
	}
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, setting := range settings {
		at := root
		names := strings.Split(setting.Key, ".")
		for _, name := range names[:len(names)-1] {
			at = below(at, name)
		}
		var value yaml.Node
		if value.Encode(setting.Value) != nil {
			continue // not a type that Value allows
		}
		key := &yaml.Node{Kind: yaml.ScalarNode, Value: names[len(names)-1]}
		if value.Kind == yaml.ScalarNode {
			value.LineComment = setting.Comment
		} else {
			key.LineComment = setting.Comment
		}
		at.Content = append(at.Content, key, &value)
	}
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if encoder.Encode(root) != nil || encoder.Close() != nil {
		return ""
	}
	return b.String()
}

// below returns the mapping below a name, and adds it if there is none.
func below(at *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(at.Content); i += 2 {
		if at.Content[i].Value == name {
			return at.Content[i+1]
		}
	}
	next := &yaml.Node{Kind: yaml.MappingNode}
	at.Content = append(at.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, next)
	return next
}

// Line is a line of settings as YAML, and where it belongs in a file.
type Line struct {
	Text   string
	Number int  // of the file's line with the same key; 0 if there is none, or if it is not known
	New    bool // the key is not in the file
}

// Lines returns the settings as they stand in config.yaml, line by line, for a file in which the places are.
func Lines(settings []Setting, places []Place) []Line {
	text := YAML(settings)
	shown, err := Parse("", []byte(text))
	if err != nil {
		return nil
	}
	var lines []Line
	for line := range strings.Lines(text) {
		lines = append(lines, Line{Text: strings.TrimSuffix(line, "\n")})
	}
	for _, place := range places {
		at := shown.Find(place.Key)
		if at.At != place.Key {
			continue // a place of another setting
		}
		in := slices.Concat(place.Above, []int{place.Line})
		for i, line := range slices.Concat(at.Above, []int{at.Line}) {
			if i < len(in) && in[i] > 0 {
				lines[line-1].Number = in[i]
			} else {
				lines[line-1].New = true
			}
		}
	}
	return lines
}
