package smoke_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

func ids(checks []smoke.Check) []string {
	var found []string
	for _, check := range checks {
		found = append(found, check.ID)
	}
	return found
}

func TestSelect(t *testing.T) {
	tests := []struct {
		name       string
		only, skip []string
		want       []string
	}{
		{"a check and what it needs", []string{"session.logout"}, nil, []string{"reach.tenant", "guide.signup", "guide.signin", "session.logout"}},
		{"a suite", []string{"reach"}, nil, []string{"reach.tenant", "reach.tls", "reach.health", "reach.latency"}},
		{"the beginning of an id", []string{"refuse.session"}, nil, []string{"reach.tenant", "guide.signup", "refuse.session.none", "refuse.session.forged"}},
		{"less a check", []string{"reach"}, []string{"reach.latency", "reach.tls"}, []string{"reach.tenant", "reach.health"}},
		{"what is skipped is not run, though it is needed", []string{"guide.signin"}, []string{"guide.signup"}, []string{"reach.tenant", "guide.signin"}},
	}
	for _, test := range tests {
		checks, err := smoke.Select(test.only, test.skip)
		if err != nil || !slices.Equal(ids(checks), test.want) {
			t.Errorf("%s: %q, %v; want %q", test.name, ids(checks), err, test.want)
		}
	}
	usual, err := smoke.Select(nil, nil)
	if err != nil || slices.ContainsFunc(usual, func(c smoke.Check) bool { return c.Suite == smoke.Limits }) || len(usual) != len(smoke.Catalogue())-2 {
		t.Errorf("by default %d checks are run (%v), the limits among them", len(usual), err)
	}
	for _, word := range []string{"nothing", "", "reach.", "reach.ten", "REACH"} {
		var selection *smoke.SelectionError
		if _, err := smoke.Select([]string{word}, nil); !errors.As(err, &selection) || selection.Word != word {
			t.Errorf("--only %q: %v", word, err)
		}
		if _, err := smoke.Select(nil, []string{word}); !errors.As(err, &selection) {
			t.Errorf("--skip %q: %v", word, err)
		}
	}
}

// TestInterrupted shows that a run that is broken off reports what is known, and cleans up.
func TestInterrupted(t *testing.T) {
	b := newBench(t, known(presetOf(t, tenant.PresetGuide)))
	ctx, cancel := context.WithCancel(t.Context())
	judged, err := smoke.Run(ctx, b.options, func(event smoke.Event) {
		if event.Ended != nil && event.Ended.ID == "guide.signup" {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !judged.Interrupted || judged.ExitCode() != smoke.ExitInterrupted || len(judged.Results) != 5 || judged.Count(smoke.Failed) > 0 {
		t.Errorf("interrupted %t, exit code %d, %d results:\n%s", judged.Interrupted, judged.ExitCode(), len(judged.Results), text(t, judged))
	}
	if len(judged.LeftBehind) > 0 {
		t.Errorf("%q are left behind", judged.LeftBehind)
	}
}

// hangs does not answer at a path until the app gives up.
func hangs(path string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return at(path, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		}), next)
	}
}

// TestOutOfTime shows, by a clock that jumps, that what the run's time was too short for is inconclusive, not failed and not passed.
func TestOutOfTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, known(presetOf(t, tenant.PresetGuide)), hangs("/passcode/login/finalize"))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		judged := judge(ctx, t, b.options)
		if judged.Interrupted || judged.ExitCode() != smoke.ExitInconclusive || judged.Count(smoke.Failed) > 0 {
			t.Errorf("exit code %d:\n%s", judged.ExitCode(), text(t, judged))
		}
		if r := result(t, judged, "guide.signup"); r.Verdict != smoke.Inconclusive || !strings.Contains(r.Remedy, "--timeout") {
			t.Errorf("guide.signup is %+v", r.Outcome)
		}
		if r := result(t, judged, "refuse.existence"); r.Verdict != smoke.Inconclusive {
			t.Errorf("refuse.existence, for which no time was left, is %+v", r.Outcome)
		}
		// The tenant has made the user, and nobody can delete it.
		if len(judged.LeftBehind) != 1 {
			t.Errorf("%q are left behind, want the one whose sign-up broke off", judged.LeftBehind)
		}
	})
}

