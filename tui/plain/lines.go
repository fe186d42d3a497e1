package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

// Lines are the lines that a person types. Plain walks that follow each other share them, so that lines that were read
// ahead are not lost.
type Lines struct{ next <-chan string }

// ReadLines reads lines until the input or ctx ends.
func ReadLines(ctx context.Context, in io.Reader) *Lines {
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(in)
		for scanner.Scan() {
			select {
			case lines <- strings.TrimSpace(scanner.Text()):
			case <-ctx.Done():
				return
			}
		}
	}()
	return &Lines{lines}
}

func (p *conversation) say(format string, args ...any) {
	fmt.Fprintf(p.out, format+"\n", args...)
}

// question asks for one line. It fails with errLeft if the input has ended, or if the line is q.
func (p *conversation) question(ctx context.Context, format string, args ...any) (string, error) {
	return p.questionMasked(ctx, func(string) bool { return false }, format, args...)
}

// questionMasked asks for one line that may be a secret. If it is one, a recording shows dots.
func (p *conversation) questionMasked(ctx context.Context, secret func(line string) bool, format string, args ...any) (string, error) {
	fmt.Fprintf(p.out, format+" ", args...)
	select {
	case line, ok := <-p.lines.next:
		if ok {
			p.transcript.typed(line, secret(line))
		}
		if !ok || line == "q" {
			return "", errLeft
		}
		return line, nil
	case <-ctx.Done():
		return "", errLeft
	}
}
