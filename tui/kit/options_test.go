package kit

import (
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
)

// Both the phone and the security key misbehave, and only in the ceremony of the fault.
func TestFaultIsCommitted(t *testing.T) {
	wrong, err := fault.Named("get/wrong-origin")
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Store: authenticator.NewMemoryKeystore(), Fault: &wrong}
	for _, profile := range []authenticator.Profile{authenticator.IPhone(), securityKey(authenticator.IPhone())} {
		phone := options.newPhone(profile, authenticator.AlwaysApprove, func(error) {})
		made, err := phone.Create(t.Context(), authenticator.CreationOptions{
			RP: authenticator.RelyingParty{ID: "example.com", Name: "Example"}, Challenge: []byte("x"),
			User:      authenticator.User{ID: []byte("ada"), Name: "ada", DisplayName: "Ada"},
			Selection: authenticator.Selection{ResidentKey: "required"},
		})
		if err != nil {
			t.Fatal(err)
		}
		proof, err := phone.Get(t.Context(), authenticator.RequestOptions{RPID: "example.com", Challenge: []byte("y")})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(made.Response.ClientDataJSON), "phishing") || !strings.Contains(string(proof.Response.ClientDataJSON), "phishing") {
			t.Errorf("the %s creates a passkey with %s and uses it with %s", profile.Label, made.Response.ClientDataJSON, proof.Response.ClientDataJSON)
		}
	}
}

// A security key has the origin of the phone's app or page.
func TestSecurityKeyOfThePhone(t *testing.T) {
	app := authenticator.AndroidApp{PackageName: "a.b", APKKeyHash: "hash"}
	for _, phone := range []authenticator.Profile{
		authenticator.IPhone(), authenticator.Android(app), authenticator.IPhoneBrowser("https://login.example.com"),
	} {
		if key := securityKey(phone); key.Origin("example.com") != phone.Origin("example.com") {
			t.Errorf("the key's origin is %s, the %s's is %s", key.Origin("example.com"), phone.Label, phone.Origin("example.com"))
		}
	}
}

// A phone is called by its kind, or by the name that its owner gave it.
func TestThisPhone(t *testing.T) {
	for _, test := range []struct {
		profile authenticator.Profile
		want    string
	}{
		{authenticator.IPhone(), "this iPhone"},
		{authenticator.OldAndroid(authenticator.AndroidApp{}), "this older Android phone"},
		{authenticator.IPhone().Owned("Ada's iPad", "ada"), "Ada's iPad"},
	} {
		if got := ThisPhone(test.profile); got != test.want {
			t.Errorf("it is %q, not %q", got, test.want)
		}
	}
}
