package login_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
)

// TestPhoneRefuses has the person decline, leave, or fail verification. Nothing is lost, and the walk continues.
func TestPhoneRefuses(t *testing.T) {
	stage := newStage(t, unlimited)
	no := func(context.Context, authenticator.ConsentRequest) (authenticator.Decision, error) {
		return authenticator.Decision{}, nil
	}
	leaves := func(context.Context, authenticator.ConsentRequest) (authenticator.Decision, error) {
		return authenticator.Decision{}, errors.New("the sheet was left: " + sting)
	}
	for _, test := range []struct {
		name     string
		consent  authenticator.Consent
		place    place
		sentence string
	}{
		{"creation refused", no, atOffer, "The phone did not create a passkey."},
		{"creation left", leaves, atOffer, "The phone did not create a passkey."},
		{"use refused", no, atPasskey, "The phone did not use a passkey."},
		{"use left", leaves, atPasskey, "The phone did not use a passkey."},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := stage.newPerson(t)
			test.place.before(p)
			before := kind(p.walk.Step())
			kept, err := p.phone.Passkeys()
			if err != nil {
				t.Fatal(err)
			}
			p.consent = test.consent
			failed := to[login.Failed](p, test.place.action(p))
			drawable(t, failed)
			problem := failed.Problem
			if problem.Sentence != test.sentence || !strings.Contains(problem.Said, "NotAllowedError") || !strings.Contains(problem.Said, "ASAuthorizationError 1001") || problem.Cause == "" || problem.Remedy == "" || failed.Again == nil {
				t.Errorf("it leads to %s", described(failed))
			}
			if left, err := p.phone.Passkeys(); err != nil || len(left) != len(kept) {
				t.Errorf("on the phone are %d passkeys (%v), before were %d", len(left), err, len(kept))
			}
			p.consent = nil
			to[login.SignedIn](p, login.Retry{})
			p.take(login.LogOut{})
			test.place.before(stage.newPerson(t)) // the tenant is none the worse

			p = stage.newPerson(t)
			test.place.before(p)
			p.consent = test.consent
			to[login.Failed](p, test.place.action(p))
			if step := p.take(login.Back{}); kind(step) != before {
				t.Errorf("Back leads to %s, want %s", described(step), before)
			}
			p.consent = nil
			p.finish()
		})
	}
}

// TestNotVerified uses a phone that skips the user verification that the tenant requires.
func TestNotVerified(t *testing.T) {
	p := newStage(t, tenant.Options{Settings: tenant.Settings{RequireUserVerification: true}}).newPerson(t)
	atOffer.before(p)
	p.consent = func(context.Context, authenticator.ConsentRequest) (authenticator.Decision, error) {
		return authenticator.Decision{Approved: true}, nil
	}
	failed := to[login.Failed](p, login.RegisterPasskey{})
	if failed.Problem.Cause == "" || !strings.Contains(strings.ToLower(described(failed)), "verif") {
		t.Errorf("it leads to %s", described(failed))
	}
	if left, err := p.phone.Passkeys(); err != nil || len(left) != 0 {
		t.Errorf("on the phone are %d passkeys that the tenant does not have (%v)", len(left), err)
	}
	p.consent = nil
	to[login.SignedIn](p, login.Retry{})
}

// TestExcluded creates a passkey although the tenant excludes one that is on the phone.
func TestExcluded(t *testing.T) {
	stage := newStage(t, unlimited)
	p := stage.newPerson(t)
	in := p.finish()
	passkeys, err := p.phone.Passkeys()
	if err != nil {
		t.Fatal(err)
	}
	stage.wire.once(registerInitialize, withExcluded(passkeys[0].CredentialID))
	failed := to[login.Failed](p, login.RegisterPasskey{})
	drawable(t, failed)
	if !strings.Contains(failed.Problem.Said, "InvalidStateError") || !strings.Contains(failed.Problem.Cause, "already has a passkey") {
		t.Errorf("it leads to %s", described(failed))
	}
	back := to[login.SignedIn](p, login.Back{})
	if back.Session.Token != in.Session.Token || back.Registered != in.Registered {
		t.Error("Back leads to another session")
	}
	if left, err := p.phone.Passkeys(); err != nil || len(left) != 1 {
		t.Errorf("on the phone are %d passkeys (%v)", len(left), err)
	}
}

// TestSeveralPasskeys has two people share a phone. The sheet asks which passkey to use, and its owner is signed in.
func TestSeveralPasskeys(t *testing.T) {
	stage := newStage(t, unlimited)
	store := authenticator.NewMemoryKeystore()
	for _, email := range []string{"ada@example.com", "bert@example.com"} {
		p := stage.personWith(t, email, store, hanko.Options{})
		p.finish()
		p.take(login.LogOut{})
	}
	for _, email := range []string{"ada@example.com", "bert@example.com", "ada@example.com"} {
		p := stage.personWith(t, "", store, hanko.Options{})
		p.consent = func(_ context.Context, request authenticator.ConsentRequest) (authenticator.Decision, error) {
			if len(request.Accounts) != 2 {
				t.Errorf("%d accounts are offered, want 2", len(request.Accounts))
			}
			i := slices.IndexFunc(request.Accounts, func(a authenticator.Account) bool { return a.Name == email })
			return authenticator.Decision{Approved: true, UserVerified: true, CredentialID: request.Accounts[i].CredentialID}, nil
		}
		if in := to[login.SignedIn](p, login.SignInWithPasskey{}); in.Email != email || in.Method != login.ByPasskey {
			t.Errorf("chosen was %s, signed in is %s", email, in.Email)
		}
	}
	// A third person has no passkey on the phone, and is offered one.
	third := stage.personWith(t, "carla@example.com", store, hanko.Options{})
	atOffer.before(third)
	to[login.SignedIn](third, login.Skip{})
}

