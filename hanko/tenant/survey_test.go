package tenant

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
)

// TestSurvey surveys each kind of tenant, without causing a mail, a user or a session.
func TestSurvey(t *testing.T) {
	for _, test := range []struct {
		preset   Preset
		switches []string
		rpID     string
		says     []string
		not      string
	}{
		{PresetGuide, nil, "localhost", []string{"v1 or v2", "Passkeys: people can sign in with one; the RP ID is localhost", "Passwords: off", "Second factor: none"}, "New accounts"},
		{PresetGuide, []string{"signup=off", "passkey=off", "password=optional"}, "", []string{"Passkeys: nobody can sign in", "Passwords: on, with at least 8", "New accounts: nobody"}, "RP ID"},
		{PresetV2MFA, nil, "localhost", []string{"MFA", "Sign-in: by email address", "Second factor: on", "Passwords: "}, "not known until somebody signs in"},
		{PresetV3, nil, "localhost", []string{"Hanko v3", "Sign-in: by email address", "not known until somebody signs in"}, "Sessions"},
		{PresetV3, []string{"username=optional", "retention=prompt", "third-parties=google,github", "passkey=off"}, "", []string{
			"email address or username", "Third parties: people can sign in with GitHub, Google, in a browser", "Sessions: it asks", "nobody can sign in with one",
		}, "RP ID"},
		{PresetGuide, []string{"third-parties=google,custom_example"}, "localhost", []string{"Third parties: people can sign in with Google, in a browser"}, "SAML"},
		{PresetV3Multitenant, nil, "localhost", []string{"Hanko v3"}, ""},
	} {
		t.Run(string(test.preset)+" "+strings.Join(test.switches, " "), func(t *testing.T) {
			a := openTenant(t, Options{Settings: settingsOf(t, test.preset, test.switches...)})
			server := httptest.NewServer(a.tenant.Handler())
			t.Cleanup(server.Close)
			client, err := hanko.NewClient(server.URL+a.tenant.BasePath(), hanko.Options{})
			if err != nil {
				t.Fatal(err)
			}
			survey, err := client.Survey(t.Context())
			if err != nil || survey.RPID != test.rpID {
				t.Fatalf("the relying party is %q, %v", survey.RPID, err)
			}
			told := survey.Recognition.String()
			for _, fact := range survey.Facts {
				told += "\n" + fact.About + ": " + fact.Says
			}
			for _, says := range test.says {
				if !strings.Contains(told, says) {
					t.Errorf("%q is missing in:\n%s", says, told)
				}
			}
			if test.not != "" && strings.Contains(told, test.not) {
				t.Errorf("%q does not belong in:\n%s", test.not, told)
			}
			if n := client.Log().Len(); n > 5 {
				t.Errorf("it took %d requests", n)
			}
			if mails := a.tenant.Inbox().Mails(); len(mails) > 0 {
				t.Errorf("mails were sent: %+v", mails)
			}
			over, cancel := context.WithCancel(t.Context())
			cancel()
			var failure *hanko.Error
			if _, err := client.Survey(over); !errors.As(err, &failure) {
				t.Errorf("with an ended context, the survey returns %v", err)
			}
		})
	}
}

// TestSurveyReadsNamesAsPhonesDo misspells a member's name: a phone does not find it, and the survey does not either.
func TestSurveyReadsNamesAsPhonesDo(t *testing.T) {
	a := openTenant(t, Options{Settings: settingsOf(t, PresetGuide)})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		a.tenant.Handler().ServeHTTP(answer, r)
		w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(bytes.ReplaceAll(answer.Body.Bytes(), []byte(`"rpId"`), []byte(`"rpid"`)))
	}))
	t.Cleanup(server.Close)
	client, err := hanko.NewClient(server.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	survey, err := client.Survey(t.Context())
	want := hanko.Fact{
		About: "Passkeys",
		Says:  `a phone finds no RP ID in the options: "publicKey.rpid" should be "publicKey.rpId", and upper and lower case count`,
	}
	if err != nil || survey.RPID != "" || !slices.Contains(survey.Facts, want) {
		t.Errorf("%+v, %v", survey, err)
	}
}
