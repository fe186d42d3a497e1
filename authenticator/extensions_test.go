package authenticator

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func creationWith(t *testing.T, extensions string) CreationOptions {
	t.Helper()
	o, err := ParseCreationOptions([]byte(`{"challenge":"AAAA","extensions":` + extensions + `}`))
	if err != nil {
		t.Fatal(err)
	}
	out := testCreation()
	out.Extensions = o.Extensions
	return out
}

func requestWith(t *testing.T, extensions string, allowed ...[]byte) RequestOptions {
	t.Helper()
	o, err := ParseRequestOptions([]byte(`{"challenge":"AAAA","extensions":` + extensions + `}`))
	if err != nil {
		t.Fatal(err)
	}
	out := testRequest()
	out.Extensions = o.Extensions
	for _, id := range allowed {
		out.AllowCredentials = append(out.AllowCredentials, Descriptor{Type: publicKeyType, ID: id})
	}
	return out
}

func TestExtensionOutputsOnCreate(t *testing.T) {
	bare := IPhone()
	bare.PRF, bare.LargeBlob = false, false
	tests := []struct {
		profile   Profile
		asked     string
		want      string // clientExtensionResults; "" for none at all
		wantError ErrorName
	}{
		{IPhone(), `{}`, ``, ""},
		{Android(testApp), `{}`, `{}`, ""},
		{IPhone(), `{"credProps":false,"appid":"x","uvm":true}`, ``, ""},
		{IPhone(), `{"credProps":true}`, `{"credProps":{"rk":true}}`, ""},
		{IPhone(), `{"prf":{}}`, `{"prf":{"enabled":true}}`, ""},
		{bare, `{"prf":{}}`, `{"prf":{"enabled":false}}`, ""},
		{IPhone(), `{"largeBlob":{"support":"required"}}`, `{"largeBlob":{"supported":true}}`, ""},
		{bare, `{"largeBlob":{"support":"preferred"}}`, `{"largeBlob":{"supported":false}}`, ""},
		{bare, `{"largeBlob":{"support":"required"}}`, ``, NotAllowedError},
		{IPhone(), `{"prf":{"evalByCredential":{"AAAA":{"first":"AAAA"}}}}`, ``, NotSupportedError},
	}
	for _, tt := range tests {
		phone := NewPhone(tt.profile, NewMemoryKeystore(), AlwaysApprove)
		created, err := phone.Create(t.Context(), creationWith(t, tt.asked))
		if tt.wantError != "" {
			var refused *Error
			if !errors.As(err, &refused) || refused.Name != tt.wantError {
				t.Errorf("%s: %v, want %s", tt.asked, err, tt.wantError)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.asked, err)
			continue
		}
		var wire struct {
			Results json.RawMessage `json:"clientExtensionResults"`
		}
		if err := json.Unmarshal(mustJSON(t, created), &wire); err != nil || string(wire.Results) != tt.want {
			t.Errorf("%s %s: results %s, %v, want %s", tt.profile.Name, tt.asked, wire.Results, err, tt.want)
		}
	}
}

