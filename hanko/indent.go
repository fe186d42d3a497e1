package hanko

import (
	"bytes"
	"encoding/json"
)

// maxIndented is the size limit of indented JSON, in bytes. Indenting a megabyte of brackets would give gigabytes.
const maxIndented = 4 * MaxResponse

// IndentJSON returns an indented body for a person to read, with its members in their order. ok is false, and the body
// unchanged, if it is not JSON, or so deeply nested that the result would be too large.
func IndentJSON(body []byte) (indented []byte, ok bool) {
	if indentedSize(body) > maxIndented {
		return body, false
	}
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		return body, false
	}
	return b.Bytes(), true
}

// indentedSize returns an upper limit of a body's size when indented.
func indentedSize(body []byte) int {
	size, depth, quoted := len(body), 0, false
	for i := 0; i < len(body); i++ {
		switch {
		case quoted && body[i] == '\\':
			i++
		case body[i] == '"':
			quoted = !quoted
		case quoted:
		case body[i] == '{', body[i] == '[':
			depth++
			size += 1 + 2*depth
		case body[i] == '}', body[i] == ']':
			depth = max(depth-1, 0)
			size += 1 + 2*depth
		case body[i] == ',':
			size += 1 + 2*depth
		case body[i] == ':':
			size++
		}
	}
	return size
}
