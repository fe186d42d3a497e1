package login_test

import (
	"fmt"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// BenchmarkWalk does a whole walk over HTTP on loopback, with the embedded tenant in memory: create a user, enter the
// passcode, register a passkey, log out, and sign in with the passkey.
func BenchmarkWalk(b *testing.B) {
	stage := newStage(b, unlimited)
	walk := func(i int) {
		p := stage.personWith(b, fmt.Sprintf("bench%d@example.com", i), authenticator.NewMemoryKeystore(), hanko.Options{})
		p.finish()
		to[login.EnterEmail](p, login.LogOut{})
		to[login.SignedIn](p, login.SignInWithPasskey{})
	}
	walk(0) // makes the tenant's keys, which a tenant does once in its life
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		walk(i)
	}
}