// TestNoMailbox shows that without a mailbox what can be judged is judged, and nothing else is called passed.
func TestNoMailbox(t *testing.T) {
	s := newScene()
	s.say(t, "rp-id=app.example.test")
	options := s.options(t)
	options.Box = nil
	judged := judge(t.Context(), t, options)
	var passed []string
	for _, r := range judged.Results {
		if r.Verdict == smoke.Passed {
			passed = append(passed, r.ID)
		}
	}
	want := []string{
		"reach.tenant", "reach.health", "reach.latency", "native.rpid", "native.assetlinks", "native.apple",
		"refuse.session.none", "refuse.existence",
	}
	if !slices.Equal(passed, want) || judged.ExitCode() != smoke.ExitInconclusive {
		t.Errorf("exit code %d, passed %q", judged.ExitCode(), passed)
	}
	if first, _, _ := strings.Cut(text(t, judged), "\n"); !strings.HasPrefix(first, "? guide.signup: there is no mailbox") {
		t.Errorf("the first line is %q", first)
	}
}

// TestNoApps shows that without the apps' names nothing is said about them.
func TestNoApps(t *testing.T) {
	s := newScene()
	s.say(t, "rp-id=app.example.test")
	s.say(t, "android=unknown")
	options := s.options(t)
	options.Apps, options.AppleID = nil, ""
	judged := judge(t.Context(), t, options)
	for _, id := range []string{"passkey.register.android", "passkey.signin.android", "native.assetlinks", "native.apple"} {
		if r := result(t, judged, id); r.Verdict != smoke.Skipped {
			t.Errorf("%s is %+v", id, r.Outcome)
		}
	}
	if judged.ExitCode() != smoke.ExitPassed {
		t.Errorf("exit code %d", judged.ExitCode())
	}
}

