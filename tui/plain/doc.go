// Package plain walks a login in plain lines, one question at a time, as a screen reader or a dumb terminal wants it.
package plain
