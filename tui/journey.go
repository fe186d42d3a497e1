package tui

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// station is a step of the mobile guide.
type station int

const (
	atEmail station = iota
	atAccount
	atProof // the person proves who they are: by a passcode, or by what a flow asks for
	atToken
	atPasskey
	atPasskeySignIn
	stations // how many there are
)

// The order of the stations: with flows the token comes at the end, behind the offer of a passkey.
var (
	guideOrder = [stations]station{atEmail, atAccount, atProof, atToken, atPasskey, atPasskeySignIn}
	flowOrder  = [stations]station{atEmail, atAccount, atProof, atPasskey, atToken, atPasskeySignIn}
)

var stationNames = [stations]string{"Email", "Account", "Passcode", "Token", "Passkey", "Passkey sign-in"}

// journey is how far the guide has been walked. Each walk that begins with an email address begins it anew; a walk that
// begins with the passkey just registered goes on with it.
type journey struct {
	done  [stations]bool
	at    station
	fresh bool   // a walk is about to begin
	proof string // what a flow asks for in the place of a passcode; "" for a passcode
	flow  bool   // the tenant's flow decides the order
}

// reach notes the step that the walk has come to.
func (j *journey) reach(step login.Step) {
	switch step := step.(type) {
	case login.EnterEmail:
		j.askWho()
	case login.ConfirmAccount:
		j.begin()
		j.pass(atEmail)
		j.at = atAccount
	case login.EnterPasscode:
		j.begin()
		j.pass(atEmail)
		j.done[atAccount] = j.done[atAccount] || !step.Unsure || step.NewUser // the tenant may hide whether there is one
		j.at, j.proof = atProof, ""
	case login.FillForm:
		switch {
		case step.State == hanko.StateLoginInit:
			j.askWho()
		case step.State == hanko.StateRegistrationInit: // somebody new, who has no passkey
			*j = journey{fresh: true, flow: j.flow}
		case !j.done[atToken] || j.fresh:
			j.begin()
			j.pass(atEmail)
			j.done[atAccount] = j.done[atAccount] || !step.Unsure
			j.at, j.proof = atProof, kit.TextOfState(step.State).Short
		}
	case login.OfferPasskey:
		j.begin()
		j.pass(atEmail, atAccount, atProof)
		j.done[atToken] = step.Session != nil
		j.at = atPasskey
	case login.SignedIn:
		j.begin()
		j.signedIn(step)
	case login.Profile, login.Failed: // beside the way
	}
}

// askWho comes to where the tenant asks who is there: a walk is about to begin.
func (j *journey) askWho() {
	j.fresh = true
	j.done[atPasskeySignIn] = false
	if j.at = atPasskeySignIn; !j.done[atPasskey] {
		*j = journey{fresh: true, flow: j.flow}
	}
}

// begin begins a walk. The steps of the walk before it are not those of this one.
func (j *journey) begin() {
	if j.fresh {
		*j = journey{flow: j.flow}
	}
}

func (j *journey) signedIn(step login.SignedIn) {
	j.pass(atEmail, atAccount, atProof, atToken)
	if step.Method == login.ByThirdParty {
		j.proof = "Third party"
	}
	switch {
	case step.Registered != "":
		j.pass(atPasskey)
		j.at = atPasskeySignIn
	case step.Method == login.ByPasskey:
		j.pass(atPasskey, atPasskeySignIn) // the passkey is there, so the way to it was walked once
		j.at = atPasskeySignIn
	case !j.done[atPasskey]:
		j.at = atPasskey
	}
}

// pass notes that stations are behind the person.
func (j *journey) pass(behind ...station) {
	for _, at := range behind {
		j.done[at] = true
	}
}

// order is how the stations follow each other.
func (j *journey) order() [stations]station {
	if j.flow {
		return flowOrder
	}
	return guideOrder
}

// name is what a station is called on this walk.
func (j *journey) name(at station) string {
	if at == atProof && j.proof != "" {
		return j.proof
	}
	return stationNames[at]
}

// view draws the journey in one line.
func (j *journey) view(t *kit.Theme, width int) string {
	var parts []string
	for _, at := range j.order() {
		parts = append(parts, j.sign(t, at)+" "+j.style(t, at).Render(j.name(at)))
	}
	for _, between := range []string{"  ───  ", " ── ", " ─ ", "  "} {
		line := strings.Join(parts, t.Dim.Render(between))
		if ansi.StringWidth(line) <= width {
			return line
		}
	}
	return kit.Clamp(j.short(t), width, 1)
}

// short draws the journey as signs, with the name of the current station.
func (j *journey) short(t *kit.Theme) string {
	var signs []string
	for _, at := range j.order() {
		signs = append(signs, j.sign(t, at))
	}
	return strings.Join(signs, t.Dim.Render("─")) + "  " + j.style(t, j.at).Render(j.name(j.at))
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

// passcodeWanted returns a step that asks for a passcode, or nil.
func passcodeWanted(step login.Step) *login.EnterPasscode {
	switch step := step.(type) {
	case login.EnterPasscode:
		return &step
	case login.EnterEmail, login.ConfirmAccount, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile, login.Failed:
	}
	return nil
}

// problemOf returns the problem of a Failed step, or nil.
func problemOf(step login.Step) *login.Problem {
	switch step := step.(type) {
	case login.Failed:
		return &step.Problem
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile:
	}
	return nil
}

// sessionOf returns the session that comes with a step, or nil, and reports whether the step ends a session.
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
