package tui

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// tokenTab is the session token: taken apart, checked, and ready to be used. After a logout it stays.
type tokenTab struct {
	app        *App
	held       *login.SignedIn // nil before the first sign-in
	endedAt    time.Time       // when the session was left; zero while it is not
	inspection *login.Inspection

	inspectedAt time.Time
	asking      bool // the tenant is
	offset      int
}

// inspectionMsg brings what was found out about a token.
type inspectionMsg struct {
	token string
	found login.Inspection
}

// arrived takes the session of the step that the walk has come to, or takes note of its end.
func (p *tokenTab) arrived(step login.Step) {
	switch step := step.(type) {
	case login.SignedIn:
		p.hold(step)
	case login.OfferPasskey:
		if step.Session != nil {
			p.hold(login.SignedIn{Session: *step.Session, Token: step.Token, Email: step.Email, Method: login.ByPasscode})
		}
	case login.EnterEmail:
		if p.live() {
			p.endedAt = p.app.now()
		}
	}
}

func (p *tokenTab) hold(in login.SignedIn) {
	if p.held == nil || p.held.Token.Raw != in.Token.Raw {
		p.inspection, p.asking, p.offset = nil, false, 0
	}
	p.held, p.endedAt = &in, time.Time{}
}

// live tells that somebody is signed in with the token.
func (p *tokenTab) live() bool { return p.held != nil && p.endedAt.IsZero() }

// inspect asks the tenant about the token.
func (p *tokenTab) inspect() tea.Cmd {
	p.inspection, p.asking = nil, true
	ctx, client, token := p.app.ctx, p.app.options.Client, p.held.Token
	return func() tea.Msg { return inspectionMsg{token.Raw, login.Inspect(ctx, client, token)} }
}

func (p *tokenTab) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case inspectionMsg:
		if p.held != nil && msg.token == p.held.Token.Raw {
			p.inspection, p.inspectedAt, p.asking = &msg.found, p.app.now(), false
		}
	case tea.KeyMsg:
		if pasted(msg) {
			return nil
		}
		switch name := msg.String(); name {
		case "esc":
			return p.app.focusPhone()
		case "m":
			return p.app.wire.maskOrShow()
		default:
			p.offset += moved(name, 10)
			return p.do(name)
		}
	}
	return nil
}

// do is what a key does with the token, here and on the page of who is signed in.
func (p *tokenTab) do(key string) tea.Cmd {
	if p.held == nil {
		return nil
	}
	raw := p.held.Token.Raw
	switch key {
	case "c":
		return p.app.copyText("the token", raw, "t shows it to be selected")
	case "u":
		return p.app.copyText("the curl line", curlLine(raw), "t shows it to be selected")
	case "t":
		return showRaw("The session token, as one line. It lets anybody in as this user until it expires.\n\n" +
			raw + "\n\nSend it to your own backend:\n\n" + curlLine(raw))
	case "i":
		return p.inspect()
	}
	return nil
}

func curlLine(token string) string {
	return "curl -H 'Authorization: Bearer " + token + "' http://localhost:3000/your/endpoint"
}

func (p *tokenTab) View(width, height int) string {
	t := p.app.theme
	if p.held == nil {
		return t.dim.Render(wrap("The session token will be here after a sign-in: its header and claims, whether its signature holds, what the tenant "+
			"says of the session, how the token was delivered and how long it is good, and the line that sends it to your own backend.", width))
	}
	var shown string
	shown, p.offset = t.scrollLines(p.report(width), p.offset, width, height)
	return shown
}

// report is the whole tab, of any height.
func (p *tokenTab) report(width int) []string {
	x, token := &text{}, p.held.Token
	who := "Signed in"
	if p.held.Email != "" {
		who += " as " + hanko.Printable(p.held.Email)
	}
	if p.live() {
		x.add(good, "✓ "+who).add(aside, " "+signedInHow(*p.held)+"\n")
	} else {
		x.add(warning, "✗ Logged out at "+p.endedAt.Local().Format("15:04:05")+": this was the token\n")
		x.add(aside, "A backend that checks only the signature accepts it until it expires; i asks the tenant what it says now.\n")
	}
	x.add(plainText, p.shown(token.Raw)+"\n")

	x.section("Lifetime")
	p.lifetime(x, width)
	checks := "Checks"
	if p.inspection != nil {
		checks += ", asked at " + p.inspectedAt.Local().Format("15:04:05")
		if !p.live() && p.inspectedAt.Before(p.endedAt) {
			checks += ", before the logout"
		}
	}
	x.section(checks)
	switch {
	case p.inspection != nil:
		for _, check := range checksOf(token, *p.inspection) {
			x.check(check)
		}
	case p.asking:
		x.add(aside, "asking the tenant…\n")
	default:
		x.add(aside, "i asks the tenant about it\n")
	}
	x.section("Delivered")
	p.delivery(x)
	x.section("Header")
	x.members(token.Header, map[string]string{"alg": "how it is signed", "kid": "which of the tenant's keys signed it"})
	x.section("Claims")
	x.members(token.Claims, p.notes())
	x.section("Send it to your own backend")
	x.paint(shellSyntax, curlLine(p.shown(token.Raw))+"\n")
	x.add(aside, "u copies the line, c the token; t shows both unboxed")
	return x.lines(p.app.theme, width, 2)
}