// patientTenant asks to wait before the first passcode.
func patientTenant(next http.Handler) http.Handler {
	var once sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse := false
		if r.URL.Path == "/passcode/login/initialize" && r.ContentLength > 2 { // {} is the tenant being recognised
			once.Do(func() { refuse = true })
		}
		if refuse {
			w.Header().Set("Retry-After", "1")
			answers(429, asJSON, `{"code":429,"message":"Too Many Requests"}`).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// TestWaits shows that the robot waits as the tenant asks, and says so.
func TestWaits(t *testing.T) {
	b := newBench(t, known(presetOf(t, tenant.PresetGuide)), patientTenant)
	b.options.Only = []string{"guide.signup"}
	var said []string
	judged, err := smoke.Run(t.Context(), b.options, func(event smoke.Event) {
		if event.Talk != "" {
			said = append(said, event.Talk)
		}
	})
	if err != nil || judged.ExitCode() != smoke.ExitPassed {
		t.Fatalf("%v\n%s", err, text(t, judged))
	}
	if len(said) != 1 || !strings.Contains(said[0], "asks to wait 2s") {
		t.Errorf("it said %q", said)
	}
}

// adminAPI deletes users by their ids, for those who have its key, as far as a test can see.
type adminAPI struct {
	mu      sync.Mutex
	key     string
	deleted []string
}

func (a *adminAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id, found := strings.CutPrefix(r.URL.Path, "/admin/users/")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+a.key:
		answers(401, asJSON, `{"code":401,"message":"`+r.Header.Get("Authorization")+`"}`).ServeHTTP(w, r)
	case r.Method != http.MethodDelete || !found:
		http.NotFound(w, r)
	default:
		a.deleted = append(a.deleted, id)
		w.WriteHeader(http.StatusNoContent)
	}
}

func TestCleanUp(t *testing.T) {
	for _, test := range []struct {
		name    string
		preset  tenant.Preset
		changes []string
		key     string // of the Admin API; "" gives none
		left    int
		byAdmin int
	}{
		{name: "the user over REST", preset: tenant.PresetGuide},
		{name: "the user in its flow", preset: tenant.PresetV3, changes: []string{"deletion=on"}},
		{name: "nobody", preset: tenant.PresetGuide, changes: []string{"deletion=off"}, left: 2},
		{name: "nobody in a flow", preset: tenant.PresetV3, left: 2},
		{name: "the Admin API", preset: tenant.PresetV3, key: "right", byAdmin: 2},
		{name: "the Admin API with another key", preset: tenant.PresetV3, key: "wrong", left: 2},
		{name: "nobody whose sign-up broke off", preset: tenant.PresetGuide, changes: []string{"mail-down=on"}, left: 1},
		{name: "nobody whom a flow has not made yet", preset: tenant.PresetV3, changes: []string{"mail-down=on"}},
		{name: "the Admin API, whose sign-up broke off", preset: tenant.PresetGuide, changes: []string{"mail-down=on"}, key: "right", byAdmin: 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			settings := presetOf(t, test.preset)
			for _, change := range test.changes {
				name, value, _ := strings.Cut(change, "=")
				if err := settings.Set(name, value); err != nil {
					t.Fatal(err)
				}
			}
			admin := &adminAPI{key: "right"}
			b := newBench(t, known(settings))
			b.options.Only = []string{"refuse.passcode.wrong"}
			if test.key != "" {
				b.options.Admin = &smoke.Admin{URL: "http://localhost:8001/admin/", Key: test.key, HTTP: &http.Client{Transport: inMemory{admin}}}
			}
			var said []string
			judged, err := smoke.Run(t.Context(), b.options, func(event smoke.Event) { said = append(said, event.Talk) })
			if err != nil {
				t.Fatal(err)
			}
			if len(judged.LeftBehind) != test.left || len(admin.deleted) != test.byAdmin {
				t.Errorf("%q are left behind, the Admin API deleted %q", judged.LeftBehind, admin.deleted)
			}
			if test.left > 0 != strings.Contains(text(t, judged), "Users that could not be deleted") {
				t.Errorf("the report does not say so:\n%s", text(t, judged))
			}
			if told := strings.Join(said, " "); strings.Contains(told, test.key) && test.key != "" || test.key == "wrong" && !strings.Contains(told, "401") {
				t.Errorf("it said %q", told)
			}
			if test.left > 0 || test.byAdmin > 0 || test.preset != tenant.PresetGuide {
				return
			}
			address, _, _ := strings.Cut(result(t, judged, "guide.signup").Note, " has")
			_, err = b.options.Client.FindUser(t.Context(), address)
			var api *hanko.Error
			if !errors.As(err, &api) || api.Status != http.StatusNotFound {
				t.Errorf("the tenant still has %s: %v", address, err)
			}
		})
	}
}

