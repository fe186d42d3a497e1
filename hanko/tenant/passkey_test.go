package tenant

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

const androidOrigin = "android:apk-key-hash:gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg"

func TestRegistrationVerifies(t *testing.T) {
	const refused = "failed to validate attestation"
	for _, test := range []struct {
		name     string
		settings Settings
		change   func(k *testKey, now *clock)
		status   int
		message  string
	}{
		{"as a phone does", Settings{}, func(*testKey, *clock) {}, 200, ""},
		{"from the RP id's own origin", Settings{}, func(k *testKey, _ *clock) { k.origin = "https://localhost" }, 200, ""},
		{"from the configured app", Settings{}, func(k *testKey, _ *clock) { k.origin = androidOrigin }, 200, ""},
		{"from another app", Settings{}, func(k *testKey, _ *clock) { k.origin = androidOrigin + "x" }, 400, refused},
		{"from another site", Settings{}, func(k *testKey, _ *clock) { k.origin = "https://evil.example" }, 400, refused},
		{"for another RP id", Settings{}, func(k *testKey, _ *clock) { k.rpID = "evil.example" }, 400, refused},
		{"without the user being there", Settings{}, func(k *testKey, _ *clock) { k.flags &^= flagUP }, 400, refused},
		{"BS without BE", Settings{}, func(k *testKey, _ *clock) { k.flags &^= flagBE }, 400, refused},
		{"at the last moment", Settings{}, func(_ *testKey, now *clock) { now.pass(10 * time.Minute) }, 200, ""},
		{"too late", Settings{}, func(_ *testKey, now *clock) { now.pass(10*time.Minute + time.Millisecond) }, 400, refused},
		{"user verification preferred", Settings{}, func(k *testKey, _ *clock) { k.flags &^= flagUV }, 200, ""},
		{
			"user verification required",
			Settings{RequireUserVerification: true},
			func(k *testKey, _ *clock) { k.flags &^= flagUV }, 422,
			"failed to validate attestation: Error validating the authenticator response: " +
				"User verification required but flag not set by authenticator\n",
		},
		{"user verification given", Settings{RequireUserVerification: true}, func(*testKey, *clock) {}, 200, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			now := newClock()
			a := openTenant(t, Options{Now: now.time, Settings: test.settings, Origins: []string{androidOrigin}})
			a.signUp("ada@example.com")
			options := a.post("/webauthn/registration/initialize", nil)
			want := "preferred"
			if test.settings.RequireUserVerification {
				want = "required"
			}
			if got := options.text(t, "publicKey", "authenticatorSelection", "userVerification"); got != want {
				t.Errorf("the options ask for user verification %q, want %q", got, want)
			}
			key := newPhoneKey(t)
			test.change(key, now)
			a.call("POST", "/webauthn/registration/finalize", key.register(t, options.text(t, "publicKey", "challenge"))).
				want(t, test.status, test.message)
			listed := a.call("GET", "/webauthn/credentials", nil).want(t, 200, "").body.([]any)
			if (len(listed) == 1) != (test.status == 200) {
				t.Errorf("answered %d, and %d passkeys are listed", test.status, len(listed))
			}
		})
	}
}

