package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/kit"
)

// What a form has of the phone's authenticator app: the secret that a state shows, and the codes that one asks for.

// OTPPayload is what mfa_otp_secret_creation carries.
type OTPPayload struct {
	Secret string `json:"otp_secret"` // base32
}

// keepSecret has the phone's authenticator app keep the secret that the state shows, if it shows one: whoever confirms
// it with a code has it in an app, and this phone's needs it for the next sign-in. It writes a file, so what it returns
// is for a command to call.
func (p *formPage) keepSecret(s kit.Situation) func() error {
	if p.otp.Secret == "" {
		return func() error { return nil }
	}
	app, issuer, email, secret := s.OTP, s.Tenant.Issuer(), p.step.Email, p.otp.Secret
	return func() error { return app.Add(issuer, email, secret) }
}

// otpCodeMsg has the code of the phone's authenticator app, for the page that asked for it.
type otpCodeMsg struct {
	page    *formPage
	code    string
	problem string // why there is none; "" otherwise
}

// fillIn lets the phone's authenticator app type its code.
func (p *formPage) fillIn(s kit.Situation) tea.Cmd {
	p.filling = true
	app, issuer, email, now := s.OTP, s.Tenant.Issuer(), p.step.Email, s.Now
	keep := p.keepSecret(s)
	return func() tea.Msg {
		if err := keep(); err != nil {
			return otpCodeMsg{page: p, problem: err.Error()}
		}
		code, err := app.Code(issuer, email, now)
		if err != nil {
			return otpCodeMsg{page: p, problem: "The phone's authenticator app has no secret for " + email + "."}
		}
		return otpCodeMsg{page: p, code: code}
	}
}

// filled types the code, and goes on where enter was pressed meanwhile.
func (p *formPage) filled(s kit.Situation, msg otpCodeMsg) tea.Msg {
	if msg.page != p {
		return nil
	}
	hurried := p.hurried
	p.filling, p.hurried = false, false
	if msg.problem != "" {
		return kit.Toast("%s", msg.problem)
	}
	field := p.otpField()
	p.items[field].input.SetValue(msg.code)
	p.items[field].input.CursorEnd()
	p.focus(field)
	if hurried {
		return p.enter(s, &p.items[field])
	}
	return nil
}

// otpField is where the code of an authenticator app goes, -1 where none is asked for.
func (p *formPage) otpField() int {
	return slices.IndexFunc(p.items, func(item formItem) bool { return item.field != nil && item.field.Name == hanko.InputOTPCode })
}

// secret shows what an authenticator app needs: the QR code where the page has room for it and for what is below, else the
// secret as text.
func (p *formPage) secret(s kit.Situation, width, height int) []string {
	if p.otp.Secret == "" {
		return nil
	}
	t, secret := s.Theme, hanko.Printable(p.otp.Secret)
	if code, ok := qrCode(p.otpURL(), width); ok && len(code)+roomBelowQR <= height {
		var lines []string
		for _, line := range s.VeiledPicture(code) {
			lines = append(lines, kit.Centre(line, width))
		}
		return append(lines, t.Dim.Render(kit.Centre(s.Veiled(secret), width)))
	}
	return []string{
		"", t.Dim.Render("Secret"), t.Title.Render(kit.Wrap(s.Veiled(secret), width)),
		t.Dim.Render(kit.Wrap("ctrl+t shows it as a QR code. ctrl+f keeps it in this phone's own app and fills in the code.", width)),
	}
}

// roomBelowQR is how many rows the title, the secret, the field and its button take.
const roomBelowQR = 8

func (p *formPage) otpURL() string {
	return totp.URL("Hanko", hanko.Printable(p.step.Email), hanko.Printable(p.otp.Secret))
}

// showQR shows the QR code alone, without the screen around it.
func (p *formPage) showQR() tea.Msg {
	code, ok := qrCode(p.otpURL(), 1<<10)
	if !ok {
		return kit.Toast("The secret is too long for a QR code.")
	}
	return kit.ShowRawMsg{Text: strings.Join(code, "\n")}
}
