package authenticator

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

const (
	testRPID       = "login.example.com"
	testAPKKeyHash = "pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"
)

var testApp = AndroidApp{PackageName: "com.example.app", APKKeyHash: testAPKKeyHash}

// relyingParty is go-webauthn's strictest relying party, which requires user verification and resident keys.
type relyingParty struct {
	t    *testing.T
	web  *webauthn.WebAuthn
	user *rpUser
}

type rpUser struct {
	id          []byte
	credentials []webauthn.Credential
}

func (u *rpUser) WebAuthnID() []byte                         { return u.id }
func (u *rpUser) WebAuthnName() string                       { return "ada@example.com" }
func (u *rpUser) WebAuthnDisplayName() string                { return "Ada Lovelace" }
func (u *rpUser) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func newRelyingParty(t *testing.T) *relyingParty {
	t.Helper()
	web, err := webauthn.New(&webauthn.Config{
		RPID:            testRPID,
		RPDisplayName:   "Example",
		RPOrigins:       []string{"https://" + testRPID},
		RPOpaqueOrigins: []string{apkKeyHashPrefix + testAPKKeyHash},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:      protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &relyingParty{t: t, web: web, user: &rpUser{id: []byte("0123456789abcdef")}}
}

// register does a registration, over JSON as with a real tenant, and fails the test if either side refuses.
func (rp *relyingParty) register(phone *Phone, options ...webauthn.RegistrationOption) *RegistrationResponse {
	rp.t.Helper()
	creation, session, err := rp.web.BeginRegistration(rp.user, options...)
	if err != nil {
		rp.t.Fatal(err)
	}
	parsed, err := ParseCreationOptions(mustJSON(rp.t, creation))
	if err != nil {
		rp.t.Fatal(err)
	}
	response, err := phone.Create(rp.t.Context(), parsed)
	if err != nil {
		rp.t.Fatal(err)
	}
	data, err := protocol.ParseCredentialCreationResponseBytes(mustJSON(rp.t, response))
	if err != nil {
		rp.t.Fatalf("the relying party cannot parse the response: %v", explain(err))
	}
	credential, err := rp.web.CreateCredential(rp.user, *session, data)
	if err != nil {
		rp.t.Fatalf("the relying party refuses the registration: %v", explain(err))
	}
	rp.user.credentials = append(rp.user.credentials, *credential)
	return response
}

// signIn does a discoverable login.
func (rp *relyingParty) signIn(phone *Phone) *webauthn.Credential {
	rp.t.Helper()
	assertion, session, err := rp.web.BeginDiscoverableLogin()
	if err != nil {
		rp.t.Fatal(err)
	}
	parsed, err := ParseRequestOptions(mustJSON(rp.t, assertion))
	if err != nil {
		rp.t.Fatal(err)
	}
	response, err := phone.Get(rp.t.Context(), parsed)
	if err != nil {
		rp.t.Fatal(err)
	}
	data, err := protocol.ParseCredentialRequestResponseBytes(mustJSON(rp.t, response))
	if err != nil {
		rp.t.Fatalf("the relying party cannot parse the response: %v", explain(err))
	}
	find := func(_, handle []byte) (webauthn.User, error) {
		if string(handle) != string(rp.user.id) {
			rp.t.Fatalf("user handle %x, want %x", handle, rp.user.id)
		}
		return rp.user, nil
	}
	credential, err := rp.web.ValidateDiscoverableLogin(find, *session, data)
	if err != nil {
		rp.t.Fatalf("the relying party refuses the login: %v", explain(err))
	}
	return credential
}

func explain(err error) string {
	var e *protocol.Error
	if errors.As(err, &e) {
		return e.Details + ": " + e.DevInfo
	}
	return err.Error()
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRegisterAndSignInWithAStrictRelyingParty(t *testing.T) {
	for _, profile := range []Profile{IPhone(), Android(testApp)} {
		t.Run(profile.Name, func(t *testing.T) {
			rp := newRelyingParty(t)
			phone := NewPhone(profile, NewMemoryKeystore(), AlwaysApprove)
			registered := rp.register(phone)
			credential := rp.signIn(phone)
			if string(credential.ID) != string(registered.RawID) {
				t.Errorf("signed in with %x, registered %x", credential.ID, registered.RawID)
			}
			if !credential.Flags.BackupEligible || !credential.Flags.BackupState || !credential.Flags.UserVerified {
				t.Errorf("flags %+v, want user verified, backup eligible and backed up", credential.Flags)
			}
			if credential.Authenticator.SignCount != 0 || string(credential.Authenticator.AAGUID) != string(profile.AAGUID[:]) {
				t.Errorf("authenticator %+v, want count 0 and AAGUID %v", credential.Authenticator, profile.AAGUID)
			}
		})
	}
}
