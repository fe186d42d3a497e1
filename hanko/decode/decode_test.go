package decode_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/secret"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

type recorded struct {
	note string
	hanko.Exchange
}

// recordings are complete runs of real tenants.
func recordings(t testing.TB) map[string][]recorded {
	t.Helper()
	paths, err := filepath.Glob("../testdata/*.json")
	if err != nil || len(paths) < 5 {
		t.Fatalf("the recordings are %v (%v)", paths, err)
	}
	runs := make(map[string][]recorded)
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var steps []struct {
			Note, Method, Path              string
			RequestHeaders, ResponseHeaders map[string]string
			RequestBody, ResponseBody       json.RawMessage
			Status                          int
		}
		content = []byte(strings.NewReplacer(
			`"request_headers"`, `"RequestHeaders"`, `"response_headers"`, `"ResponseHeaders"`,
			`"request_body"`, `"RequestBody"`, `"response_body"`, `"ResponseBody"`).Replace(string(content)))
		if err := json.Unmarshal(content, &steps); err != nil {
			t.Fatal(err)
		}
		for _, step := range steps {
			e := hanko.Exchange{
				Method: step.Method, Path: step.Path, URL: "http://localhost:8000" + step.Path, Status: step.Status,
				RequestBody: step.RequestBody, ResponseBody: step.ResponseBody,
				RequestHeader: header(step.RequestHeaders), ResponseHeader: header(step.ResponseHeaders),
			}
			runs[filepath.Base(path)] = append(runs[filepath.Base(path)], recorded{step.Note, e})
		}
	}
	return runs
}

func header(pairs map[string]string) http.Header {
	h := http.Header{}
	for name, value := range pairs {
		h.Set(name, value)
	}
	return h
}

// drawn returns parts as text.
func drawn(parts []decode.Part) string {
	var text strings.Builder
	for _, part := range parts {
		fmt.Fprintf(&text, "%s %s: %s (%s)\n", part.In, part.Path, part.Title, part.Kind)
		for _, line := range part.Lines {
			fmt.Fprintf(&text, "    %s%s", strings.Repeat("  ", line.Depth), line.Name)
			if line.Value != "" {
				fmt.Fprintf(&text, ": %s", line.Value)
			}
			if line.Note != "" {
				fmt.Fprintf(&text, "   — %s", line.Note)
			}
			text.WriteByte('\n')
		}
	}
	return text.String()
}

func TestRecordingsDecoded(t *testing.T) {
	kinds := map[decode.Kind]int{}
	for name, run := range recordings(t) {
		var text strings.Builder
		for _, step := range run {
			parts := decode.Exchange(step.Exchange)
			for _, part := range parts {
				kinds[part.Kind]++
			}
			parts = slices.DeleteFunc(parts, func(p decode.Part) bool { return p.Path == "Authorization" }) // the same again and again
			if len(parts) > 0 {
				fmt.Fprintf(&text, "== %s\n%s", step.note, drawn(parts))
			}
		}
		if strings.Contains(text.String(), "unreadable") {
			t.Errorf("%s has an unreadable part:\n%s", name, text.String())
		}
		if name == "rest-2.7.0.json" {
			golden(t, "rest.txt", text.String())
		}
	}
	for _, kind := range []decode.Kind{
		decode.KindJWT, decode.KindClientData, decode.KindAuthenticatorData, decode.KindAttestationObject, decode.KindSignature,
		decode.KindUserHandle, decode.KindChallenge, decode.KindCOSEKey,
	} {
		if kinds[kind] == 0 {
			t.Errorf("no %s was found in any recording", kind)
		}
	}
}

// TestNoSecretDecoded checks that no part contains a token, whether the exchange is masked or not.
func TestNoSecretDecoded(t *testing.T) {
	for name, run := range recordings(t) {
		for _, step := range run {
			var tokens []string
			for _, field := range strings.FieldsFunc(fmt.Sprint(step.RequestHeader, step.ResponseHeader)+string(step.RequestBody), func(r rune) bool {
				return strings.ContainsRune(` "=;[]`, r)
			}) {
				if _, err := hanko.ParseToken(field); err == nil {
					tokens = append(tokens, field, field[strings.LastIndexByte(field, '.')+1:])
				}
			}
			for _, parts := range [][]decode.Part{decode.Exchange(step.Exchange), decode.Exchange(secret.Masked(step.Exchange))} {
				text := drawn(parts)
				for _, token := range tokens {
					if strings.Contains(text, token) {
						t.Errorf("%s, %s: the token can be read in\n%s", name, step.note, text)
					}
				}
			}
		}
	}
}

// TestMaskedTokens checks that a masked token is recognised, and that masking hides nothing else.
func TestMaskedTokens(t *testing.T) {
	found := false
	for _, step := range recordings(t)["rest-2.7.0.json"] {
		plain, masked := decode.Exchange(step.Exchange), decode.Exchange(secret.Masked(step.Exchange))
		var kinds, maskedKinds []string
		for _, part := range plain {
			kinds = append(kinds, string(part.In)+" "+string(part.Kind))
		}
		for _, part := range masked {
			maskedKinds = append(maskedKinds, string(part.In)+" "+string(part.Kind))
			found = found || strings.Contains(drawn([]decode.Part{part}), "show secrets to read it")
		}
		slices.Sort(kinds) // masking sorts a body's members
		slices.Sort(maskedKinds)
		if diff := cmp.Diff(kinds, maskedKinds); diff != "" {
			t.Errorf("%s: masking changes what is found:\n%s", step.note, diff)
		}
	}
	if !found {
		t.Error("no masked token was seen")
	}
}

