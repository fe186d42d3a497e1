package cli

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

var (
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.+)$`)
	noAnchor = regexp.MustCompile(`[^\p{L}\p{N}\s_-]`)
)

// TestDocsLinks shows that every link of a page to another one leads there, and to a heading if it names one.
func TestDocsLinks(t *testing.T) {
	found := pages(t)
	links := 0
	for name, page := range found {
		for _, match := range link.FindAllStringSubmatch(page, -1) {
			target, anchor, _ := strings.Cut(match[1], "#")
			if strings.Contains(target, ":") {
				continue // another site
			}
			links++
			to := name
			if target != "" {
				to = path.Join(path.Dir(name), target)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s has a link to %s: %v", name, match[1], err)
			} else if anchor != "" && !anchors(found[to])[anchor] {
				t.Errorf("%s has a link to %s, and there is no such heading", name, match[1])
			}
		}
	}
	if links < 40 {
		t.Errorf("%d links were found", links)
	}
}

// anchors are the names that GitHub gives to a page's headings.
func anchors(page string) map[string]bool {
	found := map[string]bool{}
	for _, match := range heading.FindAllStringSubmatch(page, -1) {
		found[strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-")] = true
	}
	return found
}

// A newcomer reads the README to its end, and finds the two commands that every repository needs.
func TestREADME(t *testing.T) {
	page := pages(t)["../../README.md"]
	if lines := strings.Count(page, "\n"); lines > 120 {
		t.Errorf("it has %d lines: move what is not for a newcomer to a page in docs/", lines)
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"run", "test"} {
		rule := regexp.MustCompile(`(?m)^` + target + `:.*\n\t(.+)$`).FindSubmatch(makefile)
		if rule == nil || !strings.Contains(page, string(rule[1])) {
			t.Errorf("it does not have the command of `make %s`: %s", target, rule)
		}
	}
}
