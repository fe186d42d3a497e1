package tui

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// signedInPage is the end of the walk: the token, taken apart, checked, and ready to be used.
type signedInPage struct {
	app        *App
	step       login.SignedIn
	inspection *login.Inspection // nil until the tenant has answered
	offset     int
}

func newSignedInPage(app *App, step login.SignedIn) *signedInPage {
	return &signedInPage{app: app, step: step}
}

// inspectionMsg brings what was found out about a token.
type inspectionMsg struct {
	token string
	found login.Inspection
}

func (p *signedInPage) Init() tea.Cmd {
	ctx, client, token := p.app.ctx, p.app.options.Client, p.step.Token
	return func() tea.Msg {
		return inspectionMsg{token.Raw, login.Inspect(ctx, client, token)}
	}
}

func (p *signedInPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case inspectionMsg:
		if msg.token == p.step.Token.Raw {
			p.inspection = &msg.found
		}
	case tea.KeyMsg:
		if msg.Paste {
			return nil
		}
		switch msg.String() {
		case "p":
			return act(login.RegisterPasskey{})
		case "o":
			return act(login.OpenProfile{})
		case "l":
			return act(login.LogOut{})
		case "ctrl+d":
			return p.app.changePhone(func(phone *authenticator.Phone) *login.Walk {
				return login.Continue(p.app.options.Client, phone, p.step)
			})
		case "c":
			return p.app.copyText("the token", p.step.Token.Raw)
		case "u":
			return p.app.copyText("the curl line", curlLine(p.step.Token.Raw))
		case "t":
			return showRaw("The session token, as one line. It lets anybody in as this user until it expires.\n\n" +
				p.step.Token.Raw + "\n\nSend it to your own backend:\n\n" + curlLine(p.step.Token.Raw))
		case "i":
			p.inspection = nil
			return p.Init()
		case "down", "j":
			p.offset++
		case "up", "k":
			p.offset--
		case "pgdown", " ":
			p.offset += 10
		case "pgup":
			p.offset -= 10
		case "home", "g":
			p.offset = 0
		case "end", "G":
			p.offset = 1 << 20
		case "esc":
			return toast("You are signed in: l logs out, ctrl+c leaves hankosim.")
		}
	}
	return nil
}

func curlLine(token string) string {
	return "curl -H 'Authorization: Bearer " + token + "' http://localhost:3000/your/endpoint"
}

func (p *signedInPage) View(width, height int) string {
	var shown string
	shown, p.offset = p.app.theme.scroll(p.report(width), p.offset, width, height)
	return shown
}

// report is the whole page, of any height.
func (p *signedInPage) report(width int) string {
	t := p.app.theme
	r := &report{theme: t, width: width}
	who := "Signed in"
	if p.step.Email != "" {
		who += " as " + hanko.Printable(p.step.Email)
	}
	r.line(t.good.Render(wrap("✓ "+who, width)))
	if p.step.Registered != "" {
		r.line(t.good.Render(wrap("✓ Passkey registered; log out (l) and sign in with it", width)))
	}
	if p.step.Problem != nil {
		for _, line := range describeProblem(t, *p.step.Problem, width) {
			r.line(line)
		}
		r.line(wrap("You are signed in all the same: the tenant gave a session. p tries again.", width))
	}
	r.line(t.dim.Render(wrap(p.how(), width)))

	r.heading("Checks")
	p.checks(r)

	r.heading("Session")
	p.session(r)

	r.heading("Token header")
	r.claims(p.step.Token.Header, nil)
	r.heading("Token claims")
	r.claims(p.step.Token.Claims, map[string]string{
		"iat": p.moment(p.step.Token.IssuedAt),
		"exp": p.moment(p.step.Token.ExpiresAt),
	})

	r.heading("Send it to your own backend")
	r.line(wrap(curlLine(hanko.MaskToken(p.step.Token.Raw)), width))
	r.line(t.dim.Render(wrap("u copies the line, c the token; t shows both unboxed", width)))
	return strings.Join(r.lines, "\n")
}

// how says how the person signed in; a flow's token may say it itself.
func (p *signedInPage) how() string {
	how := "with a " + string(p.step.Method)
	if p.step.Method == login.ByFlow {
		how = "through the tenant's login flow"
	}
	if len(p.step.Token.Methods) > 0 {
		how += " (amr: " + hanko.Printable(strings.Join(p.step.Token.Methods, ", ")) + ")"
	}
	return how
}

// checks tells what the tenant's keys, GET /me and /sessions/validate say about the token.
func (p *signedInPage) checks(r *report) {
	found := p.inspection
	if found == nil {
		r.line(r.theme.dim.Render("asking the tenant…"))
		return
	}
	for _, check := range checksOf(p.step.Token, *found) {
		r.check(check.name, check.err, check.good)
	}
}

// tokenCheck is one thing that was found out about a token: what is good about it, or err.
type tokenCheck struct {
	name, good string
	err        error
}

// checksOf are the checks that an app's own backend would make, with their outcomes.
func checksOf(token hanko.Token, found login.Inspection) []tokenCheck {
	user := tokenCheck{name: "user", good: "GET /me knows the user", err: found.MeErr}
	if len(found.Me.Emails) > 0 {
		user.good += " " + hanko.Printable(found.Me.Emails[0].Address)
	}
	if found.MeErr == nil && found.Me.ID != token.Subject {
		user.err = errors.New("GET /me names another user than the token: " + hanko.Printable(found.Me.ID))
	}
	session := tokenCheck{name: "session", good: "/sessions/validate says is_valid: true", err: found.ValidationErr}
	if found.ValidationErr == nil && !found.Validation.IsValid {
		session.err = errors.New("/sessions/validate says is_valid: false; the session has ended")
	}
	return []tokenCheck{
		{"signature", "holds, RS256 with the tenant's key " + shortID(token.KeyID), found.SignatureErr}, user, session,
	}
}

