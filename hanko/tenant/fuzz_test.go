package tenant

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

// FuzzBodies sends any body to any endpoint that takes one, with a session. The tenant always answers, and never with 500.
// A real passkey's answers are among the seeds, so that some inputs reach the verification.
func FuzzBodies(f *testing.F) {
	a := openTenant(f, Options{Settings: Settings{PasscodesPerMinute: -1}})
	adaID, emailID := a.signUp("ada@example.com")
	key := newTestKey(f)
	handle := a.addPasskey(key)
	text := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		return string(data)
	}
	paths := []string{
		"POST /user", "POST /users", "POST /passcode/login/initialize", "POST /passcode/login/finalize",
		"POST /webauthn/registration/initialize", "POST /webauthn/registration/finalize",
		"POST /webauthn/login/initialize", "POST /webauthn/login/finalize",
		"PATCH /webauthn/credentials/" + b64(key.id), "POST /sessions/validate",
	}
	registration := a.post("/webauthn/registration/initialize", nil).text(f, "publicKey", "challenge")
	login := a.post("/webauthn/login/initialize", nil).text(f, "publicKey", "challenge")
	sent := a.post("/passcode/login/initialize", object{"user_id": adaID}).text(f, "id")
	seeds := []string{
		"", "{", "null", "[]", `"x"`, "{}", `{"email":null}`, `{"name":null}`, `{"user_id":""}`, `{"user_id":null}`,
		text(object{"email": "ada@example.com"}), text(object{"email": "new@example.com"}),
		text(object{"user_id": adaID}), text(object{"user_id": adaID, "email_id": emailID}), text(object{"user_id": adaID, "email_id": ""}),
		text(object{"id": sent, "code": "000000"}), text(object{"session_token": a.token}), text(object{"name": "\x1b[2J"}),
		text(newTestKey(f).register(f, registration)), text(newPhoneKey(f).register(f, registration)),
		text(key.assert(f, login, handle)), text(key.assert(f, login, "")),
	}
	for endpoint := range paths {
		for _, seed := range seeds {
			f.Add(uint(endpoint), "application/json", seed)
		}
		f.Add(uint(endpoint), "text/xml", "<a><Email>new@example.com</Email><UserId>x</UserId><Id>x</Id><Name>x</Name></a>")
	}
	for _, sent := range malformedBodies {
		if len(sent.body) < 1000 {
			f.Add(uint(1), sent.contentType, sent.body)
		}
	}
	f.Fuzz(func(t *testing.T, endpoint uint, contentType, body string) {
		method, path, _ := strings.Cut(paths[endpoint%uint(len(paths))], " ")
		b := &app{t: t, tenant: a.tenant, token: a.token}
		if answer := b.ask(method, path, contentType, body); answer >= "5" {
			t.Errorf("%s %s answers %s to %q of the type %q", method, path, answer, body, contentType)
		}
	})
}

// FuzzAddress checks that accepted addresses are safe for the store and for mails.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"ada@example.com", `"a b"@c.de`, "a@b.c\r\nBcc: x@y.z", "<a@b.de>", "ä@exämple.de"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if validAddress(address) && strings.ContainsFunc(address, unicode.IsControl) {
			t.Errorf("%q passes as an address", address)
		}
	})
}
