package exchange

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/authenticator"
)

var (
	creation = authenticator.CreationOptions{
		RP:         authenticator.RelyingParty{ID: "example.com", Name: "Example"},
		User:       authenticator.User{ID: []byte("0123456789abcdef"), Name: "ada@example.com", DisplayName: "Ada"},
		Challenge:  []byte("challenge"),
		Extensions: authenticator.CreationExtensions{PRF: &authenticator.PRFRequest{}, LargeBlob: "preferred"},
	}
	request = authenticator.RequestOptions{RPID: "example.com", Challenge: []byte("challenge")}
)

// exported creates a passkey with all extensions, writes a large blob, and exports the passkey.
func exported(t *testing.T) (authenticator.Profile, []authenticator.PrivatePasskey) {
	t.Helper()
	store := authenticator.NewMemoryKeystore()
	phone := authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove)
	created, err := phone.Create(t.Context(), creation)
	if err != nil {
		t.Fatal(err)
	}
	write := request
	write.AllowCredentials = []authenticator.Descriptor{{Type: "public-key", ID: created.RawID}}
	write.Extensions.LargeBlobWrite = bytes.Repeat([]byte("blob "), 100)
	if _, err := phone.Get(t.Context(), write); err != nil {
		t.Fatal(err)
	}
	list, err := store.Export()
	if err != nil {
		t.Fatal(err)
	}
	return phone.Profile(), list
}

// imported imports the passkeys on another phone, which must be able to sign in, and returns them from there.
func imported(t *testing.T, list []authenticator.PrivatePasskey) authenticator.PrivatePasskey {
	t.Helper()
	store := authenticator.NewMemoryKeystore()
	phone := authenticator.NewPhone(authenticator.Android(authenticator.AndroidApp{}), store, authenticator.AlwaysApprove)
	if err := phone.Import(list); err != nil {
		t.Fatal(err)
	}
	if err := phone.Import(list); !errors.Is(err, authenticator.ErrPasskeyExists) {
		t.Errorf("importing twice: %v", err)
	}
	list, err := store.Export()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := phone.Get(t.Context(), request); err != nil {
		t.Errorf("signing in with the imported passkey: %v", err)
	}
	return list[0]
}

// parsed parses a document that has exactly one passkey.
func parsed(t *testing.T, document []byte) []authenticator.PrivatePasskey {
	t.Helper()
	found, err := Parse(document)
	if err != nil || len(found.Passkeys) != 1 || len(found.Skipped) != 0 || found.Others != 0 {
		t.Fatalf("found %+v, %v", found, err)
	}
	return found.Passkeys
}

// sameBut compares passkeys, without what forget clears because the format cannot contain it.
func sameBut(t *testing.T, got, want authenticator.PrivatePasskey, forget func(*authenticator.PrivatePasskey)) {
	t.Helper()
	for _, p := range []*authenticator.PrivatePasskey{&got, &want} {
		p.Keychain, p.Profile = "", ""
		p.LastUsedAt = time.Time{}
		forget(p)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the passkey changed on its way (-before +after):\n%s", diff)
	}
}

func TestVirtualAuthenticators(t *testing.T) {
	profile, list := exported(t)
	for name, write := range map[string]func(ProfileOf, []authenticator.PrivatePasskey) ([]byte, error){
		"DevTools": DevTools, "WebDriver": WebDriver,
	} {
		t.Run(name, func(t *testing.T) {
			document, err := write(on(profile), list)
			if err != nil {
				t.Fatal(err)
			}
			sameBut(t, imported(t, parsed(t, document)), list[0], func(p *authenticator.PrivatePasskey) {
				p.RPName, p.CreatedAt, p.PRFSecret = "", time.Time{}, nil
			})
		})
	}
}

// on returns a ProfileOf for passkeys that are all on one phone.
func on(profile authenticator.Profile) ProfileOf {
	return func(authenticator.Passkey) authenticator.Profile { return profile }
}

// Passkeys of several phones are in one document, each as its phone keeps it.
func TestSeveralPhonesInOneDocument(t *testing.T) {
	_, list := exported(t)
	other := list[0]
	other.CredentialID, other.Keychain = []byte("another one"), "security key"
	document, err := DevTools(func(p authenticator.Passkey) authenticator.Profile {
		if p.Keychain == "security key" {
			return authenticator.SecurityKey("")
		}
		return authenticator.IPhone()
	}, []authenticator.PrivatePasskey{list[0], other})
	if err != nil {
		t.Fatal(err)
	}
	var form struct {
		Credentials []struct {
			BackupState bool
			SignCount   int
		}
	}
	if err := json.Unmarshal(document, &form); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(form.Credentials); got != "[{true -1} {false 0}]" {
		t.Errorf("backup states and sign counts are %s", got)
	}
}

