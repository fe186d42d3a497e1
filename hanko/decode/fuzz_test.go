package decode_test

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
)

// seeds adds all values of a member in the recordings, raw.
func seeds(f *testing.F, member string) {
	for _, run := range recordings(f) {
		for _, step := range run {
			for _, body := range [][]byte{step.RequestBody, step.ResponseBody} {
				var value any
				if json.Unmarshal(body, &value) == nil {
					collect(value, member, func(text string) {
						if raw, err := base64.RawURLEncoding.DecodeString(text); err == nil {
							f.Add(raw)
						}
					})
				}
			}
		}
	}
	f.Add([]byte{})
}

func collect(value any, member string, found func(string)) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if text, ok := inner.(string); ok && name == member {
				found(text)
			}
			collect(inner, member, found)
		}
	case []any:
		for _, inner := range v {
			collect(inner, member, found)
		}
	}
}

// check fails the test if a part is neither whole nor has an error, or if it is not printable.
func check(t *testing.T, part decode.Part, err error) {
	t.Helper()
	if err == nil && len(part.Lines) == 0 {
		t.Error("nothing was read, and nothing was said about it")
	}
	if part.Kind == "" || part.Title == "" {
		t.Error("the part does not say what it is")
	}
	if err != nil && hanko.Printable(err.Error()) != err.Error() {
		t.Errorf("the error cannot be drawn: %q", err)
	}
	for _, line := range part.Lines {
		for _, text := range []string{line.Name, line.Value, line.Note} {
			if hanko.Printable(text) != text || len(text) > 33000 {
				t.Errorf("a line of %d bytes cannot be drawn: %.200q", len(text), text)
			}
		}
	}
}

func fuzz(f *testing.F, member string, read func([]byte) (decode.Part, error)) {
	seeds(f, member)
	f.Fuzz(func(t *testing.T, b []byte) {
		part, err := read(b)
		check(t, part, err)
	})
}

func FuzzClientData(f *testing.F) { fuzz(f, "clientDataJSON", decode.ClientData) }
func FuzzSignature(f *testing.F)  { fuzz(f, "signature", decode.Signature) }
func FuzzUserHandle(f *testing.F) { fuzz(f, "userHandle", decode.UserHandle) }
func FuzzChallenge(f *testing.F)  { fuzz(f, "challenge", decode.Challenge) }
func FuzzCOSEKey(f *testing.F)    { fuzz(f, "public_key", decode.COSEKey) }

func FuzzPublicKey(f *testing.F) {
	spki, err := base64.StdEncoding.DecodeString("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(spki)
	fuzz(f, "publicKey", decode.PublicKey)
}

func FuzzAuthenticatorData(f *testing.F) {
	fuzz(f, "authenticatorData", func(b []byte) (decode.Part, error) { return decode.AuthenticatorData(b, "localhost") })
}

func FuzzAttestationObject(f *testing.F) {
	fuzz(f, "attestationObject", func(b []byte) (decode.Part, error) { return decode.AttestationObject(b, "localhost") })
}

func FuzzJWT(f *testing.F) {
	f.Add(unsigned)
	for _, run := range recordings(f) {
		for _, step := range run {
			if token := step.ResponseHeader.Get("X-Auth-Token"); token != "" {
				f.Add(token)
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw string) {
		part, err := decode.JWT(raw)
		check(t, part, err)
	})
}

// FuzzExchange decodes and explains any exchange.
func FuzzExchange(f *testing.F) {
	for _, run := range recordings(f) {
		for _, step := range run {
			f.Add(step.Method, step.Path, step.Status, step.RequestBody, step.ResponseBody, step.ResponseHeader.Get("X-Auth-Token"))
		}
	}
	for _, address := range []string{"http://p/authorize?state=s&scope=a+b", "http://a/callback?hanko_token=%3D", "http://a/?error=\x1b&error_description=%1b", "/thirdparty/auth?provider=a"} {
		f.Add("GET", address, 0, []byte(nil), []byte(nil), "")
	}
	f.Fuzz(func(t *testing.T, method, path string, status int, request, response []byte, token string) {
		e := hanko.Exchange{
			Method: method, Path: path, URL: "http://localhost" + path, Status: status, RequestBody: request, ResponseBody: response,
			ResponseHeader: header(map[string]string{"X-Auth-Token": token, "Set-Cookie": token}),
		}
		for _, e := range []hanko.Exchange{e, {Browser: true, Method: "GET", Path: path, URL: path, Status: status}} {
			for _, part := range decode.Exchange(e) {
				check(t, part, nil)
				if hanko.Printable(part.Path) != part.Path {
					t.Errorf("the path %q cannot be drawn", part.Path)
				}
			}
			decode.GuideStep(e)
			if text := decode.Explain(e); text == "" || hanko.Printable(text) != text {
				t.Errorf("explained as %q", text)
			}
		}
	})
}
