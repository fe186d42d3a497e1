package architecture

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const mapPage = "docs/architecture.md"

var (
	mapRow   = regexp.MustCompile("(?m)^\\| `([a-z./]+)` \\|")
	testName = regexp.MustCompile("`(Test[A-Za-z]+)`")
	testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

func readMap(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, mapPage))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// Each package has a row in the map, below every package that imports it. Packages for tests may have theirs anywhere.
func TestMap(t *testing.T) {
	program, tests, found := strings.Cut(readMap(t), "### For tests")
	if !found {
		t.Fatalf("%s has no section for tests", mapPage)
	}
	at, onlyTests := map[string]int{}, map[string]bool{}
	for i, row := range mapRow.FindAllStringSubmatch(program, -1) {
		if _, twice := at[row[1]]; twice {
			t.Errorf("%s has two rows for %s", mapPage, row[1])
		}
		at[row[1]] = i
	}
	for _, row := range mapRow.FindAllStringSubmatch(tests, -1) {
		onlyTests[row[1]] = true
	}
	for _, one := range list(t, "./...") {
		name, _ := below(one.ImportPath)
		here, listed := at[name]
		if !listed {
			if !onlyTests[name] {
				t.Errorf("%s has no row for the package %s", mapPage, name)
			}
			continue
		}
		for _, imported := range one.Imports {
			if other, ours := below(imported); !ours {
				continue
			} else if onlyTests[other] {
				t.Errorf("%s imports %s, which %s lists as only for tests", name, other, mapPage)
			} else if there, listed := at[other]; listed && there < here {
				t.Errorf("%s imports %s, which is further up in %s", name, other, mapPage)
			}
		}
	}
}

// Each test that the map names exists.
func TestMapNamesTests(t *testing.T) {
	declared := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		for _, test := range testFunc.FindAllSubmatch(content, -1) {
			declared[string(test[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := testName.FindAllStringSubmatch(readMap(t), -1)
	if len(named) < 10 {
		t.Errorf("%s names only %d tests", mapPage, len(named))
	}
	for _, name := range named {
		if !declared[name[1]] {
			t.Errorf("%s names %s, but there is no such test", mapPage, name[1])
		}
	}
}
