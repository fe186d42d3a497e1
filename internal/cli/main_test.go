package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary be the program too: started under the name hankosim, which is on the PATH of the
// tests, it runs Main. So the tests start the real program, race detector included, without building it again.
func TestMain(m *testing.M) {
	testscript.Main(ownSettings{m}, map[string]func(){
		"hankosim":        func() { os.Exit(Main("", exampleConfig())) },
		"hankosim-faulty": func() { os.Exit(faultyMain()) },
		"xdg-open":        func() { os.Exit(browserMain()) },
	})
}

// exampleConfig is the root's config.example.yaml, wherever the program is started.
func exampleConfig() string {
	_, here, _, _ := runtime.Caller(0)
	content, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "..", "config.example.yaml"))
	if err != nil {
		panic(err)
	}
	return string(content)
}

// emptyHome makes the current folder and the XDG folders new, empty ones, and returns the current one.
func emptyHome(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	t.Chdir(folder)
	t.Setenv("HOME", folder)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(folder, "config"))
	t.Setenv("XDG_DATA_HOME", filepath.Join(folder, "data"))
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	return folder
}

// noRaceSleep is an environment variable that spares a program with the race detector its second of rest at its end.
const noRaceSleep = "GORACE=atexit_sleep_ms=0"

// ownSettings runs the tests without the settings of whoever runs them, who may use the program, too. The program that
// the tests start keeps those that they give it.
type ownSettings struct{ m *testing.M }

func (s ownSettings) Run() int {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "HANKOSIM_") || strings.HasPrefix(name, "HANKO_") {
			os.Unsetenv(name)
		}
	}
	return s.m.Run()
}

// outOfTime returns a channel that tells when a test has to give up: shortly before its own deadline, so that it can
// still say what it was waiting for. What is waited for takes less than a second on a calm machine, and as long as it
// takes on a busy one.
func outOfTime(t testing.TB) <-chan time.Time {
	limited, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return time.After(10 * time.Minute) // a benchmark
	}
	deadline, ok := limited.Deadline()
	if !ok {
		return nil // -timeout 0
	}
	return time.After(time.Until(deadline) - 10*time.Second)
}
