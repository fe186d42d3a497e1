package authenticator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"example.com/hankosim/authenticator"
)

// Create a passkey with a relying party's options, and sign in with it.
func Example() {
	ctx := context.Background()
	phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)

	creation, err := authenticator.ParseCreationOptions([]byte(`{"publicKey": {
		"rp": {"id": "example.com", "name": "Example"},
		"user": {"id": "YWRh", "name": "ada@example.com", "displayName": "Ada"},
		"challenge": "c29tZXRoaW5nIHJhbmRvbQ",
		"pubKeyCredParams": [{"type": "public-key", "alg": -7}]
	}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	created, err := phone.Create(ctx, creation)
	if err != nil {
		fmt.Println(err)
		return
	}
	body, err := json.Marshal(created) // what the app sends to the relying party
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(body) > 0, string(created.Response.ClientDataJSON))

	request, err := authenticator.ParseRequestOptions([]byte(`{"publicKey": {"rpId": "example.com", "challenge": "c29tZXRoaW5nIGVsc2U"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	proof, err := phone.Get(ctx, request)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(proof.Response.UserHandle), string(proof.Response.ClientDataJSON))
	// Output:
	// true {"type":"webauthn.create","challenge":"c29tZXRoaW5nIHJhbmRvbQ","origin":"https://example.com"}
	// ada {"type":"webauthn.get","challenge":"c29tZXRoaW5nIGVsc2U","origin":"https://example.com"}
}

// The person declines. The error has WebAuthn's name and the platform's own error.
func ExampleError() {
	refuse := func(context.Context, authenticator.ConsentRequest) (authenticator.Decision, error) {
		return authenticator.Decision{Approved: false}, nil
	}
	app := authenticator.AndroidApp{PackageName: "com.example.app", APKKeyHash: "pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"}
	phone := authenticator.NewPhone(authenticator.Android(app), authenticator.NewMemoryKeystore(), refuse)
	_, err := phone.Create(context.Background(), authenticator.CreationOptions{
		RP:        authenticator.RelyingParty{ID: "example.com", Name: "Example"},
		User:      authenticator.User{ID: []byte("ada"), Name: "ada@example.com", DisplayName: "Ada"},
		Challenge: []byte("something random"),
	})
	var refused *authenticator.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Name)
		fmt.Println(refused.Platform)
	}
	// Output:
	// NotAllowedError
	// android.credentials.CreateCredentialException.TYPE_USER_CANCELED
}
