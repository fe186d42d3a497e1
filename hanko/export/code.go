package export

import (
	"bytes"
	"embed"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"text/template"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
)

// Language is what an app is written in.
type Language string

// The languages.
const (
	Swift  Language = "swift"  // for iOS 16 and newer: URLSession, AuthenticationServices, the Keychain
	Kotlin Language = "kotlin" // for Android 9 and newer: OkHttp, Credential Manager, DataStore
)

// File is a source file of an app.
type File struct {
	Name string // without a folder
	Text string
}

//go:embed templates/swift templates/kotlin
var templates embed.FS

// sources are the names of an app's files, in the order in which their parts are read.
var sources = []string{"SignIn", "HankoFlow", "Passkeys", "ThirdParty", "HankoClient", "HankoTypes", "TokenStore"}

var languages = map[Language]*template.Template{
	Swift:  parsed("templates/swift/*.tmpl", swiftString),
	Kotlin: parsed("templates/kotlin/*.tmpl", kotlinString),
}

func parsed(files string, quote func(string) string) *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{"quote": quote}).ParseFS(templates, files))
}

// ending is what the names of a language's files end in.
func (l Language) ending() string {
	if l == Kotlin {
		return ".kt"
	}
	return ".swift"
}

// App returns a walk as the source files of an app: a client for the API that the walk used, and a function for each
// thing that it did. They belong together and are meant to be kept, so nothing in them is of this run but the tenant's
// address: ids and tokens come from the tenant's answers.
func App(language Language, walk []hanko.Exchange) ([]File, error) {
	var files []File
	for _, source := range render(language, walk) {
		if source.err != nil {
			return nil, source.err
		}
		if text := source.text(); text != "" {
			files = append(files, File{source.name, text})
		}
	}
	return files, nil
}

// Step returns the parts of App's files that make the calls of a step, each once. A call that has no part is a comment.
func Step(language Language, step []hanko.Exchange) string {
	sources := render(language, step)
	var pieces []string
	in := ""
	for _, e := range step {
		name := nameOf(e)
		found := false
		for _, source := range sources {
			for i, p := range source.parts {
				if !slices.Contains(p.calls, name) || !forApp(e) {
					continue
				}
				found = true
				if p.shown {
					continue
				}
				source.parts[i].shown = true
				if in != source.name {
					in = source.name
					pieces = append(pieces, "// In "+in)
				}
				pieces = append(pieces, dedent(p.lines))
			}
		}
		if comment := "// " + hanko.Printable(name) + ": " + without(e); !found && !slices.Contains(pieces, comment) {
			pieces = append(pieces, comment)
		}
	}
	return strings.Join(pieces, "\n\n") + "\n"
}

// without says why there is no code for a call.
func without(e hanko.Exchange) string {
	if forApp(e) {
		return "there is no code for this call."
	}
	return "hankosim asks this to learn about the tenant. An app does not need it."
}

// forApp reports whether an app makes such a call: some are hankosim's own.
func forApp(e hanko.Exchange) bool {
	call := decode.CallOf(e)
	return !probes(e) && !strings.HasPrefix(call.Endpoint, "GET /.well-known/") && !strings.HasPrefix(call.Endpoint, "GET /health/")
}

// nameOf is what a template calls a call: a flow's action by its name, a browser's way elsewhere "browser", everything else by
// its endpoint.
func nameOf(e hanko.Exchange) string {
	call := decode.CallOf(e)
	switch {
	case call.Action != "":
		return string(call.Action)
	case e.Browser && call.Endpoint != browserAtTenant:
		return "browser"
	default:
		return call.Endpoint
	}
}

// browserAtTenant is what a browser requests that begins its way to a third party at the tenant.
const browserAtTenant = "GET /thirdparty/auth"

// source is a template's text, in lines, with its parts: the lines between "//: CALL" and "//." of a template are what
// makes these calls.
type source struct {
	name  string
	lines []string
	parts []part
	err   error
}

type part struct {
	calls []string
	lines []string
	shown bool
}

func (s source) text() string { return strings.Join(s.lines, "\n") }

// render fills in a language's templates. A file that the walk does not need has no lines.
func render(language Language, walk []hanko.Exchange) []source {
	about := appOf(walk)
	var all []source
	for _, name := range sources {
		s := source{name: name + language.ending()}
		var out strings.Builder
		s.err = languages[language].ExecuteTemplate(&out, s.name+".tmpl", about)
		var calls, lines []string
		for line := range strings.SplitSeq(out.String(), "\n") {
			mark := strings.TrimLeft(line, " ")
			switch {
			case strings.HasPrefix(mark, "//: "):
				calls = append(calls, strings.TrimPrefix(mark, "//: "))
			case mark == "//.":
				s.parts = append(s.parts, part{calls: calls, lines: lines})
				calls, lines = nil, nil
			default:
				s.lines = append(s.lines, line)
				if calls != nil {
					lines = append(lines, line)
				}
			}
		}
		all = append(all, s)
	}
	return all
}

