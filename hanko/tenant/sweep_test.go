package tenant

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// counts returns how many records of each kind there are.
func counts(t *testing.T, a *app) map[store.Bucket]int {
	t.Helper()
	held := make(map[store.Bucket]int)
	err := a.tenant.accounts.Store.View(func(tx store.Tx) error {
		for _, b := range store.Buckets() {
			held[b] = len(tx.Keys(b, ""))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func TestSweep(t *testing.T) {
	stores(t, func(t *testing.T, options Options) {
		now := newClock()
		options.Now = now.time
		a := openTenant(t, options)
		a.signUp("ada@example.com")
		a.post("/webauthn/login/initialize", nil)
		a.token = ""
		userID, emailID := a.create("new@example.com")
		a.post("/passcode/login/initialize", object{"user_id": userID, "email_id": emailID})
		held := func() (n int) {
			_ = a.tenant.accounts.Store.View(func(tx store.Tx) error {
				n = len(tx.Keys(store.Passcodes, "")) + len(tx.Keys(store.Challenges, "")) + len(tx.Keys(store.Sessions, ""))
				return nil
			})
			return n
		}
		if n := held(); n != 3 {
			t.Fatalf("%d records, want a passcode, a challenge and a session", n)
		}
		now.pass(25 * time.Hour)
		a.post("/webauthn/login/initialize", nil)
		if n := held(); n != 1 {
			t.Errorf("%d records a day later, want the new challenge alone", n)
		}
	})
}

// temporary are the buckets that anybody can fill.
func temporary() []store.Bucket {
	return []store.Bucket{store.Flows, store.Passcodes, store.Challenges, store.Devices, store.Users, store.Emails, store.Addresses}
}

// TestTheOldestGo stores too many records: a sweep deletes the oldest, but none that belongs to a user.
func TestTheOldestGo(t *testing.T) {
	stores(t, func(t *testing.T, options Options) {
		now := newClock()
		options.Now = now.time
		a := openTenant(t, options)
		userID, _ := a.signUp("ada@example.com")
		handle := a.addPasskey(newPhoneKey(t))
		const many = store.Kept + 300
		err := a.tenant.accounts.Store.Update(func(tx store.Tx) error {
			for n := range many {
				// Keys are in another order than ages; the first has come first.
				id, at := fmt.Sprintf("%08x-0000-4000-8000-%012d", (n*7919)%many, n), now.time().Add(time.Duration(n-many)*time.Second)
				address := fmt.Sprintf("user%d@example.com", n)
				for b, record := range map[store.Bucket]any{
					store.Flows:      object{"id": id, "name": hanko.LoginFlow, "expires": at.Add(24 * time.Hour)},
					store.Passcodes:  account.Passcode{ID: id, TTL: 300, Created: at},
					store.Challenges: account.Challenge{Expires: at.Add(10 * time.Minute)},
					store.Devices:    object{"expires": at.Add(30 * 24 * time.Hour)},
					store.Users:      account.User{ID: id, Created: at},
					store.Emails:     account.Email{ID: id, Address: address, Created: at},
				} {
					if err := store.Save(tx, b, id, record); err != nil {
						return err
					}
				}
				if err := store.Save(tx, store.Addresses, address, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		now.pass(time.Minute)
		a.call("POST", "/nothing", nil).want(t, 404, "")
		held := counts(t, a)
		for _, b := range temporary() {
			want := store.Kept
			if b == store.Users || b == store.Emails || b == store.Addresses {
				want++ // ada
			}
			if held[b] != want {
				t.Errorf("%d %s are kept of %d, want %d", held[b], b, many, want)
			}
		}
		err = a.tenant.accounts.Store.View(func(tx store.Tx) error {
			flows := tx.Keys(store.Flows, "")
			for n := range many {
				id := fmt.Sprintf("%08x-0000-4000-8000-%012d", (n*7919)%many, n)
				if there := slices.Contains(flows, id); there != (n >= many-store.Kept) {
					t.Errorf("the flow %d of %d is there: %t", n, many, there)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if me := a.call("GET", "/me", nil).want(t, 200, ""); me.text(t, "id") != userID {
			t.Errorf("the session is %s now", me.raw)
		}
		if handle == "" || a.call("POST", "/user", object{"email": "ada@example.com"}).want(t, 200, "").at(t, "has_webauthn_credential") != true {
			t.Error("ada's passkey is gone")
		}
	})
}

// TestFloods sends many requests at once. There are never many more records than a sweep keeps, and the newest flow can go
// on.
func TestFloods(t *testing.T) {
	now := newClock()
	a := openTenant(t, Options{Now: now.time, Settings: Settings{PasscodesPerMinute: -1}})
	var first, last reply
	most := make(map[store.Bucket]int)
	for n := range (store.Kept + 2*sweepEvery) / 4 {
		address := fmt.Sprintf("user%d@example.com", n)
		for range 4 {
			last = a.post("/login", nil)
			if n == 0 {
				first = last
			}
			a.post("/webauthn/login/initialize", nil)
			userID, emailID := a.create(address)
			a.post("/passcode/login/initialize", object{"user_id": userID, "email_id": emailID})
			now.pass(time.Millisecond)
		}
		for b, held := range counts(t, a) {
			most[b] = max(most[b], held)
		}
	}
	for _, b := range slices.Sorted(maps.Keys(most)) {
		if most[b] > store.Kept+sweepEvery {
			t.Errorf("there were %d %s", most[b], b)
		}
	}
	if most[store.Flows] < store.Kept || most[store.Users] < store.Kept {
		t.Errorf("there were never too many: %v", most)
	}
	act := func(flow reply) reply {
		action := flow.at(t, "actions", "register_client_capabilities").(map[string]any)
		return a.call("POST", action["href"].(string), object{
			"csrf_token": flow.text(t, "csrf_token"), "input_data": object{"webauthn_available": true},
		})
	}
	if old := act(first); old.status != 403 {
		t.Errorf("the oldest flow is answered %d %s", old.status, old.raw)
	}
	if newest := act(last); newest.status != 200 || newest.text(t, "name") != "login_init" {
		t.Errorf("the newest flow is answered %d %s", newest.status, newest.raw)
	}
}

// TestLongAddresses sends addresses longer than the 255 characters that Hanko's database allows.
func TestLongAddresses(t *testing.T) {
	a := openTenant(t, Options{})
	long := func(length int) string {
		const domain = "@example.com"
		return strings.Repeat("a", length-len(domain)) + domain
	}
	a.create(long(255))
	a.call("POST", "/users", object{"email": long(256)}).want(t, 500, "Internal Server Error")
	a.call("POST", "/user", object{"email": long(256)}).want(t, 404, "Not Found")
	a.signUp("ada@example.com")
	a.post("/emails", object{"address": long(254)})
	a.call("POST", "/emails", object{"address": long(256)}).want(t, 500, "Internal Server Error")
}

// TestLargePasskeys sends a large attestation and a long name for a passkey: both are refused.
func TestLargePasskeys(t *testing.T) {
	a := openTenant(t, Options{})
	a.signUp("ada@example.com")
	key := newTestKey(t)
	key.packed = false
	padded := func(size int) reply {
		challenge := a.post("/webauthn/registration/initialize", nil).text(t, "publicKey", "challenge")
		made := key.register(t, challenge)
		response := made["response"].(map[string]any)
		clientData, err := base64.RawURLEncoding.DecodeString(response["clientDataJSON"].(string))
		if err != nil {
			t.Fatal(err)
		}
		response["clientDataJSON"] = b64(fmt.Appendf(nil, `{"pad":%q,%s`, strings.Repeat("a", size), clientData[1:]))
		return a.call("POST", "/webauthn/registration/finalize", made)
	}
	padded(100_000).want(t, 400, "failed to validate attestation")
	padded(1_000).want(t, 200, "")
	path := "/webauthn/credentials/" + b64(key.id)
	a.call("PATCH", path, object{"name": strings.Repeat("é", 255)}).want(t, 200, "")
	a.call("PATCH", path, object{"name": strings.Repeat("é", 256)}).want(t, 500, "Internal Server Error")
}
