package tui

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"example.com/hankosim/hanko"
)

// tokenTab is the session token: taken apart, checked, and ready to be used. After a logout it stays.
type tokenTab struct {
	Still
	token  string // that is shown
	offset int
}

func (p *tokenTab) View(s Situation, width, height int) string {
	t := s.Theme
	if s.Session == nil {
		return t.dim.Render(wrap("The session token will be here after a sign-in: its header and claims, whether its signature holds, what the tenant "+
			"says of the session, how the token was delivered and how long it is good, and the line that sends it to your own backend.", width))
	}
	if p.token != s.Session.Token.Raw {
		p.token, p.offset = s.Session.Token.Raw, 0
	}
	return s.ScrollLines(p.report(s, width), &p.offset, width, height)
}

// report is the whole tab, of any height.
func (p *tokenTab) report(s Situation, width int) []string {
	x, token := &text{}, s.Session.Token
	who := "Signed in"
	if s.Session.Email != "" {
		who += " as " + hanko.Printable(s.Session.Email)
	}
	if s.Session.Live() {
		x.add(good, "✓ "+who).add(aside, " "+signedInHow(s.Session.SignedIn)+"\n")
	} else {
		x.add(warning, "✗ Logged out at "+s.Session.EndedAt.Local().Format("15:04:05")+": this was the token\n")
		x.add(aside, "A backend that checks only the signature accepts it until it expires; i asks the tenant what it says now.\n")
	}
	x.add(plainText, p.shown(s, token.Raw)+"\n")

	x.section("Lifetime")
	p.lifetime(s, x, width)
	checks := "Checks"
	if s.Session.Inspection != nil {
		checks += ", asked at " + s.Session.InspectedAt.Local().Format("15:04:05")
		if !s.Session.Live() && s.Session.InspectedAt.Before(s.Session.EndedAt) {
			checks += ", before the logout"
		}
	}
	x.section(checks)
	switch {
	case s.Session.Inspection != nil:
		for _, check := range checksOf(token, *s.Session.Inspection) {
			x.check(check)
		}
	case s.Session.Asking:
		x.add(aside, "asking the tenant…\n")
	default:
		x.add(aside, "i asks the tenant about it\n")
	}
	x.section("Delivered")
	p.delivery(s, x)
	x.section("Header")
	x.members(token.Header, map[string]string{"alg": "how it is signed", "kid": "which of the tenant's keys signed it"})
	x.section("Claims")
	x.members(token.Claims, p.notes(s))
	x.section("Send it to your own backend")
	x.paint(shellSyntax, curlLine(p.shown(s, token.Raw))+"\n")
	x.add(aside, "u copies the line, c the token; t shows both unboxed")
	return x.lines(s.Theme, width, 2)
}

// shown is a token as it may be shown.
func (p *tokenTab) shown(s Situation, raw string) string {
	if s.Secrets {
		return hanko.Printable(raw)
	}
	return hanko.MaskToken(raw)
}

// lifetime draws how much of the token's time is left, and says it.
func (p *tokenTab) lifetime(s Situation, x *text, width int) {
	token, session := s.Session.Token, s.Session.Session
	left, whole := token.ExpiresAt.Sub(s.Now), token.ExpiresAt.Sub(token.IssuedAt)
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
func (p *tokenTab) delivery(s Situation, x *text) {
	cookie := s.Session.Session.Cookie
	if cookie == nil {
		x.field("in", "the header X-Auth-Token", "")
		return
	}
	x.field("in", fmt.Sprintf("the cookie %q", hanko.Printable(cookie.Name)), "")
	x.field("attributes", cookieAttributes(cookie), "")
	if cookie.Secure && strings.HasPrefix(s.Tenant.URL, "http://") {
		x.add(warning, "! A Secure cookie over http: a phone's cookie store drops it. Set `session.cookie.secure: false` for local work.\n")
	}
	x.add(aside, "A native app has it easier with `session.enable_auth_token_header: true`.\n")
}

// notes say what the claims mean, and their times in words.
func (p *tokenTab) notes(s Situation) map[string]string {
	token := s.Session.Token
	return map[string]string{
		"iat": timeInWords(s.Now, token.IssuedAt), "exp": timeInWords(s.Now, token.ExpiresAt),
		"sub": "the user's id", "aud": "whom it is for: the relying party's id", "iss": "who gave it", "session_id": "what a logout ends",
		"amr": "how the person signed in",
	}
}

// timeInWords is a time of the token in words, and how far it is from now.
func timeInWords(now, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	distance := at.Sub(now)
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

func (p *tokenTab) Title() string { return "Token" }

// Keys implements Page.
func (p *tokenTab) Keys(s Situation) []Key {
	if s.Session == nil {
		return append([]Key{toPhone()}, sessionKeys(s)...)
	}
	scroll := func(name string) { p.offset += Moved(name, 10) }
	return append(sessionKeys(s), secretsKey(s, "show secrets"), UpDown("scroll", scroll), toPhone(), Paging(scroll))
}

// secretsKey is the key that shows secrets, and masks them.
func secretsKey(s Situation, show string) Key {
	if s.Secrets {
		show = "mask secrets"
	}
	return NewKey(show, pressFor(ToggleSecretsMsg{}), "m")
}

// Ticking counts the lifetime down.
func (p *tokenTab) Ticking(s Situation) bool {
	return s.Session.Live() && s.Now.Before(s.Session.Token.ExpiresAt)
}
