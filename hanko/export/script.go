package export

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/template"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
)

//go:embed templates/script.sh.tmpl
var scriptText string

var scriptTemplate = template.Must(template.New("script").Funcs(template.FuncMap{"shell": shellWord}).Parse(scriptText))

// scriptStep is a piece of the walk: what it is, and what the script does for it.
type scriptStep struct {
	Comment  string
	Commands []string
}

// Script is a walk as a POSIX shell script of curl calls that works when it is run, today or tomorrow: it takes ids, csrf
// tokens and the session token from the answers that it gets, asks the person for passcodes, passwords and the codes of
// an authenticator app (or takes them from commands), and ends with GET /me. It signs in by passcode over the APIs that
// the walk used. Passkeys are left out, as its first lines say, since a shell cannot sign; and with a comment what would
// change the account. Calls to other tenants than the first one's are left out too. A sign-in with a third party is one in the
// script, too: it prints the link to open, and asks for the address that the browser comes back to.
//
// The script has no secrets in it but those of the calls in its comments, where the options ask for them.
func Script(exchanges []hanko.Exchange, o Options) string {
	w := scriptWriter{options: o.knowing(exchanges)}
	for _, e := range exchanges {
		base, _ := address(e)
		if e.Browser {
			w.calls = append(w.calls, e)
			continue
		}
		if w.Base == "" {
			w.Base = base
			w.Title = fmt.Sprintf("A walk through a login at %s, as curl calls.", hanko.Printable(base))
			if !e.Start.IsZero() {
				w.Title = fmt.Sprintf("The walk of %s at %s, as curl calls.", e.Start.UTC().Format("2 January 2006, 15:04 UTC"), hanko.Printable(base))
			}
		}
		if base == w.Base {
			w.calls = append(w.calls, e)
			w.Email = cmp.Or(emailIn(e), w.Email)
		}
	}
	for _, e := range w.calls {
		w.add(e)
	}
	w.signIn("", w.mostly())
	var out strings.Builder
	if err := scriptTemplate.Execute(&out, &w); err != nil {
		return "# The script could not be written: " + hanko.Printable(err.Error()) + "\n" // the template is ours and tested
	}
	return out.String()
}

// scriptWriter is what the template is filled with.
type scriptWriter struct {
	Title, Base, Email string
	REST, Flow         bool   // over which APIs it signs in
	Passkeys           bool   // the walk had passkeys
	RESTThirdParty     bool   // it signs in with a third party over REST
	FlowThirdParty     bool   // and over flows
	Provider           string // of the third party; "" where there is none
	RedirectTo         string // the app's address, which the third party's way back leads to
	Steps              []scriptStep

	options Options
	calls   []hanko.Exchange
	signed  bool
	left    []string // what was left out already
}

// add puts a call of the walk into the script, or says that it is left out.
func (w *scriptWriter) add(e hanko.Exchange) {
	call := decode.CallOf(e)
	switch {
	case e.Browser:
		if call.Endpoint == "GET /thirdparty/auth" && !slices.ContainsFunc(w.calls, toThirdParty) {
			query := queryOf(e)
			w.thirdParty("rest", query.Get("provider"), query.Get("redirect_to"))
		}
	case call.Endpoint == "POST /token":
		// It belongs to the browser's way.
	case toThirdParty(e):
		var body struct {
			InputData struct {
				Provider   string `json:"provider"`
				RedirectTo string `json:"redirect_to"`
			} `json:"input_data"`
		}
		if json.Unmarshal(e.RequestBody, &body) == nil {
			w.thirdParty("flow", body.InputData.Provider, body.InputData.RedirectTo)
		}
	case call.Flow == hanko.ProfileFlow && call.Action == "":
		w.leave("the profile", "the profile flow is left out: GET /me at the end tells what this script needs")
	case call.Flow == hanko.ProfileFlow && passkeyCall(call):
		w.passkey(call)
	case call.Flow == hanko.ProfileFlow:
		// A step of the profile flow, which is left out already.
	case call.Flow != "":
		switch {
		case passkeyCall(call):
			w.passkey(call)
		case (call.Action == hanko.ActionRegisterLoginIdentifier || call.Action == hanko.ActionContinueWithLoginIdentifier) && !w.Flow:
			w.signIn("Sign up or in by passcode, over the Flow API.", "flow")
		}
	case passkeyCall(call):
		w.passkey(call)
	case call.Endpoint == "POST /passcode/login/initialize" && !ofGuide(e):
		// It only asked whether there are passcodes.
	case ofGuide(e) && e.Method == "POST":
		if !w.REST {
			w.signIn("Sign up or in by passcode, over the REST API of the mobile guide.", "rest")
		}
	case call.Endpoint == "POST /logout":
		w.leave("log out", "the logout is left out: the session is to be good at the end (call POST /logout)")
	case call.Endpoint == "GET /me":
		// It comes at the end.
	case slices.Contains([]string{"GET /.well-known/config", "GET /.well-known/jwks.json", "GET /health/alive", "GET /health/ready"}, call.Endpoint):
		w.read(e, call)
	case call.Endpoint == "GET /sessions/validate", call.Endpoint == "GET /webauthn/credentials", call.Endpoint == "GET /emails":
		w.signIn("", w.mostly())
		w.read(e, call)
	default:
		w.leave("", "left out, as it may change the account, or belongs to this run alone:\n"+commented(Curl(e, w.options)))
	}
}

// read makes a call that changes nothing, once.
func (w *scriptWriter) read(e hanko.Exchange, call decode.Call) {
	command := "call GET " + shellWord(strings.TrimPrefix(call.Endpoint, "GET "))
	for _, step := range w.Steps {
		if slices.Contains(step.Commands, command) {
			return
		}
	}
	w.Steps = append(w.Steps, scriptStep{Comment: comment(w.options.explain(e)), Commands: []string{command}})
}

