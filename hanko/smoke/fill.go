package smoke

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
)

// inputs are what is filled into a form.
type inputs map[hanko.InputName]string

// fill answers a state that is a form: with a password where one is wanted, with the authenticator app's code, and by
// passing over what may be passed over.
func (r *run) fill(at login.FillForm, wish wish) (login.SubmitForm, error) {
	offered := func(action hanko.ActionName) bool {
		return slices.ContainsFunc(at.Forms, func(form login.Form) bool { return form.Action == action })
	}
	submit := func(action hanko.ActionName, values inputs) (login.SubmitForm, error) {
		return login.SubmitForm{Action: action, Values: values}, nil
	}
	if at.Problem != nil {
		return login.SubmitForm{}, &stuckError{"the state " + string(at.State), at.Problem}
	}
	if r.guest && !wish.newUser && !offered(hanko.ActionSkip) && slices.ContainsFunc(acquiring, offered) {
		return login.SubmitForm{}, errGuest
	}
	switch {
	case offered(hanko.ActionEmailAddressSet) && !offered(hanko.ActionSkip):
		return login.SubmitForm{}, errAddressWanted
	case offered(hanko.ActionContinueToPasscodeConfirmation):
		return submit(hanko.ActionContinueToPasscodeConfirmation, nil)
	case offered(hanko.ActionContinueToPasswordLogin) && r.passwords[wish.email] != "":
		return submit(hanko.ActionContinueToPasswordLogin, nil)
	case offered(hanko.ActionPasswordLogin):
		return submit(hanko.ActionPasswordLogin, inputs{hanko.InputPassword: r.passwords[wish.email]})
	case offered(hanko.ActionWebAuthnGenerateRequestOptions) && (at.State == hanko.StateLoginSecurityKey || r.phones[wish.email] != nil):
		return submit(hanko.ActionWebAuthnGenerateRequestOptions, nil)
	case offered(hanko.ActionOTPCodeValidate):
		code, err := r.otpCode(wish.email)
		if err != nil {
			return login.SubmitForm{}, err
		}
		return submit(hanko.ActionOTPCodeValidate, inputs{hanko.InputOTPCode: code})
	case offered(hanko.ActionSkip):
		return submit(hanko.ActionSkip, nil)
	case offered(hanko.ActionRegisterPassword), offered(hanko.ActionPasswordRecovery):
		action := hanko.ActionRegisterPassword
		if !offered(action) {
			action = hanko.ActionPasswordRecovery
		}
		r.passwords[wish.email] = fitting("smoke ", fieldOf(at, action, hanko.InputNewPassword))
		r.secrets.LearnText(secret.Password, r.passwords[wish.email])
		return submit(action, inputs{hanko.InputNewPassword: r.passwords[wish.email]})
	case offered(hanko.ActionContinueToOTPSecretCreation):
		return submit(hanko.ActionContinueToOTPSecretCreation, nil)
	case offered(hanko.ActionContinueToSecurityKeyCreation):
		return submit(hanko.ActionContinueToSecurityKeyCreation, nil)
	case offered(hanko.ActionWebAuthnGenerateCreationOptions):
		return submit(hanko.ActionWebAuthnGenerateCreationOptions, nil)
	case offered(hanko.ActionOTPCodeVerify):
		code, err := r.setUpOTP(wish.email, at.Payload)
		if err != nil {
			return login.SubmitForm{}, err
		}
		return submit(hanko.ActionOTPCodeVerify, inputs{hanko.InputOTPCode: code})
	case offered(hanko.ActionUsernameCreate):
		username := r.username(wish.email, fieldOf(at, hanko.ActionUsernameCreate, hanko.InputUsername))
		return submit(hanko.ActionUsernameCreate, inputs{hanko.InputUsername: username})
	case offered(hanko.ActionRegisterLoginIdentifier):
		username := r.username(wish.email, fieldOf(at, hanko.ActionRegisterLoginIdentifier, hanko.InputUsername))
		return submit(hanko.ActionRegisterLoginIdentifier, inputs{hanko.InputEmail: wish.email, hanko.InputUsername: username})
	case offered(hanko.ActionContinueToPasswordRegistration):
		return submit(hanko.ActionContinueToPasswordRegistration, nil)
	case offered(hanko.ActionContinueToPasskeyRegistration):
		return submit(hanko.ActionContinueToPasskeyRegistration, nil)
	case offered(hanko.ActionWebAuthnGenerateRequestOptions):
		return login.SubmitForm{}, &unableError{"the tenant takes passkeys alone to sign in, and this user has none", "email.use_for_authentication"}
	default:
		return login.SubmitForm{}, &unableError{where: fmt.Sprintf("the robot has no answer to the tenant's state %q", hanko.Printable(at.State))}
	}
}

// acquiring are the actions that add something to a user, or ask for something that only its owner has.
var acquiring = []hanko.ActionName{
	hanko.ActionRegisterPassword, hanko.ActionPasswordRecovery, hanko.ActionOTPCodeVerify, hanko.ActionContinueToOTPSecretCreation,
	hanko.ActionContinueToSecurityKeyCreation, hanko.ActionWebAuthnGenerateCreationOptions, hanko.ActionUsernameCreate,
	hanko.ActionContinueToPasswordRegistration, hanko.ActionContinueToPasskeyRegistration, hanko.ActionOTPCodeValidate,
}

// username is what somebody who has none yet calls themselves.
func (r *run) username(email string, field hanko.FlowInput) string {
	if r.usernames[email] == "" {
		r.usernames[email] = fitting("smoke", field)
	}
	return r.usernames[email]
}

// fieldOf is a field of one of a state's forms, with the limits that the tenant announces; the zero value where the form
// does not ask for it.
func fieldOf(at login.FillForm, action hanko.ActionName, name hanko.InputName) hanko.FlowInput {
	for _, form := range at.Forms {
		for _, field := range form.Fields {
			if form.Action == action && field.Name == name {
				return field
			}
		}
	}
	return hanko.FlowInput{}
}

// fitting makes a value that nobody has used and that keeps within the limits of its field.
func fitting(prefix string, field hanko.FlowInput) string {
	length := len(prefix) + 12
	if field.MinLength != nil {
		length = max(length, min(*field.MinLength, longestValue))
	}
	if field.MaxLength != nil {
		length = min(length, max(*field.MaxLength, 1))
	}
	if length < len(prefix)+4 {
		prefix = "" // every character that there is makes it unlike others
	}
	return prefix + randomHex(length-len(prefix))
}

// longestValue is as much as the robot makes up, whatever a tenant asks for.
const longestValue = 1000

// setUpOTP gives somebody an authenticator app with the secret of a state's payload, and returns the code that it shows.
func (r *run) setUpOTP(email string, payload json.RawMessage) (string, error) {
	var shown struct {
		Secret string `json:"otp_secret"`
	}
	if err := json.Unmarshal(payload, &shown); err != nil {
		return "", err
	}
	r.secrets.LearnText(secret.Key, shown.Secret)
	if err := r.otp.Add("tenant", email, shown.Secret); err != nil {
		return "", err
	}
	return r.otpCode(email)
}

// otpCode is what the authenticator app shows for somebody now.
func (r *run) otpCode(email string) (string, error) {
	code, err := r.otp.Code("tenant", email, time.Now())
	r.secrets.LearnText(secret.Code, code)
	return code, err
}
