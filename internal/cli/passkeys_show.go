package cli

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

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