// TestRefusalsAreObserved shows that a tenant that fails, or says nothing, is not taken for one that refuses.
func TestRefusalsAreObserved(t *testing.T) {
	var broken sync.Map // what is broken by now
	breaks := func(path string, with http.Handler) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, now := broken.Load(path); now && r.URL.Path == path {
					with.ServeHTTP(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		}
	}
	limited := answers(429, asJSON, `{"code":429,"message":"Too Many Requests"}`)
	silent := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for _, test := range []struct{ check, path string }{
		{"refuse.assertion.forged", "/webauthn/login/finalize"},
		{"refuse.assertion.replayed", "/webauthn/login/finalize"},
		{"refuse.attestation.forged", "/webauthn/registration/finalize"},
		{"refuse.attestation.replayed", "/webauthn/registration/finalize"},
		{"refuse.strictness", "/webauthn/registration/finalize"},
		{"refuse.passcode.wrong", "/passcode/login/finalize"},
		{"refuse.passcode.reused", "/passcode/login/finalize"},
		{"refuse.session.forged", "/me"},
		{"refuse.session.none", "/me"},
		{"session.logout", "/me"},
		{"limits.tries", "/passcode/login/finalize"},
	} {
		for how, with := range map[string]http.Handler{"a rate limit": limited, "silence": silent} {
			t.Run(test.check+" "+how, func(t *testing.T) {
				broken.Clear()
				b := newBench(t, known(presetOf(t, tenant.PresetGuide)), breaks(test.path, with))
				b.options.Only = []string{test.check}
				judged, err := smoke.Run(t.Context(), b.options, func(event smoke.Event) {
					if event.Begins != nil && event.Begins.ID == test.check {
						broken.Store(test.path, true)
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				if r := result(t, judged, test.check); r.Verdict == smoke.Passed || r.Verdict == smoke.Failed {
					t.Errorf("it is %s: %s", r.Verdict, r.Note)
				}
			})
		}
	}
}

// TestAccepting shows that a tenant that accepts what it must refuse is found out.
func TestAccepting(t *testing.T) {
	yes := func(path string, when func(*http.Request) bool, answer http.Handler) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == path && when(r) {
					answer.ServeHTTP(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		}
	}
	always := func(*http.Request) bool { return true }
	otherUsers := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/users/") }
	for _, test := range []struct {
		check string
		proxy func(http.Handler) http.Handler
	}{
		{"session.logout", yes("/logout", always, answers(204, "", ""))},
		{"refuse.session.forged", yes("/sessions/validate", always, answers(200, asJSON, `{"is_valid":true}`))},
		{"refuse.session.none", yes("/me", always, answers(200, asJSON, `{"id":"6f1d3e0a-52c4-4b7e-9d80-3a1c5b7e9f24","user_id":"6f1d3e0a-52c4-4b7e-9d80-3a1c5b7e9f24"}`))},
		{"refuse.attestation.forged", yes("/webauthn/registration/finalize", always, answers(200, asJSON, `{"credential_id":"AAAA","user_id":"x"}`))},
		{"refuse.user.foreign", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if otherUsers(r) {
					answers(200, asJSON, `{"id":"somebody"}`).ServeHTTP(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		}},
		{"refuse.passcode.reused", remembers("/passcode/login/finalize")},
		{"refuse.assertion.replayed", remembers("/webauthn/login/finalize")},
		{"refuse.attestation.replayed", remembers("/webauthn/registration/finalize")},
	} {
		t.Run(test.check, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, known(presetOf(t, tenant.PresetGuide)), test.proxy)
			// What the check needs is not of interest here, and the proxy may be in its way.
			b.options.Only = []string{test.check}
			judged := judge(t.Context(), t, b.options)
			if r := result(t, judged, test.check); r.Verdict != smoke.Failed || r.Severity != smoke.Critical {
				if !slices.ContainsFunc(judged.Results, func(r smoke.Result) bool { return r.Verdict == smoke.Failed && r.Severity == smoke.Critical }) {
					t.Errorf("nobody noticed; %s is %s: %s", test.check, r.Verdict, r.Note)
				}
			}
		})
	}
}

// remembers is a cache that answers a request that it has seen succeed as it did then.
func remembers(path string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		var mu sync.Mutex
		seen := map[string]*httptest.ResponseRecorder{}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			body := readBody(r)
			if known, there := seen[body]; there && r.URL.Path == path {
				for name, values := range known.Header() {
					w.Header()[name] = values
				}
				w.WriteHeader(known.Code)
				_, _ = w.Write(known.Body.Bytes())
				return
			}
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			if r.URL.Path == path && answer.Code == http.StatusOK {
				seen[body] = answer
			}
			for name, values := range answer.Header() {
				w.Header()[name] = values
			}
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
		})
	}
}
