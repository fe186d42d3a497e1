package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What cannot be the value of a flag is refused in words of the program, whatever the flag's type.
func TestFlagErrors(t *testing.T) {
	refused := map[string]bool{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		cmd.InheritedFlags() // cobra takes over the flags of the parents when somebody asks
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			err := cmd.ParseFlags([]string{"--" + flag.Name + `=x"y`})
			if err == nil {
				return // a text
			}
			kind := flag.Value.Type()
			refused[kind] = true
			want := "--" + flag.Name + ` is "x\"y"; it must be ` + flagKinds[kind]
			if told := flagError(cmd, err).Error(); flagKinds[kind] == "" || !strings.HasPrefix(told, want) {
				t.Errorf("%s (%s): %q", cmd.CommandPath(), kind, told)
			}
		})
		for _, below := range cmd.Commands() {
			walk(below)
		}
	}
	walk(rootCommand(""))
	for kind := range flagKinds {
		if !refused[kind] {
			t.Errorf("no flag is a %s", kind)
		}
	}
}
