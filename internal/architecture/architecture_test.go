package architecture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module = "example.com/hankosim"
	root   = "../.."
)

// rows has a row for each package: the packages of this repository that it may import. Rank is by imports: cli, then the
// ways to show a walk, then login, then the API and the phone.
var rows = map[string][]string{
	".": {"internal/cli"},

	"authenticator":                {"authenticator/internal/vault", "internal/exactjson"},
	"authenticator/apk":            {},
	"authenticator/association":    {"authenticator", "internal/exactjson"},
	"authenticator/exchange":       {"authenticator", "internal/exactjson"},
	"authenticator/fault":          {"authenticator"},
	"authenticator/internal/vault": {},
	"authenticator/totp":           {"authenticator/internal/vault"},

	"hanko":                   {"internal/exactjson"},
	"hanko/decode":            {"authenticator", "hanko", "hanko/secret"},
	"hanko/export":            {"hanko", "hanko/decode", "hanko/secret"},
	"hanko/fact":              {"hanko", "hanko/hankoconfig", "internal/exactjson", "internal/spelling"},
	"hanko/hankoconfig":       {"hanko"},
	"hanko/login":             {"authenticator", "hanko"},
	"hanko/mailbox":           {"hanko"},
	"hanko/provider":          {},
	"hanko/secret":            {"hanko"},
	"hanko/smoke":             {"authenticator", "authenticator/association", "authenticator/fault", "authenticator/totp", "hanko", "hanko/fact", "hanko/hankoconfig", "hanko/login", "hanko/mailbox", "hanko/provider", "hanko/secret"},
	"hanko/smoke/report":      {"hanko", "hanko/decode", "hanko/fact", "hanko/hankoconfig", "hanko/smoke"},
	"hanko/tenant":            {"hanko", "hanko/mailbox", "hanko/provider", "hanko/tenant/account", "hanko/tenant/flow", "hanko/tenant/setting", "hanko/tenant/store", "hanko/tenant/thirdparty"},
	"hanko/tenant/control":    {"authenticator", "authenticator/exchange", "hanko", "hanko/mailbox", "hanko/tenant"},
	"hanko/tenant/account":    {"hanko", "hanko/mailbox", "hanko/tenant/setting", "hanko/tenant/store"},
	"hanko/tenant/flow":       {"hanko", "hanko/mailbox", "hanko/tenant/account", "hanko/tenant/setting", "hanko/tenant/store", "hanko/tenant/thirdparty"},
	"hanko/tenant/setting":    {"hanko", "internal/spelling"},
	"hanko/tenant/store":      {},
	"hanko/tenant/thirdparty": {"hanko", "hanko/provider", "hanko/tenant/account", "hanko/tenant/setting", "hanko/tenant/store"},

	"tui":                  {"authenticator", "hanko", "hanko/login", "hanko/mailbox", "hanko/secret", "tui/background", "tui/kit", "tui/screen", "tui/tab", "tui/terminal"},
	"tui/background":       {"tui/background/quiet"},
	"tui/background/quiet": {},
	"tui/cast":             {"hanko"},
	"tui/cast/svg":         {"tui/cast"},
	"tui/demo":             {"hanko", "hanko/decode", "hanko/login", "hanko/mailbox", "tui/background", "tui/kit", "tui/story", "tui/terminal"},
	"tui/keyboard":         {},
	"tui/kit":              {"authenticator", "authenticator/fault", "authenticator/totp", "hanko", "hanko/fact", "hanko/login", "hanko/mailbox", "hanko/secret", "tui/background", "tui/cast"},
	"tui/plain":            {"authenticator", "hanko", "hanko/login", "hanko/mailbox", "hanko/secret", "tui/cast", "tui/kit", "tui/screen"},
	"tui/replay":           {"hanko", "tui/background", "tui/cast", "tui/kit", "tui/terminal"},
	"tui/screen":           {"authenticator", "authenticator/totp", "hanko", "hanko/login", "hanko/mailbox", "hanko/secret", "tui/background", "tui/kit"},
	"tui/story":            {},
	"tui/tab":              {"authenticator", "hanko", "hanko/decode", "hanko/export", "hanko/login", "hanko/secret", "tui/background", "tui/kit"},
	"tui/terminal":         {"hanko/secret", "tui/background", "tui/cast", "tui/keyboard"},

	"tui/internal/golden":   {},
	"tui/internal/pagetest": {"authenticator", "authenticator/totp", "tui/background", "tui/internal/golden", "tui/internal/sample", "tui/kit"},
	"tui/internal/sample":   {"authenticator", "hanko", "hanko/login", "hanko/mailbox", "hanko/tenant", "internal/tenanttest"},

	"internal/architecture": {},
	"internal/cli": {
		"authenticator", "authenticator/apk", "authenticator/association", "authenticator/exchange", "authenticator/fault", "authenticator/totp",
		"hanko", "hanko/decode", "hanko/fact", "hanko/hankoconfig", "hanko/login", "hanko/mailbox", "hanko/provider", "hanko/secret", "hanko/smoke", "hanko/smoke/report", "hanko/tenant", "hanko/tenant/control", "internal/config", "internal/input",
		"tui", "tui/cast", "tui/cast/svg", "tui/demo", "tui/keyboard", "tui/kit", "tui/plain", "tui/replay", "tui/story",
	},
	"internal/config":     {"authenticator", "authenticator/apk", "hanko", "hanko/fact", "hanko/tenant", "internal/input", "internal/spelling"},
	"internal/exactjson":  {},
	"internal/faultproxy": {"hanko"},
	"internal/input":      {},
	"internal/spelling":   {},
	"internal/tenanttest": {"hanko", "hanko/tenant", "hanko/tenant/account"},
}

