package screen

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
)

// formPage draws a state of a flow as the tenant describes it: the fields of each action, and a button.
type formPage struct {
	kit.Still
	step   login.FillForm
	items  []formItem
	choice int
	offset int
	free   bool // scrolled by hand: what has the focus need not be on the screen
	otp    OTPPayload

	filling bool // the phone's authenticator app has been asked for its code
	hurried bool // enter was pressed before the code was there
}

// formItem is a field or a button.
type formItem struct {
	form  login.Form
	field *hanko.FlowInput // nil for a button
	input textinput.Model  // of a field
}

func newFormPage(s kit.Situation, step login.FillForm) *formPage {
	p := &formPage{step: step}
	_ = json.Unmarshal(step.Payload, &p.otp) // other states have other payloads
	for _, form := range step.Forms {
		if form.Action == hanko.ActionBack {
			continue // esc is the way back
		}
		for i := range form.Fields {
			p.items = append(p.items, formItem{form: form, field: &form.Fields[i], input: p.newInput(s, form.Fields[i])})
		}
		p.items = append(p.items, formItem{form: form})
	}
	p.focus(0)
	return p
}

func (p *formPage) newInput(s kit.Situation, field hanko.FlowInput) textinput.Model {
	input := s.Theme.NewInput(Placeholder(field), "")
	input.CharLimit = 4096
	if field.MaxLength != nil && *field.MaxLength > 0 {
		input.CharLimit = min(*field.MaxLength, 4096)
	}
	if field.Type == "password" {
		input.EchoMode = textinput.EchoPassword
	}
	if values := FieldValues(field); field.Required && len(values) > 0 {
		input.SetValue(values[0])
	}
	if field.Value != nil {
		input.SetValue(hanko.Printable(fmt.Sprint(field.Value)))
	} else if field.Name == hanko.InputEmail {
		input.SetValue(hanko.Printable(p.step.Email))
	}
	return input
}

// Placeholder says what a field takes.
func Placeholder(field hanko.FlowInput) string {
	var parts []string
	switch field.Type {
	case "boolean":
		parts = append(parts, "true or false")
	case "number", "json", "email":
		parts = append(parts, field.Type)
	}
	if field.MinLength != nil && *field.MinLength > 1 {
		parts = append(parts, fmt.Sprintf("at least %d characters", *field.MinLength))
	}
	if field.MaxLength != nil && *field.MaxLength > 0 && *field.MaxLength < 100 {
		parts = append(parts, fmt.Sprintf("at most %d", *field.MaxLength))
	}
	if !field.Required {
		parts = append(parts, "optional")
	}
	return strings.Join(parts, ", ")
}

// focus moves to an item; fields are typed into, buttons are pressed.
func (p *formPage) focus(choice int) {
	p.choice, p.free = max(0, min(choice, len(p.items)-1)), false
	for i := range p.items {
		if i == p.choice && p.items[i].field != nil {
			p.items[i].input.Focus()
		} else {
			p.items[i].input.Blur()
		}
	}
}

// current is the item that has the focus; nil in a state without any.
func (p *formPage) current() *formItem {
	if len(p.items) == 0 {
		return nil
	}
	return &p.items[p.choice]
}

// Update types into the field that has the focus, and takes the code of the phone's authenticator app.
func (p *formPage) Update(s kit.Situation, msg tea.Msg) tea.Msg {
	if filled, ok := msg.(otpCodeMsg); ok {
		return p.filled(s, filled)
	}
	if item := p.current(); item != nil && item.field != nil {
		return kit.TypeInto(&item.input, msg)
	}
	return nil
}

// press handles enter, depending on what has the focus.
func (p *formPage) press(s kit.Situation) tea.Msg {
	switch item := p.current(); {
	case item == nil:
		return kit.Act(login.Back{})
	case p.filling:
		p.hurried = true
		return nil
	default:
		return p.enter(s, item)
	}
}

// scroll moves what is shown by hand.
func (p *formPage) scroll(name string) { p.offset, p.free = p.offset+kit.Moved(name, 8), true }

// Secrets returns the secret of the authenticator app, and its code.
func (p *formPage) Secrets() []string {
	secrets := []string{p.otp.Secret}
	if field := p.otpField(); field >= 0 {
		secrets = append(secrets, p.items[field].input.Value())
	}
	return secrets
}

