package tui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// station is a step of the mobile guide.
type station int

const (
	atEmail station = iota
	atAccount
	atPasscode
	atToken
	atPasskey
	atPasskeySignIn
	stations // how many there are
)

var stationNames = [stations]string{"Email", "Account", "Passcode", "Token", "Passkey", "Passkey sign-in"}

// journey is how far the guide has been walked since the program began.
type journey struct {
	done [stations]bool
	at   station
}

// reach notes the step that the walk has come to.
func (j *journey) reach(step login.Step) {
	switch step := step.(type) {
	case login.EnterEmail:
		j.at = atEmail
		if j.done[atPasskey] {
			j.at = atPasskeySignIn
		}
	case login.ConfirmAccount:
		j.passed(atAccount)
		j.at = atAccount
	case login.EnterPasscode:
		j.passed(atAccount)
		j.done[atAccount] = j.done[atAccount] || !step.Unsure || step.NewUser // the tenant may not say that there is one
		j.at = atPasscode
	case login.FillForm:
		if j.at < atToken {
			j.passed(atAccount)
			j.at = atPasscode
		}
	case login.OfferPasskey:
		j.passed(atToken)
		j.done[atToken] = j.done[atToken] || step.Session != nil
		j.at = atPasskey
	case login.SignedIn:
		j.signedIn(step)
	case login.Profile, login.Failed: // beside the way
	}
}

func (j *journey) signedIn(step login.SignedIn) {
	if step.Method == login.ByPasskey && step.Registered == "" {
		j.passed(stations) // the passkey is there, so the rest was walked once
		j.at = atPasskeySignIn
		return
	}
	j.passed(atPasskey)
	j.at = atPasskey
	if step.Registered != "" {
		j.done[atPasskey] = true
		j.at = atPasskeySignIn
	}
}

// passed notes that everything before a station has been done.
func (j *journey) passed(upTo station) {
	for i := range upTo {
		j.done[i] = true
	}
}

// view is the journey in one line.
func (j *journey) view(t *kit.Theme, width int) string {
	var parts []string
	for i, name := range stationNames {
		parts = append(parts, j.sign(t, station(i))+" "+j.style(t, station(i)).Render(name))
	}
	for _, between := range []string{"  ───  ", " ── ", " ─ ", "  "} {
		line := strings.Join(parts, t.Dim.Render(between))
		if ansi.StringWidth(line) <= width {
			return line
		}
	}
	return kit.Clamp(j.short(t), width, 1)
}

// short is the journey as signs, and the name of the step that it is at.
func (j *journey) short(t *kit.Theme) string {
	var signs []string
	for i := range stationNames {
		signs = append(signs, j.sign(t, station(i)))
	}
	return strings.Join(signs, t.Dim.Render("─")) + "  " + j.style(t, j.at).Render(stationNames[j.at])
}

func (j *journey) sign(t *kit.Theme, at station) string {
	switch {
	case j.done[at] && at == j.at:
		return t.Accent.Render("✓")
	case j.done[at]:
		return t.Good.Render("✓")
	case at == j.at:
		return t.Accent.Render("●")
	default:
		return t.Dim.Render("○")
	}
}

func (j *journey) style(t *kit.Theme, at station) lipgloss.Style {
	if at == j.at {
		return t.Accent
	}
	return t.Dim
}

// passcodeWanted is a step that asks for a passcode; nil for every other.
func passcodeWanted(step login.Step) *login.EnterPasscode {
	switch step := step.(type) {
	case login.EnterPasscode:
		return &step
	case login.EnterEmail, login.ConfirmAccount, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile, login.Failed:
	}
	return nil
}

// problemOf is what a step that is nothing else tells of; nil for every other step.
func problemOf(step login.Step) *login.Problem {
	switch step := step.(type) {
	case login.Failed:
		return &step.Problem
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile:
	}
	return nil
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
