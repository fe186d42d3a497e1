package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/apk"
)

// appKey is the key for the Android app's signing certificates: one, or a list. An app that Google Play signs has two, Play's
// and the developer's. An entry of `tenants` can have the same key, and an entry of `phones` can have phoneAppKey.
const (
	appKey      = "android.apk_key_hash"
	phoneAppKey = "apk_key_hash"
)

// apps returns the Android app with each certificate in a value, each once. It reports mistakes.
func (l *loader) apps(key, source string, value any) []authenticator.AndroidApp {
	if l.reported(key, source) {
		return nil
	}
	const fix = "`hankosim apk-key-hash` prints it"
	var apps []authenticator.AndroidApp
	for _, item := range certificates(value) {
		text, isText := item.(string)
		if !isText {
			what := kind(item)
			switch item.(type) {
			case int, int64, uint64, float64:
				what = "the number " + shown(item)
			}
			l.report(key, source, fmt.Sprintf("has %s, which is not text", what), "Write one value in quotes, or a list of them; "+fix)
			return nil
		}
		hash, err := apk.ParseFingerprint(text)
		if err != nil {
			l.report(key, source, fmt.Sprintf("is %q, which is %s", shown(strings.TrimSpace(text)), notHash(err)), fix)
			return nil
		}
		app := authenticator.AndroidApp{PackageName: strings.TrimSpace(l.all.GetString("android.package_name")), APKKeyHash: hash.String()}
		if !slices.Contains(apps, app) {
			apps = append(apps, app)
		}
	}
	if apps == nil {
		l.report(key, source, "is an empty list", "Leave the key out for the default")
	}
	return apps
}

// notHash returns what a text is instead of a certificate's hash.
func notHash(err error) string {
	own, ok := errors.AsType[*apk.Error](err)
	switch {
	case ok && own.Kind == apk.SHA1Fingerprint:
		return "the SHA-1 of a signing certificate, and not the SHA-256"
	case ok && own.Kind == apk.PublicKeyDigest:
		return "the SHA-256 of a public key, and not of the signing certificate"
	default:
		return "not the SHA-256 of a signing certificate"
	}
}

// certificates returns the items of a list or of a text. An environment variable separates them with spaces or commas, but a
// single fingerprint may contain spaces, too.
func certificates(value any) []any {
	switch value := value.(type) {
	case []string:
		var list []any
		for _, text := range value {
			list = append(list, text)
		}
		return list
	case string:
		if _, err := apk.ParseFingerprint(value); err == nil {
			break
		}
		words := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
		notFingerprint := func(word string) bool {
			_, err := apk.ParseFingerprint(word)
			return err != nil
		}
		if !slices.ContainsFunc(words, notFingerprint) && len(words) > 0 {
			return certificates(words)
		}
	}
	return asList(value)
}
