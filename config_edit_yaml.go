package main

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The two ways to change a YAML file: its lines, where it is written as most are, so that nothing else moves; else its
// nodes, which are then written anew. Neither is trusted: tenantChange.holds looks at what has come out.

// lineEdit replaces the lines [from, to) of a file.
type lineEdit struct {
	from, to int
	lines    []string
}

// editLines changes the lines of a block mapping.
func editLines(content []byte, document *yaml.Node, change tenantChange) ([]byte, bool) {
	eol := "\n"
	if bytes.Contains(content, []byte("\r\n")) {
		eol = "\r\n"
	}
	text := string(content)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += eol
	}
	lines := strings.SplitAfter(text, "\n")
	lines = lines[:len(lines)-1] // behind the last line break there is nothing
	var edits []lineEdit
	var added []string // at the end
	set := func(key, value string) bool {
		name, held := entry(document, key)
		if name == nil {
			added = append(added, key+": "+value+eol)
			return true
		}
		before, ok := beforeKey(lines, name)
		edits = append(edits, lineEdit{name.Line - 1, name.Line, []string{before + name.Value + ": " + value + comment(name, held) + eol}})
		return ok
	}
	if !set("tenant", quotedIfNeeded(change.name)) || change.clear && !set("url", `""`) {
		return nil, false
	}
	name, tenants := entry(document, "tenants")
	switch {
	case len(change.add) == 0:
	case name == nil:
		added = append(append(added, "tenants:"+eol), change.entries("  ", eol)...)
	case tenants.Kind == yaml.MappingNode && len(tenants.Content) > 0:
		if tenants.Style&yaml.FlowStyle != 0 {
			return nil, false
		}
		indent := strings.Repeat(" ", max(1, tenants.Content[0].Column-1))
		edits = append(edits, lineEdit{name.Line, name.Line, change.entries(indent, eol)})
	default: // there is none yet
		before, ok := beforeKey(lines, name)
		if !ok {
			return nil, false
		}
		replaced := append([]string{before + name.Value + ":" + comment(name, tenants) + eol}, change.entries("  ", eol)...)
		edits = append(edits, lineEdit{name.Line - 1, name.Line, replaced})
	}
	return []byte(applied(lines, edits) + strings.Join(added, "")), true
}

// applied are the lines with the edits in their places; no two edits are of the same line.
func applied(lines []string, edits []lineEdit) string {
	var text strings.Builder
	for i := 0; i <= len(lines); {
		next := i
		for _, edit := range edits {
			if edit.from == i {
				text.WriteString(strings.Join(edit.lines, ""))
				next = max(next, edit.to)
			}
		}
		if next == i {
			if i < len(lines) {
				text.WriteString(lines[i])
			}
			next++
		}
		i = next
	}
	return text.String()
}

// entries are the tenants to be added, as lines.
func (c tenantChange) entries(indent, eol string) []string {
	var lines []string
	for _, tenant := range c.add {
		lines = append(lines, indent+quotedIfNeeded(tenant.name)+":"+eol, indent+indent+"url: "+quotedIfNeeded(tenant.url)+eol)
	}
	return lines
}

// quotedIfNeeded is a text as YAML has it: in quotes where it would be read as something else.
func quotedIfNeeded(text string) string {
	encoded, err := yaml.Marshal(text)
	if err != nil || bytes.Count(encoded, []byte("\n")) != 1 {
		return `""` // there is no such text; what comes out does not hold, and is not used
	}
	return strings.TrimSuffix(string(encoded), "\n")
}

// entry finds a key of the document's mapping, in any case, with its value; both nil when it is not there.
func entry(document *yaml.Node, key string) (name, value *yaml.Node) {
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, nil
	}
	members := document.Content[0].Content
	for i := 0; i+1 < len(members); i += 2 {
		if strings.EqualFold(members[i].Value, key) {
			return members[i], members[i+1]
		}
	}
	return nil, nil
}

// beforeKey is what stands before a key in its line: blanks, or a byte order mark.
func beforeKey(lines []string, key *yaml.Node) (string, bool) {
	if key.Line > len(lines) {
		return "", false
	}
	before, _, found := strings.Cut(lines[key.Line-1], key.Value)
	return strings.TrimRight(before, `"'`), found
}

// comment is what stands behind a value in its line.
func comment(name, value *yaml.Node) string {
	for _, node := range []*yaml.Node{value, name} {
		if node.LineComment != "" {
			return " " + node.LineComment
		}
	}
	return ""
}

// editNodes changes the nodes and writes them anew; false where a comment would be lost.
func editNodes(content []byte, document *yaml.Node, change tenantChange) ([]byte, bool) {
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return nil, false
	}
	root := document.Content[0]
	setNode(root, "tenant", textNode(change.name))
	if change.clear {
		setNode(root, "url", textNode(""))
	}
	_, tenants := entry(document, "tenants")
	if tenants == nil || tenants.Kind != yaml.MappingNode {
		tenants = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		setNode(root, "tenants", tenants)
	}
	for _, tenant := range change.add {
		tenants.Content = append(tenants.Content, textNode(tenant.name),
			&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{textNode("url"), textNode(tenant.url)}})
	}
	var written bytes.Buffer
	encoder := yaml.NewEncoder(&written)
	encoder.SetIndent(2)
	if encoder.Encode(document) != nil || encoder.Close() != nil {
		return nil, false
	}
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") && !strings.Contains(written.String(), line) {
			return nil, false
		}
	}
	return written.Bytes(), true
}

func textNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

// setNode gives a key of a mapping another value; the comments of the old one stay.
func setNode(mapping *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if strings.EqualFold(mapping.Content[i].Value, key) {
			old := mapping.Content[i+1]
			value.HeadComment, value.LineComment, value.FootComment = old.HeadComment, old.LineComment, old.FootComment
			mapping.Content[i+1] = value
			return
		}
	}
	mapping.Content = append(mapping.Content, textNode(key), value)
}