func TestPRFIsTheSpecificationsFunctionAndStable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	phone := NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove)
	created, err := phone.Create(t.Context(), creationWith(t, `{"prf":{"eval":{"first":"Zmlyc3Q","second":"c2Vjb25k"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	atCreate := created.Kept.PRF

	list, err := phone.own(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	salt := sha256.Sum256([]byte("WebAuthn PRF\x00first"))
	mac := hmac.New(sha256.New, list[0].prfSecret)
	mac.Write(salt[:])
	if want := mac.Sum(nil); !bytes.Equal(atCreate.First, want) || len(atCreate.Second) != 32 || bytes.Equal(atCreate.First, atCreate.Second) {
		t.Errorf("results %x, %x, want the first to be %x", atCreate.First, atCreate.Second, want)
	}

	again := NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove)
	got, err := again.Get(t.Context(), requestWith(t, `{"prf":{"eval":{"first":"b3RoZXI"},"evalByCredential":{"`+created.ID+`":{"first":"Zmlyc3Q"}}}}`, created.RawID))
	if err != nil {
		t.Fatal(err)
	}
	atGet := got.Kept.PRF
	if !bytes.Equal(atGet.First, atCreate.First) || atGet.Second != nil {
		t.Errorf("on get %x, %x, on create %x", atGet.First, atGet.Second, atCreate.First)
	}
	got, err = again.Get(t.Context(), requestWith(t, `{"prf":{"eval":{"first":"b3RoZXI"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if other := got.Kept.PRF; bytes.Equal(other.First, atCreate.First) {
		t.Error("another input gives the same output")
	}
}

// What a browser gives only to the page must not be in the JSON for the relying party.
func TestExtensionSecretsStayOffTheWire(t *testing.T) {
	phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
	created, err := phone.Create(t.Context(), creationWith(t, `{"prf":{"eval":{"first":"Zmlyc3Q","second":"c2Vjb25k"}},"largeBlob":{"support":"required"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := phone.Get(t.Context(), requestWith(t, `{"largeBlob":{"write":"Y2VydA"}}`, created.RawID)); err != nil {
		t.Fatal(err)
	}
	got, err := phone.Get(t.Context(), requestWith(t, `{"prf":{"eval":{"first":"Zmlyc3Q","second":"c2Vjb25k"}},"largeBlob":{"read":true}}`, created.RawID))
	if err != nil {
		t.Fatal(err)
	}
	if created.Kept.PRF == nil || got.Kept.PRF == nil || string(got.Kept.LargeBlob) != "cert" {
		t.Fatalf("kept for the app are %+v and %+v", created.Kept, got.Kept)
	}
	for _, sent := range []string{string(mustJSON(t, created)), string(mustJSON(t, got))} {
		for _, secret := range []Bytes{created.Kept.PRF.First, created.Kept.PRF.Second, got.Kept.LargeBlob} {
			if strings.Contains(sent, strings.Trim(string(mustJSON(t, secret)), `"`)) {
				t.Errorf("%s has a secret in it", sent)
			}
		}
		if !strings.Contains(sent, `"prf":{`) || !strings.Contains(sent, `"largeBlob":{`) || strings.Contains(sent, "results") {
			t.Errorf("the extensions' results are %s", sent)
		}
	}
}

func TestPRFNeedsUserVerificationAndConsentAtCreation(t *testing.T) {
	phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
	walk(t, phone) // made without prf
	got, err := phone.Get(t.Context(), requestWith(t, `{"prf":{"eval":{"first":"AAAA"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(mustJSON(t, got.Extensions)); s != `{"prf":{}}` || got.Kept.PRF != nil {
		t.Errorf("a passkey without prf gives %s", s)
	}
	unverified := NewPhone(IPhone(), NewMemoryKeystore(), answer(Decision{Approved: true}, nil))
	created, err := unverified.Create(t.Context(), creationWith(t, `{"prf":{"eval":{"first":"AAAA"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(mustJSON(t, created.Extensions)); s != `{"prf":{"enabled":true}}` || created.Kept.PRF != nil {
		t.Errorf("without user verification: %s", s)
	}
}

func TestLargeBlobIsWrittenAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keystore.json")
	phone := NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove)
	created, err := phone.Create(t.Context(), creationWith(t, `{"largeBlob":{"support":"preferred"}}`))
	if err != nil {
		t.Fatal(err)
	}
	tooLong := string(bytes.Repeat([]byte("AAAA"), 400))
	for _, step := range []struct{ asked, want, blob string }{
		{`{"largeBlob":{"read":true}}`, `{"largeBlob":{}}`, ""},
		{`{"largeBlob":{"write":"Y2VydA"}}`, `{"largeBlob":{"written":true}}`, ""},
		{`{"largeBlob":{"write":"` + tooLong + `"}}`, `{"largeBlob":{"written":false}}`, ""},
		{`{"largeBlob":{"read":true}}`, `{"largeBlob":{}}`, "cert"},
	} {
		phone = NewPhone(IPhone(), openKeystore(t, path), AlwaysApprove)
		got, err := phone.Get(t.Context(), requestWith(t, step.asked, created.RawID))
		if err != nil {
			t.Fatal(err)
		}
		if s := string(mustJSON(t, got.Extensions)); s != step.want || string(got.Kept.LargeBlob) != step.blob {
			t.Errorf("%s gives %s and %q, want %s and %q", step.asked, s, got.Kept.LargeBlob, step.want, step.blob)
		}
	}
}

func TestExtensionsRefusedOnGet(t *testing.T) {
	phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
	created, _ := walk(t, phone)
	for _, tt := range []struct {
		asked   string
		allowed [][]byte
		want    ErrorName
	}{
		{`{"largeBlob":{"read":true,"write":"AAAA"}}`, [][]byte{created.RawID}, NotSupportedError},
		{`{"largeBlob":{"write":"AAAA"}}`, nil, NotSupportedError},
		{`{"prf":{"evalByCredential":{"AAAA":{"first":"AAAA"}}}}`, nil, NotSupportedError},
		{`{"prf":{"evalByCredential":{"AAAA":{"first":"AAAA"}}}}`, [][]byte{created.RawID}, SyntaxError},
		{`{"prf":{"evalByCredential":{"":{"first":"AAAA"}}}}`, [][]byte{created.RawID}, SyntaxError},
	} {
		_, err := phone.Get(t.Context(), requestWith(t, tt.asked, tt.allowed...))
		_ = wantRefusal(t, phone.Profile(), err, tt.want, "", "")
	}
	for _, bad := range []string{`{"challenge":"AAAA","extensions":{"largeBlob":{"read":true}}}`, `{"challenge":"AAAA","extensions":{"prf":7}}`} {
		if _, err := ParseCreationOptions([]byte(bad)); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
	if _, err := ParseRequestOptions([]byte(`{"challenge":"AAAA","extensions":{"largeBlob":{"support":"required"}}}`)); err == nil {
		t.Error("largeBlob.support is accepted on get")
	}
}

func TestRename(t *testing.T) {
	phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
	created, _ := walk(t, phone)
	if err := phone.Rename(created.RawID, "work"); err != nil {
		t.Fatal(err)
	}
	if list, err := phone.Passkeys(); err != nil || list[0].UserName != "work" || list[0].DisplayName != "Ada" {
		t.Errorf("passkeys %+v, %v", list, err)
	}
	if err := phone.Rename([]byte("none"), "x"); !errors.Is(err, ErrUnknownPasskey) {
		t.Errorf("renaming what is not there: %v", err)
	}
}
