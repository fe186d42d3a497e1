package smoke

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
)

// Exit codes of a command that judges a tenant or signs in.
const (
	ExitPassed       = 0
	ExitFailed       = 1   // a check failed, or nobody could be signed in
	ExitUnreachable  = 3   // no tenant was found at the URL
	ExitInconclusive = 4   // nothing failed, but something could not be judged or tried
	ExitInterrupted  = 130 // by the person
)

// ExitCode is what a command that has made this report ends with.
func (r Report) ExitCode() int {
	reach := slices.IndexFunc(r.Results, func(result Result) bool { return result.ID == "reach.tenant" })
	switch {
	case r.Interrupted:
		return ExitInterrupted
	case reach >= 0 && r.Results[reach].Verdict == Failed && r.Results[reach].Key != KeyAPI:
		return ExitUnreachable
	case r.Count(Failed) > 0:
		return ExitFailed
	case slices.ContainsFunc(r.Results, func(result Result) bool { return result.Verdict == Inconclusive && result.Severity != Info }):
		return ExitInconclusive
	default:
		return ExitPassed
	}
}

// NoTenantError is the error of a URL without a recognised tenant.
type NoTenantError struct{ Err error }

// Error says why.
func (e *NoTenantError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *NoTenantError) Unwrap() error { return e.Err }

// ExitCode returns what a command ends with that a call has failed: ExitUnreachable where there is no tenant, or none any
// more; ExitInconclusive where it gave no answer that could be judged, asked to wait, or sent no mail, or where no
// browser came back; else ExitFailed.
func ExitCode(err error) int {
	var (
		noTenant *NoTenantError
		noMail   *mailbox.NoMailError
		box      *mailbox.Error
	)
	api, isCall := asAPI(err)
	switch {
	case err == nil:
		return ExitPassed
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	case rateLimited(err), errors.As(err, &noMail), errors.As(err, &box), errors.Is(err, login.ErrNothingCame):
		return ExitInconclusive
	case errors.As(err, &noTenant):
		return ExitUnreachable
	case !isCall && errors.Is(err, context.DeadlineExceeded):
		return ExitInconclusive
	case !isCall:
		return ExitFailed
	}
	switch api.Kind {
	case hanko.Unreachable, hanko.Insecure:
		return ExitUnreachable
	case hanko.TimedOut, hanko.Broken:
		return ExitInconclusive
	case hanko.Refused:
		if unavailable(api.Status) {
			return ExitInconclusive
		}
	}
	return ExitFailed
}

// unavailable reports whether a status says that the tenant takes no requests now, mostly in the words of a proxy.
func unavailable(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}
