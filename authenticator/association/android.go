package association

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/authenticator"
)

// loginRelation is what lets an app use a site's passkeys (developer.android.com, "Credential Manager
// prerequisites": Digital Asset Links).
const loginRelation = "delegate_permission/common.get_login_creds"

// maxIncludes is how many other files a statement list may include, in all.
const maxIncludes = 10

// statement is one of assetlinks.json (Digital Asset Links, "Statement list syntax").
type statement struct {
	Relation []string `json:"relation"`
	Target   struct {
		Namespace    string   `json:"namespace"`
		PackageName  string   `json:"package_name"`
		Fingerprints []string `json:"sha256_cert_fingerprints"`
	} `json:"target"`
	Include string `json:"include"`
}

// Android checks that an Android app may use the RP id: that https://<RP id>/.well-known/assetlinks.json, or a
// file it includes, gives the app's package, signed with that certificate, the relation
// delegate_permission/common.get_login_creds. Errors are *Error.
func (c *Checker) Android(ctx context.Context, app authenticator.AndroidApp, rpID string) error {
	first := "https://" + rpID + "/.well-known/assetlinks.json"
	hash, err := base64.RawURLEncoding.DecodeString(app.APKKeyHash)
	if err != nil || len(hash) != sha256.Size || app.PackageName == "" {
		return &Error{
			URL: first, Problem: "cannot be compared: the app lacks its package name or the hash of its certificate",
			Hint: "the hash is the base64url of a SHA-256, without padding",
		}
	}
	// What comes closest to a match says best what is wrong.
	closest := &Error{
		URL: first, Problem: "does not name the package " + app.PackageName,
		Hint: "add a statement with that package, the certificate's fingerprint and the relation " + loginRelation,
	}
	urls := []string{first}
	for i := 0; i < len(urls) && i <= maxIncludes; i++ {
		file, err := c.fetch(ctx, urls[i], noRedirect)
		if err != nil {
			return err
		}
		statements, err := parseStatements(file)
		if err != nil {
			return &Error{URL: urls[i], Problem: "is not a list of statements", Err: err}
		}
		for _, s := range statements {
			if s.Include != "" && strings.HasPrefix(s.Include, "https://") && !slices.Contains(urls, s.Include) {
				urls = append(urls, s.Include)
			}
			if s.Target.Namespace != "android_app" || s.Target.PackageName != app.PackageName {
				continue
			}
			problem := s.mismatch(hash)
			if problem == "" {
				return nil
			}
			closest.URL, closest.Problem = urls[i], problem
		}
	}
	return closest
}

// mismatch says why a statement about the app's package does not do; "" if it does.
func (s statement) mismatch(hash []byte) string {
	if !slices.ContainsFunc(s.Target.Fingerprints, func(f string) bool { return sameFingerprint(f, hash) }) {
		return fmt.Sprintf("names the package with other certificates than %s", fingerprint(hash))
	}
	if !slices.Contains(s.Relation, loginRelation) {
		return "names the package and the certificate without the relation " + loginRelation
	}
	return ""
}

func parseStatements(file []byte) ([]statement, error) {
	var list []statement
	err := json.Unmarshal(file, &list)
	return list, err
}

// fingerprint writes a hash as keytool and assetlinks.json do: upper-case pairs between colons.
func fingerprint(hash []byte) string {
	pairs := make([]string, len(hash))
	for i, b := range hash {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

func sameFingerprint(written string, hash []byte) bool {
	raw, err := hex.DecodeString(strings.ReplaceAll(written, ":", ""))
	return err == nil && string(raw) == string(hash)
}
