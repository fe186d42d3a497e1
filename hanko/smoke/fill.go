package smoke

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"example.com/hankosim/hanko/login"
)

// fill answers a state that is a form: with a password where one is wanted, with the authenticator app's code, and by
// passing over what may be passed over.
func (r *run) fill(at login.FillForm, wish wish) (login.SubmitForm, error) {
	offered := func(action string) bool {
		return slices.ContainsFunc(at.Forms, func(form login.Form) bool { return form.Action == action })
	}
	submit := func(action string, pairs ...string) (login.SubmitForm, error) {
		values := map[string]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			values[pairs[i]] = pairs[i+1]
		}
		return login.SubmitForm{Action: action, Values: values}, nil
	}
	if at.Problem != nil {
		return login.SubmitForm{}, &stuckError{"the state " + at.State, at.Problem}
	}
	switch {
	case offered("continue_to_passcode_confirmation"):
		return submit("continue_to_passcode_confirmation")
	case offered("continue_to_password_login") && r.passwords[wish.email] != "":
		return submit("continue_to_password_login")
	case offered("password_login"):
		return submit("password_login", "password", r.passwords[wish.email])
	case offered("otp_code_validate"):
		code, err := r.otpCode(wish.email)
		if err != nil {
			return login.SubmitForm{}, err
		}
		return submit("otp_code_validate", "otp_code", code)
	case wish.passkey && offered("continue_to_passkey_registration"):
		return submit("continue_to_passkey_registration")
	case offered("skip"):
		return submit("skip")
	case offered("register_password"), offered("password_recovery"):
		r.passwords[wish.email] = "smoke " + randomHex(12)
		r.secrets.add(r.passwords[wish.email])
		action := "register_password"
		if !offered(action) {
			action = "password_recovery"
		}
		return submit(action, "new_password", r.passwords[wish.email])
	case offered("continue_to_otp_secret_creation"):
		return submit("continue_to_otp_secret_creation")
	case offered("otp_code_verify"):
		var payload struct {
			Secret string `json:"otp_secret"`
		}
		if err := json.Unmarshal(at.Payload, &payload); err != nil {
			return login.SubmitForm{}, err
		}
		r.secrets.add(payload.Secret)
		if err := r.otp.Add("tenant", wish.email, payload.Secret); err != nil {
			return login.SubmitForm{}, err
		}
		code, err := r.otpCode(wish.email)
		if err != nil {
			return login.SubmitForm{}, err
		}
		return submit("otp_code_verify", "otp_code", code)
	case offered("username_create"):
		return submit("username_create", "username", "smoke"+randomHex(6))
	case offered("register_login_identifier"):
		return submit("register_login_identifier", "email", wish.email, "username", "smoke"+randomHex(6))
	case offered("continue_to_password_registration"):
		return submit("continue_to_password_registration")
	default:
		return login.SubmitForm{}, &stuckError{where: fmt.Sprintf("the tenant's state %q, which the robot has no answer to", at.State)}
	}
}

// otpCode is what the authenticator app shows for somebody now.
func (r *run) otpCode(email string) (string, error) {
	code, err := r.otp.Code("tenant", email, time.Now())
	r.secrets.add(code)
	return code, err
}
