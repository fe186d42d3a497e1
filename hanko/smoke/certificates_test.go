package smoke_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko/smoke"
)

// playApp is the app as Google Play signs it; app is as its developer does.
var playApp = authenticator.AndroidApp{PackageName: app.PackageName, APKKeyHash: "FG3pg8VzBlDY7rmVLzT8ZBagg0LmHb6oigSWsj_PROU"}

// TestTwoSigningCertificates shows that each certificate of an app is tried, and the one that the tenant or the domain
// does not know is named.
func TestTwoSigningCertificates(t *testing.T) {
	own, play := authenticator.Android(app).Origin(""), authenticator.Android(playApp).Origin("")
	signin := smoke.Skipped
	for name, test := range map[string]struct {
		origins          []string
		register, signin smoke.Verdict
		named, unnamed   []string // in the register check's cause and remedy, or its note when it passed
	}{
		"the tenant knows both":    {[]string{own, play}, smoke.Passed, smoke.Passed, []string{own, play, "each of the app's 2 signing certificates"}, nil},
		"it lacks Google Play's":   {[]string{own}, smoke.Failed, signin, []string{play}, []string{own}},
		"it lacks the developer's": {[]string{play}, smoke.Failed, signin, []string{own}, []string{play}},
		"it lacks both":            {nil, smoke.Failed, signin, []string{own, play}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene()
			s.tenant.Origins = append(test.origins, "http://localhost:8888")
			options := s.options(t)
			options.Apps = []authenticator.AndroidApp{playApp, app}
			options.Only = []string{"passkey.signin.android"}
			judged := judge(t.Context(), t, options)
			register, signin := result(t, judged, "passkey.register.android"), result(t, judged, "passkey.signin.android")
			if register.Verdict != test.register || signin.Verdict != test.signin {
				t.Fatalf("registering is %+v, signing in %+v", register.Outcome, signin.Outcome)
			}
			said := register.Cause + " " + register.Remedy
			if register.Verdict == smoke.Passed {
				said = register.Note
			}
			for _, word := range test.named {
				if !strings.Contains(said, word) {
					t.Errorf("%q does not name %s", said, word)
				}
			}
			for _, word := range test.unnamed {
				if strings.Contains(said, word) {
					t.Errorf("%q names %s", said, word)
				}
			}
			if test.signin == smoke.Passed && !strings.Contains(signin.Note, "each of the app's 2 signing certificates") {
				t.Errorf("signing in says %q", signin.Note)
			}
			ceremonies := 0
			for _, exchange := range slices.Concat(register.Evidence, signin.Evidence) {
				if strings.HasSuffix(exchange.Path, "/finalize") {
					ceremonies++
				}
			}
			if test.signin == smoke.Passed && ceremonies != 4 {
				t.Errorf("there are %d ceremonies, and should be two of each kind", ceremonies)
			}
		})
	}
}

func TestTwoSigningCertificatesInAssetLinks(t *testing.T) {
	s := newScene()
	s.say(t, "rp-id=app.example.test")
	options := s.options(t)
	options.Apps, options.Only = []authenticator.AndroidApp{app, playApp}, []string{"native.assetlinks"}
	judged := judge(t.Context(), t, options)
	if r := result(t, judged, "native.assetlinks"); r.Verdict != smoke.Failed || !strings.Contains(r.Note, "14:6D:E9:83:") || !strings.Contains(r.Cause, "does not find it there") {
		t.Errorf("the domain knows one of two certificates, and the result is %+v", r.Outcome)
	}
}
