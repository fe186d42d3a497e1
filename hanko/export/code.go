package export

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"text/template"
	"unicode"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
)

//go:embed templates/swift.tmpl
var swiftText string

//go:embed templates/kotlin.tmpl
var kotlinText string

var (
	swift  = language{template.Must(template.New("swift").Funcs(template.FuncMap{"text": swiftString}).Parse(swiftText)), swiftValue}
	kotlin = language{template.Must(template.New("kotlin").Funcs(template.FuncMap{"text": kotlinString}).Parse(kotlinText)), kotlinValue}
)

// Swift is a step of a walk, one exchange or several, as the Swift of an iOS app: URLSession, and AuthenticationServices
// for passkeys. A ceremony's two calls become one piece of code, with the system's sheet between them. Secrets are
// constants at the top, masked unless the options ask for them.
func Swift(step []hanko.Exchange, o Options) string { return swift.write(step, o) }

// Kotlin is a step of a walk as Swift has it, as the Kotlin of an Android app: OkHttp, and Credential Manager for
// passkeys.
func Kotlin(step []hanko.Exchange, o Options) string { return kotlin.write(step, o) }

// language is how code is written in one.
type language struct {
	template *template.Template
	value    func(value any, depth int) string // a JSON object or a part of one
}

// code is what a template is filled with.
type code struct {
	Base      string
	Constants []constant
	Calls     []codeCall
	Passkeys  bool // some call shows the system's passkey sheet
	Sessions  bool // some call brings a session
	Acts      bool // some call takes an action of a state that came before it
}

// constant is a value that the person fills in or looks at: a secret, or the session's token.
type constant struct {
	Name, Value, Meaning string
	Masked               bool
}

// codeCall is a call, or a whole passkey ceremony.
type codeCall struct {
	Comments []string
	Ceremony string // "create" or "get"; "" for a plain call
	N        string // makes the names of its variables its own: "", "2", "3" …
	Flow     bool
	After    string // the variable with the flow's state that offers the Action; "" when it is not in this step
	Action   string // of a flow
	Session  string // the variable that takes the token that the answer brings; "" when it brings none

	// Of a ceremony those of its first call; Body and Token may be "". After a state, Body is the action's inputs.
	Method, Path, Body, Token string

	Finish  string // a ceremony's second call: the path over REST, the action's name in a flow
	Options string // where a flow's state has the options
	Input   string // the action's input that takes the phone's answer
}

func (l language) write(step []hanko.Exchange, o Options) string {
	w := codeWriter{language: l, options: o.knowing(step)}
	for _, e := range step {
		w.add(e)
	}
	var out strings.Builder
	if err := l.template.Execute(&out, &w.code); err != nil {
		return "// The code could not be written: " + hanko.Printable(err.Error()) + "\n" // the templates are ours and tested
	}
	return out.String()
}

type codeWriter struct {
	code
	language language
	options  Options
	session  string // the variable with the newest session's token; "" when none of these calls brought one

	flow  hanko.FlowName // whose state the variable state has; "" when no flow was seen
	state string
}

func (w *codeWriter) add(e hanko.Exchange) {
	r := requestOf(e, w.options)
	if w.Base == "" {
		w.Base = r.base
	}
	call := codeCall{Method: r.method, Path: r.path, Token: w.token(r)}
	kind := decode.CallOf(e)
	call.Flow, call.Action = kind.Flow != "", string(kind.Action)
	call.Comments = w.comments(e)
	call.Ceremony, call.Finish = ceremony(kind)
	if call.Ceremony != "" && w.finishes(kind, call.Ceremony) {
		last := &w.Calls[len(w.Calls)-1]
		last.Comments = append(last.Comments, call.Comments...)
		w.brings(e, last)
		return
	}
	if call.Ceremony != "" {
		w.begin(&call, kind)
	}
	if call.Action != "" && w.flow == kind.Flow {
		call.After = w.state
	}
	call.Body = w.body(r, call)
	if len(w.Calls) > 0 {
		call.N = fmt.Sprint(len(w.Calls) + 1)
	}
	w.brings(e, &call)
	if call.Flow {
		w.flow, w.state = kind.Flow, "answer"+call.N
		w.Acts = w.Acts || call.After != "" || call.Ceremony != ""
	}
	w.Calls = append(w.Calls, call)
}

