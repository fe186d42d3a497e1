package tui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator/totp"
	"example.com/hankosim/hanko"
)

// What a form has of the phone's authenticator app: the secret that a state shows, and the codes that one asks for.

// otpPayload is what mfa_otp_secret_creation carries.
type otpPayload struct {
	Secret string `json:"otp_secret"` // base32
}

// keepSecret has the phone's authenticator app keep the secret that the state shows, if it shows one: whoever confirms
// it with a code has it in an app, and this phone's needs it for the next sign-in. It writes a file, so what it returns
// is for a command to call.
func (p *formPage) keepSecret() func() error {
	if p.otp.Secret == "" {
		return func() error { return nil }
	}
	app, issuer, email, secret := p.app.options.OTP, p.app.issuer(), p.step.Email, p.otp.Secret
	return func() error { return app.Add(issuer, email, secret) }
}

// otpCodeMsg brings the code of the phone's authenticator app to the page that has asked for it.
type otpCodeMsg struct {
	page    *formPage
	code    string
	problem string // why there is none; "" otherwise
}

// fillIn lets the phone's authenticator app type its code.
func (p *formPage) fillIn() tea.Cmd {
	if p.otpField() < 0 {
		return toast("There is nothing to fill in here.")
	}
	p.filling = true
	app, issuer, email, now := p.app.options.OTP, p.app.issuer(), p.step.Email, p.app.now()
	keep := p.keepSecret()
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
func (p *formPage) filled(msg otpCodeMsg) tea.Cmd {
	if msg.page != p {
		return nil
	}
	hurried := p.hurried
	p.filling, p.hurried = false, false
	if msg.problem != "" {
		return toast("%s", msg.problem)
	}
	field := p.otpField()
	p.items[field].input.SetValue(msg.code)
	p.items[field].input.CursorEnd()
	focus := p.focus(field)
	if hurried {
		return p.enter(&p.items[field])
	}
	return focus
}

// otpField is where the code of an authenticator app goes, -1 where none is asked for.
func (p *formPage) otpField() int {
	return slices.IndexFunc(p.items, func(item formItem) bool { return item.field != nil && item.field.Name == "otp_code" })
}

// secret shows what an authenticator app needs.
func (p *formPage) secret(width int) []string {
	if p.otp.Secret == "" {
		return nil
	}
	return []string{
		"", p.app.theme.dim.Render("Secret"), p.app.theme.title.Render(wrap(p.app.veiled(hanko.Printable(p.otp.Secret)), width)),
		p.app.theme.dim.Render(wrap(p.app.veiledURL(p.otpURL(), hanko.Printable(p.otp.Secret)), width)),
	}
}

func (p *formPage) otpURL() string {
	return totp.URL("Hanko", hanko.Printable(p.step.Email), hanko.Printable(p.otp.Secret))
}

func (p *formPage) qr(width int) []string {
	if p.otp.Secret == "" {
		return nil
	}
	code, ok := qrCode(p.otpURL(), width)
	if !ok {
		return []string{"", p.app.theme.dim.Render(wrap("A wider window shows a QR code here.", width))}
	}
	return append([]string{""}, p.app.veiledPicture(code)...)
}

// issuer is whose codes they are, for the phone's authenticator app: one tenant's are not another's.
func (a *App) issuer() string { return issuerOf(a.options) }

func issuerOf(options Options) string {
	if options.Inbox != nil {
		return "embedded tenant" // its port changes from run to run
	}
	return options.Client.BaseURL()
}
