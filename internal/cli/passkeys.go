package cli

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
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

func listPasskeys(cmd *cobra.Command, store *authenticator.Keystore, asJSON bool) error {
	if asJSON {
		passkeys, err := store.Export()
		if err != nil {
			return err
		}
		reports := []passkeyReport{}
		for _, passkey := range passkeys {
			report, err := reportPasskey(passkey)
			if err != nil {
				return err
			}
			reports = append(reports, report)
		}
		return writeJSON(cmd.OutOrStdout(), reports)
	}
	passkeys, err := store.Passkeys()
	if err != nil {
		return err
	}
	if len(passkeys) == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), "There are no passkeys yet. Run hankosim, sign in with a passcode and create one.")
		return nil
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CREDENTIAL ID\tRELYING PARTY\tACCOUNT\tKEPT IN\tCREATED\tUSED")
	for _, passkey := range passkeys {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", credentialID(passkey), hanko.Printable(passkey.RPID),
			hanko.Printable(passkey.UserName), hanko.Printable(passkey.Keychain), passkey.CreatedAt.Local().Format(time.DateTime), lastUsed(passkey))
	}
	return table.Flush()
}

func lastUsed(passkey authenticator.Passkey) string {
	if passkey.LastUsedAt.IsZero() {
		return "never"
	}
	return passkey.LastUsedAt.Local().Format(time.DateTime)
}

// passkeyReport is a passkey without its secrets, as JSON.
type passkeyReport struct {
	CredentialID string     `json:"credential_id"` // base64url
	RPID         string     `json:"rp_id"`
	RPName       string     `json:"rp_name"`
	UserHandle   string     `json:"user_handle"` // base64url
	UserName     string     `json:"user_name"`
	DisplayName  string     `json:"display_name"`
	Algorithm    string     `json:"algorithm"`
	PublicKey    string     `json:"public_key"` // SubjectPublicKeyInfo, PEM
	Keychain     string     `json:"keychain"`
	Profile      string     `json:"profile"`
	SignCount    uint32     `json:"sign_count"`
	Discoverable bool       `json:"discoverable"`
	PRF          bool       `json:"prf"`
	LargeBlob    *int       `json:"large_blob_bytes,omitempty"` // none when it cannot hold one
	CreatedAt    time.Time  `json:"created_at"`
	LastUsedAt   *time.Time `json:"last_used_at"` // null when never
}

// reportPasskey leaves out of a passkey what must stay secret: its private key, its prf secret and its large blob.
func reportPasskey(passkey authenticator.PrivatePasskey) (passkeyReport, error) {
	key, err := publicKey(passkey.PrivateKey)
	if err != nil {
		return passkeyReport{}, fmt.Errorf("the passkey %s has no usable key: %w", credentialID(passkey.Passkey), err)
	}
	report := passkeyReport{
		CredentialID: credentialID(passkey.Passkey),
		RPID:         passkey.RPID,
		RPName:       passkey.RPName,
		UserHandle:   base64.RawURLEncoding.EncodeToString(passkey.UserHandle),
		UserName:     passkey.UserName,
		DisplayName:  passkey.DisplayName,
		Algorithm:    passkey.Algorithm.String(),
		PublicKey:    key,
		Keychain:     passkey.Keychain,
		Profile:      passkey.Profile,
		SignCount:    passkey.SignCount,
		Discoverable: !passkey.ServerSide,
		PRF:          passkey.PRFSecret != nil,
		CreatedAt:    passkey.CreatedAt,
	}
	if passkey.HasLargeBlob {
		size := len(passkey.LargeBlob)
		report.LargeBlob = &size
	}
	if !passkey.LastUsedAt.IsZero() {
		report.LastUsedAt = &passkey.LastUsedAt
	}
	return report, nil
}

// publicKey is the public half of a PKCS#8 key, in PEM.
func publicKey(pkcs8 []byte) (string, error) {
	key, err := x509.ParsePKCS8PrivateKey(pkcs8)
	if err != nil {
		return "", err
	}
	spki, err := x509.MarshalPKIXPublicKey(key.(interface{ Public() crypto.PublicKey }).Public())
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})), err
}