func TestDevToolsForm(t *testing.T) {
	profile, list := exported(t)
	document, err := DevTools(on(profile), list)
	if err != nil {
		t.Fatal(err)
	}
	var form struct{ Credentials []map[string]any }
	if err := json.Unmarshal(document, &form); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"credentialId":         base64.StdEncoding.EncodeToString(list[0].CredentialID),
		"isResidentCredential": true,
		"rpId":                 "example.com",
		"privateKey":           base64.StdEncoding.EncodeToString(list[0].PrivateKey),
		"userHandle":           "MDEyMzQ1Njc4OWFiY2RlZg==",
		"signCount":            float64(-1),
		"largeBlob":            base64.StdEncoding.EncodeToString(list[0].LargeBlob),
		"backupEligibility":    true,
		"backupState":          true,
		"userName":             "ada@example.com",
		"userDisplayName":      "Ada",
	}
	if diff := cmp.Diff(want, form.Credentials[0]); diff != "" {
		t.Error(diff)
	}
	document, err = WebDriver(on(profile), list)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(document); !strings.Contains(s, `"userHandle": "MDEyMzQ1Njc4OWFiY2RlZg"`) || !strings.Contains(s, `"signCount": 0`) {
		t.Errorf("WebDriver's form is %s", s)
	}
}

func TestCXF(t *testing.T) {
	_, list := exported(t)
	counting, serverSide := list[0], list[0]
	counting.SignCount = 3
	serverSide.ServerSide = true
	document, left, err := CXF(append(list, counting, serverSide), time.Unix(1_800_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 2 || left[0].SignCount != 3 || !left[1].ServerSide {
		t.Errorf("left out %+v, want the counting and the server-side one", left)
	}
	sameBut(t, imported(t, parsed(t, document)), list[0], func(p *authenticator.PrivatePasskey) { p.CreatedAt = p.CreatedAt.Truncate(time.Second) })

	var form map[string]any
	if err := json.Unmarshal(document, &form); err != nil {
		t.Fatal(err)
	}
	item := form["accounts"].([]any)[0].(map[string]any)["items"].([]any)[0].(map[string]any)
	passkey := item["credentials"].([]any)[0].(map[string]any)
	if form["timestamp"] != 1.8e9 || item["title"] != "Example" || passkey["type"] != "passkey" || passkey["userHandle"] != "MDEyMzQ1Njc4OWFiY2RlZg" ||
		passkey["fido2Extensions"].(map[string]any)["hmacCredentials"].(map[string]any)["algorithm"] != "hmac-sha256" {
		t.Errorf("the document is %s", document)
	}
}

func TestImportIsAllOrNothing(t *testing.T) {
	_, good := exported(t)
	for name, spoil := range map[string]func(*authenticator.PrivatePasskey){
		"no key":             func(p *authenticator.PrivatePasskey) { p.PrivateKey = nil },
		"bad key":            func(p *authenticator.PrivatePasskey) { p.PrivateKey = []byte("key") },
		"no id":              func(p *authenticator.PrivatePasskey) { p.CredentialID = nil },
		"same id":            func(p *authenticator.PrivatePasskey) { p.CredentialID = good[0].CredentialID },
		"bad RP id":          func(p *authenticator.PrivatePasskey) { p.RPID = "127.0.0.1" },
		"no user handle":     func(p *authenticator.PrivatePasskey) { p.UserHandle = nil },
		"long large blob":    func(p *authenticator.PrivatePasskey) { p.LargeBlob = make([]byte, 5000) },
		"short prf secret":   func(p *authenticator.PrivatePasskey) { p.PRFSecret = []byte("short") },
		"long credential id": func(p *authenticator.PrivatePasskey) { p.CredentialID = make([]byte, 1024) },
	} {
		store := authenticator.NewMemoryKeystore()
		phone := authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove)
		bad := good[0]
		bad.CredentialID = []byte("another")
		spoil(&bad)
		if err := phone.Import([]authenticator.PrivatePasskey{good[0], bad}); err == nil || !strings.Contains(err.Error(), "passkey 2 of 2") {
			t.Errorf("%s: %v", name, err)
		}
		if list, err := store.Passkeys(); err != nil || len(list) != 0 {
			t.Errorf("%s: %d were imported, %v", name, len(list), err)
		}
	}
	if _, err := authenticator.NewMemoryKeystore().Export([]byte("none")); !errors.Is(err, authenticator.ErrUnknownPasskey) {
		t.Errorf("exporting what is not there: %v", err)
	}
}
