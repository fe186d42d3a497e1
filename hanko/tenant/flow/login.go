package flow

import (
	"slices"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
)

// loginStates returns the states in which a login finds out who signs in, except the one that takes the passcode.
func loginStates(back action) map[hanko.State]state {
	return map[hanko.State]state{
		hanko.StateLoginInit: {
			enter:   (*run).offerConditional,
			actions: []action{continueWithIdentifier(), requestOptions(), verifyAssertion(), rememberMe(), thirdPartySignIn()},
		},
		hanko.StateLoginPasskey:          {actions: []action{verifyAssertion(), back}},
		hanko.StateLoginMethodChooser:    {actions: []action{continueToPassword(), continueToPasscode(), requestOptions(), back}},
		hanko.StateLoginPassword:         {actions: []action{passwordLogin(), continueToRecovery(), back}},
		hanko.StateLoginPasswordRecovery: {actions: []action{passwordRecovery()}},
		hanko.StateDeviceTrust:           {actions: []action{trustDevice(), skip(nil, (*run).moveOn), back}},
	}
}

// skip returns the action that skips a state.
func skip(offered func(*run) bool, act func(*run) error) action {
	return action{name: hanko.ActionSkip, description: "Skip", offered: offered, act: act}
}

func (r *run) moveOn() error { return r.next() }

// offerConditional sends passkey options for the email field (conditional UI), if the app said that it supports it.
func (r *run) offerConditional() error {
	if !r.stash().WebAuthn || !r.stash().Conditional || r.settings().DisablePasskeys {
		return nil
	}
	return r.beginAssertion(nil)
}

func continueWithIdentifier() action {
	return action{
		name: hanko.ActionContinueWithLoginIdentifier, description: "Enter an identifier to login.",
		inputs: func(r *run) []input {
			switch set := r.settings(); {
			case set.EmailLogin() && set.UsernameLogin():
				return []input{field("string", hanko.InputIdentifier).max(255).required(true).tidied()}
			case set.UsernameLogin():
				return []input{field("string", hanko.InputUsername).min(set.UsernameMinLength).max(set.UsernameMaxLength).required(true).tidied()}
			default:
				return []input{field("email", hanko.InputEmail).max(set.EmailMaxLength).min(3).required(true).tidied()}
			}
		},
		offered: func(r *run) bool {
			set := r.settings()
			return (set.EmailLogin() || set.UsernameLogin()) && (set.Passwords() || set.Passcodes())
		},
		act: (*run).identify,
	}
}

// identify takes an address or a username. If the tenant hides whether a user exists, the flow continues with an unknown
// address as with a known one.
func (r *run) identify() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	name, isAddress := hanko.InputEmail, true
	switch set := r.settings(); {
	case set.EmailLogin() && set.UsernameLogin():
		name = hanko.InputIdentifier
		isAddress = addressPattern.MatchString(r.form.text(name))
	case set.UsernameLogin():
		name, isAddress = hanko.InputUsername, false
	}
	value := r.form.text(name)
	find, unknown := account.UserByUsername, unknownUsername
	if isAddress {
		find, unknown = account.UserByAddress, unknownEmail
	}
	u, err := find(r.tx, value)
	if err != nil {
		return err
	}
	if u == nil && (!isAddress || r.settings().ExistenceHints) {
		return r.refuseField(name, unknown)
	}
	s := r.stash()
	s.Identifier = value
	if isAddress {
		s.Email = value
	} else {
		s.Username = value
	}
	if u != nil {
		s.UserID = u.ID
		if s.Has, err = r.belongings(u); err != nil {
			return err
		}
		if !isAddress {
			if s.Email, err = account.PrimaryAddress(r.tx, u); err != nil {
				return err
			}
		}
	}
	switch {
	case r.settings().Passwords() && r.settings().Passcodes() && s.Email != "":
		return r.next(hanko.StateLoginMethodChooser)
	case r.settings().Passwords():
		return r.next(hanko.StateLoginPassword)
	case s.Email != "":
		return r.sendPasscodeFor("passcode", mailLogin)
	default:
		return r.refuse(flowDiscontinuity) // a user without an address, on a tenant without passwords
	}
}

