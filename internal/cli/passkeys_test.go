package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/internal/config"
)

// hankosim runs the command line in this process, without a terminal, and returns its exit code and all that it says.
func hankosim(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	silence, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer silence.Close()
	stdin := os.Stdin
	os.Stdin = silence
	defer func() { os.Stdin = stdin }()
	root := rootCommand(exampleConfig())
	var out, talk bytes.Buffer
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&talk)
	code = exitCode(t.Context(), root.ExecuteContext(t.Context()), &talk)
	return code, out.String(), talk.String()
}

// creation asks for a passkey for an account at example.com.
func creation(account string) authenticator.CreationOptions {
	return authenticator.CreationOptions{
		RP: authenticator.RelyingParty{ID: "example.com", Name: "Example"}, Challenge: []byte("challenge"),
		User:      authenticator.User{ID: []byte(account), Name: account, DisplayName: account},
		Selection: authenticator.Selection{ResidentKey: "required"},
		Extensions: authenticator.CreationExtensions{
			PRF: &authenticator.PRFRequest{}, LargeBlob: "preferred",
		},
	}
}

// Command lines that cannot be meant, and files that cannot be used: a status, a sentence, and nothing done.
func TestPasskeysMistakes(t *testing.T) {
	folder := emptyHome(t)
	for name, content := range map[string]string{"text": "no JSON", "none.json": "{}"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"passkeys show", exitUsage, "name one passkey"},
		{"passkeys show one two", exitUsage, "name one passkey"},
		{"passkeys show nonsense", exitFailed, "no passkey has an ID that starts with \"nonsense\". `hankosim passkeys list` shows the IDs"},
		{"passkeys rename one", exitUsage, "give the passkey's ID and its new name"},
		{"passkeys rename nonsense Grace", exitFailed, "nothing was renamed"},
		{"passkeys rename nonsense \t", exitUsage, "the new name is empty; nothing was renamed"},
		{"passkeys export", exitUsage, "give the file to write with --out FILE, or --out - for standard output"},
		{"passkeys export --format pem --out x", exitUsage, "there is no format \"pem\". Use cxf, devtools or webdriver"},
		{"passkeys export --out x", exitFailed, "there are no passkeys to export; nothing was written"},
		{"passkeys export --out x nonsense", exitFailed, "nothing was exported"},
		{"passkeys import", exitUsage, "name one file"},
		{"passkeys import nowhere", exitFailed, "nowhere cannot be read"},
		{"passkeys import text", exitFailed, "text cannot be imported: it is not JSON"},
		{"passkeys import none.json", exitFailed, "none.json cannot be imported: it is JSON, but of no format that is known (passkeys are read from"},
		{"passkeys encrypt", exitFailed, "there is no terminal to ask for the passphrase. Set HANKOSIM_KEYSTORE_PASSPHRASE"},
		{"passkeys encrypt --ephemeral", exitUsage, "there is no keystore on disk"},
		{"passkeys decrypt", exitFailed, "neither the keystore nor the TOTP secrets are encrypted"},
		{"attestation-ca --ephemeral", exitUsage, "each run has its own CA"},
		{"--fault get/bogus", exitUsage, "there is no fault \"get/bogus\" in the catalogue (`hankosim faults` lists them)"},
		{"--fault wrong-origin", exitUsage, "did you mean create/wrong-origin or get/wrong-origin?"},
		{"faults --fault get/wrong-origin", exitUsage, "unknown flag: --fault"},
		{"token --strict", exitUsage, "unknown flag: --strict"},
	} {
		t.Run(test.args, func(t *testing.T) {
			args := strings.Split(test.args, " ")
			if code, stdout, stderr := hankosim(t, args...); code != test.code || stdout != "" || !strings.Contains(stderr, test.want) {
				t.Errorf("status %d, %q, %q; not %d and %q", code, stdout, stderr, test.code, test.want)
			}
			if _, err := os.Stat("x"); err == nil {
				t.Error("a file was written")
			}
		})
	}
}

