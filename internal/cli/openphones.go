package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/apk"
	"example.com/hankosim/authenticator/association"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/config"
)

// openPhones returns the phones of the configuration, the one to play first, each with what it needs from the disk:
// where one attests with certificates, the CA for them is made on first use.
func openPhones(cfg config.Config) ([]authenticator.Profile, error) {
	phones := make([]authenticator.Profile, 0, len(cfg.Phones))
	for _, phone := range cfg.Phones {
		if phone.Attestation == authenticator.PackedAttestation {
			ca, err := openAttestationCA(cfg)
			if err != nil {
				return nil, err
			}
			phone.AttestationCA = ca
		}
		phones = append(phones, phone)
	}
	return phones, nil
}

// openAttestationCA reads the CA's file, and makes it, readable by its owner alone, when it is missing.
func openAttestationCA(cfg config.Config) (*authenticator.AttestationCA, error) {
	if cfg.Ephemeral {
		return authenticator.NewAttestationCA()
	}
	content, err := os.ReadFile(cfg.AttestationCA)
	if errors.Is(err, fs.ErrNotExist) {
		return makeAttestationCA(cfg.AttestationCA)
	}
	var ca *authenticator.AttestationCA
	if err == nil {
		ca, err = authenticator.ParseAttestationCA(content)
	}
	if err != nil {
		return nil, fmt.Errorf("the attestation CA %s cannot be read: %w. Move the file away, and hankosim creates a new one", cfg.AttestationCA, err)
	}
	return ca, nil
}

func makeAttestationCA(path string) (*authenticator.AttestationCA, error) {
	ca, err := authenticator.NewAttestationCA()
	if err != nil {
		return nil, err
	}
	content, err := ca.PEM()
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = writeSecret(path, content)
	}
	if err != nil {
		return nil, fmt.Errorf("the attestation CA cannot be saved: %w", err)
	}
	return ca, nil
}

// writeSecret makes a file that its owner alone can read. One that is there already is an error: it may be readable by
// others, or be missed.
func writeSecret(path string, content []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// origins are those of the apps and the phones that play against the embedded tenant, beside the ones it accepts by
// itself.
func origins(cfg config.Config) []string {
	var all []string
	add := func(origin string) {
		if origin != "" && !slices.Contains(all, origin) {
			all = append(all, origin)
		}
	}
	for _, app := range cfg.Apps {
		add(authenticator.Android(app).Origin(""))
	}
	for _, phone := range cfg.Phones {
		if phone.Platform == authenticator.AndroidOS {
			add(phone.Origin(""))
		}
		add(phone.PageOrigin)
	}
	return all
}

// apps are those that the embedded tenant's domain vouches for: the configured ones, and the phones' own.
func apps(cfg config.Config) (android []tenant.AndroidApp, apple []string) {
	certificates := slices.Clone(cfg.Apps)
	for _, phone := range cfg.Phones {
		if phone.Platform == authenticator.AndroidOS {
			certificates = append(certificates, phone.App)
		}
	}
	for _, app := range certificates {
		hash, err := apk.ParseFingerprint(app.APKKeyHash)
		if err != nil {
			continue // config has read it already
		}
		at := slices.IndexFunc(android, func(a tenant.AndroidApp) bool { return a.PackageName == app.PackageName })
		if at < 0 {
			at, android = len(android), append(android, tenant.AndroidApp{PackageName: app.PackageName})
		}
		if fingerprint := hash.Fingerprint(); !slices.Contains(android[at].Fingerprints, fingerprint) {
			android[at].Fingerprints = append(android[at].Fingerprints, fingerprint)
		}
	}
	if cfg.AppleID != "" {
		apple = []string{cfg.AppleID}
	}
	return android, apple
}

// associationWait is how long a phone that is not strict waits for a domain whose word it only passes on.
const associationWait = 3 * time.Second

// appAssociation asks domains whether they know the app. A phone that only reports what they say asks nothing where the
// answer is known: of localhost, and for an app that is none of the person's own.
func appAssociation(strict bool) authenticator.AppAssociation {
	checker := association.New(nil)
	if strict {
		return checker.App
	}
	return func(ctx context.Context, profile authenticator.Profile, rpID string) error {
		local := rpID == "localhost" || strings.HasSuffix(rpID, ".localhost")
		nobodys := profile.Platform == authenticator.IOS && profile.AppleAppID == "" ||
			profile.Platform == authenticator.AndroidOS && profile.App.APKKeyHash == config.DemoKeyHash
		if local || nobodys {
			return nil
		}
		ctx, cancel := context.WithTimeout(ctx, associationWait)
		defer cancel()
		return checker.App(ctx, profile, rpID)
	}
}
