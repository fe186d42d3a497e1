package login

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestStepsNameTheirActions checks that the documentation of each step names exactly the actions that the tables have for it,
// and that every action has a row in one of the tables.
func TestStepsNameTheirActions(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "step.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{} // what is said of each type
	actions := map[string]bool{}
	fields := map[string][]string{}
	for _, declared := range file.Decls {
		switch declared := declared.(type) {
		case *ast.FuncDecl:
			if declared.Name.Name == "describe" {
				actions[declared.Recv.List[0].Type.(*ast.Ident).Name] = true
			}
		case *ast.GenDecl:
			for _, spec := range declared.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok {
					documented[spec.Name.Name] = declared.Doc.Text()
					if structure, ok := spec.Type.(*ast.StructType); ok {
						for _, field := range structure.Fields.List {
							for _, name := range field.Names {
								fields[spec.Name.Name] = append(fields[spec.Name.Name], name.Name)
							}
						}
					}
				}
			}
		}
	}
	offered := map[string]map[string]bool{} // by step
	for _, table := range []table{restTable, flowTable} {
		for place := range table {
			step := place.step.Name()
			if offered[step] == nil {
				offered[step] = map[string]bool{}
			}
			offered[step][place.action.Name()] = true
		}
	}
	offered["Failed"] = map[string]bool{"Retry": true, "Back": true} // Take does these, whatever the API is
	taken := map[string]bool{"Recognise": true}                      // Take does it by itself
	for _, step := range []string{"EnterEmail", "ConfirmAccount", "EnterPasscode", "OfferPasskey", "FillForm", "SignedIn", "Profile", "Failed"} {
		_, said, found := strings.Cut(documented[step], "Actions: ")
		if !found {
			t.Errorf("%s does not name its actions", step)
		}
		named := map[string]bool{}
		for _, word := range regexp.MustCompile(`[A-Za-z]+`).FindAllString(said, -1) {
			switch {
			case actions[word]:
				named[word] = true
			case word == "Offers":
				for _, name := range fields["ProfileOffers"] {
					named[strings.Replace(name, "Forms", "OpenForms", 1)] = true
				}
			}
		}
		if got, want := slices.Sorted(maps.Keys(offered[step])), slices.Sorted(maps.Keys(named)); !slices.Equal(got, want) {
			t.Errorf("the tables have for %s\n%v, its documentation names\n%v", step, got, want)
		}
		maps.Copy(taken, offered[step])
		delete(offered, step)
	}
	if len(offered) > 0 {
		t.Errorf("the tables have rows for %v, which this test does not know", slices.Sorted(maps.Keys(offered)))
	}
	for action := range actions {
		if !taken[action] {
			t.Errorf("no step takes %s", action)
		}
	}
}