// Whatever the format: a passkey that has been somewhere else still signs in.
func TestExportedPasskeysSignIn(t *testing.T) {
	for _, format := range []string{formatCXF, formatDevTools, formatWebDriver} {
		t.Run(format, func(t *testing.T) {
			emptyHome(t)
			t.Setenv("HANKOSIM_KEYSTORE", "first.json")
			store, err := authenticator.OpenKeystore("first.json")
			if err != nil {
				t.Fatal(err)
			}
			made, err := authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove).Create(t.Context(), creation("ada"))
			if err != nil {
				t.Fatal(err)
			}
			if code, stdout, stderr := hankosim(t, "passkeys", "export", "--format", format, "--out", "passkeys"); code != 0 {
				t.Fatal(stdout, stderr)
			}
			t.Setenv("HANKOSIM_KEYSTORE", "second.json")
			if code, stdout, stderr := hankosim(t, "passkeys", "import", "--device", "android", "passkeys"); code != 0 {
				t.Fatal(stdout, stderr)
			}
			if store, err = authenticator.OpenKeystore("second.json"); err != nil {
				t.Fatal(err)
			}
			android := authenticator.NewPhone(authenticator.Android(authenticator.AndroidApp{}), store, authenticator.AlwaysApprove)
			proof, err := android.Get(t.Context(), authenticator.RequestOptions{RPID: "example.com", Challenge: []byte("another")})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(proof.RawID, made.RawID) || string(proof.Response.UserHandle) != "ada" {
				t.Errorf("%x of %q signs in, not %x of ada", proof.RawID, proof.Response.UserHandle, made.RawID)
			}
		})
	}
}

// No command but export tells a secret, in whatever form.
func TestShowTellsNoSecrets(t *testing.T) {
	emptyHome(t)
	t.Setenv("HANKOSIM_KEYSTORE", "passkeys.json")
	store, err := authenticator.OpenKeystore("passkeys.json", authenticator.WithScryptWork(10)) // quick to try
	if err != nil {
		t.Fatal(err)
	}
	phone := authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove)
	made, err := phone.Create(t.Context(), creation("ada"))
	if err != nil {
		t.Fatal(err)
	}
	private, err := store.Export()
	if err != nil {
		t.Fatal(err)
	}
	id := credentialID(private[0].Passkey)
	var secrets []string
	for _, secret := range [][]byte{private[0].PrivateKey, private[0].PRFSecret} {
		if len(secret) == 0 {
			t.Fatalf("the passkey %x has nothing to hide", made.RawID)
		}
		text, err := authenticator.Bytes(secret).MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, string(text), strings.NewReplacer("-", "+", "_", "/").Replace(string(text)))
	}
	for _, args := range [][]string{
		{"passkeys", "show", "--", id},
		{"passkeys", "show", "--json", "--", id},
		{"passkeys", "list"},
		{"passkeys", "list", "--json"},
		{"passkeys", "rename", "--", id, "Ada"},
		{"passkeys", "delete", "--", id},
	} {
		code, stdout, stderr := hankosim(t, args...)
		if code != 0 || stdout == "" {
			t.Errorf("%q: %d, %s%s", args, code, stdout, stderr)
		}
		for _, secret := range secrets {
			if strings.Contains(stdout+stderr, secret) {
				t.Errorf("%q tells a secret:\n%s%s", args, stdout, stderr)
			}
		}
	}
}

// Who is asked for a passphrase may mistype twice; what is in the environment counts before.
func TestUnseal(t *testing.T) {
	emptyHome(t)
	store, err := authenticator.OpenKeystore("passkeys.json", authenticator.WithScryptWork(10)) // quick to try
	if err != nil {
		t.Fatal(err)
	}
	if err := store.SetPassphrase("right"); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, variable string
		answers        []string
		opens          bool
		said           int
	}{
		{"at once", "", []string{"right"}, true, 0},
		{"at the third try", "", []string{"wrong", "", "right"}, true, 2},
		{"not at all", "", []string{"wrong", "wronger", "wrongest", "right"}, false, 2},
		{"nobody answers", "", nil, false, 0},
		{"from the environment", "right", nil, true, 0},
		{"a wrong one from the environment", "wrong", []string{"right"}, false, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(passphraseVariable, test.variable)
			var stderr bytes.Buffer
			answers := test.answers
			unlock := newUnlocker(&stderr)
			unlock.ask = func(context.Context, string) (string, error) {
				if len(answers) == 0 {
					return "", context.Canceled
				}
				answer := answers[0]
				answers = answers[1:]
				return answer, nil
			}
			store, err := unlock.keystore(t.Context(), config.Config{Keystore: "passkeys.json"})
			if opens := err == nil && store != nil; opens != test.opens {
				t.Errorf("it opens: %v (%v)", opens, err)
			}
			if said := strings.Count(stderr.String(), "Wrong passphrase."); said != test.said {
				t.Errorf("a wrong passphrase is told %d times, not %d", said, test.said)
			}
			if test.name == "nobody answers" && !errors.Is(err, context.Canceled) {
				t.Errorf("the interruption is lost: %v", err)
			}
		})
	}
}

