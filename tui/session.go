package tui

import (
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// What the page of who is signed in, the token's tab and the plain walk say of a session, and do with it.

// sessionKeys are what can be done with the token of the session.
func sessionKeys(s Situation) []Key {
	why, raw := "There is no token before a sign-in.", ""
	if s.Session != nil {
		why, raw = "", s.Session.Token.Raw
	}
	const otherwise = "t shows it to be selected"
	all := []Key{
		NewKey("copy token", pressFor(CopyMsg{"the token", raw, otherwise}), "c"),
		NewKey("copy curl", func() tea.Msg { return CopyMsg{"the curl line", curlLine(raw), otherwise} }, "u"),
		NewKey("show token", func() tea.Msg {
			return ShowRawMsg{"The session token, as one line. It lets anybody in as this user until it expires.\n\n" +
				raw + "\n\nSend it to your own backend:\n\n" + curlLine(raw)}
		}, "t"),
		NewKey("check again", pressFor(InspectMsg{}), "i"),
	}
	for i := range all {
		all[i] = all[i].Unless(why)
	}
	return all
}

// signedInHow says how the person signed in; a flow's token may say it itself.
func signedInHow(step login.SignedIn) string {
	how := "with a " + string(step.Method)
	if step.Method == login.ByFlow {
		how = "through the tenant's login flow"
	}
	if len(step.Token.Methods) > 0 {
		how += " (amr: " + hanko.Printable(strings.Join(step.Token.Methods, ", ")) + ")"
	}
	return how
}

// tokenCheck is one thing that was found out about a token: what is good about it, in many words and in few, or err.
type tokenCheck struct {
	name, good, brief string
	err               error
}

// checksOf are the checks that an app's own backend would make, with their outcomes.
func checksOf(token hanko.Token, found login.Inspection) []tokenCheck {
	user := tokenCheck{name: "user", good: "GET /me knows the user", brief: "GET /me knows the user", err: found.MeErr}
	if len(found.Me.Emails) > 0 {
		user.brief = hanko.Printable(found.Me.Emails[0].Address)
		user.good += " " + user.brief
	}
	if found.MeErr == nil && found.Me.ID != token.Subject {
		user.err = errors.New("GET /me names another user than the token: " + hanko.Printable(found.Me.ID))
	}
	session := tokenCheck{name: "session", good: "/sessions/validate says is_valid: true", brief: "is_valid: true", err: found.ValidationErr}
	if found.ValidationErr == nil && !found.Validation.IsValid {
		session.err = errors.New("/sessions/validate says is_valid: false; the session has ended")
	}
	return []tokenCheck{
		{"signature", "holds, RS256 with the tenant's key " + shortID(token.KeyID), "holds, RS256 by " + shortID(token.KeyID), found.SignatureErr},
		user, session,
	}
}

func shortID(id string) string {
	if len(id) > 8 {
		id = id[:8] + "…"
	}
	return hanko.Printable(id)
}

func curlLine(token string) string {
	return "curl -H 'Authorization: Bearer " + token + "' http://localhost:3000/your/endpoint"
}
