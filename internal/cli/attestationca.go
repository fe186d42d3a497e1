package cli

import (
	"errors"

	"github.com/spf13/cobra"
)

func attestationCACommand(load loadFunc) *cobra.Command {
	return &cobra.Command{
		Use:   "attestation-ca",
		Short: "Print the certificate of the test CA for phones with packed attestation",
		Long: `attestation-ca prints a certificate in PEM. Give it to a relying party that should trust the simulated phones with
"attestation: packed". The CA is created on first use. Its private key stays in its file (attestation_ca).`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			if cfg.Ephemeral {
				return &usageError{errors.New("with --ephemeral, each run has its own CA, which is gone when the run ends")}
			}
			ca, err := openAttestationCA(cfg)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(ca.CertificatePEM())
			return err
		},
	}
}
