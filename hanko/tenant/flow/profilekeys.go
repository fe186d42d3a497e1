package flow

import (
	"errors"
	"slices"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
)

// emailActions returns the actions on a profile's addresses.
func emailActions() []action {
	return []action{
		{
			name: hanko.ActionEmailCreate, description: "Create an email address for the current session user.",
			inputs: func(r *run) []input {
				return []input{field("email", hanko.InputEmail).required(true).max(r.settings().EmailMaxLength).tidied()}
			},
			offered: func(r *run) bool { return !r.settings().DisableEmail && len(r.who.Emails) < setting.MaxEmails },
			act:     (*run).addEmail,
		},
		{
			name: hanko.ActionEmailDelete, description: "Delete an email address.",
			inputs: func(r *run) []input { return []input{r.deletableEmails()} },
			act:    thenShowProfile((*run).deleteEmail),
		},
		{
			name: hanko.ActionEmailSetPrimary, description: "Sets a an email address as the primary email address.",
			inputs: func(*run) []input { return []input{hiddenID(hanko.InputEmailID)} },
			offered: func(r *run) bool {
				return len(r.who.Emails) > 1 || len(r.who.Emails) == 1 && r.who.PrimaryEmail == ""
			},
			act: thenShowProfile(func(r *run) error {
				e, err := r.emailNamed(hanko.InputEmailID)
				switch {
				case err != nil:
					return err
				case e == nil:
					return resourceNotFound
				case e.ID == r.who.PrimaryEmail:
					return nil
				}
				return errors.Join(
					r.notify("Your primary email address has been updated"), // to the old primary address
					r.changeUser(func(u *account.User) { u.PrimaryEmail = e.ID }),
				)
			}),
		},
		{
			name: hanko.ActionEmailVerify, description: "Verify an email.",
			inputs:  func(*run) []input { return []input{hiddenID(hanko.InputEmailID)} },
			offered: (*run).hasUnverified,
			act:     (*run).sendVerification,
		},
	}
}

// addEmail adds an address, after the user has entered the code that was mailed to it if the tenant verifies addresses.
func (r *run) addEmail() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	address := r.form.text(hanko.InputEmail)
	e, err := account.EmailByAddress(r.tx, address)
	if err != nil {
		return err
	}
	set, s := r.settings(), r.stash()
	if e != nil && (e.UserID == r.who.ID || set.SkipVerification || set.ExistenceHints) {
		return r.refuseField(hanko.InputEmail, emailExists)
	}
	s.Email, s.UserID, s.Template = address, r.who.ID, mailVerification
	switch {
	case e != nil:
		s.Template = mailRegistrationAttempted
		return r.next(hanko.StatePasscodeConfirmation)
	case !set.SkipVerification:
		return r.next(hanko.StatePasscodeConfirmation, hanko.StateProfileInit)
	}
	if err := errors.Join(r.notify("A new email address has been added"), r.claimAddress(address, false)); err != nil {
		return err
	}
	return r.next(hanko.StateProfileInit)
}

// deletableEmails returns the field of email_delete, which allows every address except the primary one. The primary one can
// be deleted only as the last one, if addresses are optional and there is another way to sign in.
func (r *run) deletableEmails() input {
	i := hiddenID(hanko.InputEmailID)
	emails, err := account.EmailsOf(r.tx, r.who)
	if err != nil {
		return i // the profile itself reports what cannot be read
	}
	has := r.has()
	otherWayIn := has.Passkey && !r.settings().DisablePasskeys ||
		has.Password && r.settings().Passwords() && has.Username && r.settings().Username != ""
	for _, e := range emails {
		if !e.IsPrimary || len(emails) == 1 && r.settings().OptionalEmail && otherWayIn {
			i = i.allow(e.ID, e.Address)
		}
	}
	return i
}

func (r *run) deleteEmail() error {
	e, err := r.emailNamed(hanko.InputEmailID)
	switch {
	case err != nil:
		return err
	case e == nil:
		return formDataInvalid
	case e.ID == r.who.PrimaryEmail && !r.settings().OptionalEmail:
		return notPermitted
	}
	return errors.Join(
		r.notify("An email address has been removed"),
		account.RemoveEmail(r.tx, r.who, e),
	)
}

func (r *run) hasUnverified() bool {
	emails, err := account.EmailsOf(r.tx, r.who)
	return err == nil && slices.ContainsFunc(emails, func(e hanko.Email) bool { return !e.IsVerified })
}

