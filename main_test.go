package main

import (
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary be the program too: started under the name hankosim, which is on the PATH of the
// tests, it runs main. So the tests start the real program, race detector included, without building it again.
func TestMain(m *testing.M) {
	// Whoever runs the tests may use the program, too: their settings are not the tests'.
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "HANKOSIM_") || strings.HasPrefix(name, "HANKO_") {
			os.Unsetenv(name)
		}
	}
	testscript.Main(m, map[string]func(){"hankosim": main})
}
