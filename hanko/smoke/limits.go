package smoke

import (
	"context"
	"strings"
	"time"

	"example.com/hankosim/hanko/login"
)

func limitsChecks() []Check {
	return []Check{
		{
			ID: "limits.tries", Suite: Limits, Severity: Critical, Title: "Three wrong codes kill a passcode",
			Proves: "nobody can try all codes", Needs: []string{"guide.signup"}, run: limitsTries,
		},
		{
			ID: "limits.passcodes", Suite: Limits, Severity: Warning, Title: "Passcodes cannot be asked for without end",
			Proves: "nobody can flood a mailbox, and the app is told when to come back", Needs: []string{"guide.signup"}, run: limitsPasscodes,
		},
	}
}

// toPasscode signs the guide's user in as far as the passcode.
func (r *run) toPasscode(ctx context.Context) (*login.Walk, login.EnterPasscode, error) {
	walk := r.walk(iphone())
	step := walk.Take(ctx, login.SubmitEmail{Email: r.ada.email})
	if form, is := step.(login.FillForm); is {
		filled, err := r.fill(form, wish{email: r.ada.email})
		if err != nil {
			return nil, login.EnterPasscode{}, err
		}
		step = walk.Take(ctx, filled)
	}
	switch step := step.(type) {
	case login.EnterPasscode:
		return walk, step, nil
	case login.Failed:
		return nil, login.EnterPasscode{}, &step.Problem
	default:
		return nil, login.EnterPasscode{}, &stuckError{where: "the tenant asks for no passcode here"}
	}
}

func limitsTries(ctx context.Context, r *run) Outcome {
	walk, at, err := r.toPasscode(ctx)
	if err != nil {
		return diagnose(err)
	}
	for n := 1; n <= 10; n++ {
		step, asks := walk.Take(ctx, login.SubmitPasscode{Code: strings.Repeat("0", 6)}).(login.EnterPasscode)
		if !asks {
			return fail("A guessed code was accepted, or the walk broke off.", "", "", "Look at the exchanges.")
		}
		if at = step; at.Dead {
			return pass("after %d wrong codes", n)
		}
	}
	return fail("Ten wrong codes, and the passcode still lives.", "The tenant counts no tries.", "passcode", "Update the tenant's backend.")
}

func limitsPasscodes(ctx context.Context, r *run) Outcome {
	walk, at, err := r.toPasscode(ctx)
	if err != nil {
		outcome := diagnose(err)
		if outcome.Verdict == Inconclusive {
			return pass("the limit was met at once: %v", err)
		}
		return outcome
	}
	for n := 2; n <= 20; n++ {
		switch step := walk.Take(ctx, login.ResendPasscode{}).(type) {
		case login.EnterPasscode:
			if step.Problem == nil {
				at = step
				continue
			}
			wait := step.ResendAt.Sub(r.now()).Round(time.Second)
			if wait <= 0 {
				return fail("The limit is met, and the tenant does not say for how long.", "", "rate_limiter", "Let Retry-After through the proxies.")
			}
			return pass("at the %dth passcode; the app is told to come back in %s", n, wait)
		case login.Failed:
			return diagnose(&step.Problem)
		}
	}
	return fail("Twenty passcodes in a row were sent to "+at.Email+".", "The tenant's rate limiter is off.", "rate_limiter.enabled", "Set `rate_limiter.enabled: true`.")
}