// dedent takes the first line's margin off all lines.
func dedent(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	margin := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " "))]
	moved := make([]string, len(lines))
	for i, line := range lines {
		moved[i] = strings.TrimPrefix(line, margin)
	}
	return strings.Join(moved, "\n")
}

// app is what the templates are filled with.
type app struct {
	Base         string // the tenant's address
	EmulatorBase string // the address as the Android emulator has it
	Port         string
	Plain        bool // without TLS
	Loopback     bool // on this computer

	// What the walk used.
	REST, Flow, Passkeys, Passwords, OTP, Changes          bool
	ThirdParty, RESTThirdParty, FlowThirdParty, Disconnect bool
	BrowserAtTenant                                        bool // the browser begins its way at the tenant
	Verifier                                               bool // flows to third parties take a code verifier

	calls []string
}

// Did reports whether the walk made one of these calls.
func (a app) Did(calls ...string) bool {
	return slices.ContainsFunc(calls, func(call string) bool { return slices.Contains(a.calls, call) })
}

// changes are the calls of the account page.
var changes = []string{
	"GET /webauthn/credentials", "PATCH /webauthn/credentials/{id}", "DELETE /webauthn/credentials/{id}",
	"POST /emails", "DELETE /emails/{id}", "POST /emails/{id}/set_primary", "DELETE /user",
	string(hanko.ActionEmailCreate), string(hanko.ActionEmailDelete), string(hanko.ActionEmailSetPrimary),
	string(hanko.ActionWebAuthnCredentialRename), string(hanko.ActionWebAuthnCredentialDelete), string(hanko.ActionAccountDelete),
	string(hanko.ActionDisconnectThirdPartyOAuthProvider),
}

// thirdPartyActions are those of flows.
var thirdPartyActions = []hanko.ActionName{
	hanko.ActionThirdPartyOAuth, hanko.ActionConnectThirdPartyOAuthProvider, hanko.ActionExchangeToken,
}

// appOf learns from a walk what an app needs. An app has one tenant: the last one that the walk went to.
func appOf(walk []hanko.Exchange) app {
	var a app
	for _, e := range walk {
		if !e.Browser || nameOf(e) == browserAtTenant {
			a.Base, _ = address(e)
		}
	}
	a.Verifier = true
	for _, e := range walk {
		if base, _ := address(e); base != a.Base && !e.Browser {
			continue
		}
		call := decode.CallOf(e)
		name := nameOf(e)
		a.calls = append(a.calls, name)
		a.REST = a.REST || ofGuide(e) || slices.Contains(changes, call.Endpoint)
		a.Flow = a.Flow || call.Flow != ""
		a.Passkeys = a.Passkeys || passkeyCall(call)
		a.Passwords = a.Passwords || strings.Contains(string(call.Action), "password") || call.Action == hanko.ActionContinueToPasscodeConfirmationRecovery
		a.OTP = a.OTP || strings.Contains(string(call.Action), "otp") || call.Action == hanko.ActionTrustDevice
		a.Changes = a.Changes || slices.Contains(changes, name)
		a.FlowThirdParty = a.FlowThirdParty || slices.Contains(thirdPartyActions, call.Action)
		a.Verifier = a.Verifier && (!toThirdParty(e) || e.RequestBody == nil || bytes.Contains(e.RequestBody, []byte(hanko.InputCodeVerifier)))
	}
	a.BrowserAtTenant = !a.Verifier || a.Did("POST /token", browserAtTenant)
	a.RESTThirdParty = a.Did("POST /token") || a.BrowserAtTenant && !a.FlowThirdParty
	a.REST = a.REST || a.RESTThirdParty
	a.ThirdParty = a.RESTThirdParty || a.FlowThirdParty || a.Did("browser")
	a.Verifier = a.Verifier && a.FlowThirdParty
	a.Disconnect = a.Did(string(hanko.ActionDisconnectThirdPartyOAuthProvider))
	a.EmulatorBase = a.Base
	base, err := url.Parse(a.Base)
	if err != nil || base.Host == "" {
		return a
	}
	base.User = nil // an app has no business with it
	a.Base, a.EmulatorBase, a.Port, a.Plain = base.String(), base.String(), base.Port(), base.Scheme == "http"
	if ip := net.ParseIP(base.Hostname()); a.Plain && (base.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		a.Loopback = true
		base.Host = strings.TrimSuffix("10.0.2.2:"+a.Port, ":")
		a.EmulatorBase = base.String()
	}
	return a
}

func swiftString(text string) string  { return quoted(text, `\u{%x}`, `"\`) }
func kotlinString(text string) string { return quoted(text, `\u%04x`, `"\$`) }

// quoted is a string literal: with a backslash before each of special, and with what a terminal or an editor would act
// on in escapes.
func quoted(text, escape, special string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range strings.ToValidUTF8(text, "�") {
		switch {
		case strings.ContainsRune(special, r):
			out.WriteString(`\` + string(r))
		case r == '\n':
			out.WriteString(`\n`)
		case hanko.Printable(string(r)) != string(r):
			fmt.Fprintf(&out, escape, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}
