package authenticator

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"
)

const testPage = "https://" + testRPID

func allProfiles(t *testing.T) []Profile {
	t.Helper()
	var list []Profile
	for _, name := range ProfileNames() {
		p, err := NamedProfile(name, testApp, testPage)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Check(); err != nil || p.Name != name {
			t.Fatalf("profile %q for %q: %v", p.Name, name, err)
		}
		list = append(list, p)
	}
	return list
}

// Each combination of profile, algorithm and attestation registers and signs in twice at a strict relying party.
func TestEveryProfileAlgorithmAndAttestation(t *testing.T) {
	ca, err := NewAttestationCA()
	if err != nil {
		t.Fatal(err)
	}
	for _, profile := range allProfiles(t) {
		if profile.NoScreenLock {
			continue // it does not register with a relying party that requires user verification: see TestNoScreenLock
		}
		for _, algorithm := range Algorithms() {
			for _, attestation := range []Attestation{NoAttestation, SelfAttestation, PackedAttestation} {
				t.Run(fmt.Sprintf("%s/%v/%s", profile.Name, algorithm, attestation), func(t *testing.T) {
					profile := profile
					profile.Algorithms = []Algorithm{algorithm}
					profile.Attestation = attestation
					profile.AttestationCA = ca
					rp := newRelyingParty(t)
					phone := NewPhone(profile, NewMemoryKeystore(), AlwaysApprove)
					response := rp.register(phone,
						webauthn.WithConveyancePreference(protocol.PreferDirectAttestation),
						webauthn.WithCredentialParameters(webauthn.CredentialParametersDefault()))
					rp.signIn(phone)
					used := rp.signIn(phone)

					registered := rp.user.credentials[0]
					format, count := "none", uint32(0)
					if attestation != NoAttestation {
						format = "packed"
					}
					if profile.Counts {
						count = 2
					}
					if registered.AttestationFormat != format || used.Authenticator.SignCount != count {
						t.Errorf("format %q, count %d, want %q and %d", registered.AttestationFormat, used.Authenticator.SignCount, format, count)
					}
					if attestation == PackedAttestation {
						checkChain(t, ca, response)
					}
					var parsed webauthncose.PublicKeyData
					if key, err := webauthncose.ParsePublicKey(registered.PublicKey); err != nil {
						t.Errorf("public key: %v", err)
					} else {
						switch key := key.(type) {
						case webauthncose.EC2PublicKeyData:
							parsed = key.PublicKeyData
						case webauthncose.OKPPublicKeyData:
							parsed = key.PublicKeyData
						case webauthncose.RSAPublicKeyData:
							parsed = key.PublicKeyData
						}
					}
					if parsed.Algorithm != int64(algorithm) {
						t.Errorf("algorithm %d, want %v", parsed.Algorithm, algorithm)
					}
				})
			}
		}
	}
}

// checkChain verifies the attestation certificate like a relying party that trusts the CA.
func checkChain(t *testing.T, ca *AttestationCA, response *RegistrationResponse) {
	t.Helper()
	var data protocol.AttestationObject
	parsed, err := protocol.ParseCredentialCreationResponseBytes(mustJSON(t, response))
	if err != nil {
		t.Fatal(explain(err))
	}
	data = parsed.Response.AttestationObject
	der := data.AttStatement["x5c"].([]any)[0].([]byte)
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca.CertificatePEM()) {
		t.Fatal("the CA's PEM has no certificate")
	}
	if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		t.Errorf("the chain does not verify: %v", err)
	}
}

