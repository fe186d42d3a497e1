package authenticator

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

var testChallenge = []byte("a challenge of some 32 bytes ...")

func testCreation() CreationOptions {
	return CreationOptions{
		RP:         RelyingParty{ID: testRPID, Name: "Example"},
		User:       User{ID: []byte("0123456789abcdef"), Name: "ada@example.com", DisplayName: "Ada"},
		Challenge:  testChallenge,
		Parameters: []Parameter{{publicKeyType, ES256}},
	}
}

func testRequest() RequestOptions {
	return RequestOptions{RPID: testRPID, Challenge: testChallenge}
}

// walk creates a passkey and uses it.
func walk(t *testing.T, phone *Phone) (*RegistrationResponse, *AuthenticationResponse) {
	t.Helper()
	created, err := phone.Create(t.Context(), testCreation())
	if err != nil {
		t.Fatal(err)
	}
	got, err := phone.Get(t.Context(), testRequest())
	if err != nil {
		t.Fatal(err)
	}
	return created, got
}

func TestBytesOnTheWire(t *testing.T) {
	challenge := base64.RawURLEncoding.EncodeToString(testChallenge)
	tests := []struct {
		profile            Profile
		clientData         string // %s is the type
		aaguid             string
		idLength           int
		authData           int
		createJSON, gotten string // the members, in order of their names
	}{
		{
			profile:    IPhone(),
			clientData: `{"type":"%s","challenge":"` + challenge + `","origin":"https://login.example.com"}`,
			aaguid:     "fbfc3007-154e-4ecc-8c0b-6e020557d7bd",
			idLength:   20,
			authData:   152,
			createJSON: "[authenticatorAttachment id rawId response type] [attestationObject clientDataJSON transports]",
			gotten:     "[authenticatorAttachment id rawId response type] [authenticatorData clientDataJSON signature userHandle]",
		},
		{
			profile:    Android(testApp),
			clientData: `{"type":"%s","challenge":"` + challenge + `","origin":"android:apk-key-hash:` + testAPKKeyHash + `","androidPackageName":"com.example.app"}`,
			aaguid:     "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4",
			idLength:   16,
			authData:   148,
			createJSON: "[authenticatorAttachment clientExtensionResults id rawId response type] [attestationObject authenticatorData clientDataJSON publicKey publicKeyAlgorithm transports]",
			gotten:     "[authenticatorAttachment clientExtensionResults id rawId response type] [authenticatorData clientDataJSON signature userHandle]",
		},
	}
	for _, tt := range tests {
		t.Run(tt.profile.Name, func(t *testing.T) {
			created, got := walk(t, NewPhone(tt.profile, NewMemoryKeystore(), AlwaysApprove))

			if want := fmt.Sprintf(tt.clientData, "webauthn.create"); string(created.Response.ClientDataJSON) != want {
				t.Errorf("create clientDataJSON\n got %s\nwant %s", created.Response.ClientDataJSON, want)
			}
			if want := fmt.Sprintf(tt.clientData, "webauthn.get"); string(got.Response.ClientDataJSON) != want {
				t.Errorf("get clientDataJSON\n got %s\nwant %s", got.Response.ClientDataJSON, want)
			}

			// a3 63"fmt" 64"none" 67"attStmt" a0 68"authData" 58 <length>
			head := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(tt.authData))
			authData, ok := bytes.CutPrefix(created.Response.AttestationObject, head)
			if !ok || len(authData) != tt.authData {
				t.Fatalf("attestationObject %x, want %x and %d bytes", created.Response.AttestationObject, head, tt.authData)
			}
			hash := sha256.Sum256([]byte(testRPID))
			if !bytes.Equal(authData[:32], hash[:]) || authData[32] != 0x5d || !bytes.Equal(authData[33:37], make([]byte, 4)) {
				t.Errorf("authData begins %x, want the RP ID's hash, 5d and a zero counter", authData[:37])
			}
			if got := AAGUID(authData[37:53]).String(); got != tt.aaguid {
				t.Errorf("AAGUID %s, want %s", got, tt.aaguid)
			}
			if n := int(authData[53])<<8 | int(authData[54]); n != tt.idLength || len(created.RawID) != tt.idLength {
				t.Errorf("credential ID of %d bytes, rawId of %d, want %d", n, len(created.RawID), tt.idLength)
			}
			id, cose := authData[55:55+tt.idLength], authData[55+tt.idLength:]
			if !bytes.Equal(id, created.RawID) || created.ID != base64.RawURLEncoding.EncodeToString(id) {
				t.Errorf("ids differ: %x, %x, %s", id, created.RawID, created.ID)
			}
			if len(cose) != 77 || !bytes.HasPrefix(cose, []byte("\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20")) || string(cose[42:45]) != "\x22\x58\x20" {
				t.Errorf("COSE key %x", cose)
			}
			point := slices.Concat([]byte{4}, cose[10:42], cose[45:])
			if sum := sha1.Sum(point); tt.profile.Name == "iphone" && !bytes.Equal(sum[:], id) {
				t.Errorf("credential ID %x, want SHA-1 of the point %x", id, sum)
			}
			if spki := created.Response.PublicKey; tt.profile.FullResponse {
				parsed, err := x509.ParsePKIXPublicKey(spki)
				if err != nil {
					t.Fatal(err)
				}
				if own, err := parsed.(*ecdsa.PublicKey).Bytes(); err != nil || !bytes.Equal(own, point) {
					t.Errorf("publicKey has the point %x, %v, want %x", own, err, point)
				}
				if created.Response.PublicKeyAlgorithm != -7 || !bytes.Equal(created.Response.AuthenticatorData, authData) {
					t.Errorf("publicKeyAlgorithm %d, authenticatorData %x", created.Response.PublicKeyAlgorithm, created.Response.AuthenticatorData)
				}
			}

			assertion := got.Response.AuthenticatorData
			if len(assertion) != 37 || !bytes.Equal(assertion[:32], hash[:]) || assertion[32] != 0x1d || !bytes.Equal(assertion[33:], make([]byte, 4)) {
				t.Errorf("authenticatorData on get is %x, want the RP ID's hash, 1d and a zero counter", assertion)
			}
			if string(got.Response.UserHandle) != "0123456789abcdef" {
				t.Errorf("user handle %q", got.Response.UserHandle)
			}
			if members := memberNames(t, created); members != tt.createJSON {
				t.Errorf("create members %s\nwant %s", members, tt.createJSON)
			}
			if members := memberNames(t, got); members != tt.gotten {
				t.Errorf("get members %s\nwant %s", members, tt.gotten)
			}
		})
	}
}

