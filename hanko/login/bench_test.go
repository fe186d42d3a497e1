package login_test

import (
	"fmt"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// BenchmarkWalk is the whole way: a new user, the passcode, a passkey registered, log out, the passkey used, over HTTP
// on loopback against the embedded tenant in memory.
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