// turnValue chooses the next or previous of a field's values.
func (p *formPage) turnValue(name string) {
	item := p.current()
	values, by := FieldValues(*item.field), 1
	if name == "left" {
		by = -1
	}
	at := slices.Index(values, item.input.Value())
	if at < 0 && by < 0 {
		at = 0
	}
	item.input.SetValue(values[(at+by+len(values))%len(values)])
}

// FieldValues returns the values that a field may have, if there are only a few.
func FieldValues(field hanko.FlowInput) []string {
	if field.Type == "boolean" {
		return []string{"true", "false"}
	}
	var values []string
	for _, allowed := range field.AllowedValues {
		values = append(values, fmt.Sprint(allowed.Value))
	}
	return values
}

// ChoiceLabels returns the labels of FieldValues, in the same order.
func ChoiceLabels(field hanko.FlowInput) []string {
	if len(field.AllowedValues) == 0 {
		return FieldValues(field)
	}
	var all []string
	for _, allowed := range field.AllowedValues {
		text := cmp.Or(allowed.Text, fmt.Sprint(allowed.Value))
		all = append(all, hanko.Printable(text))
	}
	return all
}

// enter goes on to the next field of a form, and hands the form in behind its last. What was chosen and not typed is
// handed in by the button alone: the first choice may be something to delete.
func (p *formPage) enter(s kit.Situation, item *formItem) tea.Msg {
	if item.field != nil && (p.items[p.choice+1].field != nil || len(FieldValues(*item.field)) > 0) {
		p.focus(p.choice + 1)
		return nil
	}
	values := map[hanko.InputName]string{}
	for _, other := range p.items {
		if other.field == nil || other.form.Action != item.form.Action {
			continue
		}
		value := other.input.Value()
		if other.field.Name == hanko.InputEmail {
			value = hanko.CompleteEmail(value)
		}
		if value == "" && other.field.Required {
			return kit.Toast("%s is needed.", kit.Humanised(other.field.Name))
		}
		values[other.field.Name] = value
	}
	keep, action := p.keepSecret(s), login.SubmitForm{Action: item.form.Action, Values: values}
	return tea.Cmd(func() tea.Msg {
		if err := keep(); err != nil {
			return kit.ToastMsg{Text: err.Error()}
		}
		return kit.ActMsg{Action: action}
	})
}

// Keys implements Page.
func (p *formPage) Keys(s kit.Situation) []kit.Key {
	if len(p.items) == 0 {
		return []kit.Key{kit.NewKey("back", kit.PressAct(login.Back{}), "enter", "esc").As("enter esc")}
	}
	keys := []kit.Key{kit.NewKey("go on", func() tea.Msg { return p.press(s) }, "enter")}
	fill := kit.NewKey("fill in from the phone's app", func() tea.Msg { return p.fillIn(s) }, "ctrl+f")
	if p.otpField() < 0 {
		fill = kit.Unlisted(kit.PressToast("There is nothing to fill in here."), "ctrl+f")
	}
	keys = append(keys, fill)
	if p.otp.Secret != "" {
		keys = append(keys, kit.NewKey("show the QR code", p.showQR, "ctrl+t"))
	}
	if item := p.current(); item != nil && item.field != nil && len(FieldValues(*item.field)) > 0 {
		turn := kit.Moving("space", "next value", p.turnValue, " ", "right", "left")
		turn.Moves = false // it changes what is handed in
		keys = append(keys, turn)
	}
	if p.step.Unsure {
		keys = append(keys, kit.NewKey("create an account", kit.PressAct(login.CreateAccount{}), "ctrl+n"))
	}
	leave := "back"
	if p.escSkips() {
		leave = "not now"
	}
	return append(keys, kit.NewKey(leave, kit.PressAct(p.step.Leave()), "esc"),
		kit.Arrows("choose", func(name string) { p.focus(p.choice + kit.Moved(name, 1)) }),
		kit.Moving("pgdown", "scroll", p.scroll, "pgdown", "pgup"))
}

// escSkips reports whether esc does what the button "Not now" does.
func (p *formPage) escSkips() bool {
	_, skips := p.step.Leave().(login.SubmitForm)
	return skips
}

func (p *formPage) Typing() bool {
	item := p.current()
	return item != nil && item.field != nil
}

func (p *formPage) Title() string { return hanko.Printable(kit.TextOfState(p.step.State).Title) }
