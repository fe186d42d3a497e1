package authenticator

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// Options as Hanko's backend v2.7 sends them: wrapped, and with unpadded base64url.
const creationJSON = `{"publicKey":{"attestation":"direct","authenticatorSelection":{"requireResidentKey":true,"residentKey":"required",
"userVerification":"preferred"},"challenge":"MFr71BAxIBQfi5pOgKwcGjDrw4qByIldVNSuuYQACg4","excludeCredentials":[{"type":"public-key",
"id":"UmoWOrsGXcGH1DVRoLSqX-cphFThFtxX9xr60mb0odA","transports":["internal"]}],"pubKeyCredParams":[{"alg":-7,"type":"public-key"},
{"alg":-257,"type":"public-key"}],"rp":{"id":"localhost","name":"Authentication Service"},"timeout":600000,
"user":{"displayName":"Ada","id":"4LUUtppGTcCGIzna-QcDsg","name":"ada@example.com"}}}`

const requestJSON = `{"publicKey":{"allowCredentials":[{"id":"UmoWOrsGXcGH1DVRoLSqX-cphFThFtxX9xr60mb0odA","type":"public-key"}],
"challenge":"VXRL35WlW4avPnfqgmwIlH29RwEhlf9yDm7q-EJEQGo=","rpId":"localhost","timeout":600000,"userVerification":"required"}}`

func bare(wrapped string) string {
	return strings.TrimSuffix(strings.TrimPrefix(wrapped, `{"publicKey":`), "}")
}