func TestAnAttestationCAIsExportedAndReadAgain(t *testing.T) {
	ca, err := NewAttestationCA()
	if err != nil {
		t.Fatal(err)
	}
	data, err := ca.PEM()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseAttestationCA(data)
	if err != nil {
		t.Fatal(err)
	}
	profile := SecurityKey(testPage)
	profile.Attestation, profile.AttestationCA = PackedAttestation, again
	rp := newRelyingParty(t)
	response := rp.register(NewPhone(profile, NewMemoryKeystore(), AlwaysApprove), webauthn.WithConveyancePreference(protocol.PreferDirectAttestation))
	checkChain(t, ca, response)

	other, err := NewAttestationCA()
	if err != nil {
		t.Fatal(err)
	}
	_, otherKey, _ := strings.Cut(string(mustPEM(t, other)), "-----END CERTIFICATE-----\n")
	for name, bad := range map[string]string{
		"empty":           "",
		"certificate":     string(ca.CertificatePEM()),
		"another's key":   string(ca.CertificatePEM()) + otherKey,
		"not certificate": strings.Replace(string(data), "MII", "AAA", 1),
	} {
		if _, err := ParseAttestationCA([]byte(bad)); err == nil {
			t.Errorf("%s is accepted as a CA", name)
		}
	}
}

