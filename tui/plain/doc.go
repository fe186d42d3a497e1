// Package plain shows a walk as lines of text, one question at a time, for screen readers and dumb terminals.
package plain
