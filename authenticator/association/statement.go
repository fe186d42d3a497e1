package association

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/internal/exactjson"
)

// statement is a statement in assetlinks.json (Digital Asset Links, "Statement list syntax"), judged as in Google's
// compatibility tests for the format (github.com/google/digitalassetlinks).
type statement struct {
	raw      json.RawMessage
	miscased []exactjson.Miscased
	err      error // why it is malformed JSON

	in struct {
		Relation []string `json:"relation"`
		Target   *target  `json:"target"`
		Include  string   `json:"include"`
	}
}

type target struct {
	Namespace    string   `json:"namespace"`
	PackageName  string   `json:"package_name"`
	Fingerprints []string `json:"sha256_cert_fingerprints"`
}

func readStatement(raw json.RawMessage) statement {
	s := statement{raw: raw}
	s.miscased, s.err = exactjson.Unmarshal(raw, &s.in)
	return s
}

// include returns the URL of the file that the statement includes, or "" if it includes none.
func (s statement) include() string {
	if s.err != nil || s.in.Relation != nil || s.in.Target != nil { // an include has none of these
		return ""
	}
	return s.in.Include
}

// about reports whether the statement is meant for a package, even if it is written wrong.
func (s statement) about(packageName string) bool {
	if s.in.Target != nil && s.in.Target.PackageName == packageName {
		return true
	}
	return (s.err != nil || len(s.miscased) > 0) && bytes.Contains(s.raw, []byte(`"`+packageName+`"`))
}

// flaw is why a statement does not match.
type flaw struct {
	near          int    // how close to a match it is
	problem, hint string // as in Error; "" if the statement matches
}

// flaw looks for what is wrong with a statement about the app's package.
func (s statement) flaw(packageName string, hash []byte) flaw {
	malformed := func(why string) flaw {
		return flaw{2, "has a malformed statement about the package " + packageName + ": " + why, "the platform skips the whole statement: correct it"}
	}
	switch {
	case s.err != nil:
		return malformed(s.err.Error())
	case s.in.Target == nil || s.in.Relation == nil || s.in.Target.Namespace == "" || s.in.Target.PackageName == "" || len(s.in.Target.Fingerprints) == 0:
		if hint := exactjson.Hint(s.miscased); hint != "" {
			return malformed(hint)
		}
		return malformed("it needs a relation, and a target with namespace, package_name and sha256_cert_fingerprints")
	case s.in.Include != "":
		return malformed("it is a statement and an include at once")
	case s.in.Target.Namespace != "android_app":
		return malformed(fmt.Sprintf("the namespace of an app is android_app, not %q", s.in.Target.Namespace))
	}
	right := fingerprint(hash)
	if !slices.Contains(s.in.Target.Fingerprints, right) {
		i := slices.IndexFunc(s.in.Target.Fingerprints, func(written string) bool { return sameFingerprint(written, hash) })
		if i < 0 {
			return flaw{1, "names the package with other certificates than " + right, "add the certificate's fingerprint to sha256_cert_fingerprints"}
		}
		return flaw{3, "names the package and the certificate, but writes its fingerprint " + misspelling(s.in.Target.Fingerprints[i]), "write it as " + right}
	}
	if !slices.Contains(s.in.Relation, loginRelation) {
		return flaw{4, "names the package and the certificate without the relation " + loginRelation, "add it to the statement's relation"}
	}
	return flaw{}
}

// misspelling returns how a right fingerprint is written in a wrong form.
func misspelling(written string) string {
	switch {
	case strings.ToUpper(written) != written:
		return "in lower case, which Android and Google take for malformed"
	case !strings.Contains(written, ":"):
		return "without its colons, which Android and Google likely take for malformed"
	default:
		return "with something else than its colons, which Android and Google likely take for malformed"
	}
}

// fingerprint returns a hash as keytool and assetlinks.json write it: upper-case pairs, separated by colons.
func fingerprint(hash []byte) string {
	pairs := make([]string, len(hash))
	for i, b := range hash {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

// sameFingerprint reports whether a fingerprint, in any form, is that of a hash.
func sameFingerprint(written string, hash []byte) bool {
	raw, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "", "-", "").Replace(written))
	return err == nil && bytes.Equal(raw, hash)
}
