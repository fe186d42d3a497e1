package flow

import (
	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
)

func registrationStates() map[hanko.State]state {
	return map[hanko.State]state{hanko.StateRegistrationInit: {actions: []action{
		{
			name: hanko.ActionRegisterLoginIdentifier, description: "Enter an identifier to register.",
			inputs: func(r *run) []input {
				var inputs []input
				if set := r.settings(); !set.DisableEmail {
					inputs = append(inputs, field("email", hanko.InputEmail).max(set.EmailMaxLength).required(!set.OptionalEmail).tidied())
				}
				if r.settings().Username != "" {
					inputs = append(inputs, r.usernameField())
				}
				return inputs
			},
			offered: func(r *run) bool {
				set := r.settings()
				return !set.DisableSignup && (!set.DisableEmail || set.Username != setting.UsernameOff)
			},
			act: (*run).register, credential: true,
		},
		rememberMe(),
		thirdPartySignIn(),
	}}}
}

func (r *run) usernameField() input {
	required := r.settings().Username == setting.UsernameRequired
	return field("string", hanko.InputUsername).min(r.settings().UsernameMinLength).max(r.settings().UsernameMaxLength).required(required).tidied()
}

// register takes the address and username of somebody who signs up. If the tenant hides that an address is taken, a mail
// tells the address's owner.
func (r *run) register() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	address, username := "", ""
	if !r.settings().DisableEmail {
		address = r.form.text(hanko.InputEmail)
	}
	if r.settings().Username != "" {
		username = r.form.text(hanko.InputUsername)
	}
	if address == "" && username == "" {
		neither := valueInvalid.because("either email or username must be provided")
		r.form.fail(hanko.InputUsername, neither)
		return r.refuseField(hanko.InputEmail, neither)
	}
	s := r.stash()
	if username != "" {
		if wrong, err := r.usernameProblem(username); err != nil || wrong != nil {
			return r.refuseFieldOr(err, hanko.InputUsername, wrong)
		}
		s.Username = username
	}
	if address != "" {
		e, err := account.EmailByAddress(r.tx, address)
		if err != nil {
			return err
		}
		if e != nil && (r.settings().SkipVerification || r.settings().ExistenceHints) {
			return r.refuseField(hanko.InputEmail, emailExists)
		}
		s.Email, s.Template = address, mailVerification
		if e != nil {
			s.Template = mailRegistrationAttempted
			return r.next(hanko.StatePasscodeConfirmation)
		}
	}
	s.UserID = uuid.NewString()
	var states []hanko.State
	if address != "" && !r.settings().SkipVerification {
		states = append(states, hanko.StatePasscodeConfirmation)
	}
	states = append(states, r.credentialsToCreate(r.settings().PasskeyOnRegistration, r.settings().PasswordOnRegistration)...)
	if len(states) > 0 {
		return r.next(append(states, hanko.StateSuccess)...)
	}
	r.schedule(hanko.StateSuccess) // there is no credential to create, so the flow goes on at once
	return r.next()
}

// refuseFieldOr returns err, or refuses because of a field if err is nil.
func (r *run) refuseFieldOr(err error, name hanko.InputName, wrong *fieldError) error {
	if err != nil {
		return err
	}
	return r.refuseField(name, *wrong)
}

// usernameProblem returns why a username cannot be taken, or nil. It is taken even if the user itself has it.
func (r *run) usernameProblem(name string) (*fieldError, error) {
	if !account.ValidUsername(name) {
		return &invalidUsername, nil
	}
	u, err := account.UserByUsername(r.tx, name)
	if err != nil {
		return nil, err
	}
	if u != nil {
		return &usernameExists, nil
	}
	return nil, nil
}

// createUser creates the user at the end of a registration.
func (r *run) createUser() error {
	s := r.stash()
	u := &account.User{ID: s.UserID, Created: r.now(), Password: s.Password, OTPSecret: s.OTPSecret}
	if err := account.SaveUser(r.tx, u); err != nil {
		return err
	}
	if s.Email != "" {
		if err := r.claimAddress(s.Email, s.EmailVerified); err != nil {
			return err
		}
	}
	if s.Username != "" {
		if err := r.setUsername(s.Username); err != nil {
			return err
		}
	}
	for _, p := range s.Passkeys {
		if err := r.storePasskey(&p); err != nil {
			return err
		}
	}
	return nil
}
