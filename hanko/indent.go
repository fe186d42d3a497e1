package hanko

import (
	"bytes"
	"encoding/json"
)

// maxIndented is how long JSON may become by being indented, in bytes. A megabyte of brackets becomes gigabytes.
const maxIndented = 4 * MaxResponse

// IndentJSON indents a body for a person to read, with its members in their order. It reports false, and returns the body as
// it is, if that is no JSON, or so deeply nested that blanks would be most of it.
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

// indentedSize is how long a body is at most once it is indented.
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