func TestParseCreationOptions(t *testing.T) {
	for _, in := range []string{creationJSON, bare(creationJSON)} {
		o, err := ParseCreationOptions([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if o.RP != (RelyingParty{"localhost", "Authentication Service"}) || o.User.Name != "ada@example.com" || o.User.DisplayName != "Ada" ||
			len(o.User.ID) != 16 || len(o.Challenge) != 32 || o.Timeout != 10*time.Minute || o.Attestation != "direct" ||
			o.Selection != (Selection{ResidentKey: "required", RequireResidentKey: true, UserVerification: "preferred"}) {
			t.Errorf("parsed %+v", o)
		}
		if len(o.Parameters) != 2 || o.Parameters[0] != (Parameter{"public-key", ES256}) || o.Parameters[1].Algorithm != -257 {
			t.Errorf("parameters %+v", o.Parameters)
		}
		if x := o.ExcludeCredentials; len(x) != 1 || x[0].Type != "public-key" || len(x[0].ID) != 32 || x[0].Transports[0] != "internal" {
			t.Errorf("excluded %+v", x)
		}
	}
}

func TestParseRequestOptions(t *testing.T) {
	for _, in := range []string{requestJSON, bare(requestJSON)} {
		o, err := ParseRequestOptions([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if o.RPID != "localhost" || len(o.Challenge) != 32 || o.UserVerification != "required" || o.Timeout != 10*time.Minute ||
			len(o.AllowCredentials) != 1 || len(o.AllowCredentials[0].ID) != 32 {
			t.Errorf("parsed %+v", o)
		}
	}
}

func TestMalformedOptionsAreATypeError(t *testing.T) {
	bad := []string{
		``, `null`, `[]`, `"options"`, `<html>`, `{}`, `{"publicKey":null}`, `{"publicKey":"x"}`, `{"code":404,"message":"Not Found"}`,
		`{"challenge":""}`, `{"challenge":"a"}`, `{"challenge":"AB+/"}`, `{"challenge":"AAA=="}`, `{"challenge":"AA="}`, `{"challenge":"A A"}`, `{"challenge":7}`,
		`{"challenge":"AAAA","timeout":-1}`, `{"challenge":"AAAA","timeout":1e99}`, `{"challenge":"AAAA"}}`,
		`{"challenge":"AAAA","rp":[],"allowCredentials":{}}`, `{"challenge":"AAAA`,
	}
	for _, in := range bad {
		_, creation := ParseCreationOptions([]byte(in))
		_, request := ParseRequestOptions([]byte(in))
		for _, err := range []error{creation, request} {
			var refused *Error
			if !errors.As(err, &refused) || refused.Name != TypeError {
				t.Errorf("%s gives %v, want a TypeError", in, err)
			}
		}
	}
}

// A phone does not find a member whose name is in another case.
func TestNamesCountAsTheyAreWritten(t *testing.T) {
	for _, test := range []struct{ name, old, with, says string }{
		{"rpId", `"rpId"`, `"rpid"`, `rpId is missing or empty: "rpid" should be "rpId", and upper and lower case count`},
		{"rp", `"rp"`, `"RP"`, `rp.id is missing or empty: "RP" should be "rp"`},
		{"rp.id", `"rp":{"id"`, `"rp":{"ID"`, `rp.id is missing or empty: "rp.ID" should be "rp.id"`},
		{"user.id", `"user":{"displayName":"Ada","id"`, `"user":{"displayName":"Ada","Id"`, `user.id is missing or empty: "user.Id" should be "user.id"`},
		{"displayName", `"displayName"`, `"displayname"`, `user.displayName is missing: "user.displayname" should be "user.displayName"`},
		{"challenge", `"challenge"`, `"Challenge"`, `they have no challenge: "Challenge" should be "challenge"`},
		{"publicKey", `"publicKey"`, `"publickey"`, `they have no challenge: "publickey" should be "publicKey"`},
		{"no user name", `,"name":"ada@example.com"`, ``, `user.name is missing`},
		{"no RP name", `,"name":"Authentication Service"`, ``, `rp.name is missing`},
		{"no display name", `"displayName":"Ada",`, ``, `user.displayName is missing`},
	} {
		t.Run(test.name, func(t *testing.T) {
			phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
			spoil := func(in string) []byte { return []byte(strings.Replace(in, test.old, test.with, 1)) }
			creation, err := ParseCreationOptions(spoil(creationJSON))
			if err == nil {
				_, err = phone.Create(t.Context(), creation)
			}
			if !strings.Contains(creationJSON, test.old) {
				request, parse := ParseRequestOptions(spoil(requestJSON))
				if err = parse; err == nil {
					_, err = phone.Get(t.Context(), request)
				}
			}
			var refused *Error
			if !errors.As(err, &refused) || refused.Name != TypeError || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want a TypeError that says %s", err, test.says)
			}
		})
	}
}

// Names may be empty, but not missing (WebAuthn Level 3 sections 5.4.1 and 5.4.3).
func TestEmptyNames(t *testing.T) {
	in := strings.NewReplacer(`"Ada"`, `""`, `"ada@example.com"`, `""`, `"Authentication Service"`, `""`).Replace(creationJSON)
	options, err := ParseCreationOptions([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
	made, err := phone.Create(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	options.ExcludeCredentials = []Descriptor{{Type: publicKeyType, ID: made.RawID}}
	if _, err := phone.Create(t.Context(), options); err == nil || !strings.Contains(err.Error(), "this phone already has a passkey for localhost") {
		t.Errorf("excluded: %v", err)
	}
}

// JSON can write a number in many ways.
func TestNumbersInAnySpelling(t *testing.T) {
	for _, timeout := range []string{"600000.0", "6e5", "6.0E+5", "60000000e-2"} {
		request, err := ParseRequestOptions([]byte(strings.Replace(requestJSON, "600000", timeout, 1)))
		if err != nil || request.Timeout != 10*time.Minute {
			t.Errorf("timeout %s: %v, %v", timeout, request.Timeout, err)
		}
	}
	creation, err := ParseCreationOptions([]byte(strings.Replace(creationJSON, `"alg":-7,`, `"alg":-7.0,`, 1)))
	if err != nil || creation.Parameters[0].Algorithm != ES256 {
		t.Errorf("%+v, %v", creation.Parameters, err)
	}
}

func TestBytesReadPaddedOrNotAndWriteUnpadded(t *testing.T) {
	for _, in := range []string{"-_8", "-_8=", "", "AAAA"} {
		var b Bytes
		if err := b.UnmarshalText([]byte(in)); err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if out, _ := b.MarshalText(); string(out) != strings.TrimRight(in, "=") {
			t.Errorf("%q comes back as %q", in, out)
		}
	}
}

func FuzzParseOptions(f *testing.F) {
	for _, seed := range []string{
		creationJSON, requestJSON, bare(creationJSON), bare(requestJSON), strings.ToLower(creationJSON), `{"publicKey":{"publicKey":{}}}`, `null`, `{"challenge":"AA=="}`,
		`{"challenge":"AAAA","extensions":{"credProps":true,"prf":{"eval":{"first":"AAAA"},"evalByCredential":{}},"largeBlob":{"read":true}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
		if o, err := ParseCreationOptions(data); err == nil {
			r, err := phone.Create(t.Context(), o)
			if err == nil {
				checkClientData(t, r.Response.ClientDataJSON, o.Challenge)
			}
		} else if !json.Valid(data) && !strings.Contains(err.Error(), "TypeError") {
			t.Errorf("error %v", err)
		}
		if o, err := ParseRequestOptions(data); err == nil {
			o.AllowCredentials = nil
			o.RPID = testRPID
			create := testCreation()
			if _, err := phone.Create(t.Context(), create); err != nil {
				t.Fatal(err)
			}
			r, err := phone.Get(t.Context(), o)
			if err != nil {
				if o.Extensions.check(nil) == nil {
					t.Fatalf("options %+v: %v", o, err)
				}
				return
			}
			checkClientData(t, r.Response.ClientDataJSON, o.Challenge)
		}
	})
}

// checkClientData compares the client data with what a JSON parser reads in it.
func checkClientData(t *testing.T, clientDataJSON, challenge []byte) {
	t.Helper()
	var read struct{ Challenge Bytes }
	if err := json.Unmarshal(clientDataJSON, &read); err != nil || !bytes.Equal(read.Challenge, challenge) {
		t.Errorf("client data %s does not carry the challenge %x: %v", clientDataJSON, challenge, err)
	}
}
