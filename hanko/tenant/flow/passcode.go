package flow

import (
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
)

// passcodeStates returns the state in which the code from a mail is entered.
func passcodeStates(back action) map[hanko.State]state {
	return map[hanko.State]state{hanko.StatePasscodeConfirmation: {
		enter: (*run).enterPasscode,
		actions: []action{
			{
				name: hanko.ActionVerifyPasscode, description: "Enter a passcode.",
				inputs: func(*run) []input { return []input{field("string", hanko.InputCode).required(true)} },
				act:    (*run).verifyPasscode, credential: true, noReturn: always,
			},
			{
				name: hanko.ActionResendPasscode, description: "Send the passcode email again.",
				act: (*run).resendPasscode,
			},
			back,
		},
	}}
}

// enterPasscode sends a passcode, unless the last one is still good for the same address. Either way it uses up a token of
// the rate limit. Without a token, the flow still enters the state.
func (r *run) enterPasscode() error {
	if r.err != nil {
		return nil
	}
	if r.stash().Email == "" {
		return misuse("there is no address to send a passcode to")
	}
	switch allowed, err := r.passcodeAllowed(); {
	case err != nil:
		return err
	case !allowed:
		r.err = rateLimitExceeded
		return nil
	}
	p, err := account.FindPasscode(r.tx, r.flow.PasscodeID)
	if err != nil {
		return err
	}
	if p != nil && r.accounts.Good(p) && r.flow.PasscodeTo == r.stash().Email {
		return nil
	}
	return r.sendPasscode()
}

func (r *run) passcodeAllowed() (bool, error) {
	return r.within(r.accounts.PasscodeLimit, "passcode/"+r.stash().Email, "resend_after")
}

// resendPasscode uses up two tokens: its own, and one for entering the state again.
func (r *run) resendPasscode() error {
	switch allowed, err := r.passcodeAllowed(); {
	case err != nil:
		return err
	case !allowed:
		return r.refuse(rateLimitExceeded)
	}
	if err := r.sendPasscode(); err != nil {
		return err
	}
	return r.again()
}

// sendPasscode makes a new passcode and mails it. If the tenant hides whether there is a user, the passcode is made as
// well, but the mail has no code.
func (r *run) sendPasscode() error {
	p, code, err := r.accounts.NewPasscode(r.tx, "", "")
	if err != nil {
		return err
	}
	r.flow.PasscodeID, r.flow.PasscodeTo = p.ID, r.stash().Email
	return r.mailPasscode(r.stash().Template, r.stash().Email, code, p)
}

func (r *run) verifyPasscode() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	if r.flow.PasscodeID == "" {
		return misuse("no passcode was sent yet")
	}
	p, err := account.FindPasscode(r.tx, r.flow.PasscodeID)
	if err != nil {
		return err
	}
	if p == nil {
		return r.refuseField(hanko.InputCode, passcodeInvalid)
	}
	end, err := r.accounts.Try(r.tx, p, r.form.text(hanko.InputCode))
	if err != nil {
		return err
	}
	switch end {
	case account.Late, account.Wrong:
		return r.refuseField(hanko.InputCode, passcodeInvalid)
	case account.Spent:
		return r.refuse(maxAttemptsReached)
	case account.Right:
	}
	r.flow.PasscodeID, r.flow.PasscodeTo = "", ""
	s := r.stash()
	if s.UserID == "" {
		return r.refuse(notPermitted) // somebody guessed a code that no mail had
	}
	s.EmailVerified, s.Has.Email = true, true
	if !r.is(hanko.RegistrationFlow) {
		if err := r.claimAddress(s.Email, true); err != nil {
			return err
		}
	}
	return r.next()
}