// TestCancel cancels each action halfway. The walk stays at its step, and can be finished.
func TestCancel(t *testing.T) {
	stage := newStage(t, unlimited)
	for _, at := range []struct {
		call  string
		place place
	}{
		{user, atEmail},
		{initialize, atEmailAgain},
		{users, atCreate},
		{initialize, atCreate},
		{initialize, atResend},
		{finalize, atPasscode},
		{registerInitialize, atOffer},
		{registerFinalize, atOffer},
		{loginInitialize, atPasskey},
		{loginFinalize, atPasskey},
		{logout, atLogOut},
	} {
		t.Run(strings.ReplaceAll(at.call, "/", "_"), func(t *testing.T) {
			p := stage.newPerson(t)
			at.place.before(p)
			before := p.walk.Step()
			ctx, cancel := context.WithCancel(t.Context())
			stage.wire.once(at.call, roundTrip(func(r *http.Request) (*http.Response, error) {
				cancel()
				<-r.Context().Done()
				return nil, r.Context().Err()
			}))
			step := p.walk.Take(ctx, at.place.action(p))
			if kind(step) != kind(before) || problemOf(step) != problemOf(before) {
				t.Errorf("cancelled at %T, the walk stands at %s", before, described(step))
			}
			p.finish()
		})
	}
}

// TestCancelConsent cancels while the sheet is open.
func TestCancelConsent(t *testing.T) {
	stage := newStage(t, unlimited)
	for name, at := range map[string]place{"create": atOffer, "get": atPasskey} {
		t.Run(name, func(t *testing.T) {
			p := stage.newPerson(t)
			at.before(p)
			before := kind(p.walk.Step())
			ctx, cancel := context.WithCancel(t.Context())
			p.consent = func(ctx context.Context, _ authenticator.ConsentRequest) (authenticator.Decision, error) {
				cancel()
				<-ctx.Done()
				return authenticator.Decision{}, ctx.Err()
			}
			if step := p.walk.Take(ctx, at.action(p)); kind(step) != before {
				t.Errorf("cancelled at %s, the walk stands at %s", before, described(step))
			}
			p.consent = nil
			p.finish()
		})
	}
}

// TestCancelRetry cancels a Retry. The failure stays, and Back still returns from it.
func TestCancelRetry(t *testing.T) {
	stage := newStage(t, unlimited)
	p := stage.newPerson(t)
	atPasscode.before(p)
	stage.wire.once(finalize, served(t, says(500, "Internal Server Error")))
	to[login.Failed](p, login.SubmitPasscode{Code: p.code()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	step, ok := p.walk.Take(ctx, login.Retry{}).(login.Failed)
	if !ok || step.Again == nil || !strings.Contains(step.Problem.Said, "500") {
		t.Errorf("the cancelled retry leads to %s", described(p.walk.Step()))
	}
	to[login.OfferPasskey](p, login.Retry{})
}

// TestDeadline lets the context's deadline pass. Unlike a cancellation, that is a failure that the person sees.
func TestDeadline(t *testing.T) {
	stage := newStage(t, unlimited)
	p := stage.newPerson(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	failed, ok := p.walk.Take(ctx, login.SubmitEmail{Email: p.email}).(login.Failed)
	if !ok || !strings.Contains(failed.Problem.Said, "in time") {
		t.Errorf("after the deadline the walk stands at %s", described(p.walk.Step()))
	}
	to[login.ConfirmAccount](p, login.Retry{})
}

// TestSeveralTakes takes actions from several goroutines at once. They run one after another, and create one account.
func TestSeveralTakes(t *testing.T) {
	stage := newStage(t, unlimited)
	p := stage.newPerson(t)
	atCreate.before(p)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			step := p.walk.Take(t.Context(), login.CreateAccount{})
			for _, made := range calls(step) {
				if made != "POST /users 200" && made != "POST /passcode/login/initialize 200" {
					t.Errorf("it came to %s", made)
				}
			}
			drawable(t, step)
			p.walk.Step()
			p.walk.Take(t.Context(), login.Back{})
		})
	}
	all.Wait()
	if _, failed := p.walk.Step().(login.Failed); failed {
		p.take(login.Back{})
	}
	p.finish()
}

// TestImportedCount imports passkeys with a counter. One that continues to count keeps working. The tenant takes one that
// stopped counting for a clone at its second use.
func TestImportedCount(t *testing.T) {
	stage := newStage(t, unlimited)
	keystore := authenticator.NewMemoryKeystore()
	first := stage.personWith(t, "ada@example.com", keystore, hanko.Options{})
	first.finish()
	first.take(login.LogOut{})
	list, err := keystore.Export()
	if err != nil {
		t.Fatal(err)
	}
	list[0].SignCount = 5
	moved := authenticator.NewMemoryKeystore()
	if err := moved.Import(list); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again := stage.personWith(t, "", moved, hanko.Options{})
		if in := to[login.SignedIn](again, login.SignInWithPasskey{}); in.Email != first.email {
			t.Errorf("%s signs in, not %s", in.Email, first.email)
		}
	}
}
