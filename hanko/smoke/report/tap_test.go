package report_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A parser of the Test Anything Protocol, version 13, written from its specification
// (testanything.org/tap-version-13-specification.html).

// tapTest is a test line with its YAML block.
type tapTest struct {
	ok          bool
	number      int
	description string
	directive   string // "SKIP", "TODO" or ""
	reason      string
	yaml        []string // its lines, without the indentation
}

type tapStream struct {
	tests []tapTest
	bail  string
}

var tapLine = regexp.MustCompile(`^(ok|not ok)(?: +([0-9]+))?(?: +([^#]*))?(?:# *(\S+)(?: +(.*))?)?$`)

func parseTAP(text string) (tapStream, error) {
	var stream tapStream
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != "TAP version 13" {
		return stream, fmt.Errorf("the first line is %q", lines[0])
	}
	plan, inYAML := -1, false
	for _, line := range lines[1:] {
		switch {
		case inYAML && line == "  ...":
			inYAML = false
		case inYAML:
			block, indented := strings.CutPrefix(line, "  ")
			if !indented {
				return stream, fmt.Errorf("in a YAML block the line is not indented: %q", line)
			}
			last := &stream.tests[len(stream.tests)-1]
			last.yaml = append(last.yaml, block)
		case line == "  ---":
			if len(stream.tests) == 0 {
				return stream, fmt.Errorf("a YAML block without a test")
			}
			inYAML = true
		case strings.HasPrefix(line, "1.."):
			n, err := strconv.Atoi(line[len("1.."):])
			if err != nil || plan >= 0 {
				return stream, fmt.Errorf("%q is no plan, or the second one", line)
			}
			plan = n
		case strings.HasPrefix(line, "Bail out!"):
			stream.bail = strings.TrimSpace(strings.TrimPrefix(line, "Bail out!"))
		case strings.HasPrefix(line, "#"):
		default:
			m := tapLine.FindStringSubmatch(line)
			if m == nil {
				return stream, fmt.Errorf("%q is no line of TAP", line)
			}
			test := tapTest{
				ok: m[1] == "ok", description: strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(m[3]), "- ")),
				directive: strings.ToUpper(m[4]), reason: m[5],
			}
			test.number, _ = strconv.Atoi(m[2])
			if test.number != len(stream.tests)+1 {
				return stream, fmt.Errorf("test %d comes where %d should", test.number, len(stream.tests)+1)
			}
			stream.tests = append(stream.tests, test)
		}
	}
	switch {
	case inYAML:
		return stream, fmt.Errorf("a YAML block does not end")
	case plan != len(stream.tests):
		return stream, fmt.Errorf("%d tests are planned, and %d there", plan, len(stream.tests))
	}
	return stream, nil
}
