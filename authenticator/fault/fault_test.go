package fault

import (
	"bytes"
	"crypto/elliptic"
	"encoding/asn1"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"example.com/hankosim/authenticator"
)

const (
	rpID       = "login.example.com"
	apkKeyHash = "pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"
)

type user struct{ credentials []webauthn.Credential }

func (u *user) WebAuthnID() []byte                         { return []byte("0123456789abcdef") }
func (u *user) WebAuthnName() string                       { return "ada@example.com" }
func (u *user) WebAuthnDisplayName() string                { return "Ada Lovelace" }
func (u *user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

// relyingParty is go-webauthn's strictest one.
type relyingParty struct {
	t    *testing.T
	web  *webauthn.WebAuthn
	user *user
}

func newRelyingParty(t *testing.T, userVerification string) *relyingParty {
	t.Helper()
	web, err := webauthn.New(&webauthn.Config{
		RPID:            rpID,
		RPDisplayName:   "Example",
		RPOrigins:       []string{"https://" + rpID},
		RPOpaqueOrigins: []string{"android:apk-key-hash:" + apkKeyHash},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:      protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.UserVerificationRequirement(userVerification),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &relyingParty{t: t, web: web, user: &user{}}
}

func (rp *relyingParty) json(v any) []byte {
	rp.t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		rp.t.Fatal(err)
	}
	return data
}

// register returns the relying party's verdict. The phone itself must not fail.
func (rp *relyingParty) register(phone *authenticator.Phone) error {
	rp.t.Helper()
	creation, session, err := rp.web.BeginRegistration(rp.user)
	if err != nil {
		rp.t.Fatal(err)
	}
	options, err := authenticator.ParseCreationOptions(rp.json(creation))
	if err != nil {
		rp.t.Fatal(err)
	}
	response, err := phone.Create(rp.t.Context(), options)
	if err != nil {
		rp.t.Fatal(err)
	}
	data, err := protocol.ParseCredentialCreationResponseBytes(rp.json(response))
	if err != nil {
		return err
	}
	credential, err := rp.web.CreateCredential(rp.user, *session, data)
	if err != nil {
		return err
	}
	rp.user.credentials = []webauthn.Credential{*credential}
	return nil
}

// signIn returns the relying party's verdict, and whether it suspects a clone.
func (rp *relyingParty) signIn(phone *authenticator.Phone) (suspects bool, err error) {
	rp.t.Helper()
	assertion, session, err := rp.web.BeginDiscoverableLogin()
	if err != nil {
		rp.t.Fatal(err)
	}
	options, err := authenticator.ParseRequestOptions(rp.json(assertion))
	if err != nil {
		rp.t.Fatal(err)
	}
	response, err := phone.Get(rp.t.Context(), options)
	if err != nil {
		rp.t.Fatal(err)
	}
	data, err := protocol.ParseCredentialRequestResponseBytes(rp.json(response))
	if err != nil {
		return false, err
	}
	find := func(_, handle []byte) (webauthn.User, error) {
		if !bytes.Equal(handle, rp.user.WebAuthnID()) {
			return nil, fmt.Errorf("no user has the handle %q", handle)
		}
		return rp.user, nil
	}
	credential, err := rp.web.ValidateDiscoverableLogin(find, *session, data)
	if err != nil {
		return false, err
	}
	return credential.Authenticator.CloneWarning, nil
}

func profiles() []authenticator.Profile {
	return []authenticator.Profile{
		authenticator.IPhone(),
		authenticator.Android(authenticator.AndroidApp{PackageName: "com.example.app", APKKeyHash: apkKeyHash}),
	}
}

// commit commits the fault at go-webauthn, and returns the verdict.
func commit(t *testing.T, f Fault, profile authenticator.Profile) (Verdict, error) {
	t.Helper()
	asked := f.Asked
	if asked == "" {
		asked = "required"
	}
	rp := newRelyingParty(t, asked)
	honest := authenticator.NewPhone(profile, authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
	faulty := f.On(honest)
	if f.Ceremony == authenticator.Create {
		if err := rp.register(faulty); err != nil {
			return Reject, err
		}
		return Accept, nil
	}
	if err := rp.register(faulty); err != nil {
		t.Fatalf("registering before the fault: %v", err)
	}
	suspects, err := rp.signIn(faulty)
	switch {
	case err != nil:
		return Reject, err
	case suspects:
		return Suspect, nil
	}
	return Accept, nil
}

// laxer lists where go-webauthn 0.18.2 accepts what a careful relying party rejects. Hanko's backend, up to
// v3.0.4, has version 0.10.2, which accepts more: see testdata/fault-matrix.tsv.
var laxer = map[string]string{
	"create/origin-upper-case":  "it compares scheme and host without regard to case",
	"create/origin-with-path":   "it compares scheme and host only",
	"create/origin-with-port":   "it leaves the default port out before comparing",
	"get/origin-upper-case":     "as on create",
	"get/origin-with-path":      "as on create",
	"get/origin-with-port":      "as on create",
	"create/short-coordinate":   "it looks at the key only when it verifies with it",
	"create/point-not-on-curve": "it looks at the key only when it verifies with it",
}

func TestEveryFaultGetsItsVerdict(t *testing.T) {
	unused := map[string]bool{}
	for id := range laxer {
		unused[id] = true
	}
	for _, f := range Catalogue() {
		t.Run(f.ID(), func(t *testing.T) {
			want := f.Verdict
			if _, lax := laxer[f.ID()]; lax {
				want = Accept
				delete(unused, f.ID())
			}
			for _, profile := range profiles() {
				if profile.Platform == authenticator.AndroidOS && strings.HasPrefix(f.Name, "origin-") {
					continue // an opaque origin has no case, path or port to get wrong; any change is another origin
				}
				got, err := commit(t, f, profile)
				if got != want && want != Either {
					t.Errorf("%s %s: go-webauthn says %s (%v), the catalogue %s: %s", profile.Label, f.Does, got, err, want, f.Why)
				}
			}
		})
	}
	for id := range unused {
		t.Errorf("%s is listed as an exception and is no fault", id)
	}
}

func TestHonestPhonesAreAccepted(t *testing.T) {
	for _, profile := range profiles() {
		for _, asked := range []string{"required", "preferred", "discouraged"} {
			rp := newRelyingParty(t, asked)
			phone := authenticator.NewPhone(profile, authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
			if err := rp.register(phone); err != nil {
				t.Errorf("%s: %v", profile.Name, err)
			}
			if suspects, err := rp.signIn(phone); err != nil || suspects {
				t.Errorf("%s: suspects %v, %v", profile.Name, suspects, err)
			}
		}
	}
}

// rows maps the rows of the measured matrix to faults of the catalogue.
var rows = map[string]string{
	"REG wrong type webauthn.get":                "create/wrong-type",
	"REG wrong challenge":                        "create/wrong-challenge",
	"REG padded challenge (=)":                   "create/padded-challenge",
	"REG wrong origin":                           "create/wrong-origin",
	"REG origin upper case":                      "create/origin-upper-case",
	"REG origin with path":                       "create/origin-with-path",
	"REG origin with :443":                       "create/origin-with-port",
	"REG android origin not configured":          "create/unknown-android-origin",
	"REG crossOrigin true":                       "create/cross-origin",
	"REG crossOrigin false":                      "create/same-origin",
	"REG androidPackageName extra":               "create/android-package-name",
	"REG chrome GREASE extra key":                "create/extra-member",
	"REG escaped slashes in origin":              "create/escaped-slashes",
	"REG UTF-8 BOM before clientDataJSON":        "create/byte-order-mark",
	"REG wrong rpIdHash":                         "create/wrong-rp-id-hash",
	"REG UP=0":                                   "create/user-not-present",
	"REG UV=0, required":                         "create/user-not-verified",
	"REG UV=0, preferred":                        "create/user-not-verified-though-preferred",
	"REG BE=0 BS=1":                              "create/backed-up-but-not-eligible",
	"REG AT=0 but data":                          "create/no-attested-data-flag",
	"REG RFU bits set":                           "create/reserved-flags",
	"REG ED=1 no ext":                            "create/extension-flag-without-data",
	"REG ED=1 + valid ext map":                   "create/unsolicited-extension-data",
	"REG trailing bytes in authData":             "create/trailing-auth-data",
	"REG trailing bytes after attestationObject": "create/trailing-attestation-object",
	"REG fmt none with non-empty attStmt":        "create/none-with-statement",
	"REG fmt packed bogus sig":                   "create/packed-bogus-signature",
	"REG fmt unknown":                            "create/unknown-format",
	"REG id != rawId":                            "create/id-not-raw-id",
	"REG credId 1023":                            "create/credential-id-1023",
	"REG credId 1024":                            "create/credential-id-1024",
	"REG x trimmed to 31 bytes":                  "create/short-coordinate",
	"REG point not on curve":                     "create/point-not-on-curve",
	"REG alg -47 ES256K not requested":           "create/unrequested-algorithm",
	"REG type missing":                           "create/no-type",
	"REG rawId missing":                          "create/no-raw-id",
	"REG unsolicited credProps output":           "create/unsolicited-cred-props",
	"REG unsolicited unknown output":             "create/unsolicited-unknown-output",
	"REG authenticatorAttachment weird":          "create/unknown-attachment",
	"GET bogus signature":                        "get/bogus-signature",
	"GET bit flipped signature":                  "get/flipped-signature",
	"GET raw r||s signature":                     "get/raw-signature",
	"GET trailing bytes after DER sig":           "get/trailing-signature",
	"GET high-S (n-s) signature":                 "get/high-s",
	"GET UP=0":                                   "get/user-not-present",
	"GET UV=0 required":                          "get/user-not-verified",
	"GET UV=0 preferred":                         "get/user-not-verified-though-preferred",
	"GET BE flipped to 0":                        "get/no-longer-backup-eligible",
	"GET BS flipped to 0":                        "get/no-longer-backed-up",
	"GET BE=0 BS=1":                              "get/backed-up-but-not-eligible",
	"GET wrong rpIdHash":                         "get/wrong-rp-id-hash",
	"GET wrong origin":                           "get/wrong-origin",
	"GET wrong type":                             "get/wrong-type",
	"GET wrong challenge":                        "get/wrong-challenge",
	"GET crossOrigin true":                       "get/cross-origin",
	"GET no userHandle (discoverable)":           "get/no-user-handle",
	"GET wrong userHandle":                       "get/wrong-user-handle",
	"GET id != rawId":                            "get/id-not-raw-id",
	"GET AT flag set, no data":                   "get/attested-data-flag-without-data",
	"GET trailing bytes in authData":             "get/trailing-auth-data",
	"GET unsolicited prf output":                 "get/unsolicited-prf",
	"GET signCount 5 <= stored 10":               "get/counter-back",
	"GET signCount 0, stored 10":                 "get/counter-reset",
}

// The matrix was measured with another emulator. Ours must get the same verdicts.
func TestTheMeasuredMatrix(t *testing.T) {
	file, err := os.Open("testdata/fault-matrix.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma, r.LazyQuotes = '\t', true
	matrix, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range matrix[1:] {
		name, measured := row[0], row[2]
		if name == "REG baseline" || name == "GET baseline" {
			continue // TestHonestPhonesAreAccepted
		}
		f, err := Named(rows[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := map[string]Verdict{"ACCEPT": Accept, "reject": Reject, "ACCEPT (CloneWarning)": Suspect}[measured]
		if got, err := commit(t, f, authenticator.IPhone()); got != want {
			t.Errorf("%s: %s (%v), measured %s", name, got, err, measured)
		}
	}
}

func TestTheCatalogueIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Catalogue() {
		if f.Name == "" || f.Does == "" || f.Why == "" || f.Verdict == "" || seen[f.ID()] {
			t.Errorf("%+v lacks something or is there twice", f)
		}
		seen[f.ID()] = true
		if same, err := Named(f.ID()); err != nil || same.Does != f.Does {
			t.Errorf("Named(%q): %v", f.ID(), err)
		}
	}
	if _, err := Named("wrong-origin"); err == nil || !strings.Contains(err.Error(), "create/wrong-origin or get/wrong-origin") {
		t.Errorf("a name without its ceremony: %v", err)
	}
	if _, err := Named("get/nonsense"); err == nil {
		t.Error("there is a fault nonsense")
	}
}

func TestHighSIsTheHigherTwin(t *testing.T) {
	half := new(big.Int).Rsh(elliptic.P256().Params().N, 1)
	low := ecdsaSignature{R: big.NewInt(7), S: big.NewInt(9)}
	der, err := asn1.Marshal(low)
	if err != nil {
		t.Fatal(err)
	}
	high := highS(der)
	for range 2 { // of a signature that is high already, nothing changes
		var s ecdsaSignature
		if _, err := asn1.Unmarshal(high, &s); err != nil || s.S.Cmp(half) <= 0 || s.R.Cmp(low.R) != 0 {
			t.Errorf("the twin of %v is %v, %v", low, s, err)
		}
		high = highS(high)
	}
	if s := []byte("an Ed25519 signature"); !bytes.Equal(highS(s), s) || !bytes.Equal(rawSignature(s), s) {
		t.Error("a signature that is not ECDSA was changed")
	}
}
