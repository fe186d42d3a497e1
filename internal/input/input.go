// Package input reads what the command line names: files, pipes such as <(…), and standard input.
package input

import (
	"context"
	"fmt"
	"io"
	"os"
)

// TooLargeError is the error for an input over the limit.
type TooLargeError struct{ Limit int64 } // bytes

// Error returns a clause with the limit.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("it is larger than %d KiB", e.Limit/1024)
}

// Read returns the content of the file or pipe at path, or of standard input for "-". It waits for a silent pipe until ctx
// ends. It fails with a *TooLargeError after limit bytes, with the context's error, or with an error of the operating
// system.
func Read(ctx context.Context, path string, limit int64) ([]byte, error) {
	type result struct {
		content []byte
		err     error
	}
	done := make(chan result, 1)
	go func() { // opening and reading a pipe cannot be cancelled: this keeps waiting after ctx ends
		content, err := read(path, limit)
		done <- result{content, err}
	}()
	select {
	case r := <-done:
		return r.content, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func read(path string, limit int64) ([]byte, error) {
	file := os.Stdin
	if path != "-" {
		var err error
		if file, err = os.Open(path); err != nil {
			return nil, err
		}
		defer file.Close()
	}
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > limit {
		return nil, &TooLargeError{limit}
	}
	return content, nil
}
