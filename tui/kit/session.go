package kit

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// The texts and keys of a session, for the signed-in screen, the Token tab and the plain walk.

// SessionKeys returns the keys that do something with the session's token.
func SessionKeys(s Situation) []Key {
	why, raw := "There is no token before you sign in.", ""
	if s.Session != nil {
		why, raw = "", s.Session.Token.Raw
	}
	const otherwise = "t shows it, so that you can select it"
	all := []Key{
		NewKey("copy token", PressFor(CopyMsg{"the token", raw, otherwise}), "c"),
		NewKey("copy curl", func() tea.Msg { return CopyMsg{"the curl line", CurlLine(raw), otherwise} }, "u"),
		NewKey("show token", func() tea.Msg {
			return ShowRawMsg{"The session token, as one line. It lets anybody in as this user until it expires.\n\n" +
				raw + "\n\nSend it to your own backend:\n\n" + CurlLine(raw)}
		}, "t"),
		NewKey("check again", PressFor(InspectMsg{}), "i"),
	}
	for i := range all {
		all[i] = all[i].Unless(why)
	}
	return all
}

// SignedInHow says how the person signed in. In a flow, only the token may say it; of a third party, it says no more than its
// name.
func SignedInHow(step login.SignedIn) string {
	if step.Party != "" {
		return "with " + hanko.Printable(step.Party)
	}
	how := "with a " + string(step.Method)
	if step.Method == login.ByFlow {
		how = "through the tenant's login flow"
	}
	if len(step.Token.Methods) > 0 {
		how += " (amr: " + hanko.Printable(strings.Join(step.Token.Methods, ", ")) + ")"
	}
	return how
}

// TokenCheck is the result of one check of a token: what is good about it, or an error.
type TokenCheck struct {
	Name, Good string
	Err        error
}

// ChecksOf returns the results of the checks that an app's own backend would make.
func ChecksOf(token hanko.Token, found login.Inspection) []TokenCheck {
	user := TokenCheck{Name: "user", Good: "GET /me knows the user", Err: found.MeErr}
	if len(found.Me.Emails) > 0 {
		user.Good += " " + hanko.Printable(found.Me.Emails[0].Address)
	}
	if found.MeErr == nil && found.Me.ID != token.Subject {
		user.Err = errors.New("GET /me names another user than the token: " + hanko.Printable(found.Me.ID))
	}
	session := TokenCheck{Name: "session", Good: "/sessions/validate says is_valid: true", Err: found.ValidationErr}
	if found.ValidationErr == nil && !found.Validation.IsValid {
		session.Err = errors.New("/sessions/validate says is_valid: false; the session has ended")
	}
	return []TokenCheck{
		{"signature", "valid, RS256 with the tenant's key " + shortID(token.KeyID), found.SignatureErr},
		user, session,
	}
}

func shortID(id string) string {
	if len(id) > 8 {
		id = id[:8] + "…"
	}
	return hanko.Printable(id)
}

// CurlLine returns a command that sends a token to the person's own backend.
func CurlLine(token string) string {
	return "curl -H 'Authorization: Bearer " + token + "' http://localhost:3000/your/endpoint"
}
