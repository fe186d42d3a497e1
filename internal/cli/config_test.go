package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/internal/config"
	"example.com/hankosim/tui/kit"
)

// loadConfig loads the configuration as the app does.
func loadConfig(t *testing.T, args ...string) config.Config {
	t.Helper()
	root := rootCommand(exampleConfig())
	if err := root.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(t.Context(), "", root.Flags())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// The themes that can be configured are those that can be drawn.
func TestThemes(t *testing.T) {
	var drawn []string
	for _, theme := range kit.Themes() {
		drawn = append(drawn, string(theme))
	}
	if diff := cmp.Diff(drawn, config.Themes); diff != "" {
		t.Errorf("the themes of the configuration (-tui +config):\n%s", diff)
	}
}