func mustPEM(t *testing.T, ca *AttestationCA) []byte {
	t.Helper()
	data, err := ca.PEM()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheRelyingPartysOrderDecidesTheAlgorithm(t *testing.T) {
	profile := IPhone()
	profile.Algorithms = Algorithms()
	tests := []struct {
		asked []Parameter
		want  Algorithm
	}{
		{[]Parameter{{publicKeyType, -47}, {publicKeyType, EdDSA}, {publicKeyType, ES256}}, EdDSA},
		{[]Parameter{{publicKeyType, ES512}, {publicKeyType, ES384}}, ES512},
		{[]Parameter{{"other", EdDSA}, {publicKeyType, ES384}}, ES384},
		{nil, ES256},
	}
	for _, tt := range tests {
		options := testCreation()
		options.Parameters = tt.asked
		phone := NewPhone(profile, NewMemoryKeystore(), AlwaysApprove)
		if _, err := phone.Create(t.Context(), options); err != nil {
			t.Fatal(err)
		}
		if list, err := phone.Passkeys(); err != nil || list[0].Algorithm != tt.want {
			t.Errorf("asked %v: made %v, %v, want %v", tt.asked, list, err, tt.want)
		}
	}
}

func TestEveryAlgorithmOutlivesTheProgram(t *testing.T) {
	for _, a := range Algorithms() {
		k, err := generateKey(a)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := encodeKeystore([]*credential{{Passkey: Passkey{CredentialID: []byte("id"), RPID: testRPID}, key: k}})
		if err != nil {
			t.Fatal(err)
		}
		list, err := decodeKeystore(raw, nil)
		if err != nil || list[0].Algorithm != a || !slices.Equal(list[0].key.cose(), k.cose()) {
			t.Errorf("%v: %v", a, err)
		}
	}
}

func TestPagesAndTheirRPIDs(t *testing.T) {
	listed := func(_ context.Context, rpID, origin string) error {
		if rpID == "example.org" && origin == testPage {
			return nil
		}
		return errors.New("not listed")
	}
	tests := []struct {
		page, rpID string
		related    RelatedOrigins
		want       ErrorName
	}{
		{testPage, testRPID, nil, ""},
		{testPage, "example.com", nil, ""},
		{testPage, "", nil, ""},
		{"https://login.example.com:8443", "example.com", nil, ""},
		{"http://localhost:8888", "localhost", nil, ""},
		{"http://app.localhost", "app.localhost", nil, ""},
		{testPage, "com", nil, SecurityError},
		{testPage, "other.example.com", nil, SecurityError},
		{"https://notexample.com", "example.com", nil, SecurityError},
		{"http://login.example.com", "example.com", nil, SecurityError},
		{"https://login.example.com/path", "example.com", nil, SecurityError},
		{testPage, "example.org", nil, SecurityError},
		{testPage, "example.org", listed, ""},
		{testPage, "example.net", listed, SecurityError},
	}
	for _, tt := range tests {
		phone := NewPhone(IPhoneBrowser(tt.page), NewMemoryKeystore(), AlwaysApprove, WithRelatedOrigins(tt.related))
		options := testCreation()
		options.RP.ID = tt.rpID
		response, err := phone.Create(t.Context(), options)
		if tt.want != "" {
			wantRefusal(t, phone.Profile(), err, tt.want, "", "")
			continue
		}
		if err != nil {
			t.Errorf("%s with RP ID %q: %v", tt.page, tt.rpID, err)
			continue
		}
		want := `{"type":"webauthn.create","challenge":"` + encodeChallenge(testChallenge) + `","origin":"` + tt.page + `","crossOrigin":false}`
		if string(response.Response.ClientDataJSON) != want {
			t.Errorf("client data %s, want %s", response.Response.ClientDataJSON, want)
		}
	}
}

func TestPhonesOfOneAccountShare(t *testing.T) {
	store := NewMemoryKeystore()
	phone := func(p Profile, label, account string) *Phone {
		return NewPhone(p.Owned(label, account), store, AlwaysApprove)
	}
	iphone, ipad := phone(IPhone(), "Ada's iPhone", "ada"), phone(IPhone(), "Ada's iPad", "ada")
	bobs := phone(IPhone(), "Bob's iPhone", "bob")
	browser := phone(IPhoneBrowser(testPage), "Ada's Safari", "ada")
	key, otherKey := phone(SecurityKey(testPage), "blue key", "ada"), phone(SecurityKey(testPage), "red key", "ada")

	rp := newRelyingParty(t)
	rp.register(iphone)
	rp.signIn(ipad)
	rp.signIn(browser)
	for _, other := range []*Phone{bobs, key} {
		if list, err := other.Passkeys(); err != nil || len(list) != 0 {
			t.Errorf("%s has %v, %v", other.Profile().Label, list, err)
		}
	}
	rp.register(key)
	rp.signIn(key)
	if list, err := otherKey.Passkeys(); err != nil || len(list) != 0 {
		t.Errorf("the other key has %v, %v", list, err)
	}
}

func TestASecurityKeyIsDiscoverableOnlyIfAsked(t *testing.T) {
	tests := []struct {
		selection Selection
		want      bool
	}{
		{Selection{}, false},
		{Selection{ResidentKey: "discouraged", RequireResidentKey: true}, false},
		{Selection{ResidentKey: "preferred"}, true},
		{Selection{ResidentKey: "required"}, true},
		{Selection{RequireResidentKey: true}, true},
	}
	for _, tt := range tests {
		phone := NewPhone(SecurityKey(testPage), NewMemoryKeystore(), AlwaysApprove)
		options := testCreation()
		options.Selection = tt.selection
		options.Extensions.CredProps = true
		created, err := phone.Create(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		if got := created.Extensions["credProps"].(map[string]any)["rk"]; got != tt.want {
			t.Errorf("%+v: rk %v, want %v", tt.selection, got, tt.want)
		}
		_, err = phone.Get(t.Context(), testRequest())
		if found := err == nil; found != tt.want {
			t.Errorf("%+v: found without its id %v, want %v", tt.selection, found, tt.want)
		}
		named := testRequest()
		named.AllowCredentials = []Descriptor{{Type: publicKeyType, ID: created.RawID}}
		got, err := phone.Get(t.Context(), named)
		if err != nil {
			t.Fatal(err)
		}
		if hasHandle := got.Response.UserHandle != nil; hasHandle != tt.want {
			t.Errorf("%+v: user handle %v, want %v", tt.selection, hasHandle, tt.want)
		}
	}
}

func TestASecurityKeysAAGUIDIsSeenOnlyWithAttestation(t *testing.T) {
	for asked, want := range map[string]AAGUID{"": {}, "none": {}, "direct": SecurityKey("").AAGUID} {
		phone := NewPhone(SecurityKey(testPage), NewMemoryKeystore(), AlwaysApprove)
		options := testCreation()
		options.Attestation = asked
		created, err := phone.Create(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		if got := AAGUID(created.Response.AuthenticatorData[37:53]); got != want {
			t.Errorf("attestation %q: AAGUID %v, want %v", asked, got, want)
		}
	}
}

func TestAStrictPhoneRefusesWhatRealOnesRefuse(t *testing.T) {
	stranger := func(context.Context, Profile, string) error { return errors.New("the app is not listed") }
	native := []Profile{IPhone(), Android(testApp)}
	for _, profile := range native {
		var reported error
		report := func(err error) { reported = err }
		lax := NewPhone(profile, NewMemoryKeystore(), AlwaysApprove, WithAppAssociation(stranger, report))
		options := testCreation()
		options.Attestation = "direct"
		if _, err := lax.Create(t.Context(), options); err != nil {
			t.Errorf("%s, not strict: %v", profile.Name, err)
		}
		wantRefusal(t, profile, reported, SecurityError, "ASAuthorizationError 1004 failed: not associated with domain", "[50152] RP ID cannot be validated")

		strict := NewPhone(profile, NewMemoryKeystore(), AlwaysApprove, Strict(), WithAppAssociation(stranger, nil))
		_, err := strict.Create(t.Context(), testCreation())
		wantRefusal(t, profile, err, SecurityError, "ASAuthorizationError 1004 failed: not associated with domain", "[50152] RP ID cannot be validated")
		_, err = strict.Get(t.Context(), testRequest())
		wantRefusal(t, profile, err, SecurityError, "ASAuthorizationError 1004 failed: not associated with domain", "[50152] RP ID cannot be validated")

		_, err = NewPhone(profile, NewMemoryKeystore(), AlwaysApprove, Strict()).Create(t.Context(), options)
		if profile.Platform == IOS {
			wantRefusal(t, profile, err, NotSupportedError, "ASAuthorizationError 1004 failed: Passkeys do not support attestation.", "")
		} else if err != nil {
			t.Errorf("Android ignores attestation: %v", err)
		}
	}
}

func TestCheckNamesEveryProblem(t *testing.T) {
	err := Profile{Algorithms: []Algorithm{-47}, Attestation: PackedAttestation, PageOrigin: "http://example.com"}.Check()
	for _, want := range []string{"name", "-47", "credential IDs", "attestation CA", "attachment", "secure origin"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	for _, hash := range []string{"", testAPKKeyHash + "=", "A1:0B", "AAAA"} {
		if err := Android(AndroidApp{APKKeyHash: hash}).Check(); err == nil {
			t.Errorf("the APK key hash %q passes", hash)
		}
	}
	if err := Android(AndroidApp{APKKeyHash: apkKeyHashPrefix + testAPKKeyHash}).Check(); err != nil {
		t.Errorf("a hash with its prefix: %v", err)
	}
	if _, err := NamedProfile("nokia", AndroidApp{}, ""); err == nil {
		t.Error("there is a profile nokia")
	}
}

// TestNoScreenLock checks that a phone without a screen lock verifies nobody, whatever its Consent says, and refuses if a
// relying party requires it.
func TestNoScreenLock(t *testing.T) {
	phone := NewPhone(UnlockedAndroid(testApp), NewMemoryKeystore(), AlwaysApprove)
	rp := newRelyingParty(t)
	preferred := webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
		ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationPreferred,
	})
	rp.register(phone, preferred)
	if flags := rp.user.credentials[0].Flags; flags.UserVerified || !flags.UserPresent {
		t.Errorf("the flags are %+v", flags)
	}
	options, _, err := rp.web.BeginRegistration(rp.user)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	required, err := ParseCreationOptions(sent)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = phone.Create(t.Context(), required); !errors.Is(err, ErrNotVerified) {
		t.Errorf("where user verification is required the phone says %v", err)
	}
}
