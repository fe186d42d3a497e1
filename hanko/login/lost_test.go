package login_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// losing sends a call to the tenant, and loses the answer.
var losing = roundTrip(func(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return nil, io.ErrUnexpectedEOF
})

const usedPerhaps = "The previous try, whose answer was lost, may have used the code."

// TestLostFinalize loses the answer to a code. The next refusal says that the code may have been used.
func TestLostFinalize(t *testing.T) {
	stage := newStage(t, unlimited)
	t.Run("the tenant took it", func(t *testing.T) {
		p := stage.newPerson(t)
		atPasscode.before(p)
		stage.wire.once(finalize, losing)
		lost := to[login.Failed](p, login.SubmitPasscode{Code: p.code()})
		if !strings.Contains(lost.Problem.Remedy, "may have used the code anyway") {
			t.Errorf("the loss is reported as %q", lost.Problem.Error())
		}
		gone := to[login.EnterPasscode](p, login.Retry{})
		if !gone.Dead || gone.Problem == nil || !strings.Contains(gone.Problem.Cause, usedPerhaps) || !strings.Contains(gone.Problem.Remedy, "Ask for a new code") {
			t.Errorf("trying again leads to %s", described(gone))
		}
		p.finish()
	})
	t.Run("a wrong code after it", func(t *testing.T) {
		p := stage.newPerson(t)
		atPasscode.before(p)
		stage.wire.once(finalize, served(t, page(502, "Bad Gateway")))
		p.take(login.SubmitPasscode{Code: p.code()})
		p.take(login.Back{})
		wrong := to[login.EnterPasscode](p, login.SubmitPasscode{Code: p.wrongCode()})
		if wrong.Dead || !strings.Contains(wrong.Problem.Cause, usedPerhaps) {
			t.Errorf("a wrong code leads to %s", described(wrong))
		}
		to[login.EnterPasscode](p, login.ResendPasscode{})
		if fresh := to[login.EnterPasscode](p, login.SubmitPasscode{Code: p.wrongCode()}); strings.Contains(fresh.Problem.Cause, usedPerhaps) {
			t.Errorf("a new passcode inherits the doubt: %s", described(fresh))
		}
		p.finish()
	})
	t.Run("it never left", func(t *testing.T) {
		p := stage.newPerson(t)
		atPasscode.before(p)
		stage.wire.once(finalize, refusedConnection(t))
		failed := to[login.Failed](p, login.SubmitPasscode{Code: p.code()})
		if strings.Contains(failed.Problem.Error(), "may have used") {
			t.Errorf("a code that was never sent is reported as %q", failed.Problem.Error())
		}
		p.take(login.Back{})
		if wrong := to[login.EnterPasscode](p, login.SubmitPasscode{Code: p.wrongCode()}); strings.Contains(wrong.Problem.Cause, "may have used") {
			t.Errorf("a wrong code after it leads to %s", described(wrong))
		}
		p.finish()
	})
}

// TestLostFinalizeInFlow is TestLostFinalize over the Flow API, where the CSRF token is used up with the code.
func TestLostFinalizeInFlow(t *testing.T) {
	lose := false
	w := walkWith(t, tenanttest.Settings(t, tenant.PresetV3), hanko.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if lose && strings.Contains(r.URL.RawQuery, "verify_passcode") {
			lose = false
			return losing(r)
		}
		return http.DefaultTransport.RoundTrip(r)
	})})
	take[login.EnterPasscode](w, login.SubmitEmail{Email: ada, Create: true})
	lose = true
	lost := take[login.Failed](w, login.SubmitPasscode{Code: w.code()})
	if !strings.Contains(lost.Problem.Remedy, "may have used the code anyway") || lost.Again == nil {
		t.Errorf("the loss is reported as %q", lost.Problem.Error())
	}
	refused := take[login.Failed](w, login.Retry{})
	var api *hanko.Error
	if !errors.As(refused.Problem.Err, &api) || api.Kind != hanko.Refused || !strings.Contains(refused.Problem.Cause, usedPerhaps) {
		t.Errorf("trying again leads to %q", refused.Problem.Error())
	}
	if at := take[login.EnterEmail](w, login.Back{}); at.Email != ada {
		t.Errorf("the way back leads to %+v", at)
	}
}