func continueToPassword() action {
	return action{
		name: hanko.ActionContinueToPasswordLogin, description: "Continue to the password login.",
		act: func(r *run) error { return r.next(hanko.StateLoginPassword) },
	}
}

func continueToPasscode() action {
	return action{
		name: hanko.ActionContinueToPasscodeConfirmation, description: "Send a login passcode code via email.",
		act: func(r *run) error { return r.sendPasscodeFor("passcode", mailLogin) },
	}
}

func continueToRecovery() action {
	return action{
		name: hanko.ActionContinueToPasscodeConfirmationRecovery, description: "Send a recovery passcode code via email.",
		offered: func(r *run) bool { return r.stash().Email != "" },
		act: func(r *run) error {
			r.stash().Recovering = true
			return r.sendPasscodeFor("password", mailRecovery)
		},
	}
}

// sendPasscodeFor continues with a passcode. If there is no such user, the mail has no code.
func (r *run) sendPasscodeFor(method string, template mailKind) error {
	r.stash().Method, r.stash().Template = method, template
	if r.stash().UserID == "" {
		r.stash().Template = mailLoginAttempted
	}
	return r.next(hanko.StatePasscodeConfirmation)
}

func rememberMe() action {
	return action{
		name: hanko.ActionRememberMe, description: "Enables the user to stay signed in.",
		inputs:  func(*run) []input { return []input{field("boolean", hanko.InputRememberMe).required(true)} },
		offered: func(r *run) bool { return r.settings().Retention == setting.RetentionPrompt },
		act: func(r *run) error {
			r.stash().RememberMe = r.form.bool(hanko.InputRememberMe)
			return r.again()
		},
	}
}

func passwordLogin() action {
	return action{
		name: hanko.ActionPasswordLogin, description: "Login with a password.",
		inputs:  func(*run) []input { return []input{field("password", hanko.InputPassword).required(true)} },
		offered: func(r *run) bool { return r.settings().Passwords() },
		act:     (*run).loginWithPassword, credential: true, noReturn: always,
	}
}

func (r *run) loginWithPassword() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	s := r.stash()
	switch allowed, err := r.within(r.accounts.PasswordLimit, "password/"+s.Identifier, "retry_after"); {
	case err != nil:
		return err
	case !allowed:
		return r.refuse(rateLimitExceeded)
	}
	u, err := account.FindUser(r.tx, s.UserID)
	if err != nil {
		return err
	}
	if u == nil || !u.HasPassword(r.form.text(hanko.InputPassword)) {
		return r.refuseField(hanko.InputPassword, valueInvalid)
	}
	s.Method = "password"
	return r.next()
}

func passwordRecovery() action {
	return action{
		name: hanko.ActionPasswordRecovery, description: "Submit a new password.",
		inputs: func(r *run) []input {
			return []input{field("password", hanko.InputNewPassword).required(true).min(r.settings().PasswordMinLength).max(account.MaxPassword)}
		},
		offered:    func(r *run) bool { return r.settings().Passwords() },
		credential: true, noReturn: always,
		act: func(r *run) error {
			if !r.valid() {
				return r.refuse(formDataInvalid)
			}
			if err := r.setPassword(r.form.text(hanko.InputNewPassword)); err != nil {
				return err
			}
			r.stash().Has.Password, r.stash().Recovering = true, false
			return r.next()
		},
	}
}

// setPassword gives the flow's user a password.
func (r *run) setPassword(password string) error {
	hash, err := r.accounts.HashPassword(password)
	if err != nil {
		return err
	}
	return r.changeUser(func(u *account.User) { u.Password = hash })
}