func writeJSON(stdout io.Writer, value any) error {
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func showPasskey(cmd *cobra.Command, store *authenticator.Keystore, args []string, asJSON bool) error {
	named, err := namedPasskeys(store, args)
	if err != nil {
		return err
	}
	private, err := store.Export(named[0].CredentialID)
	if err != nil {
		return err
	}
	report, err := reportPasskey(private[0])
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), report)
	}
	handle := report.UserHandle
	if id, err := uuid.FromBytes(private[0].UserHandle); err == nil {
		handle += " (as a UUID " + id.String() + ")"
	}
	blob := "no"
	if report.LargeBlob != nil {
		blob = fmt.Sprintf("%d bytes", *report.LargeBlob)
	}
	yesNo := map[bool]string{true: "yes", false: "no"}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, row := range [][2]string{
		{"credential ID", report.CredentialID},
		{"relying party", withName(report.RPID, report.RPName)},
		{"account", withName(report.UserName, report.DisplayName)},
		{"user handle", handle},
		{"algorithm", report.Algorithm},
		{"kept in", report.Keychain},
		{"created by", report.Profile},
		{"sign count", fmt.Sprint(report.SignCount)},
		{"discoverable", yesNo[report.Discoverable]},
		{"prf", yesNo[report.PRF]},
		{"large blob", blob},
		{"created", report.CreatedAt.Local().Format(time.DateTime)},
		{"used", lastUsed(private[0].Passkey)},
	} {
		fmt.Fprintf(table, "%s\t%s\n", row[0], hanko.Printable(row[1]))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), report.PublicKey)
	return err
}

// withName adds what a person calls something to what a machine does.
func withName(id, name string) string {
	if name == "" || name == id {
		return id
	}
	return id + " (" + name + ")"
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

func encryptCommand(load loadFunc) *cobra.Command {
	return &cobra.Command{
		Use:   "encrypt",
		Short: "Encrypt the passkeys and TOTP secrets with a passphrase, or change it",
		Long: `encrypt encrypts the keystore, and the secrets of the authenticator app beside it, with age and a passphrase. It asks
for the passphrase on the terminal. If one of the two is not encrypted yet, you can set ` + passphraseVariable + ` instead.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return reseal(cmd, load, func(unlock *unlocker, sealed, exposed bool) (string, error) {
				if unlock.given && (exposed || !sealed) {
					return unlock.passphrase, nil
				}
				return newPassphrase(func(prompt string) (string, error) { return unlock.ask(cmd.Context(), prompt) })
			}, "is encrypted. If you lose the passphrase, you lose its contents")
		},
	}
}

func decryptCommand(load loadFunc) *cobra.Command {
	return &cobra.Command{
		Use:   "decrypt",
		Short: "Remove the passphrase from the passkeys and TOTP secrets",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return reseal(cmd, load, func(_ *unlocker, sealed, _ bool) (string, error) {
				if !sealed {
					return "", errors.New("neither the keystore nor the TOTP secrets are encrypted")
				}
				return "", nil
			}, "is no longer encrypted. Only its file permissions protect it")
		},
	}
}

// reseal opens the keystore and the secrets of the authenticator app, and gives both another passphrase, "" for none. It is
// told whether one of them is sealed, and whether one lies there in plain text although a passphrase was given.
func reseal(cmd *cobra.Command, load loadFunc, passphrase func(unlock *unlocker, sealed, exposed bool) (string, error), done string) error {
	cfg, err := load(cmd)
	if err != nil {
		return err
	}
	if cfg.Ephemeral {
		return &usageError{errors.New("with --ephemeral, there is no keystore on disk")}
	}
	unlock := newUnlocker(cmd.ErrOrStderr())
	unlock.warned = true // this command is what the warning advises
	store, err := unlock.keystore(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	app, err := unlock.totp(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	wanted, err := passphrase(unlock, store.Sealed() || app.Sealed(), store.Exposed() || app.Exposed())
	if err != nil {
		return err
	}
	// Where the second one fails, each file still opens with its own passphrase, and the command can be run again.
	files := []struct {
		path   string
		set    func(passphrase string) error
		copies []string
	}{{app.Path(), app.SetPassphrase, app.Copies()}, {store.Path(), store.SetPassphrase, store.Copies()}}
	for _, file := range files {
		if err := file.set(wanted); err != nil {
			return err
		}
	}
	for _, file := range files {
		if _, err := os.Stat(file.path); err != nil {
			continue // the phone has never had a TOTP secret
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s %s.\n", file.path, done)
	}
	if wanted == "" {
		return nil
	}
	for _, file := range files {
		for _, kept := range file.copies {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s is a copy of an earlier file and may be unencrypted. Delete it if you do not need it.\n", kept)
		}
	}
	return nil
}
