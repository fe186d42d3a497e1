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
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
)

// formPage draws a state of a flow from what the tenant says of it: the fields of its actions, and a button for each.
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

// press is enter: it goes on, in whatever the focus is on.
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

// Secrets are what an authenticator app is set up with, and its code.
func (p *formPage) Secrets() []string {
	secrets := []string{p.otp.Secret}
	if field := p.otpField(); field >= 0 {
		secrets = append(secrets, p.items[field].input.Value())
	}
	return secrets
}

// turnValue chooses the next of a field's few values, or the one before.
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

// FieldValues are the values that a field may take, when they are few.
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

// ChoiceLabels are fieldValues as people call them, in the same order.
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
			return kit.Toast("%s is needed.", hanko.Printable(kit.Humanised(other.field.Name)))
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

func (p *formPage) View(s kit.Situation, width, height int) string {
	t, text := s.Theme, kit.TextOfState(p.step.State)
	lines := append([]string{""}, heading(t, hanko.Printable(text.Title), width)...)
	lines = append(lines, kit.Centre(text.Text, width))
	if height < 14 {
		lines = lines[1:2]
	}
	if p.step.Problem != nil && s.Waiting == "" && !p.fieldsComplain() {
		lines = append(append(lines, ""), describeProblem(t, *p.step.Problem, width)...)
	}
	lines = append(lines, p.secret(s, width)...)
	focused := 0
	for i := range p.items {
		if p.items[i].field != nil || i == 0 || p.items[i-1].field == nil {
			lines = append(lines, "")
		}
		if i == p.choice {
			focused = strings.Count(strings.Join(lines, "\n"), "\n")
		}
		lines = append(lines, p.item(s, i, width)...)
	}
	lines = append(lines, p.links(width)...)
	if more := OmittedText(p.step.Omitted); more != "" {
		lines = append(lines, "", t.Dim.Render(kit.Wrap(more, width)))
	}
	if p.step.Unsure {
		lines = append(lines, "", t.Dim.Render(kit.Wrap("Tenants may hide whether an address has an account. If the mail has no code, there is none: ctrl+n creates one.", width)))
	}
	lines = append(lines, p.qr(s, width)...)
	content := strings.Join(lines, "\n")
	// Keep what is being filled in on the screen.
	if !p.free && focused+3 > p.offset+height-1 {
		p.offset = focused + 4 - height
	}
	if !p.free && focused < p.offset {
		p.offset = focused - 1
	}
	return s.Scroll(content, &p.offset, width, height)
}

// fieldsComplain tells that the problem is told beside the field that it is about.
func (p *formPage) fieldsComplain() bool {
	return slices.ContainsFunc(p.items, func(item formItem) bool { return item.field != nil && item.field.Error != nil })
}

// item draws a field or a button.
func (p *formPage) item(s kit.Situation, i, width int) []string {
	t, item := s.Theme, &p.items[i]
	if item.field == nil {
		text := hanko.Printable(kit.TextOfAction(p.step.State, item.form.Action, item.form.Description))
		look := kit.FocusedWhere(i == p.choice)
		if at := p.current(); at != nil && at.field != nil && at.form.Action == item.form.Action {
			look = kit.Primary // what enter leads to from the field that has the focus
		}
		return []string{s.Button(text, width, look)}
	}
	label := kit.Humanised(hanko.Printable(item.field.Name))
	if item.field.Required {
		label += " *"
	}
	drawn := t.InputView(s.VeiledInput(&item.input, secret.Input(*item.field)), width, i == p.choice)
	lines := []string{t.Dim.Render(kit.Clamp(label, width, 1))}
	if values := FieldValues(*item.field); len(values) > 0 {
		drawn[0] = t.Choice(ChoiceLabels(*item.field), slices.Index(values, item.input.Value()), width)
	}
	lines = append(lines, drawn...)
	if item.field.Error != nil && s.Waiting == "" {
		means, _ := item.field.Error.Explain()
		if means == "" {
			means = hanko.Printable(item.field.Error.Message)
		}
		if item.form.Action == hanko.ActionPasswordLogin && item.field.Error.Code == hanko.CodeValueInvalidError {
			means = "That is not the password of this account."
		}
		lines = append(lines, t.Bad.Render(kit.Wrap("✗ "+means, width)),
			t.Dim.Render(kit.Wrap(hanko.Printable(item.field.Error.Code), width)), "")
	}
	return lines
}

// OmittedText says what a state has besides what is shown; "" for nothing.
func OmittedText(more login.Omitted) string {
	var parts []string
	for _, kind := range []struct {
		count     int
		one, many string
	}{
		{more.Forms, "thing to do", "things to do"}, {more.Values, "value to choose", "values to choose"}, {more.Links, "link", "links"},
	} {
		switch kind.count {
		case 0:
		case 1:
			parts = append(parts, "1 more "+kind.one)
		default:
			parts = append(parts, fmt.Sprintf("%d more %s", kind.count, kind.many))
		}
	}
	if parts == nil {
		return ""
	}
	return "This state has too much to show: " + strings.Join(parts, ", ") + ". The exchange has all of it."
}

// links are the ways out of the flow, which a terminal cannot follow.
func (p *formPage) links(width int) []string {
	var lines []string
	var payload struct {
		RedirectURL string `json:"redirect_url"`
	}
	_ = json.Unmarshal(p.step.Payload, &payload) // other states have other payloads
	if payload.RedirectURL != "" {
		lines = append(lines, "", kit.Wrap(hanko.Printable(payload.RedirectURL), width))
	}
	for _, link := range p.step.Links {
		lines = append(lines, "", kit.Wrap(hanko.Printable(kit.Humanised(link.Name)+": "+link.Href), width))
	}
	return lines
}

// Keys implements Page.
func (p *formPage) Keys(s kit.Situation) []kit.Key {
	keys := []kit.Key{kit.NewKey("go on", func() tea.Msg { return p.press(s) }, "enter")}
	fill := kit.NewKey("fill in from the phone's app", func() tea.Msg { return p.fillIn(s) }, "ctrl+f")
	if p.otpField() < 0 {
		fill = kit.Unlisted(kit.PressToast("There is nothing to fill in here."), "ctrl+f")
	}
	keys = append(keys, fill)
	if item := p.current(); item != nil && item.field != nil && len(FieldValues(*item.field)) > 0 {
		turn := kit.Moving("space", "next value", p.turnValue, " ", "right", "left")
		turn.Moves = false // it changes what is handed in
		keys = append(keys, turn)
	}
	if p.step.Unsure {
		keys = append(keys, kit.NewKey("create an account", kit.PressAct(login.CreateAccount{}), "ctrl+n"))
	}
	return append(keys, kit.NewKey("back", kit.PressAct(login.Back{}), "esc"),
		kit.Arrows("choose", func(name string) { p.focus(p.choice + kit.Moved(name, 1)) }),
		kit.Moving("pgdown", "scroll", p.scroll, "pgdown", "pgup"))
}

func (p *formPage) Typing() bool {
	item := p.current()
	return item != nil && item.field != nil
}

func (p *formPage) Title() string { return hanko.Printable(kit.TextOfState(p.step.State).Title) }
