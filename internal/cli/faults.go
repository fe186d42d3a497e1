package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.com/hankosim/authenticator/fault"
)

func faultsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "faults",
		Short: "List the ways to misbehave on purpose, and what a relying party should do about each",
		Long: `faults lists the ways in which a phone can misbehave on purpose. Each breaks exactly one thing. The verdict is what a
careful relying party does with the response: reject it, accept it, suspect a cloned credential, or decide by its own
policy (either). Section numbers are those of WebAuthn Level 3.`,
		Example: "  hankosim --fault get/wrong-origin",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return listFaults(cmd.OutOrStdout()) },
	}
}

func listFaults(stdout io.Writer) error {
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FAULT\tVERDICT\tTHE PHONE\tWHY")
	for _, f := range fault.Catalogue() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f.ID(), f.Verdict, f.Does, whyVerdict(f))
	}
	return table.Flush()
}

// whyVerdict is why a fault deserves its verdict, and on what that depends.
func whyVerdict(f fault.Fault) string {
	why := f.Why
	if f.Asked != "" {
		why += fmt.Sprintf("; if the tenant asks for userVerification %q", f.Asked)
	}
	if f.FromCreation {
		why += "; needs a passkey created with the same fault"
	}
	return why
}

// namedFault is the fault that --fault names; nil for none.
func namedFault(id string) (*fault.Fault, error) {
	if id == "" {
		return nil, nil
	}
	named, err := fault.Named(id)
	if err != nil {
		return nil, &usageError{fmt.Errorf("%w (`hankosim faults` lists them)", err)}
	}
	return &named, nil
}
