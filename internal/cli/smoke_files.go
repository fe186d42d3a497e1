package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/internal/input"
)

// maxSmokeFile is how long a file can be that smoke reads, in bytes.
const maxSmokeFile = 1 << 20

// readExpectations reads the file of --expect; "" is none.
func readExpectations(ctx context.Context, path string) ([]fact.Expectation, error) {
	if path == "" {
		return nil, nil
	}
	content, err := input.Read(ctx, path, maxSmokeFile)
	if err != nil {
		return nil, &usageError{fmt.Errorf("--expect: %w", err)}
	}
	expected, err := fact.ParseExpectations(content)
	if err != nil {
		return nil, &usageError{fmt.Errorf("--expect %s: %w", path, err)}
	}
	return expected, nil
}

// sameFile reports whether two paths lead to the same file that exists.
func sameFile(one, other string) bool {
	first, err := os.Stat(one)
	if err != nil {
		return false
	}
	second, err := os.Stat(other)
	return err == nil && os.SameFile(first, second)
}

// writeExpectations writes the facts of a run for --expect; "" writes none. Facts of a run that was interrupted, or that has
// found none, replace nothing, and no run replaces a file that expects facts which the run has not observed.
func writeExpectations(judged smoke.Report, path string, stderr io.Writer) error {
	if path == "" {
		return nil
	}
	if judged.Interrupted || !slices.ContainsFunc(judged.Facts, fact.Fact.Known) {
		fmt.Fprintf(stderr, "%s was not written: the run has not observed the tenant.\n", path)
		return nil
	}
	if lost := unobserved(path, judged.Facts); lost != nil {
		fmt.Fprintf(stderr, "%s was not written: it expects %s, which this run has not observed. Run the checks that are left out, or name another file.\n",
			path, strings.Join(lost, ", "))
		return nil
	}
	content, err := fact.WriteExpectations(judged.Facts, fmt.Sprintf(
		"What %s asked of an app on %s. hankosim smoke --expect reads it.", judged.Title(), judged.Started.UTC().Format(time.DateOnly)))
	if err == nil {
		err = os.WriteFile(path, content, 0o644)
	}
	if err != nil {
		return fmt.Errorf("the expectations cannot be written: %w", err)
	}
	return nil
}

// unobserved returns the names of the facts that a file expects and that were not observed. A file that is not there, or that
// has no expectations, expects nothing.
func unobserved(path string, facts []fact.Fact) []string {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	expected, err := fact.ParseExpectations(content)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range expected {
		if !slices.ContainsFunc(facts, func(f fact.Fact) bool { return f.Name == e.Name && f.Known() }) {
			names = append(names, string(e.Name))
		}
	}
	return names
}

// readHankoConfig reads the file of --hanko-config; "" is none.
func readHankoConfig(ctx context.Context, path string) (*hankoconfig.File, error) {
	if path == "" {
		return nil, nil
	}
	content, err := input.Read(ctx, path, maxSmokeFile)
	if err != nil {
		return nil, &usageError{fmt.Errorf("--hanko-config: %w", err)}
	}
	file, err := hankoconfig.Parse(path, content)
	if err != nil {
		return nil, &usageError{fmt.Errorf("--hanko-config %s: %w", path, err)}
	}
	return file, nil
}