// listed is the output of `go list` for a package.
type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// lookAnew reads all files. Without that, `go test` would use its cached result, because it notices only files that this
// process reads, not those that `go list` reads.
func lookAnew() error {
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") {
			_, err = os.ReadFile(path)
		}
		return err
	})
}

func list(t *testing.T, patterns ...string) []listed {
	t.Helper()
	if err := lookAnew(); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, patterns...)...)
	command.Dir = root
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var one listed
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, one)
	}
}

// below returns a package's path relative to the module's; "." is the root.
func below(importPath string) (path string, ours bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// Each package has a row, and imports only what the row allows.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, one := range list(t, "./...") {
		name, _ := below(one.ImportPath)
		seen[name] = true
		allowed, known := rows[name]
		if !known {
			t.Errorf("the package %s has no row here: say what it may import", name)
			continue
		}
		for _, imported := range one.Imports {
			if other, ours := below(imported); ours && !slices.Contains(allowed, other) {
				t.Errorf("%s imports %s, which is not in its row", name, other)
			}
		}
	}
	for name := range rows {
		if !seen[name] {
			t.Errorf("there is a row for %s, but no such package", name)
		}
	}
}

// The Hanko packages, the phone and the configuration draw nothing.
func TestNothingBelowTheScreensDraws(t *testing.T) {
	for _, one := range list(t, "./authenticator/...", "./hanko/...", "./internal/config", "./internal/input") {
		for _, needed := range one.Deps {
			if strings.HasPrefix(needed, "github.com/charmbracelet/") {
				t.Errorf("%s needs %s", one.ImportPath, needed)
			}
		}
	}
}

// The package that keeps Bubble Tea from asking the terminal is initialised before it. Of the packages that are ready, Go
// initialises the one whose path comes first. Bubble Tea imports a package that is ready no earlier, because it imports the
// same packages, and whose path comes later.
func TestQuietComesFirst(t *testing.T) {
	const quiet, bubbleTea = module + "/tui/background/quiet", "github.com/charmbracelet/bubbletea"
	needs := list(t, quiet)[0].Deps
	for _, one := range list(t, "-deps", bubbleTea) {
		later := one.ImportPath != bubbleTea && one.ImportPath > quiet
		for _, needed := range needs {
			later = later && slices.Contains(one.Deps, needed)
		}
		if later {
			return
		}
	}
	t.Errorf("%s may be initialised after %s: the module's path is too far down in the alphabet", quiet, bubbleTea)
}

// The root has only what people look for there, and what tools must find there.
func TestRoot(t *testing.T) {
	wanted := []string{
		"main.go", "config.example.yaml", "go.mod", "go.sum", "Makefile", "README.md", "authenticator", "hanko", "tui", "internal", "docs",
		"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "action.yml", "Containerfile",
	}
	command := exec.CommandContext(t.Context(), "git", "ls-files")
	command.Dir = root
	output, err := command.Output()
	if err != nil {
		t.Skip("this is not a checkout: there is nobody to ask which files belong to the repository")
	}
	for file := range strings.Lines(string(output)) {
		first, _, _ := strings.Cut(strings.TrimSpace(file), "/")
		if !strings.HasPrefix(first, ".") && !slices.Contains(wanted, first) {
			t.Errorf("%s does not belong at the root", first)
		}
	}
	content, err := os.ReadFile(filepath.Join(root, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(content, []byte("\n")); lines > 60 {
		t.Errorf("main.go has %d lines", lines)
	}
}
