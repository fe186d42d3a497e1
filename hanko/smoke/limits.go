package smoke

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/hankosim/hanko/login"
)

func limitsChecks() []Check {
	return []Check{
		{
			ID: "limits.tries", Suite: Limits, Severity: Critical, Title: "Three wrong codes invalidate a passcode",
			Proves: "nobody can try all codes", Needs: []string{"refuse.passcode.wrong"}, run: limitsTries,
			Docs: passcodeDocs,
		},
		{
			ID: "limits.passcodes", Suite: Limits, Severity: Warning, Title: "The number of passcodes is limited",
			Proves: "nobody can flood a mailbox, and the app learns how long to wait", Needs: []string{"guide.signup"}, run: limitsPasscodes,
			Docs: passcodeDocs,
		},
	}
}

// toPasscode signs a user in as far as the passcode, which has been mailed by then. It returns the moment before.
func (r *run) toPasscode(ctx context.Context, email string) (*login.Walk, login.EnterPasscode, time.Time, error) {
	walk, before := r.walk(r.phoneOf(email)), time.Now()
	step := walk.Take(ctx, login.SubmitEmail{Email: email, Username: r.usernames[email]})
	for range 10 { // one or two forms, and waits
		switch at := step.(type) {
		case login.FillForm:
			if at.Problem != nil && rateLimited(at.Problem) && r.waitUntil(ctx, at.Problem.RetryAt, "before it goes on") {
				at.Problem = nil
			}
			filled, err := r.fill(at, wish{email: email})
			var unable *unableError
			if errors.As(err, &unable) {
				err = errNoPasscodeHere
			}
			if err != nil {
				return nil, login.EnterPasscode{}, before, err
			}
			step = walk.Take(ctx, filled)
		case login.EnterPasscode:
			if at.Problem == nil {
				return walk, at, before, nil
			}
			if !rateLimited(at.Problem) || !r.waitUntil(ctx, at.ResendAt, "before the next passcode") { // no code was sent, and whatever is said of one says nothing
				return nil, at, before, &stuckError{"having a passcode sent", at.Problem}
			}
			before, step = time.Now(), walk.Take(ctx, login.ResendPasscode{})
		case login.Failed:
			if at.Again == nil || !rateLimited(&at.Problem) || !r.waitUntil(ctx, at.Problem.RetryAt, "before the next passcode") {
				return nil, login.EnterPasscode{}, before, &stuckError{"having a passcode sent", &at.Problem}
			}
			before, step = time.Now(), walk.Take(ctx, login.Retry{})
		case login.SignedIn:
			r.endSession(ctx, at)
			return nil, login.EnterPasscode{}, before, errNoPasscodeHere
		case login.EnterEmail, login.ConfirmAccount, login.OfferPasskey, login.Profile:
			return nil, login.EnterPasscode{}, before, errNoPasscodeHere
		}
	}
	return nil, login.EnterPasscode{}, before, errNoPasscodeHere
}

func limitsTries(ctx context.Context, r *run) Outcome {
	walk, _, before, err := r.toPasscode(ctx, r.otherEmail)
	if err != nil {
		return diagnose(err)
	}
	code, err := r.passcode(ctx, r.otherEmail, before)
	if err != nil {
		return diagnose(err)
	}
	for n := 1; n <= 10; n++ {
		step, outcome := refusedCode(walk.Take(ctx, login.SubmitPasscode{Code: wrongCode(code)}))
		if outcome != nil {
			return *outcome
		}
		if !step.Dead {
			continue
		}
		if _, outcome := refusedCode(walk.Take(ctx, login.SubmitPasscode{Code: code})); outcome != nil {
			if outcome.Verdict == Failed {
				outcome.Note = fmt.Sprintf("After %d wrong codes the tenant says that the passcode is no longer valid, but then accepts the right one.", n)
			}
			return *outcome
		}
		return pass("after %d wrong codes the right one is refused as well", n)
	}
	return fail("The passcode is still valid after ten wrong codes.", "The tenant does not count tries.", "", "Update the tenant's backend.")
}

func limitsPasscodes(ctx context.Context, r *run) Outcome {
	patient := ctx
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second) // here the limit is what is looked for, not to be waited out
	defer cancel()
	walk, at, _, err := r.toPasscode(ctx, r.user.email)
	if rateLimited(err) {
		return r.limitMet("immediately, after the passcodes of the other checks", retryAt(err))
	}
	if err != nil {
		return diagnose(err)
	}
	for n := 2; n <= 20; n++ {
		switch step := walk.Take(ctx, login.ResendPasscode{}).(type) {
		case login.EnterPasscode:
			if step.Problem == nil {
				at = step
				continue
			}
			if !rateLimited(step.Problem) {
				return diagnose(step.Problem)
			}
			return r.limitMet(fmt.Sprintf("at the %s passcode in a row", ordinal(n)), step.ResendAt)
		case login.Failed:
			if patient.Err() == nil && ctx.Err() != nil {
				return unknown("the tenant is too slow to reach its limit")
			}
			return diagnose(&stuckError{"having a passcode sent again", &step.Problem})
		case login.EnterEmail, login.ConfirmAccount, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile:
			return unknown("asking for another passcode leads away from the passcode")
		}
	}
	return fail("The tenant sent twenty passcodes in a row to "+at.Email+".", "The tenant's rate limiter is off, or allows far too much.", "rate_limiter.enabled", "Set `rate_limiter.enabled: true`, and check `rate_limiter.passcode_limits`.")
}

// limitMet passes when a tenant that asks for patience also says for how long.
func (r *run) limitMet(when string, retryAt time.Time) Outcome {
	wait := time.Until(retryAt).Round(time.Second)
	if wait <= 0 || !r.saysWhen() {
		return fail("The limit is reached "+when+", but the tenant does not say how long to wait.", "A proxy removes Retry-After and X-RateLimit-Reset.",
			"rate_limiter.passcode_limits", "Let Retry-After and X-RateLimit-* pass through everything in front of the tenant.")
	}
	return pass("the limit is reached %s; the tenant asks the app to wait %s", when, wait)
}

// saysWhen reports whether the last answer says when to come back, in a header or in a flow's payload.
func (r *run) saysWhen() bool {
	exchanges := r.client.Log().From(r.client.Log().Len() - 1)
	if len(exchanges) == 0 {
		return false
	}
	last := exchanges[len(exchanges)-1]
	return last.ResponseHeader.Get("Retry-After") != "" || last.ResponseHeader.Get("X-RateLimit-Reset") != "" ||
		strings.Contains(string(last.ResponseBody), `"resend_after"`) || strings.Contains(string(last.ResponseBody), `"retry_after"`)
}

// retryAt is when a tenant that asked for patience wants to be asked again; zero when it has not said.
func retryAt(err error) time.Time {
	var stuck *stuckError
	if errors.As(err, &stuck) && stuck.problem != nil {
		return stuck.problem.RetryAt
	}
	return time.Time{}
}

func ordinal(n int) string {
	switch n {
	case 2:
		return "2nd"
	case 3:
		return "3rd"
	default:
		return fmt.Sprintf("%dth", n)
	}
}