// shown is a token as it may be shown.
func (p *tokenTab) shown(raw string) string {
	if p.app.wire.secrets {
		return hanko.Printable(raw)
	}
	return hanko.MaskToken(raw)
}

// lifetime draws how much of the token's time is left, and says it.
func (p *tokenTab) lifetime(x *text, width int) {
	token, session := p.held.Token, p.held.Session
	left, whole := token.ExpiresAt.Sub(p.app.now()), token.ExpiresAt.Sub(token.IssuedAt)
	switch {
	case token.ExpiresAt.IsZero():
		x.add(warning, "! it never expires: it has no exp\n")
	case left <= 0:
		x.add(bad, "✗ expired "+inWords(-left)+" ago: sign in again\n")
	default:
		if cells := min(40, width-2); cells > 0 && !token.IssuedAt.IsZero() && whole > 0 {
			full := int(min(1, float64(left)/float64(whole)) * float64(cells))
			x.add(good, strings.Repeat("█", full)).add(aside, strings.Repeat("░", cells-full)+"\n")
		}
		x.field("expires", "in "+inWords(left), token.ExpiresAt.Local().Format("Mon 2 Jan 15:04:05"))
	}
	if session.Lifetime > 0 {
		x.field("lifetime", inWords(session.Lifetime), "")
	}
	if session.Retention != "" {
		x.field("retention", hanko.Printable(session.Retention), "")
	}
}

// delivery says how the token came to the app.
func (p *tokenTab) delivery(x *text) {
	cookie := p.held.Session.Cookie
	if cookie == nil {
		x.field("in", "the header X-Auth-Token", "")
		return
	}
	x.field("in", fmt.Sprintf("the cookie %q", hanko.Printable(cookie.Name)), "")
	x.field("attributes", cookieAttributes(cookie), "")
	if cookie.Secure && strings.HasPrefix(p.app.options.Client.BaseURL(), "http://") {
		x.add(warning, "! A Secure cookie over http: a phone's cookie store drops it. Set `session.cookie.secure: false` for local work.\n")
	}
	x.add(aside, "A native app has it easier with `session.enable_auth_token_header: true`.\n")
}

// notes say what the claims mean, and their times in words.
func (p *tokenTab) notes() map[string]string {
	token := p.held.Token
	return map[string]string{
		"iat": p.moment(token.IssuedAt), "exp": p.moment(token.ExpiresAt),
		"sub": "the user's id", "aud": "whom it is for: the relying party's id", "iss": "who gave it", "session_id": "what a logout ends",
		"amr": "how the person signed in",
	}
}

// moment is a time of the token in words, and how far it is from now.
func (p *tokenTab) moment(at time.Time) string {
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

func cookieAttributes(cookie *http.Cookie) string {
	parts := []string{"Path=" + hanko.Printable(cookie.Path)}
	if cookie.Domain != "" {
		parts = append(parts, "Domain="+hanko.Printable(cookie.Domain))
	}
	if cookie.MaxAge > 0 {
		parts = append(parts, fmt.Sprintf("Max-Age=%d (%s)", cookie.MaxAge, inWords(time.Duration(min(cookie.MaxAge, math.MaxInt32))*time.Second)))
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

func (p *tokenTab) Keys() []key.Binding {
	if p.held == nil {
		return []key.Binding{binding("esc", "to the phone")}
	}
	secrets := "show secrets"
	if p.app.wire.secrets {
		secrets = "mask secrets"
	}
	return append(tokenKeys(), binding("m", secrets), binding("up", "scroll", "down"), binding("esc", "to the phone"), paging)
}

// Refusals are the keys that want a token.
func (p *tokenTab) Refusals() []refusal {
	if p.held != nil {
		return nil
	}
	var refused []refusal
	for _, binding := range tokenKeys() {
		refused = append(refused, refusal{binding, "There is no token before a sign-in."})
	}
	return refused
}

// tokenKeys are what do does.
func tokenKeys() []key.Binding {
	return []key.Binding{binding("c", "copy token"), binding("u", "copy curl"), binding("t", "show token"), binding("i", "check again")}
}

func (p *tokenTab) Init() tea.Cmd { return nil }
func (p *tokenTab) Typing() bool  { return false }
func (p *tokenTab) Title() string { return "Token" }

// Ticking counts the lifetime down.
func (p *tokenTab) Ticking() bool { return p.live() && p.app.now().Before(p.held.Token.ExpiresAt) }
