package smoke_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// TestPresets holds the verdict of every check, and what was observed, to the golden report of each preset.
func TestPresets(t *testing.T) {
	for _, preset := range tenant.Presets() {
		t.Run(string(preset), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, known(presetOf(t, preset)))
			b.options.Only = allSuites
			judged := judge(t.Context(), t, b.options)
			var golden strings.Builder
			for _, r := range judged.Results {
				fmt.Fprintf(&golden, "%-12s %-27s %s\n", r.Verdict, r.ID, r.Note)
			}
			fmt.Fprintf(&golden, "\n%s\nexit code %d\n", text(t, judged), judged.ExitCode())
			compareGolden(t, string(preset), golden.String())
			if n := len(smoke.Catalogue()); len(judged.Results) != n {
				t.Errorf("%d checks were run, of %d", len(judged.Results), n)
			}
			if judged.ExitCode() != smoke.ExitPassed {
				t.Errorf("exit code %d: a preset is a tenant that works", judged.ExitCode())
			}
		})
	}
}