// scheduleOnboarding schedules the states that follow once it is known who signs in: the second factor, a new password if
// it was forgotten, what the account lacks, and whether to trust the device.
func (r *run) scheduleOnboarding() error {
	s := r.stash()
	s.Onboarded = true
	trusted, err := r.deviceTrusted()
	if err != nil {
		return err
	}
	second := r.settings().MFA && s.Method != "passkey" && !trusted
	if second {
		switch {
		case !r.settings().DisableSecurityKeys && s.Has.SecurityKey:
			r.schedule(hanko.StateLoginSecurityKey)
		case !r.settings().DisableTOTP && s.Has.OTP:
			r.schedule(hanko.StateLoginOTP)
		}
	}
	if s.Recovering {
		r.schedule(hanko.StateLoginPasswordRecovery)
	}
	if r.settings().Username != "" && !s.Has.Username {
		r.schedule(hanko.StateOnboardingUsername)
	}
	if !s.Has.Email && !r.settings().DisableEmail {
		r.schedule(hanko.StateOnboardingEmail)
	}
	r.schedule(r.credentialsToCreate(r.settings().PasskeyOnLogin, r.passwordOnLogin())...)
	if second && r.settings().DeviceTrust == setting.TrustPrompt && (s.Has.SecurityKey || s.Has.OTP) {
		r.schedule(hanko.StateDeviceTrust)
	}
	r.schedule(hanko.StateSuccess)
	return nil
}

// passwordOnLogin returns when a login has the user create a password: never while one is being recovered.
func (r *run) passwordOnLogin() setting.Acquire {
	if r.stash().Recovering {
		return setting.AcquireNever
	}
	return r.settings().PasswordOnLogin
}

// credentialsToCreate returns the states in which the flow's user creates a passkey and a password, without those that the
// user already has. A conditional one is created only by a user who has neither.
func (r *run) credentialsToCreate(passkey, password setting.Acquire) []hanko.State {
	s, has := r.settings(), r.stash().Has
	if s.DisablePasskeys || !r.stash().WebAuthn {
		passkey = setting.AcquireNever
		if password == setting.AcquireConditional {
			password = setting.AcquireAlways
		}
	}
	if !s.Passwords() {
		password = setting.AcquireNever
		if passkey == setting.AcquireConditional {
			passkey = setting.AcquireAlways
		}
	}
	neither := !has.Passkey && !has.Password
	if passkey == setting.AcquireConditional && password == setting.AcquireConditional {
		if neither {
			return []hanko.State{hanko.StateCredentialOnboardingChooser}
		}
		return nil
	}
	var states []hanko.State
	if passkey == setting.AcquireAlways && !has.Passkey || passkey == setting.AcquireConditional && password == setting.AcquireNever && neither {
		states = append(states, hanko.StateOnboardingCreatePasskey)
	}
	if password == setting.AcquireAlways && !has.Password || password == setting.AcquireConditional && passkey == setting.AcquireNever && neither {
		states = append(states, hanko.StatePasswordCreation)
	}
	if len(states) == 2 && s.Password == setting.PasswordRequired && !s.RequirePasskey {
		states[0], states[1] = states[1], states[0] // the one that cannot be skipped comes first
	}
	return states
}

// wantsMFACreation reports whether to have the user create a second factor. It happens once in a flow, if the tenant wants
// one and the user has none.
func (r *run) wantsMFACreation() bool {
	if slices.Contains(r.flow.Next, hanko.StatePasswordCreation) {
		return false // not before the password
	}
	s, set := r.stash(), r.settings()
	wanted := r.is(hanko.RegistrationFlow) || r.is(hanko.LoginFlow) && set.MFAOnLogin
	possible := set.MFA && (!set.DisableSecurityKeys || !set.DisableTOTP)
	used := set.Passwords() && s.Has.Password || set.Passcodes() && (s.Email != "" || s.Has.Email)
	return wanted && possible && used && !s.Recovering && !s.Has.SecurityKey && !s.Has.OTP && !r.visited(hanko.StateMFAMethodChooser)
}
