package hanko_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
)

// word is a constant of vocabulary.go.
type word struct{ name, kind, value, comment string }

// kinds are the vocabulary's types, with their names in vocabulary.tsv and the prefixes of their constants.
var kinds = map[string]struct{ kind, prefix string }{
	"State": {"state", "State"}, "ActionName": {"action", "Action"}, "InputName": {"input", "Input"}, "ErrorCode": {"error", "Code"},
}

func vocabulary(t *testing.T) []word {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "vocabulary.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var words []word
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		kind, literal := spec.Type.(*ast.Ident), spec.Values[0].(*ast.BasicLit)
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		words = append(words, word{spec.Names[0].Name, kind.Name, value, spec.Comment.Text()})
		return true
	})
	if len(words) < 100 {
		t.Fatalf("the vocabulary has %d words", len(words))
	}
	return words
}

// TestVocabularyIsHankos compares the vocabulary with Hanko's source: the words, and the releases that added them.
func TestVocabularyIsHankos(t *testing.T) {
	content, err := os.ReadFile("testdata/vocabulary.tsv") // by vocabulary.sh
	if err != nil {
		t.Fatal(err)
	}
	brought := map[[2]string]string{}
	for line := range strings.Lines(string(content)) {
		fields := strings.Fields(line)
		brought[[2]string{fields[0], fields[1]}] = fields[2]
	}
	for _, word := range vocabulary(t) {
		of := kinds[word.kind]
		spelt, prefixed := strings.CutPrefix(word.name, of.prefix)
		if !prefixed || !strings.EqualFold(spelt, strings.ReplaceAll(word.value, "_", "")) {
			t.Errorf("the name %s does not match %q", word.name, word.value)
		}
		key := [2]string{of.kind, word.value}
		version, known := brought[key]
		delete(brought, key)
		since := "since " + version
		if version == "main" {
			since = "after v3.0.4"
		}
		said := regexp.MustCompile(`since v[0-9.]+[0-9]|after v[0-9.]+[0-9]`).FindString(word.comment)
		switch {
		case !known:
			t.Errorf("Hanko has no %s %q", of.kind, word.value)
		case version == "v1.0.0" && said != "":
			t.Errorf("%s has the comment %q, but has existed since v1.0.0", word.name, said)
		case version != "v1.0.0" && said != since:
			t.Errorf("%s has the comment %q, want %q", word.name, said, since)
		}
	}
	for missing := range brought {
		t.Errorf("the %s %q has no constant", missing[0], missing[1])
	}
}

// TestVocabularyOfRecordings looks up every word of the recorded tenants.
func TestVocabularyOfRecordings(t *testing.T) {
	known := map[string]bool{}
	for _, word := range vocabulary(t) {
		known[word.kind+" "+word.value] = true
	}
	seen := map[string]bool{}
	see := func(kind, value string) {
		seen[kind+" "+value] = true
		if !known[kind+" "+value] {
			t.Errorf("a tenant says %s %q, which has no constant", kind, value)
		}
	}
	files, err := filepath.Glob("testdata/flow-*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, exchange := range recordedFlows(t, file) {
			var flow hanko.Flow
			if json.Unmarshal(exchange.ResponseBody, &flow) != nil || flow.Actions == nil {
				continue
			}
			see("State", string(flow.Name))
			for name, action := range flow.Actions {
				see("ActionName", string(name))
				for field := range action.Inputs {
					see("InputName", string(field))
				}
			}
			for _, failure := range flow.Errors() {
				see("ErrorCode", string(failure.Code))
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("the recordings have %d words", len(seen))
	}
}