func TestAuthenticatorData(t *testing.T) {
	key := []byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x41, 7, 0x22, 0x41, 9}
	whole := authenticator.AuthenticatorData{
		RPIDHash:  sha256.Sum256([]byte("example.com")),
		Flags:     authenticator.UserPresent | authenticator.UserVerified | authenticator.BackupEligible | authenticator.BackedUp | authenticator.AttestedData | authenticator.ExtensionData,
		SignCount: 7,
		Attested: &authenticator.AttestedCredential{
			AAGUID: authenticator.IPhone().AAGUID, CredentialID: []byte{1, 2, 3}, PublicKey: key,
		},
		Extensions: []byte{0xa1, 0x63, 'p', 'r', 'f', 0xf5},
	}
	part, err := decode.AuthenticatorData(whole.Bytes(), "other.org", "example.com")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "authdata.txt", drawn([]decode.Part{part}))

	for n := range whole.Bytes() {
		part, err := decode.AuthenticatorData(whole.Bytes()[:n])
		var broken *decode.Error
		if !errors.As(err, &broken) {
			t.Errorf("the first %d bytes give %v, not an *Error", n, err)
		}
		if n >= 37 && len(part.Lines) < 9 {
			t.Errorf("of the first %d bytes only %d lines were read", n, len(part.Lines))
		}
	}
	for name, b := range map[string][]byte{
		"1 byte left over at the end: 00": append(whole.Bytes(), 0),
		"at least 37 are needed":          nil,
	} {
		if _, err := decode.AuthenticatorData(b); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("it fails with %v, want one about %q", err, name)
		}
	}
	odd := authenticator.AuthenticatorData{Flags: authenticator.BackedUp | 0x22}
	part, err = decode.AuthenticatorData(odd.Bytes())
	if text := drawn([]decode.Part{part}); err != nil || !strings.Contains(text, "BS without BE") || strings.Count(text, "must be 0") != 2 {
		t.Errorf("forbidden flags are not marked (%v):\n%s", err, text)
	}
}

func TestProviders(t *testing.T) {
	for text, want := range map[string]string{
		"fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
		"ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
		"bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
		"11111111-2222-3333-4444-555555555555": "",
	} {
		aaguid, err := authenticator.ParseAAGUID(text)
		if got := decode.Provider(aaguid); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", text, got, err, want)
		}
	}
}

func TestSmallThings(t *testing.T) {
	hash := make([]byte, 32)
	hash[0] = 0xab
	for _, test := range []struct{ name, body, want string }{
		{"an Android app", `{"response":{"clientDataJSON":"` + b64(`{"type":"webauthn.get","origin":"android:apk-key-hash:`+b64(string(hash))+`","androidPackageName":"com.example"}`) + `"}}`, "SHA-256 AB:00:00"},
		{"a broken hash", `{"clientDataJSON":"` + b64(`{"origin":"android:apk-key-hash:!"}`) + `"}`, "its hash is not a SHA-256 in base64url"},
		{"invalid client data", `{"clientDataJSON":"` + b64(`[1]`) + `"}`, "unreadable: the client data cannot be read"},
		{"no base64", `{"clientDataJSON":"ä"}`, "unreadable: not base64url"},
		{"padded", `{"challenge":"AAAAAAAAAAAAAAAAAAAAAA=="}`, "length: 16 bytes"},
		{"a short challenge", `{"publicKey":{"challenge":"AAAA"}}`, "shorter than the 16 bytes"},
		{"a user", `{"publicKey":{"user":{"id":"4LUUtppGTcCGI4Op"}}}`, "12 bytes; Hanko's has 16"},
		{"another's id", `{"user":{"id":"x"}}`, ""},
		{"a handle", `{"userHandle":"4LUUtppGTcCGI4Op1wOzsg"}`, "user: e0b514b6-9a46-4dc0-8623-83a9d703b3b2"},
		{"a bare signature", `{"signature":"` + b64(strings.Repeat("x", 64)) + `"}`, "as for Ed25519"},
		{"no signature", `{"signature":"` + b64("xx") + `"}`, "neither DER nor"},
		{"AAGUID zero", `[{"aaguid":"00000000-0000-0000-0000-000000000000"}]`, "does not say what it is"},
		{"no AAGUID", `{"aaguid":"x"}`, "unreadable: the AAGUID"},
		{"a token in a list", `{"deep":[0,["` + unsigned + `"]]}`, "deep[1][0]: Token"},
		{"a token in a token", `["` + b64(`{"alg":"x"}`) + "." + b64(`{"inner":"`+unsigned+`"}`) + `.AAAA"]`, "inner: eyJhbG••••••"},
		{"escapes", `{"userHandle":"` + b64("\x1b[31m") + `"}`, "text: ␛[31m"},
		{"cut off", `{"challenge":"AAAAAAAAAAAAAAAAAAAAAA","x":`, "length: 16 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := drawn(decode.Body([]byte(test.body)))
			if !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
				t.Errorf("%s\nis decoded as\n%s\nwant %q in it", test.body, got, test.want)
			}
		})
	}
	if parts := decode.Body([]byte(`[` + strings.Repeat(`{"challenge":"AAAA"},`, 1000) + `0]`)); len(parts) > 100 {
		t.Errorf("a hostile body has %d parts", len(parts))
	}
	if parts := decode.Body([]byte(strings.Repeat(`[`, 1<<20))); len(parts) != 0 {
		t.Errorf("brackets have %d parts", len(parts))
	}
}

var unsigned = b64(`{"alg":"none"}`) + "." + b64(`{"sub":"u"}`) + "."
