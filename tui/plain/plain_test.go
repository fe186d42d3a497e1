package plain

import (
	"bytes"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
	"example.com/hankosim/tui/cast"
	"example.com/hankosim/tui/kit"
)

// screenKeys matches keys that only the drawn screen has.
var screenKeys = regexp.MustCompile(`ctrl\+|alt\+|\bf1\b|\b(esc|tab|pgdn|pgup|pgdown)\b|[↑↓←→]`)

// Plain walks go through the steps over REST and over flows. Their lines have no control characters, and name no keys of
// the drawn screen.
func TestPlainWalks(t *testing.T) {
	for _, test := range []struct {
		preset tenant.Preset
		typed  []string
		want   []string
	}{
		{tenant.PresetGuide, []string{
			"", "nobody", "mailto:bob@example.com", "b", "Ada <ada@example.com>", "what", "y", "12", "000000", "f", "y", "y", "x", "o", "b", "l", "p", "y", "t", "q",
		}, []string{
			"Problem: ", "\nbob@example.com has no account", "\nada@example.com has no account", "That is not one of the choices.", "exactly one code of 6", "That code is wrong.",
			"There is no passkey for you on this iPhone yet", "create a passkey for ada@example.com at localhost?", "The passkey is registered",
			"Passkey 1: iCloud Keychain", "sign in at localhost with a passkey?", "Good: signature", "Good: session", "eyJ",
		}},
		{tenant.PresetV3MFA, []string{
			"n ada@example.com", "f", "1", "short", "1", "correct horse battery", "1", "1", "f", "n",
			"l", "", "2", "1", "correct horse battery", "1", "f", "n", "2", "q",
		}, []string{
			"Hanko v3", "Choose a password", "shorter than the tenant allows", "Add a second factor", "The secret is ",
			"Your second factor", "Trust this phone?", "Good: user",
		}},
		{tenant.PresetV3Passwordless, []string{"p", "b", "ada@example.com", "y", "f", "y", "n", "r", "y", "l", "p", "1", "q"}, []string{
			"Problem: The phone did not use a passkey", "Problem: The phone did not create a passkey", "The passkey is registered",
		}},
	} {
		t.Run(string(test.preset), func(t *testing.T) {
			said := plainWalk(t, test.preset, test.typed)
			for _, want := range test.want {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not said", want)
				}
			}
			if at := strings.IndexFunc(said, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); at >= 0 {
				t.Errorf("there is a control character in %q", said[at:min(at+20, len(said))])
			}
			if key := screenKeys.FindString(said); key != "" {
				t.Errorf("the lines name the key %q", key)
			}
			if t.Failed() {
				t.Log(said)
			}
		})
	}
}

func plainWalk(t *testing.T, preset tenant.Preset, typed []string) string {
	t.Helper()
	said, _ := recordedPlainWalk(t, preset, typed, nil)
	return said
}

// recordedPlainWalk records a walk, and returns its lines and its mails.
func recordedPlainWalk(t *testing.T, preset tenant.Preset, typed []string, recorder *cast.Recorder) (string, []mailbox.Mail) {
	t.Helper()
	return expectingPlainWalk(t, preset, typed, recorder, "")
}

// expectingPlainWalk does the same as recordedPlainWalk, with facts in YAML that are expected of the tenant; "" for none.
func expectingPlainWalk(t *testing.T, preset tenant.Preset, typed []string, recorder *cast.Recorder, expect string) (string, []mailbox.Mail) {
	t.Helper()
	var expected []fact.Expectation
	if expect != "" {
		var err error
		if expected, err = fact.ParseExpectations([]byte(expect)); err != nil {
			t.Fatal(err)
		}
	}
	served := tenanttest.Serve(t, tenant.Options{Settings: tenanttest.Settings(t, preset)})
	var said bytes.Buffer
	_, err := Run(t.Context(), kit.Options{
		Client: served.Client(t, hanko.Options{}), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(),
		Tenant: "embedded tenant", Inbox: served.Inbox(), Record: recorder, Expect: expected,
	}, ReadLines(t.Context(), strings.NewReader(strings.Join(typed, "\n")+"\n")), &said)
	if err != nil {
		t.Fatal(err)
	}
	return said.String(), served.Inbox().Mails()
}

// The end of the input ends the walk at every step.
func TestPlainEndsWithItsInput(t *testing.T) {
	for n := range 4 {
		plainWalk(t, tenant.PresetGuide, []string{"ada@example.com", "y", "f", "y"}[:n])
	}
}

// That the tenant does not answer is said before the person is asked for anything.
func TestPlainTenantDoesNotAnswer(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	client, err := hanko.NewClient(gone.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	_, err = Run(t.Context(), kit.Options{
		Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Tenant: gone.URL,
	}, ReadLines(t.Context(), strings.NewReader("q\n")), &said)
	if before, _, asked := strings.Cut(said.String(), "type your email"); err != nil || !asked || !strings.Contains(before, "Problem: The tenant could not be reached.") {
		t.Errorf("%v, %s", err, said.String())
	}
}

// The lines say what the person's browser does, without a status that nobody saw, and without the token.
func TestPlainBrowser(t *testing.T) {
	served := tenanttest.Serve(t, tenant.Options{Settings: tenanttest.Settings(t, tenant.PresetGuide)})
	client := served.Client(t, hanko.Options{})
	client.NoteBrowser("http://provider.test/authorize?state=s", 0)
	client.NoteBrowser("http://127.0.0.1:41234/callback?hanko_token=7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ%3D", 200)
	var said bytes.Buffer
	_, err := Run(t.Context(), kit.Options{
		Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Tenant: "embedded tenant",
	}, ReadLines(t.Context(), strings.NewReader("ada@example.com\nb\nq\n")), &said)
	const want = "  http://provider.test/authorize: sent to the browser\n  http://127.0.0.1:41234/callback: the browser came back\n"
	if err != nil || !strings.Contains(said.String(), want) || strings.Contains(said.String(), "7v5O") {
		t.Errorf("%v, %s", err, said.String())
	}
}

// The lines say what is not as expected of the tenant as soon as it is known, and only once.
func TestPlainExpectations(t *testing.T) {
	typed := []string{"n ada@example.com", "f", "n", "l", "q"}
	said, _ := expectingPlainWalk(t, tenant.PresetV3Passwordless, typed, nil, "expect: {signup.asks: [email, passcode, passkey (skippable)], token.lifetime: 1m, api: rest}")
	before, after, found := strings.Cut(said, "Sign in: type your email.")
	if !found || strings.Count(before, "Not as expected: api is flow, not rest: ") != 1 || strings.Contains(before, " more.") {
		t.Errorf("before anybody signs in, it says:\n%s", before)
	}
	if strings.Count(after, "Not as expected: ") != 1 || !strings.Contains(after, "and 1 more. `hankosim smoke` lists all.") {
		t.Errorf("after the sign-up, it says:\n%s", after)
	}
	if said, _ = expectingPlainWalk(t, tenant.PresetV3Passwordless, typed, nil, "expect: {signup.asks: [email, passcode, passkey (skippable)], account.existence: shown, token.lifetime: 12h, api: flow}"); strings.Contains(said, "Not as expected") {
		t.Errorf("on a tenant that is as expected, it says:\n%s", said)
	}
}
