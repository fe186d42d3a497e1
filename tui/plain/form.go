package plain

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
)

// askForm lists the actions of a state by number, and asks for the fields of the one that is chosen.
func (p *conversation) askForm(ctx context.Context, step login.FillForm) (login.Action, error) {
	text := kit.TextOfState(step.State)
	title := hanko.Printable(text.Title)
	if !strings.HasSuffix(title, "?") {
		title += "."
	}
	p.say("%s %s", title, text.Text)
	p.problem(step.Problem)
	var payload screen.OTPPayload
	if json.Unmarshal(step.Payload, &payload) == nil && payload.Secret != "" {
		p.options.Secrets.LearnText(secret.Key, payload.Secret)
		p.say("The secret is %s. The phone's own app stores it, and fills in its code if you type f.", hanko.Printable(payload.Secret))
	}
	forms := slices.DeleteFunc(slices.Clone(step.Forms), func(form login.Form) bool { return form.Action == hanko.ActionBack }) // the answer b stands for it
	for i, form := range forms {
		p.say("  %d: %s", i+1, hanko.Printable(kit.TextOfAction(step.State, form.Action, form.Description)))
	}
	if more := screen.OmittedText(step.Omitted); more != "" {
		p.say("%s", more)
	}
	leave, does := "b", "goes back"
	if _, skips := step.Leave().(login.SubmitForm); skips {
		leave, does = "n", "goes on without it"
	}
	answer, err := p.question(ctx, "Type a number. %s %s, q quits:", leave, does)
	if err != nil {
		return nil, err
	}
	if answer == leave {
		return step.Leave(), nil
	}
	number, err := strconv.Atoi(answer)
	if err != nil || number < 1 || number > len(forms) {
		p.say("That is not one of the choices.")
		return nil, nil
	}
	form := forms[number-1]
	values := map[hanko.InputName]string{}
	for _, field := range form.Fields {
		value, err := p.askField(ctx, field)
		if err != nil {
			return nil, err
		}
		if field.Name == hanko.InputOTPCode && (value == "f" || payload.Secret != "") {
			value = p.otpCode(step.Email, value, payload.Secret)
		}
		if field.Name == hanko.InputEmail {
			value = hanko.CompleteEmail(value)
		}
		values[field.Name] = value
	}
	return login.SubmitForm{Action: form.Action, Values: values}, nil
}

// askField asks for a field's value, or for its number if only some values are allowed.
func (p *conversation) askField(ctx context.Context, field hanko.FlowInput) (string, error) {
	values, kind := screen.FieldValues(field), screen.Placeholder(field)
	if len(field.AllowedValues) > 0 {
		kind = "a number"
		for i, label := range screen.ChoiceLabels(field) {
			p.say("  %d: %s", i+1, label)
		}
	}
	isSecret := func(line string) bool { return secret.Input(field) && line != "f" && line != "q" }
	asked := kit.Humanised(field.Name)
	if kind != "" {
		asked += " (" + kind + ")"
	}
	value, err := p.questionMasked(ctx, isSecret, "%s:", hanko.Printable(asked))
	if number, notNumber := strconv.Atoi(value); len(field.AllowedValues) > 0 && notNumber == nil && number >= 1 && number <= len(values) {
		return values[number-1], err
	}
	return value, err
}

// otpCode stores a new secret in the phone's authenticator app. If value is f, it returns the app's code, otherwise value.
func (p *conversation) otpCode(email, value, secret string) string {
	issuer := kit.Tenant{URL: p.options.Client.BaseURL(), Embedded: p.options.Inbox != nil}.Issuer()
	if secret != "" {
		if err := p.options.OTP.Add(issuer, email, secret); err != nil {
			p.say("%s", hanko.Printable(err.Error()))
		}
	}
	if value != "f" {
		return value
	}
	code, err := p.options.OTP.Code(issuer, email, p.options.Now())
	if err != nil {
		p.say("%s", hanko.Printable(err.Error()))
		return ""
	}
	return code
}