func (p *signedInPage) session(r *report) {
	session := p.step.Session
	if session.Cookie == nil {
		r.field("delivered", "in the header X-Auth-Token")
	} else {
		r.field("delivered", fmt.Sprintf("in the cookie %q", hanko.Printable(session.Cookie.Name)))
		r.field("attributes", cookieAttributes(session.Cookie))
		if session.Cookie.Secure && strings.HasPrefix(p.app.options.Client.BaseURL(), "http://") {
			r.line(r.theme.warn.Render(wrap("! A Secure cookie over http: a phone's cookie store drops it. Set `session.cookie.secure: false` for local work.", r.width)))
		}
		r.line(r.theme.dim.Render(wrap("A native app has it easier with `session.enable_auth_token_header: true`.", r.width)))
	}
	if session.Lifetime > 0 {
		r.field("lifetime", inWords(session.Lifetime))
	}
	if session.Retention != "" {
		r.field("retention", hanko.Printable(session.Retention))
	}
	if expires := p.step.Token.ExpiresAt; !expires.IsZero() {
		left := expires.Sub(p.app.now())
		if left > 0 {
			r.field("expires", "in "+inWords(left))
		} else {
			r.line(r.theme.bad.Render(wrap("✗ expired "+inWords(-left)+" ago: sign in again", r.width)))
		}
	}
}

// moment is a time of the token in words, and how far it is from now.
func (p *signedInPage) moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	distance := at.Sub(p.app.now())
	words := inWords(distance) + " from now"
	if distance <= 0 {
		words = inWords(-distance) + " ago"
	}
	return at.Local().Format("Mon 2 Jan 15:04:05") + ", " + words
}

func cookieAttributes(cookie *http.Cookie) string {
	parts := []string{"Path=" + hanko.Printable(cookie.Path)}
	if cookie.Domain != "" {
		parts = append(parts, "Domain="+hanko.Printable(cookie.Domain))
	}
	if cookie.MaxAge > 0 {
		parts = append(parts, fmt.Sprintf("Max-Age=%d (%s)", cookie.MaxAge, inWords(time.Duration(min(cookie.MaxAge, 1<<31))*time.Second)))
	}
	if cookie.HttpOnly {
		parts = append(parts, "HttpOnly")
	}
	if cookie.Secure {
		parts = append(parts, "Secure")
	}
	switch cookie.SameSite {
	case http.SameSiteStrictMode:
		parts = append(parts, "SameSite=Strict")
	case http.SameSiteLaxMode:
		parts = append(parts, "SameSite=Lax")
	case http.SameSiteNoneMode:
		parts = append(parts, "SameSite=None")
	}
	return strings.Join(parts, "; ")
}

func (p *signedInPage) Keys() []key.Binding {
	return append([]key.Binding{
		binding("p", "register a passkey"),
		binding("o", "account"),
		binding("c", "copy token"),
		binding("l", "log out"),
		binding("t", "show token"),
		binding("u", "copy curl"),
		binding("i", "check again"),
		binding("up", "scroll", "down"),
	}, p.app.otherPhone()...)
}

// Refusals are the keys that do nothing with these phones.
func (p *signedInPage) Refusals() []refusal { return p.app.noOtherPhone() }

func (p *signedInPage) Typing() bool  { return false }
func (p *signedInPage) Ticking() bool { return true }
func (p *signedInPage) Title() string { return "Signed in" }

// report is a page of headings, checks and fields, wrapped to a width.
type report struct {
	theme *theme
	width int
	lines []string
}

func (r *report) line(text string) { r.lines = append(r.lines, strings.Split(text, "\n")...) }

func (r *report) heading(text string) {
	r.line("")
	r.line(r.theme.title.Render(text))
}

// check is a line with a verdict that is told by its mark, not by its colour alone.
func (r *report) check(name string, err error, good string) {
	if err == nil {
		r.line(r.theme.good.Render(wrap("✓ "+name+": "+good, r.width)))
		return
	}
	r.line(r.theme.bad.Render(wrap("✗ "+name+": "+hanko.Printable(err.Error()), r.width)))
}

func (r *report) field(name, value string) {
	r.line(wrap(r.theme.dim.Render(name)+"  "+value, r.width))
}

// claims lists JSON members by name; a note follows its value.
func (r *report) claims(members map[string]any, notes map[string]string) {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		value, isText := members[name].(string)
		if !isText {
			value = compactJSON(members[name])
		}
		value = hanko.Printable(value)
		if note := notes[name]; note != "" {
			value += "  " + r.theme.dim.Render("("+note+")")
		}
		r.field(hanko.Printable(name), value)
	}
}

func compactJSON(value any) string {
	if number, ok := value.(float64); ok && number == float64(int64(number)) {
		return fmt.Sprintf("%d", int64(number))
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(encoded)
}

func shortID(id string) string {
	if len(id) > 8 {
		id = id[:8] + "…"
	}
	return hanko.Printable(id)
}
