package flow

import (
	"fmt"

	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/account"
)

// mailKind is one of Hanko's templates (backend/flow_api/flow/shared/const_email_templates.go).
type mailKind string

const (
	mailLogin                 mailKind = "login"
	mailRecovery              mailKind = "recovery"
	mailVerification          mailKind = "email_verification"
	mailLoginAttempted        mailKind = "email_login_attempted"
	mailRegistrationAttempted mailKind = "email_registration_attempted"
)

// mailPasscode sends a template's mail after the commit. The words are from backend/mail/locales/passcode.en.yaml.
func (r *run) mailPasscode(template mailKind, to, code string, p *account.Passcode) error {
	const attempted = "You or someone else tried to %s %s, but the provided email address is %s.\n"
	switch template {
	case mailLoginAttempted:
		return r.mail(to, "", "Provided email address is not recognized",
			fmt.Sprintf(attempted, "sign in to", r.accounts.RPName, "not recognized. Please create an account first"))
	case mailRegistrationAttempted:
		return r.mail(to, "", "Provided email address already taken",
			fmt.Sprintf(attempted, "register an email for", r.accounts.RPName, "already registered. Please try to log in instead"))
	}
	words := map[mailKind][2]string{
		mailLogin:        {"login to your account", "Enter the following passcode to verify your identity:"},
		mailRecovery:     {"recover your account", "Enter the following passcode on your login screen:"},
		mailVerification: {"verify your email address", "Enter the following passcode to verify your email address:"},
	}[template]
	return r.mail(to, code, "Use passcode "+code+" to "+words[0],
		fmt.Sprintf("%s\n\n%s\n\nThe passcode is valid for %.0f minutes.\n", words[1], code, p.Minutes()))
}

// notify mails the session's user that something about the account has changed (security_notifications). Like Hanko, it
// ignores a mail that cannot be sent.
func (r *run) notify(subject string) error {
	to, err := account.PrimaryAddress(r.tx, r.who)
	if err != nil || to == "" || r.settings().MailDown {
		return err
	}
	return r.mail(to, "", subject, subject+".\n")
}

func (r *run) mail(to, code, subject, body string) error {
	if r.settings().MailDown {
		return misuse(account.ErrMailDown.Error())
	}
	r.mails = append(r.mails, mailbox.Mail{
		To: to, Subject: subject, Body: body, At: r.now(), Code: code,
	})
	return nil
}
