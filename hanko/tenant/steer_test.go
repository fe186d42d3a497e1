package tenant

import (
	"net/http/httptest"
	"testing"

	"example.com/hankosim/hanko/tenant/account"
)

// TestResetStartsLimitsAnew uses up each limit, and checks that a reset restores it.
func TestResetStartsLimitsAnew(t *testing.T) {
	tenant := openTenant(t, Options{}).tenant
	request := httptest.NewRequestWithContext(t.Context(), "POST", "/", nil)
	for name, limiter := range map[string]*account.Limiter{
		"passcodes": tenant.accounts.PasscodeLimit, "passwords": tenant.accounts.PasswordLimit, "codes of an app": tenant.accounts.OTPLimit,
		"third parties' tokens": tenant.accounts.TokenLimit,
	} {
		take := func() account.Quota {
			t.Helper()
			quota, err := limiter.Take(request, "ada", tenant.accounts.Now())
			if err != nil {
				t.Fatal(err)
			}
			return quota
		}
		first := take()
		for take().Allowed {
		}
		if err := tenant.Reset(); err != nil {
			t.Fatal(err)
		}
		if again := take(); again.Remaining != first.Remaining {
			t.Errorf("%s: after a reset %d are left, want %d", name, again.Remaining, first.Remaining)
		}
	}
}