// memberNames returns the names of a response's members, and of the members of its "response".
func memberNames(t *testing.T, response any) string {
	t.Helper()
	var outer map[string]json.RawMessage
	if err := json.Unmarshal(mustJSON(t, response), &outer); err != nil {
		t.Fatal(err)
	}
	var inner map[string]json.RawMessage
	if err := json.Unmarshal(outer["response"], &inner); err != nil {
		t.Fatal(err)
	}
	names := func(m map[string]json.RawMessage) (list []string) {
		for name := range m {
			list = append(list, name)
		}
		slices.Sort(list)
		return list
	}
	return fmt.Sprint(names(outer), " ", names(inner))
}

func TestClientDataEscapesOnlyWhatTheSpecificationSays(t *testing.T) {
	no := false
	tests := []struct {
		origin, want string
	}{
		{`https://example.com`, `https://example.com`},
		{`a"b\c`, `a\"b\\c`},
		{"\x00\n\x1f\x7f", "\\u0000\\u000a\\u001f\x7f"},
		{"<script>&\u2028\u2029", "<script>&\u2028\u2029"},
		{"ä😀/", "ä😀/"},
		{"\xff", "\ufffd"},
	}
	for _, tt := range tests {
		got := string(ClientData{Type: "t", Challenge: "c", Origin: tt.origin, CrossOrigin: &no}.JSON())
		if want := `{"type":"t","challenge":"c","origin":"` + tt.want + `","crossOrigin":false}`; got != want {
			t.Errorf("origin %q gives %s, want %s", tt.origin, got, want)
		}
	}
}

// One key in 128 has a coordinate that begins with a zero byte. This finds an encoder that drops it.
func TestTenThousandKeysAreWellFormed(t *testing.T) {
	short := 0
	for range 10_000 {
		k, err := generateKey(ES256)
		if err != nil {
			t.Fatal(err)
		}
		cose := k.cose()
		if len(cose) != 77 || string(cose[:10]) != "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" || string(cose[42:45]) != "\x22\x58\x20" {
			t.Fatalf("COSE key %x", cose)
		}
		if _, err := ecdsa.ParseUncompressedPublicKey(k.signer.Public().(*ecdsa.PublicKey).Curve, slices.Concat([]byte{4}, cose[10:42], cose[45:])); err != nil {
			t.Fatalf("COSE key %x: %v", cose, err)
		}
		spki, err := k.spki()
		if err != nil {
			t.Fatal(err)
		}
		if want, err := x509.MarshalPKIXPublicKey(k.signer.Public()); err != nil || !bytes.Equal(spki, want) {
			t.Fatalf("SPKI\n got %x\nwant %x, %v", spki, want, err)
		}
		if cose[10] == 0 || cose[45] == 0 {
			short++
		}
	}
	if short == 0 {
		t.Error("no coordinate began with a zero byte: this test looked at nothing")
	}
}
