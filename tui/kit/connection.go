package kit

import (
	"errors"
	"fmt"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// Connection describes a tenant that can be used and saved: one that has answered, or the embedded one.
type Connection struct {
	URL    string // as the configuration has it; "" is the embedded tenant
	Note   string // from CompleteURL; may be ""
	Survey hanko.Survey
	Name   string // at first a suggestion that is not taken, then the person's choice
	Path   string // the configuration file in which it can be saved
}

// Saved says where a tenant was saved in the configuration.
type Saved struct {
	Path         string // the file
	OverriddenBy string // the flag or variable that overrides the file at the next start, as in "HANKO_API_URL"; "" for none
}

// Reconnect is the result of a run that continues on another tenant.
type Reconnect struct {
	URL, Name string
	Saved     Saved // where it was saved; zero if it is for one run only
}

// Embedded reports whether the tenant is the embedded one.
func (c Connection) Embedded() bool { return c.URL == "" }

// WayBack says how to return from a tenant that has been saved.
func WayBack(saved Connection) string {
	if saved.Embedded() {
		return "The other tenants stay in the file. `hankosim --tenant NAME` starts on one of them."
	}
	return "`hankosim --tenant embedded` starts on the embedded tenant once. To return to it for good, use the command “use the embedded tenant”."
}

// EmbeddedSentence says what the embedded tenant is.
const EmbeddedSentence = "The embedded tenant runs inside hankosim and has a mailbox of its own."

// CompleteURL calls hanko.CompleteURL, and turns an error into a problem that can be shown.
func CompleteURL(text string) (url, note string, problem *login.Problem) {
	url, note, err := hanko.CompleteURL(text)
	if err == nil {
		return url, note, nil
	}
	shown := login.ProblemOf("use this URL", err)
	var bad *hanko.URLError
	if errors.As(err, &bad) {
		shown.Sentence = "That is not a tenant's URL."
		shown.Cause = hanko.Printable(strings.ToUpper(bad.Reason[:1]) + bad.Reason[1:] + ".")
		shown.Remedy = "It looks like https://<tenant_id>.hanko.io or http://localhost:8000."
	}
	return "", "", &shown
}

// NotSaved returns the problem to show if a tenant could not be saved.
func NotSaved(err error) login.Problem {
	problem := login.ProblemOf("save the tenant", err)
	problem.Sentence = "The tenant was not saved, and nothing was changed."
	problem.Remedy = "You can still use it for this run."
	return problem
}

// SavedSentence says where a tenant was saved, and what that means for the next start.
func SavedSentence(found Connection, saved Saved) string {
	text := fmt.Sprintf("%s is saved as %s in %s", hanko.Printable(found.URL), hanko.Printable(found.Name), hanko.Printable(saved.Path))
	if found.Embedded() {
		text = fmt.Sprintf("`tenant: %s` is saved in %s", hanko.Printable(found.Name), hanko.Printable(saved.Path))
	}
	if saved.OverriddenBy != "" {
		return text + "."
	}
	return text + ", and hankosim starts on it from now on."
}

// OverriddenSentence says what overrides the file, or returns "".
func OverriddenSentence(saved Saved) string {
	if saved.OverriddenBy == "" {
		return ""
	}
	return fmt.Sprintf("%s is set, and overrides the file. Leave it out to start on this tenant.", hanko.Printable(saved.OverriddenBy))
}

// FactsOf returns what was found out about a tenant. The first fact says what it is, and has no About. The last ones say
// what the tenant must know about the phone, and what only a sign-in shows.
func FactsOf(found Connection, phone authenticator.Profile) []hanko.Fact {
	if found.Embedded() {
		return []hanko.Fact{{Says: EmbeddedSentence}}
	}
	facts := []hanko.Fact{{Says: hanko.Printable(found.Survey.Recognition.String()) + "."}}
	if found.Note != "" {
		facts = append(facts, hanko.Fact{About: "URL", Says: found.Note})
	}
	facts = append(facts, found.Survey.Facts...)
	if found.Survey.RPID != "" {
		facts = append(facts, hanko.Fact{About: "Origin", Says: fmt.Sprintf(
			"%s sends %s, which must be in webauthn.relying_party.origins", ThisPhone(phone), hanko.Printable(phone.Origin(found.Survey.RPID)))})
	}
	return append(facts, hanko.Fact{About: "Session token", Says: "X-Auth-Token or a cookie: a sign-in shows which"})
}