func (r *run) sendVerification() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	e, err := r.emailNamed(hanko.InputEmailID)
	if err != nil {
		return err
	}
	if e == nil {
		return r.refuse(resourceNotFound)
	}
	s := r.stash()
	s.Email, s.UserID, s.Template = e.Address, r.who.ID, mailVerification
	return r.next(hanko.StatePasscodeConfirmation, hanko.StateProfileInit)
}

const maxSecurityKeys = 10 // Hanko's mfa.security_keys.limit

// credentialActions returns the actions on a profile's passkeys and security keys.
func credentialActions() []action {
	passkeys := func(r *run) bool { return !r.settings().DisablePasskeys }
	keys := func(r *run) bool { return r.settings().MFA && !r.settings().DisableSecurityKeys }
	begin := func(securityKey bool) func(*run) error {
		return func(r *run) error {
			if err := r.beginAttestation(securityKey); err != nil {
				return err
			}
			return r.next(hanko.StateWebAuthnCredentialVerification)
		}
	}
	return []action{
		{
			name: hanko.ActionWebAuthnCredentialCreate, description: "Create a Webauthn credential for the current session user.",
			offered: func(r *run) bool {
				return passkeys(r) && r.stash().WebAuthn && len(r.who.Passkeys) < r.settings().PasskeyLimit
			},
			act: begin(false),
		},
		{
			name: hanko.ActionWebAuthnCredentialRename, description: "Rename a Webauthn credential.",
			inputs: func(*run) []input {
				return []input{hiddenID(hanko.InputPasskeyID), field("string", hanko.InputPasskeyName).required(true)}
			},
			offered: func(r *run) bool { return passkeys(r) && len(r.who.Passkeys) > 0 },
			act: thenShowProfile(func(r *run) error {
				p, err := r.credentialNamed(hanko.InputPasskeyID)
				if err != nil {
					return err
				}
				name := r.form.text(hanko.InputPasskeyName)
				if err = r.accounts.RenamePasskey(r.tx, p, &name); errors.Is(err, account.ErrLongName) {
					return misuse(err.Error())
				}
				return err
			}),
		},
		{
			name: hanko.ActionWebAuthnCredentialDelete, description: "Delete a Webauthn credential.",
			inputs: func(*run) []input { return []input{hiddenID(hanko.InputPasskeyID)} },
			offered: func(r *run) bool {
				// The last one cannot be deleted if passkeys are required, or if it is the only way to sign in.
				last := len(r.who.Passkeys) == 1 && (r.settings().RequirePasskey || len(r.who.Emails) == 0 && !r.canUsePassword())
				return passkeys(r) && len(r.who.Passkeys) > 0 && !last
			},
			act: thenShowProfile(func(r *run) error { return r.removeCredential(hanko.InputPasskeyID) }),
		},
		{
			name: hanko.ActionSecurityKeyCreate, description: "Get WebAuthn creation options to register a WebAuthn credential.",
			offered: func(r *run) bool { return keys(r) && r.stash().WebAuthn && r.securityKeys() < maxSecurityKeys },
			act:     begin(true),
		},
		{
			name: hanko.ActionSecurityKeyDelete, description: "Delete a security key",
			inputs: func(*run) []input { return []input{hiddenID(hanko.InputSecurityKeyID)} },
			offered: func(r *run) bool {
				n := r.securityKeys()
				return keys(r) && n > 0 && (!r.settings().RequireMFA || n > 1 || r.who.OTPSecret != "")
			},
			act: thenShowProfile(func(r *run) error {
				if err := r.removeCredential(hanko.InputSecurityKeyID); err != nil {
					return err
				}
				return r.notify("MFA method removed")
			}),
		},
	}
}

func (r *run) canUsePassword() bool {
	return r.settings().Passwords() && r.who.Password != nil && r.who.Username != nil
}

func (r *run) securityKeys() int {
	credentials, err := account.PasskeysOf(r.tx, r.who)
	if err != nil {
		return 0 // the profile itself reports what cannot be read
	}
	n := 0
	for _, c := range credentials {
		if c.SecurityKey {
			n++
		}
	}
	return n
}

// credentialNamed returns the user's credential that a field names, or resourceNotFound.
func (r *run) credentialNamed(field hanko.InputName) (*account.Passkey, error) {
	id := r.form.text(field)
	if !slices.Contains(r.who.Passkeys, id) {
		return nil, resourceNotFound
	}
	return account.FindPasskey(r.tx, id)
}

func (r *run) removeCredential(field hanko.InputName) error {
	p, err := r.credentialNamed(field)
	if err != nil {
		return err
	}
	return account.RemovePasskey(r.tx, r.who, p.ID())
}
