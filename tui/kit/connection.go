package kit

import (
	"errors"
	"fmt"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// Connection is a tenant that has answered, or the embedded one, and how it can be kept.
type Connection struct {
	URL    string // as the configuration has it; "" is the embedded tenant
	Note   string // a sentence about how the URL was read; "" where there is nothing to know
	Survey hanko.Survey
	Name   string // what it is called: at first a name that is free, then the person's
	Path   string // the configuration file that it can be saved in
}

// Saved tells how a tenant was written into the configuration.
type Saved struct {
	Path   string // the file
	Beaten string // what the next start goes by instead, as in "HANKO_API_URL"; "" when nothing beats the file
}

// Reconnect is what a run ends with that is to go on, on another tenant.
type Reconnect struct {
	URL, Name string
	Saved     Saved // where the configuration has it; zero when it is for this time only
}

// Embedded reports whether the tenant is the embedded one.
func (c Connection) Embedded() bool { return c.URL == "" }

// WayBack says how to return from a tenant that has been saved.
func WayBack(saved Connection) string {
	if saved.Embedded() {
		return "The tenants in the file stay there: `hankosim --tenant NAME` starts on one of them."
	}
	return "`hankosim --tenant embedded` starts on the embedded tenant once. To return to it for good, use the command “use the embedded tenant”."
}

// EmbeddedSentence says what the embedded tenant is, to who may go on with it.
const EmbeddedSentence = "The embedded tenant runs inside hankosim and has a mailbox of its own."

// CompleteURL is hanko.CompleteURL, with a problem that can be shown.
func CompleteURL(text string) (url, note string, problem *login.Problem) {
	url, note, err := hanko.CompleteURL(text)
	if err == nil {
		return url, note, nil
	}
	told := login.ProblemOf("use this URL", err)
	var bad *hanko.URLError
	if errors.As(err, &bad) {
		told.Sentence = "That is not a tenant's URL."
		told.Cause = hanko.Printable(strings.ToUpper(bad.Reason[:1]) + bad.Reason[1:] + ".")
		told.Remedy = "It looks like https://<tenant_id>.hanko.io or http://localhost:8000."
	}
	return "", "", &told
}

// NotSaved is the problem of a tenant that could not be written into the configuration.
func NotSaved(err error) login.Problem {
	problem := login.ProblemOf("save the tenant", err)
	problem.Sentence = "The tenant was not saved, and nothing was changed."
	problem.Remedy = "You can still use it for this run."
	return problem
}

// SavedSentence says where a tenant was written, and what that means for the next start.
func SavedSentence(found Connection, saved Saved) string {
	text := fmt.Sprintf("%s is %s in %s", hanko.Printable(found.URL), hanko.Printable(found.Name), hanko.Printable(saved.Path))
	if found.Embedded() {
		text = fmt.Sprintf("`tenant: %s` is in %s", hanko.Printable(found.Name), hanko.Printable(saved.Path))
	}
	if saved.Beaten != "" {
		return text + "."
	}
	return text + ", and hankosim starts on it from now on."
}

// BeatenSentence says what stands above the file; "" when nothing does.
func BeatenSentence(saved Saved) string {
	if saved.Beaten == "" {
		return ""
	}
	return fmt.Sprintf("%s is set, and beats the file: leave it out to start on this tenant.", hanko.Printable(saved.Beaten))
}

// FactsOf is what was found out about a tenant, first of all what it is (about nothing), and last what it must know of
// the phone.
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
			"%s sends %s, to be among webauthn.relying_party.origins", ThisPhone(phone), hanko.Printable(phone.Origin(found.Survey.RPID)))})
	}
	return append(facts, hanko.Fact{About: "Session token", Says: "X-Auth-Token or a cookie: it shows at sign-in"})
}
