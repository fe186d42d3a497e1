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
		Short: "List the ways to misbehave on purpose, with the verdict that each deserves",
		Long: `faults lists what a phone can get wrong on purpose, in exactly one way each, and what a careful relying party does
with the response: reject it, accept it, suspect a cloned credential, or either as its policy says. The sections are
those of WebAuthn Level 3.`,
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
		why += fmt.Sprintf("; where userVerification %q is asked", f.Asked)
	}
	if f.FromCreation {
		why += "; with a passkey that was made with the same fault"
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