// comments say which call it is, over both APIs.
func (w *codeWriter) comments(e hanko.Exchange) []string {
	guide, flow := decode.GuideStep(e)
	var lines []string
	if guide != "" {
		lines = append(lines, "REST: "+hanko.Printable(guide))
	}
	if flow != "" {
		lines = append(lines, "Flow: "+hanko.Printable(flow))
	}
	if lines == nil {
		lines = []string{hanko.Printable(decode.CallOf(e).Endpoint)}
	}
	if e.Status == 0 || e.Status >= http.StatusBadRequest {
		lines = append(lines, "In this run: "+w.options.explain(e))
	}
	return lines
}

// ceremony tells a passkey's creation and use, and what ends them.
func ceremony(call decode.Call) (kind, finish string) {
	switch {
	case strings.HasPrefix(call.Endpoint, "POST /webauthn/registration/"):
		return "create", "/webauthn/registration/finalize"
	case strings.HasPrefix(call.Endpoint, "POST /webauthn/login/"):
		return "get", "/webauthn/login/finalize"
	}
	switch call.Action {
	case hanko.ActionWebAuthnGenerateCreationOptions, hanko.ActionWebAuthnCredentialCreate, hanko.ActionWebAuthnVerifyAttestationResponse:
		return "create", string(hanko.ActionWebAuthnVerifyAttestationResponse)
	case hanko.ActionWebAuthnGenerateRequestOptions, hanko.ActionWebAuthnVerifyAssertionResponse:
		return "get", string(hanko.ActionWebAuthnVerifyAssertionResponse)
	}
	return "", ""
}

// ends tells the second call of a ceremony.
func ends(call decode.Call) bool {
	return strings.HasSuffix(call.Endpoint, "/finalize") || strings.HasPrefix(string(call.Action), "webauthn_verify_")
}

// finishes tells that a call is the second of the ceremony before it.
func (w *codeWriter) finishes(kind decode.Call, ceremony string) bool {
	if len(w.Calls) == 0 || !ends(kind) {
		return false
	}
	last := w.Calls[len(w.Calls)-1]
	return last.Ceremony == ceremony && last.Flow == (kind.Flow != "") && last.Session == ""
}

// begin makes a call the whole ceremony, whichever of the two calls it was.
func (w *codeWriter) begin(call *codeCall, kind decode.Call) {
	w.Passkeys = true
	call.Options, call.Input = "creation_options", string(hanko.InputPublicKey)
	if call.Ceremony == "get" {
		call.Options, call.Input = "request_options", string(hanko.InputAssertionResponse)
	}
	if !ends(kind) {
		return
	}
	if !call.Flow {
		call.Path = strings.TrimSuffix(call.Path, "finalize") + "initialize"
		return
	}
	first := hanko.ActionWebAuthnGenerateRequestOptions
	switch {
	case call.Ceremony == "create" && kind.Flow == hanko.ProfileFlow:
		first = hanko.ActionWebAuthnCredentialCreate
	case call.Ceremony == "create":
		first = hanko.ActionWebAuthnGenerateCreationOptions
	}
	call.Action = string(first)
	call.Path = strings.Replace(call.Path, url.QueryEscape(string(kind.Action)), string(first), 1)
}

// body writes a call's body. A ceremony's is known: the answer to it comes from the phone.
func (w *codeWriter) body(r request, call codeCall) string {
	value := r.body
	if value == nil && len(r.raw) > 0 {
		parsed, err := parse(r.raw)
		if err != nil {
			return ""
		}
		value = parsed
	}
	members, isObject := value.(map[string]any)
	switch {
	case call.Ceremony != "" && call.Flow:
		members = map[string]any{"csrf_token": members["csrf_token"], "input_data": map[string]any{}}
	case call.Ceremony != "" && members["response"] != nil:
		return "" // the second call's
	case !isObject && call.After == "":
		return ""
	}
	if call.After != "" {
		inputs, isObject := members["input_data"].(map[string]any)
		if !isObject {
			inputs = map[string]any{}
		}
		members = inputs
	}
	w.declare(members)
	return w.language.value(members, 1)
}

