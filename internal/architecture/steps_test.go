package architecture

import (
	"go/ast"
	"go/types"
	"testing"

	"golang.org/x/tools/go/packages"
)

// unlistedIn are the folders with switches over a Step that do not list all steps yet.
var unlistedIn = pending{}

// Outside login, code that depends on a Step has a switch that lists all steps, so that the linter (gochecksumtype) reports
// each place that needs a new step. A type assertion or a default would hide one.
func TestStepsAreListed(t *testing.T) {
	left := map[string]bool{}
	for name, source := range loadSources(t) {
		if name == "hanko/login" {
			continue
		}
		for _, file := range source.Syntax {
			ast.Inspect(file, func(node ast.Node) bool {
				hidden, folder := hidesStep(source, node), unlistedIn.folder(name)
				switch {
				case hidden == "":
				case folder != "":
					left[folder] = true
				default:
					t.Errorf("%s: %s", source.Fset.Position(node.Pos()), hidden)
				}
				return true
			})
		}
	}
	unlistedIn.check(t, left)
}

// hidesStep returns how a node depends on a Step without listing all steps, or "" if it does not.
func hidesStep(source *packages.Package, node ast.Node) string {
	switch node := node.(type) {
	case *ast.TypeAssertExpr:
		if node.Type != nil && isStep(source, node.X) { // a type switch has no type
			return "a type assertion on a Step"
		}
	case *ast.TypeSwitchStmt:
		asserted := assertionOf(node)
		if asserted == nil || !isStep(source, asserted.X) {
			return ""
		}
		for _, clause := range node.Body.List {
			if clause.(*ast.CaseClause).List == nil {
				return "a default in a switch over a Step"
			}
		}
	}
	return ""
}

// assertionOf returns the x.(type) of a type switch.
func assertionOf(of *ast.TypeSwitchStmt) *ast.TypeAssertExpr {
	var looked ast.Expr
	switch assign := of.Assign.(type) {
	case *ast.ExprStmt:
		looked = assign.X
	case *ast.AssignStmt:
		looked = assign.Rhs[0]
	}
	asserted, _ := looked.(*ast.TypeAssertExpr)
	return asserted
}

// isStep reports whether an expression is a login.Step, or one that was converted to another interface.
func isStep(source *packages.Package, of ast.Expr) bool {
	of = ast.Unparen(of)
	if call, ok := of.(*ast.CallExpr); ok && len(call.Args) == 1 && source.TypesInfo.Types[call.Fun].IsType() {
		return isStep(source, call.Args[0])
	}
	named, ok := source.TypesInfo.TypeOf(of).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == module+"/hanko/login" && named.Obj().Name() == "Step"
}
