package cli

import (
	"errors"

	"github.com/spf13/cobra"
)

func attestationCACommand(load loadFunc) *cobra.Command {
	return &cobra.Command{
		Use:   "attestation-ca",
		Short: "Print the certificate of the test CA that vouches for phones with packed attestation",
		Long: `attestation-ca prints, in PEM, the certificate to give to a relying party that should trust the simulated phones
with "attestation: packed". The CA is made on first use. Its private key stays in its file (attestation_ca).`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			if cfg.Ephemeral {
				return &usageError{errors.New("with --ephemeral each run has a CA of its own, which is gone when it ends")}
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
