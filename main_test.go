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
	testscript.Main(ownSettings{m}, map[string]func(){"hankosim": main})
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
