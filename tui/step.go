package tui

import (
	"fmt"

	"example.com/hankosim/hanko/login"
)

// pageFor is the screen of a step of the walk.
func pageFor(s Situation, step login.Step) Page {
	switch step := step.(type) {
	case login.EnterEmail:
		return newEmailPage(s, step)
	case login.ConfirmAccount:
		return newAccountPage(step)
	case login.EnterPasscode:
		return newPasscodePage(step)
	case login.OfferPasskey:
		return newOfferPage(step)
	case login.FillForm:
		return newFormPage(s, step)
	case login.SignedIn:
		return newSignedInPage(step)
	case login.Profile:
		return newProfilePage(step)
	case login.Failed:
		return newFailedPage(step)
	}
	panic(fmt.Sprintf("no screen for the step %T", step))
}

// chapterOf is the chapter of a step, as its screen is called.
func chapterOf(step login.Step) string {
	switch step := step.(type) {
	case login.EnterEmail:
		return (*emailPage)(nil).Title()
	case login.ConfirmAccount:
		return (*accountPage)(nil).Title()
	case login.EnterPasscode:
		return (*passcodePage)(nil).Title()
	case login.OfferPasskey:
		return (*offerPage)(nil).Title()
	case login.FillForm:
		return (&formPage{step: step}).Title()
	case login.SignedIn:
		return (*signedInPage)(nil).Title()
	case login.Profile:
		return (*profilePage)(nil).Title()
	case login.Failed:
		return (*failedPage)(nil).Title()
	}
	panic(fmt.Sprintf("no chapter for the step %T", step))
}

// waitsForMail reports whether the person needs a mail at a step.
func waitsForMail(step login.Step) bool {
	switch step.(type) {
	case login.EnterPasscode:
		return true
	case login.EnterEmail, login.ConfirmAccount, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile, login.Failed:
	}
	return false
}

// sessionOf is the session that comes with a step, nil for none, and whether the step is the end of one.
func sessionOf(step login.Step) (in *login.SignedIn, ended bool) {
	switch step := step.(type) {
	case login.SignedIn:
		return &step, false
	case login.OfferPasskey:
		if step.Session != nil {
			return &login.SignedIn{Session: *step.Session, Token: step.Token, Email: step.Email, Method: login.ByPasscode}, false
		}
	case login.EnterEmail:
		return nil, true
	case login.ConfirmAccount, login.EnterPasscode, login.FillForm, login.Profile, login.Failed:
	}
	return nil, false
}
