package flow

import (
	"unicode/utf8"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
)

// onboardingStates returns the states in which a user adds what the tenant wants.
func onboardingStates(back action) map[hanko.State]state {
	return map[hanko.State]state{
		hanko.StateCredentialOnboardingChooser: {actions: []action{
			{
				name: hanko.ActionContinueToPasskeyRegistration, description: "Register a WebAuthn credential",
				act: func(r *run) error { return r.next(hanko.StateOnboardingCreatePasskey) },
			},
			{
				name: hanko.ActionContinueToPasswordRegistration, description: "Register a password credential",
				act: func(r *run) error { return r.next(hanko.StatePasswordCreation) },
			},
			skipCredential((*run).canSkipCredentials, (*run).moveOn).withoutReturn(),
			back,
		}},
		hanko.StateOnboardingCreatePasskey: {actions: []action{
			creationOptions("Get creation options to create a webauthn credential.", false),
			skipCredential((*run).canSkipPasskey, func(r *run) error {
				if r.acquired().password == setting.AcquireConditional && !r.stash().Has.Password {
					return r.next(hanko.StatePasswordCreation)
				}
				return r.next()
			}),
			back,
		}},
		hanko.StateOnboardingVerifyPasskeyAttestation: {actions: []action{verifyAttestation(), back}},
		hanko.StatePasswordCreation: {actions: []action{
			registerPassword(),
			skipCredential((*run).canSkipPassword, func(r *run) error {
				if r.acquired().passkey == setting.AcquireConditional && !r.stash().Has.Credential && r.stash().WebAuthn {
					return r.next(hanko.StateOnboardingCreatePasskey)
				}
				return r.next()
			}),
			back,
		}},
		hanko.StateOnboardingUsername: {actions: []action{
			{
				name: hanko.ActionUsernameCreate, description: "Set a new username.",
				inputs: func(r *run) []input { return []input{r.usernameField()} },
				act:    (*run).onboardUsername, noReturn: always,
			},
			skip(func(r *run) bool { return r.settings().Username == setting.UsernameOptional }, (*run).moveOn),
		}},
		hanko.StateOnboardingEmail: {actions: []action{
			{
				name: hanko.ActionEmailAddressSet, description: "Set a new email address.",
				inputs: func(r *run) []input {
					return []input{field("string", hanko.InputEmail).required(!r.settings().OptionalEmail).max(r.settings().EmailMaxLength).kept().tidied()}
				},
				act:      (*run).onboardEmail,
				noReturn: func(r *run) bool { return r.settings().SkipVerification }, // else until the passcode is verified
			},
			skip(func(r *run) bool { return r.settings().OptionalEmail }, (*run).moveOn),
		}},
	}
}

// skipCredential returns the action that skips creating a credential.
func skipCredential(offered func(*run) bool, act func(*run) error) action {
	a := skip(offered, act)
	a.credential = true
	return a
}

func (a action) withoutReturn() action { a.noReturn = always; return a }

// acquired returns when the tenant wants a credential created in this flow; never if it is switched off.
func (r *run) acquired() (wanted struct{ passkey, password setting.Acquire }) {
	s := r.settings()
	wanted.passkey, wanted.password = setting.AcquireNever, setting.AcquireNever
	switch {
	case r.is(hanko.LoginFlow):
		wanted.passkey, wanted.password = s.PasskeyOnLogin, s.PasswordOnLogin
	case r.is(hanko.RegistrationFlow):
		wanted.passkey, wanted.password = s.PasskeyOnRegistration, s.PasswordOnRegistration
	}
	if s.DisablePasskeys {
		wanted.passkey = setting.AcquireNever
	}
	if !s.Passwords() {
		wanted.password = setting.AcquireNever
	}
	return wanted
}

func (r *run) canSkipCredentials() bool {
	if r.is(hanko.RegistrationFlow) && r.stash().Email == "" {
		return false
	}
	return r.settings().Password == setting.PasswordOptional || !r.settings().RequirePasskey
}

// canSkipPasskey reports whether there is a way to sign in without the passkey.
func (r *run) canSkipPasskey() bool {
	from, s := r.flow.Previous, r.stash()
	switch {
	case r.settings().RequirePasskey, from == hanko.StateCredentialOnboardingChooser:
		return false
	case s.Email != "" && r.settings().Passcodes() && r.settings().EmailLogin():
		return true
	case from == hanko.StatePasswordCreation:
		return s.Has.Password
	case from == hanko.StatePasscodeConfirmation, from == hanko.StateRegistrationInit:
		return !r.settings().Passwords() || r.acquired().password != setting.AcquireNever
	}
	return true
}

// canSkipPassword reports whether there is a way to sign in without the password.
func (r *run) canSkipPassword() bool {
	from, s := r.flow.Previous, r.stash()
	switch {
	case r.settings().Password != setting.PasswordOptional, from == hanko.StateCredentialOnboardingChooser:
		return false
	case s.Email != "" && r.settings().Passcodes() && r.settings().EmailLogin():
		return true
	case from == hanko.StateOnboardingCreatePasskey:
		return s.Has.Credential
	case from == hanko.StatePasscodeConfirmation, from == hanko.StateRegistrationInit:
		return r.settings().DisablePasskeys || r.acquired().passkey != setting.AcquireNever
	}
	return true
}

func registerPassword() action {
	return action{
		name: hanko.ActionRegisterPassword, description: "Submit a new password.",
		inputs: func(r *run) []input {
			required := r.settings().Password != setting.PasswordOptional
			return []input{field("password", hanko.InputNewPassword).required(required).min(r.settings().PasswordMinLength)}
		},
		act: (*run).registerPassword, credential: true, noReturn: always,
	}
}

func (r *run) registerPassword() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	password := r.form.text(hanko.InputNewPassword)
	switch {
	case utf8.RuneCountInString(password) < r.settings().PasswordMinLength:
		return r.refuseField(hanko.InputNewPassword, valueInvalid)
	case len(password) > account.MaxPassword:
		return r.refuseField(hanko.InputNewPassword, valueTooLong)
	}
	if r.is(hanko.RegistrationFlow) {
		hash, err := r.accounts.HashPassword(password)
		if err != nil {
			return err
		}
		r.stash().Password = hash
	} else if err := r.setPassword(password); err != nil {
		return err
	}
	r.stash().Has.Password = true
	return r.next()
}

func (r *run) onboardUsername() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	name := r.form.text(hanko.InputUsername)
	if wrong, err := r.usernameProblem(name); err != nil || wrong != nil {
		return r.refuseFieldOr(err, hanko.InputUsername, wrong)
	}
	if err := r.setUsername(name); err != nil {
		return err
	}
	return r.next()
}

func (r *run) onboardEmail() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	s := r.stash()
	address := r.form.text(hanko.InputEmail)
	e, err := account.EmailByAddress(r.tx, address)
	if err != nil {
		return err
	}
	if !r.settings().SkipVerification {
		s.Email, s.Template = address, mailVerification
		if e != nil {
			s.Template = mailRegistrationAttempted
		}
		return r.next(hanko.StatePasscodeConfirmation)
	}
	if e != nil {
		return r.refuseField(hanko.InputEmail, emailExists)
	}
	s.Email, s.Has.Email = address, true
	if err := r.claimAddress(address, false); err != nil {
		return err
	}
	return r.next()
}
