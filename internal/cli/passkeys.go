package cli

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

func passkeysCommand(load loadFunc) *cobra.Command {
	passkeys := &cobra.Command{
		Use:   "passkeys",
		Short: "Manage the passkeys of the simulated phones",
		Long: `passkeys manages the keystore, which has the passkeys of all simulated phones. Name a passkey by its credential ID, or
by the start of the ID if only one passkey has it.

A keystore is encrypted with ` + "`hankosim passkeys encrypt`" + `; from then on, hankosim asks for the passphrase on the terminal, or
takes it from ` + passphraseVariable + `.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	with := func(do func(cmd *cobra.Command, store *authenticator.Keystore, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			store, err := openKeystore(cmd.Context(), cfg, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return do(cmd, store, args)
		}
	}
	var listJSON, showJSON bool
	list := &cobra.Command{
		Use:   "list",
		Short: "List the passkeys: their IDs, relying parties and accounts",
		Args:  noArguments,
		RunE: with(func(cmd *cobra.Command, store *authenticator.Keystore, _ []string) error {
			return listPasskeys(cmd, store, listJSON)
		}),
	}
	list.Flags().BoolVar(&listJSON, "json", false, "write a JSON array, with everything that show has")
	show := &cobra.Command{
		Use:   "show CREDENTIAL_ID",
		Short: "Show everything about a passkey except its secrets",
		Args:  arguments(1, 1, "name one passkey. `hankosim passkeys list` shows their IDs"),
		RunE: with(func(cmd *cobra.Command, store *authenticator.Keystore, args []string) error {
			return showPasskey(cmd, store, args, showJSON)
		}),
	}
	show.Flags().BoolVar(&showJSON, "json", false, "write it as JSON")
	passkeys.AddCommand(list, show, &cobra.Command{
		Use:     "rename CREDENTIAL_ID NAME",
		Short:   "Change a passkey's name on the phone; the tenant keeps its own name",
		Args:    arguments(2, 2, "give the passkey's ID and its new name, in quotes if the name has spaces"),
		Example: "  hankosim passkeys rename q0KGzc8 \"Ada at work\"",
		RunE:    with(renamePasskey),
	}, &cobra.Command{
		Use:     "delete CREDENTIAL_ID...",
		Short:   "Delete passkeys from the phone",
		Args:    arguments(1, -1, "name the passkeys to delete. `hankosim passkeys list` shows their IDs"),
		Example: "  hankosim passkeys delete q0KGzc8\n  hankosim passkeys delete -- -yWk    (an ID that starts with a dash)",
		RunE:    with(deletePasskeys),
	}, exportCommand(load), importCommand(load), encryptCommand(load), decryptCommand(load))
	return passkeys
}

// arguments wants at least so many arguments, and at most so many, or any number for -1.
func arguments(least, most int, otherwise string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return &usageError{errors.New(otherwise)}
		}
		return nil
	}
}

func credentialID(passkey authenticator.Passkey) string {
	return base64.RawURLEncoding.EncodeToString(passkey.CredentialID)
}

// namedPasskeys finds the passkeys that are named by their ids or clear beginnings, each once.
func namedPasskeys(store *authenticator.Keystore, names []string) ([]authenticator.Passkey, error) {
	passkeys, err := store.Passkeys()
	if err != nil {
		return nil, err
	}
	var found []authenticator.Passkey
	seen := map[string]bool{}
	for _, name := range names {
		var matches []authenticator.Passkey
		for _, passkey := range passkeys {
			id := credentialID(passkey)
			if id == name {
				matches = []authenticator.Passkey{passkey}
				break
			}
			if name != "" && strings.HasPrefix(id, name) {
				matches = append(matches, passkey)
			}
		}
		switch {
		case len(matches) == 0:
			return nil, fmt.Errorf("no passkey has an ID that starts with %q. `hankosim passkeys list` shows the IDs", hanko.Printable(name))
		case len(matches) > 1:
			return nil, fmt.Errorf("%d passkeys have IDs that start with %q. Give more of the ID", len(matches), hanko.Printable(name))
		}
		if id := credentialID(matches[0]); !seen[id] {
			seen[id] = true
			found = append(found, matches[0])
		}
	}
	return found, nil
}

func renamePasskey(cmd *cobra.Command, store *authenticator.Keystore, args []string) error {
	name := strings.TrimSpace(args[1])
	if name == "" {
		return &usageError{errors.New("the new name is empty; nothing was renamed")}
	}
	named, err := namedPasskeys(store, args[:1])
	if err != nil {
		return fmt.Errorf("%w; nothing was renamed", err)
	}
	if err := store.Rename(named[0].CredentialID, name); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "The passkey of %s for %s is now called %s on the phone.\n",
		hanko.Printable(named[0].UserName), hanko.Printable(named[0].RPID), hanko.Printable(name))
	return nil
}

// deletePasskeys finds all that are named before it deletes any.
func deletePasskeys(cmd *cobra.Command, store *authenticator.Keystore, args []string) error {
	named, err := namedPasskeys(store, args)
	if err != nil {
		return fmt.Errorf("%w; nothing was deleted", err)
	}
	for _, passkey := range named {
		if err := store.Delete(passkey.CredentialID); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "Deleted the passkey of %s for %s from the phone. The tenant still lists it.\n",
			hanko.Printable(passkey.UserName), hanko.Printable(passkey.RPID))
	}
	return nil
}
