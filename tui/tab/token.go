package tab

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
)

// Token shows the session token: decoded, checked, and ready to use. It stays after a logout.
type Token struct {
	kit.Still
	token  string // that is shown
	offset int
}

// View implements kit.Page.
func (p *Token) View(s kit.Situation, width, height int) string {
	t := s.Theme
	if s.Session == nil {
		return t.Dim.Render(kit.Wrap("The session token will be here after a sign-in: its header and claims, whether its signature holds, what the tenant "+
			"says of the session, how the token was delivered and how long it is good, and the line that sends it to your own backend.", width))
	}
	if p.token != s.Session.Token.Raw {
		p.token, p.offset = s.Session.Token.Raw, 0
	}
	return s.ScrollLines(p.report(s, width), &p.offset, width, height)
}

// report is the whole tab, of any height.
func (p *Token) report(s kit.Situation, width int) []string {
	x, token := &kit.Text{}, s.Session.Token
	who := "Signed in"
	if s.Session.Email != "" {
		who += " as " + hanko.Printable(s.Session.Email)
	}
	if s.Session.Live() {
		x.Add(kit.GoodText, "✓ "+who).Add(kit.Aside, " "+kit.SignedInHow(s.Session.SignedIn)+"\n")
	} else {
		x.Add(kit.WarningText, "✗ Logged out at "+s.Session.EndedAt.Local().Format("15:04:05")+": this was the token\n")
		x.Add(kit.Aside, "A backend that checks only the signature accepts it until it expires; i asks the tenant what it says now.\n")
	}
	x.Add(kit.PlainText, p.shown(s, token.Raw)+"\n")

	x.Section("Lifetime")
	p.lifetime(s, x, width)
	checks := "Checks"
	if s.Session.Inspection != nil {
		checks += ", asked at " + s.Session.InspectedAt.Local().Format("15:04:05")
		if !s.Session.Live() && s.Session.InspectedAt.Before(s.Session.EndedAt) {
			checks += ", before the logout"
		}
	}
	x.Section(checks)
	switch {
	case s.Session.Inspection != nil:
		for _, check := range kit.ChecksOf(token, *s.Session.Inspection) {
			x.Check(check)
		}
	case s.Session.Asking:
		x.Add(kit.Aside, "asking the tenant…\n")
	default:
		x.Add(kit.Aside, "i asks the tenant about it\n")
	}
	x.Section("Delivered")
	p.delivery(s, x)
	x.Section("Header")
	x.Members(token.Header, map[string]string{"alg": "how it is signed", "kid": "which of the tenant's keys signed it"})
	x.Section("Claims")
	x.Members(token.Claims, p.notes(s))
	x.Section("Send it to your own backend")
	x.Paint(kit.Shell, kit.CurlLine(p.shown(s, token.Raw))+"\n")
	x.Add(kit.Aside, "u copies the line, c the token; t shows both unboxed")
	return x.Lines(s.Theme, width, 2)
}

// shown is a token as it may be shown.
func (p *Token) shown(s kit.Situation, raw string) string {
	if s.Secrets {
		return hanko.Printable(raw)
	}
	return secret.MaskedToken(raw)
}

// lifetime draws how much of the token's time is left, and says it.
func (p *Token) lifetime(s kit.Situation, x *kit.Text, width int) {
	token, session := s.Session.Token, s.Session.Session
	left, whole := token.ExpiresAt.Sub(s.Now), token.ExpiresAt.Sub(token.IssuedAt)
	switch {
	case token.ExpiresAt.IsZero():
		x.Add(kit.WarningText, "! it never expires: it has no exp\n")
	case left <= 0:
		x.Add(kit.BadText, "✗ expired "+kit.InWords(-left)+" ago: sign in again\n")
	default:
		if cells := min(24, width-2); cells > 0 && !token.IssuedAt.IsZero() && whole > 0 {
			full := int(min(1, float64(left)/float64(whole)) * float64(cells))
			x.Add(kit.GoodText, strings.Repeat("━", full)).Add(kit.Aside, strings.Repeat("─", cells-full)+"\n")
		}
		x.Field("expires", "in "+kit.InWords(left), token.ExpiresAt.Local().Format("Mon 2 Jan 15:04:05"))
	}
	if session.Lifetime > 0 {
		x.Field("lifetime", kit.InWords(session.Lifetime), "")
	}
	if session.Retention != "" {
		x.Field("retention", hanko.Printable(session.Retention), "")
	}
}

// delivery says how the token came to the app.
func (p *Token) delivery(s kit.Situation, x *kit.Text) {
	cookie := s.Session.Session.Cookie
	if cookie == nil {
		x.Field("in", "the header X-Auth-Token", "")
		return
	}
	x.Field("in", fmt.Sprintf("the cookie %q", hanko.Printable(cookie.Name)), "")
	x.Field("attributes", cookieAttributes(cookie), "")
	if cookie.Secure && strings.HasPrefix(s.Tenant.URL, "http://") {
		x.Add(kit.WarningText, "! A Secure cookie over http: a phone's cookie store drops it. Set `session.cookie.secure: false` for local work.\n")
	}
	x.Add(kit.Aside, "`session.enable_auth_token_header: true` makes this easier for a native app.\n")
}

// notes say what the claims mean, and their times in words.
func (p *Token) notes(s kit.Situation) map[string]string {
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
	words := kit.InWords(distance) + " from now"
	if distance <= 0 {
		words = kit.InWords(-distance) + " ago"
	}
	return at.Local().Format("Mon 2 Jan 15:04:05") + ", " + words
}

func cookieAttributes(cookie *http.Cookie) string {
	parts := []string{"Path=" + hanko.Printable(cookie.Path)}
	if cookie.Domain != "" {
		parts = append(parts, "Domain="+hanko.Printable(cookie.Domain))
	}
	if cookie.MaxAge > 0 {
		parts = append(parts, fmt.Sprintf("Max-Age=%d (%s)", cookie.MaxAge, kit.InWords(time.Duration(min(cookie.MaxAge, math.MaxInt32))*time.Second)))
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

// Title implements kit.Page.
func (p *Token) Title() string { return "Token" }

// Keys implements Page.
func (p *Token) Keys(s kit.Situation) []kit.Key {
	if s.Session == nil {
		return append([]kit.Key{kit.ToPhone()}, kit.SessionKeys(s)...)
	}
	scroll := func(name string) { p.offset += kit.Moved(name, 10) }
	return append(kit.SessionKeys(s), secretsKey(s, "show secrets"), kit.UpDown("scroll", scroll), kit.ToPhone(), kit.Paging(scroll))
}

// Ticking counts the lifetime down.
func (p *Token) Ticking(s kit.Situation) bool {
	return s.Session.Live() && s.Now.Before(s.Session.Token.ExpiresAt)
}
