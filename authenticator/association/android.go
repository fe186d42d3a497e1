package association

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/internal/exactjson"
)

// loginRelation is the relation that lets an app use a site's passkeys (developer.android.com, "Credential Manager
// prerequisites": Digital Asset Links).
const loginRelation = "delegate_permission/common.get_login_creds"

// maxIncludes is how many other files a statement list may include, in all.
const maxIncludes = 10

// Android checks that an Android app may use the RP ID: https://<RP ID>/.well-known/assetlinks.json, or a file that it
// includes, must give the app's package, signed with that certificate, the relation
// delegate_permission/common.get_login_creds. Malformed statements and includes that cannot be read do not count; the
// others do. It fails with an *Error.
func (c *Checker) Android(ctx context.Context, app authenticator.AndroidApp, rpID string) error {
	first := "https://" + rpID + "/.well-known/assetlinks.json"
	hash, err := base64.RawURLEncoding.DecodeString(app.APKKeyHash)
	if err != nil || len(hash) != sha256.Size || app.PackageName == "" {
		return &Error{
			URL: first, Problem: "cannot be compared: the app lacks its package name or the hash of its certificate",
			Hint: "the hash is the base64url of a SHA-256, without padding",
		}
	}
	// The statement closest to a match explains best what is wrong.
	closest := flaw{problem: "does not name the package " + app.PackageName, hint: "add a statement with that package, the certificate's fingerprint and the relation " + loginRelation}
	where := first
	var broken error
	urls := []string{first}
	for i := 0; i < len(urls) && i <= maxIncludes; i++ {
		statements, err := c.statements(ctx, urls[i])
		if err != nil && i > 0 && ctx.Err() == nil { // a broken include does not affect the others
			broken = cmp.Or(broken, err)
			continue
		}
		if err != nil {
			return err
		}
		for _, raw := range statements {
			s := readStatement(raw)
			if include := s.include(); strings.HasPrefix(include, "https://") && !slices.Contains(urls, include) {
				urls = append(urls, include)
			}
			if !s.about(app.PackageName) {
				continue
			}
			found := s.flaw(app.PackageName, hash)
			if found.problem == "" {
				return nil
			}
			if found.near >= closest.near {
				closest, where = found, urls[i]
			}
		}
	}
	if closest.near == 0 && broken != nil {
		closest.problem += ", and a file that it includes cannot be used"
		return &Error{URL: where, Problem: closest.problem, Hint: closest.hint, Err: broken}
	}
	return &Error{URL: where, Problem: closest.problem, Hint: closest.hint}
}

// statements fetches a list of statements. It does not check them, since an error in one does not affect the others.
func (c *Checker) statements(ctx context.Context, url string) ([]json.RawMessage, error) {
	file, err := c.fetch(ctx, url, noRedirect)
	if err != nil {
		return nil, err
	}
	list, err := parseStatements(file)
	if err != nil {
		return nil, &Error{URL: url, Problem: "is not a list of statements", Err: err}
	}
	return list, nil
}

func parseStatements(file []byte) ([]json.RawMessage, error) {
	var list []json.RawMessage
	_, err := exactjson.Unmarshal(file, &list)
	return list, err
}
