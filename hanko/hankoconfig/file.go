package hankoconfig

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/hankosim/hanko"
)

// File is a config.yaml that was read.
type File struct {
	name string
	root *yaml.Node // nil if the file is empty
}

// yamlValue matches values in the YAML parser's errors, because they may be secrets.
var yamlValue = regexp.MustCompile("`[^`]*`|'[^']*'")

// Parse reads a config.yaml. It fails if the content is not a YAML mapping. Places have the given name.
func Parse(name string, content []byte) (*File, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		said := yamlValue.ReplaceAllString(strings.Join(strings.Fields(err.Error()), " "), "…")
		return nil, fmt.Errorf("it cannot be read as YAML: %s", hanko.Printable(said))
	}
	if len(document.Content) == 0 {
		return &File{name: name}, nil
	}
	if document.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("it is not Hanko's config.yaml: it must have keys, such as `passkey:`")
	}
	return &File{name, document.Content[0]}, nil
}

// Place is where a key is in a file, or where to add it.
type Place struct {
	Key  string
	File string
	Line int    // of At, from 1; 0 if neither the key nor a parent is there
	At   string // the key at Line: Key itself or its nearest parent; "" if there is none

	Above []int // the lines of the parents of At, the outermost first
}

// Find returns the place of a key, or of its nearest parent if the file does not have the key.
func (f *File) Find(key string) Place {
	place := Place{Key: key, File: f.name}
	at := f.root
	names := strings.Split(key, ".")
	for i, name := range names {
		found, value := member(at, name, 0)
		if found == nil {
			break
		}
		if place.Line > 0 {
			place.Above = append(place.Above, place.Line)
		}
		place.Line, place.At = found.Line, strings.Join(names[:i+1], ".")
		at = value
	}
	return place
}

// member returns the key and value nodes of a mapping's member. The mapping's own members come before merged ones.
func member(at *yaml.Node, name string, depth int) (key, value *yaml.Node) {
	at = resolved(at)
	if at == nil || at.Kind != yaml.MappingNode || depth > maxMerges {
		return nil, nil
	}
	for i := 0; i+1 < len(at.Content); i += 2 {
		if at.Content[i].Value == name {
			return at.Content[i], at.Content[i+1]
		}
	}
	for i := 0; i+1 < len(at.Content); i += 2 {
		if at.Content[i].Tag != "!!merge" {
			continue
		}
		merged := []*yaml.Node{at.Content[i+1]}
		if list := resolved(at.Content[i+1]); list != nil && list.Kind == yaml.SequenceNode {
			merged = list.Content
		}
		for _, other := range merged {
			if key, value := member(other, name, depth+1); key != nil {
				return key, value
			}
		}
	}
	return nil, nil
}

// maxMerges limits how deep merges are followed, because a file can contain a circle.
const maxMerges = 5

// resolved returns what an alias stands for.
func resolved(node *yaml.Node) *yaml.Node {
	if node != nil && node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

// String returns the place as FILE:LINE, which editors can open, and the key or where to add it.
func (p Place) String() string {
	file := hanko.Printable(p.File)
	switch p.At {
	case p.Key:
		return fmt.Sprintf("%s:%d: %s", file, p.Line, p.Key)
	case "":
		return fmt.Sprintf("%s: add %s at the top level", file, p.Key)
	default:
		return fmt.Sprintf("%s:%d: add %s below %s", file, p.Line, p.Key, p.At)
	}
}
