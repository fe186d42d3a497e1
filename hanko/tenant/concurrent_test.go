package tenant

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"example.com/hankosim/hanko/tenant/account"
)

func TestManyAtOnce(t *testing.T) {
	stores(t, func(t *testing.T, options Options) {
		a := openTenant(t, options)
		for n := range 16 {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				b := &app{t: t, tenant: a.tenant}
				userID, _ := b.signUp(fmt.Sprintf("user%d@example.com", n))
				key := newPhoneKey(t)
				handle := b.addPasskey(key)
				b.call("POST", "/logout", nil).want(t, 204, "")
				b.token = ""
				b.takeToken(b.usePasskey(key, handle).want(t, 200, ""))
				if me := b.call("GET", "/me", nil).want(t, 200, ""); me.text(t, "id") != userID {
					t.Errorf("the user %s is signed in as %s", userID, me.raw)
				}
			})
		}
	})
}

// TestOneCodeOneSession sends the same right code many times at once: only one of them signs in.
func TestOneCodeOneSession(t *testing.T) {
	stores(t, func(t *testing.T, options Options) {
		a := openTenant(t, options)
		userID, emailID := a.create("ada@example.com")
		sent := a.post("/passcode/login/initialize", object{"user_id": userID, "email_id": emailID}).text(t, "id")
		answer := object{"id": sent, "code": a.codeFor("ada@example.com")}
		statuses := make([]int, 12)
		var all sync.WaitGroup
		for n := range statuses {
			all.Go(func() { statuses[n] = a.call("POST", "/passcode/login/finalize", answer).status })
		}
		all.Wait()
		count := make(map[int]int)
		for _, status := range statuses {
			count[status]++
		}
		if count[200] != 1 || count[401] != len(statuses)-1 {
			t.Errorf("the answers are %v, want one 200 and 401 for the rest", count)
		}
	})
}

// BenchmarkWalk does a whole walk: create a user, enter a passcode, register a passkey, log out, sign in with it.
func BenchmarkWalk(b *testing.B) {
	for name, options := range map[string]Options{
		"memory": {}, "file": {Path: filepath.Join(b.TempDir(), "tenant.db")},
	} {
		b.Run(name, func(b *testing.B) {
			a := openTenant(b, options)
			a.call("GET", "/.well-known/jwks.json", nil) // waits for the keys
			key := newPhoneKey(b)
			n := 0
			for b.Loop() {
				n++
				key.id = fmt.Appendf(nil, "credential %d", n)
				a.token = ""
				a.signUp(fmt.Sprintf("user%d@example.com", n))
				handle := a.addPasskey(key)
				a.call("POST", "/logout", nil).want(b, 204, "")
				a.token = ""
				a.takeToken(a.usePasskey(key, handle).want(b, 200, ""))
				a.call("GET", "/me", nil).want(b, 200, "")
			}
		})
	}
}

// BenchmarkKeys measures how long the first session token of a new tenant takes.
func BenchmarkKeys(b *testing.B) {
	for b.Loop() {
		if _, err := account.NewKeys(); err != nil {
			b.Fatal(err)
		}
	}
}
