package fault_test

import (
	"context"
	"fmt"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
)

// A relying party under test must reject this phone's response, for the given reason.
func Example() {
	ctx := context.Background()
	phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
	_, err := phone.Create(ctx, authenticator.CreationOptions{
		RP:        authenticator.RelyingParty{ID: "example.com", Name: "Example"},
		User:      authenticator.User{ID: []byte("ada"), Name: "ada@example.com", DisplayName: "Ada"},
		Challenge: []byte("something random"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	wrongOrigin, err := fault.Named("get/wrong-origin")
	if err != nil {
		fmt.Println(err)
		return
	}
	proof, err := wrongOrigin.On(phone).Get(ctx, authenticator.RequestOptions{RPID: "example.com", Challenge: []byte("something else")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(proof.Response.ClientDataJSON))
	fmt.Println(wrongOrigin.Verdict, "because", wrongOrigin.Why)
	// Output:
	// {"type":"webauthn.get","challenge":"c29tZXRoaW5nIGVsc2U","origin":"https://phishing.example"}
	// reject because 7.1, 7.2: this is what stops phishing
}
