package screen

import (
	"fmt"

	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// For is the screen of a step of the walk.
func For(s kit.Situation, step login.Step) kit.Page {
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

// After is the screen of a step that follows another screen. In the account, the same row stays chosen.
func After(s kit.Situation, before kit.Page, step login.Step) kit.Page {
	next := For(s, step)
	now, isAccount := next.(*profilePage)
	was, wasAccount := before.(*profilePage)
	if isAccount && wasAccount {
		now.chooseAs(was)
	}
	return next
}

// Chapter is the chapter of a step, as its screen is called.
func Chapter(step login.Step) string {
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
