package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

// Lines are what is typed for plain walks, one after the other: what is read ahead is not lost between two.
type Lines struct{ next <-chan string }

// ReadLines reads the input line by line until it or ctx ends.
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

// question asks for one line. It fails with errLeft when there is none, or when it is q.
func (p *conversation) question(ctx context.Context, format string, args ...any) (string, error) {
	return p.questionKept(ctx, func(string) bool { return false }, format, args...)
}

// questionKept is question for what may be a secret, so that a recording shows dots for it.
func (p *conversation) questionKept(ctx context.Context, secret func(line string) bool, format string, args ...any) (string, error) {
	fmt.Fprintf(p.out, format+" ", args...)
	select {
	case line, ok := <-p.lines.next:
		if ok {
			p.kept.typed(line, secret(line))
		}
		if !ok || line == "q" {
			return "", errLeft
		}
		return line, nil
	case <-ctx.Done():
		return "", errLeft
	}
}