// TestOriginsReplaced turns the default origins off: only those of the switch are left.
func TestOriginsReplaced(t *testing.T) {
	for set, taken := range map[string]map[string]bool{
		"": {"https://localhost": true, "http://localhost:8888": true, androidOrigin: true, "https://a.example": false},
		"origins=https://a.example": {
			"https://localhost": true, "http://localhost:8888": true, androidOrigin: true, "https://a.example": true,
		},
		"origins=https://a.example default-origins=off": {
			"https://localhost": false, "http://localhost:8888": false, androidOrigin: false, "https://a.example": true,
		},
	} {
		var settings Settings
		for _, word := range strings.Fields(set) {
			name, value, _ := strings.Cut(word, "=")
			if err := settings.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
		a := openTenant(t, Options{Settings: settings, Origins: []string{androidOrigin}})
		a.signUp("ada@example.com")
		for origin, want := range taken {
			key := newPhoneKey(t)
			key.origin = origin
			options := a.post("/webauthn/registration/initialize", nil)
			answer := a.call("POST", "/webauthn/registration/finalize", key.register(t, options.text(t, "publicKey", "challenge")))
			if (answer.status == 200) != want {
				t.Errorf("with %q, a passkey from %s is answered %d %s", set, origin, answer.status, answer.raw)
			}
		}
	}
}

func TestRegistrationChallenges(t *testing.T) {
	const mismatch = "Stored challenge and received challenge do not match"
	a := openTenant(t, Options{})
	b := &app{t: t, tenant: a.tenant}
	a.signUp("ada@example.com")
	b.signUp("bob@example.com")
	key := newPhoneKey(t)
	challenge := a.post("/webauthn/registration/initialize", nil).text(t, "publicKey", "challenge")
	b.call("POST", "/webauthn/registration/finalize", key.register(t, challenge)).want(t, 400, mismatch)
	b.call("POST", "/webauthn/login/finalize", key.assert(t, challenge, "")).want(t, 401, mismatch)
	a.post("/webauthn/registration/finalize", key.register(t, challenge))
	a.call("POST", "/webauthn/registration/finalize", newPhoneKey(t).register(t, challenge)).want(t, 400, mismatch)

	login := a.post("/webauthn/login/initialize", "{}").text(t, "publicKey", "challenge")
	a.call("POST", "/webauthn/registration/finalize", newPhoneKey(t).register(t, login)).want(t, 400, mismatch)

	// In Hanko, a credential ID that is known already is a 500. Its owner keeps the passkey.
	challenge = b.post("/webauthn/registration/initialize", nil).text(t, "publicKey", "challenge")
	b.call("POST", "/webauthn/registration/finalize", key.register(t, challenge)).want(t, 500, "Internal Server Error")
	if listed := a.call("GET", "/webauthn/credentials", nil).body.([]any); len(listed) != 1 {
		t.Errorf("%d passkeys are left, want 1", len(listed))
	}
}

func TestAssertionVerifies(t *testing.T) {
	const refused = "failed to validate assertion"
	nobody := b64(make([]byte, 16))
	for _, test := range []struct {
		name    string
		change  func(k *testKey, handle *string, now *clock)
		status  int
		message string
	}{
		{"as a phone does", func(*testKey, *string, *clock) {}, 200, ""},
		{"from the configured app", func(k *testKey, _ *string, _ *clock) { k.origin = androidOrigin }, 200, ""},
		{"no longer backed up", func(k *testKey, _ *string, _ *clock) { k.flags &^= flagBS }, 200, ""},
		{"from another site", func(k *testKey, _ *string, _ *clock) { k.origin = "https://evil.example" }, 401, refused},
		{"for another RP id", func(k *testKey, _ *string, _ *clock) { k.rpID = "evil.example" }, 401, refused},
		{"by another key", func(k *testKey, _ *string, _ *clock) { k.private = newTestKey(t).private }, 401, refused},
		{"with another credential", func(k *testKey, _ *string, _ *clock) { k.id = newTestKey(t).id }, 401, refused},
		{"without the user being there", func(k *testKey, _ *string, _ *clock) { k.flags &^= flagUP }, 401, refused},
		{"for nobody", func(_ *testKey, handle *string, _ *clock) { *handle = nobody }, 401, "Unauthorized"},
		{"without a user handle", func(_ *testKey, handle *string, _ *clock) { *handle = "" }, 400, "failed to parse userHandle as uuid"},
		{"at the last moment", func(_ *testKey, _ *string, now *clock) { now.pass(10 * time.Minute) }, 200, ""},
		{"too late", func(_ *testKey, _ *string, now *clock) { now.pass(10*time.Minute + time.Millisecond) }, 401, refused},
	} {
		t.Run(test.name, func(t *testing.T) {
			now := newClock()
			a := openTenant(t, Options{Now: now.time, Origins: []string{androidOrigin}})
			a.signUp("ada@example.com")
			key := newPhoneKey(t)
			handle := a.addPasskey(key)
			challenge := a.post("/webauthn/login/initialize", nil).text(t, "publicKey", "challenge")
			good := key.assert(t, challenge, handle)
			bad := *key
			test.change(&bad, &handle, now)
			answer := a.call("POST", "/webauthn/login/finalize", bad.assert(t, challenge, handle)).want(t, test.status, test.message)
			if test.status == 200 {
				a.takeToken(answer)
				return
			}
			if answer.header.Get("Set-Cookie") != "" {
				t.Errorf("refused, and yet there is a cookie: %v", answer.header)
			}
			// With Hanko a refused answer leaves the challenge as it was.
			if test.name != "too late" {
				a.call("POST", "/webauthn/login/finalize", good).want(t, 200, "")
				a.call("POST", "/webauthn/login/finalize", good).
					want(t, 401, "Stored challenge and received challenge do not match")
			}
		})
	}
}

func TestAssertionCounter(t *testing.T) {
	a := openTenant(t, Options{})
	a.signUp("ada@example.com")
	key := newTestKey(t)
	handle := a.addPasskey(key)
	for _, step := range []struct {
		counter uint32
		status  int
	}{{0, 200}, {5, 200}, {5, 400}, {4, 400}, {6, 200}, {0, 200}, {1, 200}} {
		key.counter = step.counter
		answer := a.usePasskey(key, handle)
		if answer.status != step.status {
			t.Errorf("the counter %d was answered with %d %s, want %d", step.counter, answer.status, answer.raw, step.status)
		}
	}
}

func TestPasskeysOfAUser(t *testing.T) {
	now := newClock()
	a := openTenant(t, Options{Now: now.time})
	adaID, _ := a.signUp("ada@example.com")
	signIn := func() reply { return a.post("/webauthn/login/initialize", object{"user_id": adaID}) }
	if _, has := signIn().at(t, "publicKey").(map[string]any)["allowCredentials"]; has {
		t.Error("the options for a user without passkeys list some")
	}
	phone, stick := newPhoneKey(t), newTestKey(t)
	handle := a.addPasskey(phone)
	now.pass(time.Second)
	a.addPasskey(stick)

	listed := a.call("GET", "/webauthn/credentials", nil).body.([]any)
	first, second := listed[0].(map[string]any), listed[1].(map[string]any)
	for key, want := range map[string]any{
		"id": b64(phone.id), "name": "iCloud Keychain", "attestation_type": "none", "backup_eligible": true, "backup_state": true,
		"aaguid": "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "created_at": "2026-11-23T14:47:09.130338Z", "mfa_only": false,
	} {
		if first[key] != want {
			t.Errorf("the phone's passkey has %s %v, want %v", key, first[key], want)
		}
	}
	if !slices.Equal(first["transports"].([]any), []any{"internal", "hybrid"}) {
		t.Errorf("the phone's passkey has the transports %v", first["transports"])
	}
	if second["id"] != b64(stick.id) || second["attestation_type"] != "packed" || second["name"] != nil {
		t.Errorf("the second passkey is %v", second)
	}

	options := signIn()
	allowed := options.at(t, "publicKey", "allowCredentials").([]any)
	if len(allowed) != 2 || len(allowed[0].(map[string]any)) != 2 || allowed[0].(map[string]any)["id"] != b64(phone.id) {
		t.Errorf("the options allow %v, want both passkeys, without transports", allowed)
	}
	// After initialize with a user ID, the answer needs no user handle, and must come from one of that user's passkeys.
	other := &app{t: t, tenant: a.tenant}
	other.signUp("bob@example.com")
	bobs := newPhoneKey(t)
	bobHandle := other.addPasskey(bobs)
	challenge := options.text(t, "publicKey", "challenge")
	a.call("POST", "/webauthn/login/finalize", bobs.assert(t, challenge, bobHandle)).
		want(t, 401, "failed to validate assertion")
	a.call("POST", "/webauthn/login/finalize", stick.assert(t, challenge, "")).want(t, 200, "")

	// GET /users/{id} shows the user as in Hanko's database, with every passkey.
	stored := a.call("GET", "/users/"+adaID, nil).at(t, "webauthn_credentials").([]any)
	if len(stored) != 2 || stored[0].(map[string]any)["transports"].([]any)[0].(map[string]any)["Name"] != "internal" {
		t.Errorf("GET /users/{id} lists %v", stored)
	}
	if me := a.call("GET", "/me", nil).at(t, "passkeys").([]any); len(me) != 2 {
		t.Errorf("GET /me lists %v", me)
	}

	path := "/webauthn/credentials/" + b64(phone.id)
	renamed := a.call("PATCH", path, object{"name": "My <phone>"})
	if renamed.status != 200 || renamed.raw != "" || renamed.header.Get("Content-Type") != "" {
		t.Errorf("renaming is answered with %d %q %v, want 200 and nothing", renamed.status, renamed.raw, renamed.header)
	}
	a.call("PATCH", path, object{}).want(t, 200, "")
	if name := a.call("GET", "/webauthn/credentials", nil).body.([]any)[0].(map[string]any)["name"]; name != "My <phone>" {
		t.Errorf("the passkey is called %v after renaming", name)
	}
	other.call("PATCH", path, object{"name": "mine"}).want(t, 404, "Not Found")
	other.call("DELETE", path, nil).want(t, 404, "Not Found")
	a.call("DELETE", path, nil).want(t, 204, "")
	a.call("DELETE", path, nil).want(t, 404, "Not Found")
	a.usePasskey(phone, handle).want(t, 401, "failed to validate assertion")
	a.usePasskey(stick, handle).want(t, 200, "")
}

func TestUserHandleIsTheUUID(t *testing.T) {
	a := openTenant(t, Options{Settings: Settings{RPID: "example.com"}, RPName: "Example"})
	adaID, _ := a.signUp("ada@example.com")
	options := a.post("/webauthn/registration/initialize", nil)
	handle, err := base64.RawURLEncoding.DecodeString(options.text(t, "publicKey", "user", "id"))
	if err != nil || len(handle) != 16 {
		t.Fatalf("the user handle is %x (%v), want 16 bytes", handle, err)
	}
	if id := uuid.UUID(handle).String(); id != adaID {
		t.Errorf("the user handle stands for %s, want %s", id, adaID)
	}
	if rp, _ := json.Marshal(options.at(t, "publicKey", "rp")); string(rp) != `{"id":"example.com","name":"Example"}` {
		t.Errorf("the relying party is %s", rp)
	}
	key := newPhoneKey(t)
	key.rpID, key.origin = "example.com", "https://example.com"
	a.addPasskey(key)
	key.origin = "http://localhost:8888"
	a.usePasskey(key, b64(handle)).want(t, 401, "failed to validate assertion")
}