func TestNewPassphrase(t *testing.T) {
	for name, test := range map[string]struct {
		answers [2]string
		want    string
		wrong   string
	}{
		"the same twice": {[2]string{"a b", "a b"}, "a b", ""},
		"two different":  {[2]string{"a", "b"}, "", "the two passphrases differ; the keystore was not changed"},
		"none":           {[2]string{"", ""}, "", "the passphrase is empty; the keystore was not changed"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			got, err := newPassphrase(func(string) (string, error) {
				asked++
				return test.answers[asked-1], nil
			})
			said := ""
			if err != nil {
				said = err.Error()
			}
			if got != test.want || said != test.wrong {
				t.Errorf("%q, %q", got, said)
			}
		})
	}
}

// The app's own association check asks nobody where the answer is known, unless the phone is strict.
func TestAppAssociationOfNobody(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // whoever asks a domain fails
	demo := authenticator.AndroidApp{PackageName: "com.example.hankosim", APKKeyHash: config.DemoKeyHash}
	own := authenticator.IPhone()
	own.AppleAppID = "TEAM.app"
	for name, test := range map[string]struct {
		profile authenticator.Profile
		rpID    string
		asks    bool
	}{
		"an iOS app without an id":    {authenticator.IPhone(), "example.com", false},
		"the Android app of nobody":   {authenticator.Android(demo), "example.com", false},
		"localhost":                   {own, "localhost", false},
		"a name below localhost":      {own, "app.localhost", false},
		"an app of one's own":         {own, "example.com", true},
		"a browser is no app":         {authenticator.IPhoneBrowser("https://example.com"), "example.com", false},
		"an Android app of one's own": {authenticator.Android(authenticator.AndroidApp{PackageName: "a.b", APKKeyHash: "Fsd6RMWvFWWmSWYRXbmvcGOCzGcLqQQ3bKFlXgX8i_8"}), "example.com", true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := appAssociation(false)(ctx, test.profile, test.rpID); (err != nil) != test.asks {
				t.Errorf("a phone that only reports: %v", err)
			}
			strictly := appAssociation(true)(ctx, test.profile, test.rpID)
			if isApp := test.profile.Platform != authenticator.NoPlatform; (strictly != nil) != isApp {
				t.Errorf("a strict phone: %v", strictly)
			}
		})
	}
}

// The embedded tenant accepts the pages of the phones that play against it.
func TestEmbeddedOrigins(t *testing.T) {
	cfg := config.Config{
		Apps: []authenticator.AndroidApp{{APKKeyHash: config.DemoKeyHash}, {APKKeyHash: "play"}},
		Phones: []authenticator.Profile{
			authenticator.IPhone(), authenticator.SecurityKey("https://login.example.com"),
			authenticator.Android(authenticator.AndroidApp{APKKeyHash: "play"}), authenticator.Android(authenticator.AndroidApp{APKKeyHash: "beta"}),
		},
	}
	want := []string{
		"android:apk-key-hash:" + config.DemoKeyHash, "android:apk-key-hash:play", "https://login.example.com", "android:apk-key-hash:beta",
	}
	if diff := cmp.Diff(want, origins(cfg)); diff != "" {
		t.Error(diff)
	}
}

// A secret file is never written over another.
func TestWriteSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := writeSecret(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := writeSecret(path, []byte("second")); !errors.Is(err, os.ErrExist) {
		t.Errorf("the error is %v", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "first" {
		t.Errorf("the file holds %q (%v)", content, err)
	}
}
