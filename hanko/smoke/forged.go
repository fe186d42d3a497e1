package smoke

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
)

// The faults that no relying party may overlook. The rest of the catalogue is reported by refuse.strictness.
var deadlyFaults = []string{
	"wrong-type", "wrong-challenge", "wrong-origin", "unknown-android-origin", "wrong-rp-id-hash", "user-not-present",
	"bogus-signature", "flipped-signature", "wrong-user-handle", "unknown-credential",
}

func refuseForgedAssertions(ctx context.Context, r *run) Outcome {
	return r.refuseFaults(ctx, authenticator.Get)
}

func refuseForgedAttestations(ctx context.Context, r *run) Outcome {
	return r.refuseFaults(ctx, authenticator.Create)
}

// tried is how a tenant took a number of faults, by their ids.
type tried struct {
	accepted, refused, crashed, unheard []string
	why                                 error // of the last that was unheard
}

func (t tried) all() int { return len(t.accepted) + len(t.refused) + len(t.crashed) + len(t.unheard) }

// try has a phone commit faults, one after the other. It keeps all of them for the check crashes.
func (r *run) try(ctx context.Context, chosen func(fault.Fault) bool) tried {
	var t tried
	for _, f := range fault.Catalogue() {
		if f.Verdict != fault.Reject || f.Asked != "" || !chosen(f) || ctx.Err() != nil {
			continue
		}
		err := r.commit(ctx, f)
		switch answerIn(err) {
		case accepted:
			t.accepted = append(t.accepted, f.ID())
		case refused:
			t.refused = append(t.refused, f.ID())
		case crashed:
			t.crashed = append(t.crashed, f.ID())
		default:
			t.unheard, t.why = append(t.unheard, f.ID()), err
		}
	}
	all := &r.tried
	all.accepted, all.refused = append(all.accepted, t.accepted...), append(all.refused, t.refused...)
	all.crashed, all.unheard = append(all.crashed, t.crashed...), append(all.unheard, t.unheard...)
	all.why = cmp.Or(t.why, all.why)
	return t
}

// commit has a phone commit a fault; nil means that the tenant accepted it.
func (r *run) commit(ctx context.Context, f fault.Fault) error {
	if f.Ceremony == authenticator.Create {
		return r.registerForAWhile(ctx, f.On(iphone()))
	}
	in, err := r.passkeyLogin(ctx, r.walk(f.On(r.iphone.phone)))
	if err == nil {
		r.endSession(ctx, in)
	}
	return err
}

// refuseFaults passes when the tenant refuses every deadly fault, and an honest phone is accepted after them: else it
// might have refused for quite another reason.
func (r *run) refuseFaults(ctx context.Context, ceremony authenticator.Ceremony) Outcome {
	t := r.try(ctx, func(f fault.Fault) bool { return f.Ceremony == ceremony && slices.Contains(deadlyFaults, f.Name) })
	switch {
	case len(t.accepted) > 0:
		return fail("The tenant accepted: "+strings.Join(t.accepted, ", ")+".",
			"A relying party must refuse these (WebAuthn Level 3, sections 7.1 and 7.2).", "",
			"Take the tenant offline and update its backend. If that does not help, report this to Hanko.")
	case len(t.unheard) > 0:
		return unknown("%d of %d kinds of forgery could not be checked. The last reason: %s", len(t.unheard), t.all(), said(t.why))
	}
	honest := func() error { return r.registerForAWhile(ctx, iphone()) }
	if ceremony == authenticator.Get {
		honest = func() error {
			in, err := r.passkeyLogin(ctx, r.walk(r.iphone.phone))
			if err == nil {
				r.endSession(ctx, in)
			}
			return err
		}
	}
	if err := honest(); err != nil {
		return unknown("%d kinds of forgery were refused, but then a valid proof was refused as well: %s", t.all(), said(err))
	}
	return pass("%d kinds of forgery were refused, and then a valid proof was accepted", t.all())
}

// strictness goes through the rest of the catalogue and tells which oddities pass.
func strictness(ctx context.Context, r *run) Outcome {
	t := r.try(ctx, func(f fault.Fault) bool { return !slices.Contains(deadlyFaults, f.Name) })
	if len(t.unheard) > 0 {
		return unknown("%d of %d oddities could not be checked. The last reason: %s", len(t.unheard), t.all(), said(t.why))
	}
	note := fmt.Sprintf("%d oddities, all refused", t.all())
	if len(t.accepted) > 0 {
		note = fmt.Sprintf("the tenant accepts %d of %d oddities that no real phone sends: %s", len(t.accepted), t.all(), strings.Join(t.accepted, ", "))
	}
	return pass("%s", note)
}

// crashes lists the faults that the tenant answered with a 500 instead of refusing them. Nobody gets in by them. It sends those
// that no other check of the run has sent.
func crashes(ctx context.Context, r *run) Outcome {
	sent := slices.Concat(r.tried.accepted, r.tried.refused, r.tried.crashed, r.tried.unheard)
	r.try(ctx, func(f fault.Fault) bool { return !slices.Contains(sent, f.ID()) })
	t := r.tried
	switch {
	case len(t.crashed) > 0:
		return fail(fmt.Sprintf("The tenant failed (500) on %d proofs that it must refuse: %s.", len(t.crashed), strings.Join(t.crashed, ", ")),
			"The backend fails instead of refusing. No real phone sends such proofs, but an attacker who does fills the log with errors.", "",
			"Update the tenant's backend, and report the failures to Hanko.")
	case len(t.unheard) > 0:
		return unknown("%d of %d proofs could not be checked. The last reason: %s", len(t.unheard), t.all(), said(t.why))
	}
	return pass("it answered %d odd and forged proofs, and failed on none", t.all())
}