// token is the variable or constant with the session's token, "" for a call without one.
func (w *codeWriter) token(r request) string {
	for _, field := range r.header {
		if field.name != "Authorization" {
			continue
		}
		if w.session != "" {
			return w.session
		}
		c := constant{Name: "token", Meaning: meaning("token")}
		if field.hidden != nil {
			c.Value, c.Masked = field.hidden.shown, true
		} else {
			_, c.Value, _ = strings.Cut(field.value, " ")
		}
		w.constant(c)
		return c.Name
	}
	return ""
}

// declare makes constants of a body's secrets.
func (w *codeWriter) declare(value any) {
	switch v := value.(type) {
	case blank:
		w.constant(constant{Name: identifier(v.name), Value: v.shown, Meaning: meaning(v.name), Masked: true})
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			w.declare(v[name])
		}
	case []any:
		for _, inner := range v {
			w.declare(inner)
		}
	}
}

func (w *codeWriter) constant(c constant) {
	if !slices.ContainsFunc(w.Constants, func(known constant) bool { return known.Name == c.Name }) {
		w.Constants = append(w.Constants, c)
	}
}

// brings has a call keep the session that its answer brought.
func (w *codeWriter) brings(e hanko.Exchange, call *codeCall) {
	if carriesSession(e) {
		w.Sessions = true
		call.Session = "session" + call.N
		w.session = call.Session
	}
}

// identifier names a secret's constant: csrf_token is csrfToken.
func identifier(name string) string {
	if name == "code" {
		return "passcode"
	}
	var out strings.Builder
	upper := false
	for _, r := range strings.ToLower(variable(name)) {
		switch {
		case r == '_':
			upper = out.Len() > 0
		case upper:
			out.WriteRune(unicode.ToUpper(r))
			upper = false
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
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

func swiftValue(value any, depth int) string {
	switch v := value.(type) {
	case blank:
		return identifier(v.name)
	case map[string]any:
		if len(v) == 0 {
			return "[:]"
		}
		return nested(v, depth, "[", "]", ", ", func(name string, inner any) string {
			text := swiftString(name) + ": " + swiftValue(inner, depth+1)
			if _, ok := inner.(map[string]any); ok {
				text += " as [String: Any]" // Swift does not guess the type of one that is empty or mixed
			}
			return text
		})
	case []any:
		return "[" + join(v, depth, swiftValue) + "] as [Any]"
	case nil:
		return "NSNull()"
	default:
		return scalar(v, swiftString)
	}
}

func kotlinValue(value any, depth int) string {
	switch v := value.(type) {
	case blank:
		return identifier(v.name)
	case map[string]any:
		if len(v) == 0 {
			return "JSONObject()"
		}
		return nested(v, depth, "JSONObject()", "", "", func(name string, inner any) string {
			return fmt.Sprintf(".put(%s, %s)", kotlinString(name), kotlinValue(inner, depth+1))
		})
	case []any:
		return "JSONArray(listOf(" + join(v, depth, kotlinValue) + "))"
	case nil:
		return "JSONObject.NULL"
	default:
		return scalar(v, kotlinString)
	}
}

func scalar(value any, quote func(string) string) string {
	switch v := value.(type) {
	case string:
		return quote(v)
	case json.Number:
		return v.String()
	default:
		return fmt.Sprint(v)
	}
}

func join(values []any, depth int, write func(any, int) string) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = write(value, depth+1)
	}
	return strings.Join(texts, ", ")
}

// nested writes an object on one line when it is short, else over several.
func nested(object map[string]any, depth int, begin, end, separator string, member func(string, any) string) string {
	var members []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		members = append(members, member(name, object[name]))
	}
	one := begin + strings.Join(members, separator) + end
	if len(one) <= 80 && !strings.Contains(one, "\n") {
		return one
	}
	indent := "\n" + strings.Repeat("    ", depth)
	out := begin
	for _, text := range members {
		out += indent + "    " + text + strings.TrimSpace(separator)
	}
	if end != "" {
		out += indent + end
	}
	return out
}