// signIn has the script sign in over an API, "rest" or "flow". Without a comment it does so only when nothing before did.
func (w *scriptWriter) signIn(comment, by string) {
	if comment == "" {
		if w.signed {
			return
		}
		comment = "Sign in by passcode, as the calls after this need a session."
	}
	w.signed = true
	command := "rest_sign_in"
	if by == "flow" {
		command = `flow_sign_in "${FLOW:-login}"`
	}
	w.REST, w.Flow = w.REST || by == "rest", w.Flow || by == "flow"
	w.Steps = append(w.Steps, scriptStep{Comment: comment, Commands: []string{command}})
}

// toThirdParty reports whether an exchange takes a flow to a third party to sign in.
func toThirdParty(e hanko.Exchange) bool {
	return !e.Browser && decode.CallOf(e).Action == hanko.ActionThirdPartyOAuth
}

func queryOf(e hanko.Exchange) url.Values {
	address, err := url.Parse(e.URL)
	if err != nil {
		return nil
	}
	return address.Query()
}

// thirdParty has the script sign in with a third party over an API, once.
func (w *scriptWriter) thirdParty(by, provider, redirectTo string) {
	if w.Provider != "" || provider == "" || hanko.Printable(provider+redirectTo) != provider+redirectTo {
		return
	}
	w.signed, w.Provider, w.RedirectTo = true, provider, redirectTo
	step := scriptStep{Comment: "Sign in with a third party, over the REST API.", Commands: []string{"rest_third_party"}}
	if by == "rest" {
		w.RESTThirdParty = true
	} else {
		w.Flow, w.FlowThirdParty = true, true
		step = scriptStep{Comment: "Sign in with a third party, over the Flow API.", Commands: []string{`flow_sign_in "${FLOW:-login}" "$PROVIDER"`}}
	}
	w.Steps = append(w.Steps, step)
}

// mostly is the API of the walk, for a script that must sign in where the walk did not, or did by passkey.
func (w *scriptWriter) mostly() string {
	if slices.ContainsFunc(w.calls, ofGuide) {
		return "rest"
	}
	return "flow"
}

// probes reports whether an exchange only asked whether there are passcodes: a passcode request without a user.
func probes(e hanko.Exchange) bool {
	return decode.CallOf(e).Endpoint == "POST /passcode/login/initialize" && string(e.RequestBody) == "{}"
}

// ofGuide tells a call of the mobile guide, which only tenants with the REST API have.
func ofGuide(e hanko.Exchange) bool {
	endpoint := decode.CallOf(e).Endpoint
	return !probes(e) && (strings.HasPrefix(endpoint, "POST /user") || strings.HasPrefix(endpoint, "POST /passcode/") || strings.Contains(endpoint, " /webauthn/"))
}

func (w *scriptWriter) passkey(call decode.Call) {
	w.Passkeys = true
	what, instead := "making a passkey", "It is left out: a shell has no authenticator to sign with."
	if signsIn(call) {
		what, instead = "signing in with a passkey", "It is left out: a shell has no authenticator to sign with, so this script uses a passcode."
	}
	w.leave(what, what+" ("+cmp.Or(string(call.Action), call.Endpoint)+" and what follows). "+instead)
	if signsIn(call) {
		w.signIn("", w.mostly())
	}
}

// leave says, once for each kind, that something is left out.
func (w *scriptWriter) leave(kind, why string) {
	if kind != "" && slices.Contains(w.left, kind) {
		return
	}
	w.left = append(w.left, kind)
	w.Steps = append(w.Steps, scriptStep{Comment: "In the walk: " + comment(why)})
}

// comment keeps foreign text inside a comment.
func comment(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if i > 0 {
			line = "# " + strings.TrimPrefix(line, "# ")
		}
		lines[i] = hanko.Printable(line)
	}
	return strings.Join(lines, "\n")
}

func commented(text string) string { return "#   " + strings.ReplaceAll(text, "\n", "\n#   ") }

// passkeyCall tells a call of a passkey ceremony.
func passkeyCall(call decode.Call) bool {
	return strings.HasPrefix(call.Endpoint, "POST /webauthn/") || strings.HasPrefix(string(call.Action), "webauthn_generate_") ||
		strings.HasPrefix(string(call.Action), "webauthn_verify_") || call.Action == hanko.ActionWebAuthnCredentialCreate
}

// signsIn tells those of a sign-in from those of a creation.
func signsIn(call decode.Call) bool {
	return strings.HasPrefix(call.Endpoint, "POST /webauthn/login/") ||
		call.Action == hanko.ActionWebAuthnGenerateRequestOptions || call.Action == hanko.ActionWebAuthnVerifyAssertionResponse
}

// emailIn is the address that a call hands in, "" when it hands in none.
func emailIn(e hanko.Exchange) string {
	var body struct {
		Email     string `json:"email"`
		InputData struct {
			Email      string `json:"email"`
			Identifier string `json:"identifier"`
		} `json:"input_data"`
	}
	call := decode.CallOf(e)
	known := call.Endpoint == "POST /user" || call.Endpoint == "POST /users" ||
		call.Action == hanko.ActionRegisterLoginIdentifier || call.Action == hanko.ActionContinueWithLoginIdentifier
	if !known || json.Unmarshal(e.RequestBody, &body) != nil {
		return ""
	}
	email := cmp.Or(body.Email, body.InputData.Email, body.InputData.Identifier)
	if hanko.Printable(email) != email {
		return "" // no address that the script could be given
	}
	return email
}
