package tui

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// formPage draws a state of a flow from what the tenant says of it: the fields of its actions, and a button for each.
type formPage struct {
	app    *App
	step   login.FillForm
	items  []formItem
	choice int
	offset int
	free   bool // scrolled by hand: what has the focus need not be on the screen
	otp    otpPayload

	filling bool // the phone's authenticator app has been asked for its code
	hurried bool // enter was pressed before the code was there
}

// formItem is a field or a button.
type formItem struct {
	form  login.Form
	field *hanko.FlowInput // nil for a button
	input textinput.Model  // of a field
}

func newFormPage(app *App, step login.FillForm) *formPage {
	p := &formPage{app: app, step: step}
	_ = json.Unmarshal(step.Payload, &p.otp) // other states have other payloads
	for _, form := range step.Forms {
		if form.Action == "back" {
			continue // esc is the way back
		}
		for i := range form.Fields {
			p.items = append(p.items, formItem{form: form, field: &form.Fields[i], input: p.newInput(form.Fields[i])})
		}
		p.items = append(p.items, formItem{form: form})
	}
	p.focus(0)
	return p
}

func (p *formPage) newInput(field hanko.FlowInput) textinput.Model {
	input := p.app.newInput(placeholder(field), "")
	input.CharLimit = 4096
	if field.MaxLength != nil && *field.MaxLength > 0 {
		input.CharLimit = min(*field.MaxLength, 4096)
	}
	if field.Type == "password" {
		input.EchoMode = textinput.EchoPassword
	}
	if values := fieldValues(field); field.Required && len(values) > 0 {
		input.SetValue(values[0])
	}
	if field.Value != nil {
		input.SetValue(hanko.Printable(fmt.Sprint(field.Value)))
	} else if field.Name == "email" {
		input.SetValue(hanko.Printable(p.step.Email))
	}
	return input
}

// placeholder says what a field takes.
func placeholder(field hanko.FlowInput) string {
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

func (p *formPage) Init() tea.Cmd { return nil }

// focus moves to an item; fields are typed into, buttons are pressed.
func (p *formPage) focus(choice int) tea.Cmd {
	p.choice, p.free = max(0, min(choice, len(p.items)-1)), false
	var cmd tea.Cmd
	for i := range p.items {
		if i == p.choice && p.items[i].field != nil {
			cmd = p.items[i].input.Focus()
		} else {
			p.items[i].input.Blur()
		}
	}
	return cmd
}

// current is the item that has the focus; nil in a state without any.
func (p *formPage) current() *formItem {
	if len(p.items) == 0 {
		return nil
	}
	return &p.items[p.choice]
}

func (p *formPage) Update(msg tea.Msg) tea.Cmd {
	if filled, ok := msg.(otpCodeMsg); ok {
		return p.filled(filled)
	}
	item := p.current()
	if pressed, ok := msg.(tea.KeyMsg); ok && !pasted(pressed) {
		switch pressed.String() {
		case "up", "shift+tab":
			return p.focus(p.choice - 1)
		case "down":
			return p.focus(p.choice + 1)
		case "pgdown":
			p.offset, p.free = p.offset+8, true
			return nil
		case "pgup":
			p.offset, p.free = p.offset-8, true
			return nil
		case "esc":
			return act(login.Back{})
		case "ctrl+n":
			if p.step.Unsure {
				return act(login.CreateAccount{})
			}
		case "ctrl+f":
			return p.fillIn()
		case "enter":
			switch {
			case item == nil:
				return act(login.Back{})
			case p.filling:
				p.hurried = true
				return nil
			}
			return p.enter(item)
		case "left", "right", " ":
			if item != nil && item.field != nil && p.turnValue(item, pressed.String()) {
				return nil
			}
		}
	}
	if item == nil || item.field == nil {
		return nil
	}
	return typeInto(&item.input, msg)
}

// turnValue chooses the next of a field's few values.
func (p *formPage) turnValue(item *formItem, pressed string) bool {
	values := fieldValues(*item.field)
	if len(values) == 0 {
		return false
	}
	by := 1
	if pressed == "left" {
		by = -1
	}
	at := slices.Index(values, item.input.Value())
	if at < 0 && by < 0 {
		at = 0
	}
	item.input.SetValue(values[(at+by+len(values))%len(values)])
	return true
}

// fieldValues are the values that a field may take, when they are few.
func fieldValues(field hanko.FlowInput) []string {
	if field.Type == "boolean" {
		return []string{"true", "false"}
	}
	var values []string
	for _, allowed := range field.AllowedValues {
		values = append(values, fmt.Sprint(allowed.Value))
	}
	return values
}

// choiceLabels are fieldValues as people call them, in the same order.
func choiceLabels(field hanko.FlowInput) []string {
	if len(field.AllowedValues) == 0 {
		return fieldValues(field)
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
func (p *formPage) enter(item *formItem) tea.Cmd {
	if item.field != nil && (p.items[p.choice+1].field != nil || len(fieldValues(*item.field)) > 0) {
		return p.focus(p.choice + 1)
	}
	values := map[hanko.InputName]string{}
	for _, other := range p.items {
		if other.field == nil || other.form.Action != item.form.Action {
			continue
		}
		value := other.input.Value()
		if value == "" && other.field.Required {
			return toast("%s is needed.", hanko.Printable(humanised(other.field.Name)))
		}
		values[other.field.Name] = value
	}
	keep, action := p.keepSecret(), login.SubmitForm{Action: item.form.Action, Values: values}
	return func() tea.Msg {
		if err := keep(); err != nil {
			return toastMsg{err.Error()}
		}
		return actionMsg{action}
	}
}

func (p *formPage) View(width, height int) string {
	t, text := p.app.theme, textOfState(p.step.State)
	lines := []string{"", t.title.Render(wrap(hanko.Printable(text.title), width)), "", wrap(text.text, width)}
	if height < 14 {
		lines = lines[1:2]
	}
	if p.step.Problem != nil && !p.fieldsComplain() {
		lines = append(append(lines, ""), describeProblem(t, *p.step.Problem, width)...)
	}
	lines = append(lines, p.secret(width)...)
	focused := 0
	for i := range p.items {
		if p.items[i].field != nil || i == 0 || p.items[i-1].field == nil {
			lines = append(lines, "")
		}
		if i == p.choice {
			focused = strings.Count(strings.Join(lines, "\n"), "\n")
		}
		lines = append(lines, p.item(i, width)...)
	}
	lines = append(lines, p.links(width)...)
	if more := omitted(p.step.Omitted); more != "" {
		lines = append(lines, "", t.dim.Render(wrap(more, width)))
	}
	if p.step.Unsure {
		lines = append(lines, "", t.dim.Render(wrap("Tenants may hide whether an address has an account. If the mail has no code, there is none: ctrl+n creates one.", width)))
	}
	lines = append(lines, p.qr(width)...)
	content := strings.Join(lines, "\n")
	// Keep what is being filled in on the screen.
	if !p.free && focused+3 > p.offset+height-1 {
		p.offset = focused + 4 - height
	}
	if !p.free && focused < p.offset {
		p.offset = focused - 1
	}
	var shown string
	shown, p.offset = t.scroll(content, p.offset, width, height)
	return shown
}

// fieldsComplain tells that the problem is told beside the field that it is about.
func (p *formPage) fieldsComplain() bool {
	return slices.ContainsFunc(p.items, func(item formItem) bool { return item.field != nil && item.field.Error != nil })
}

// item draws a field or a button.
func (p *formPage) item(i, width int) []string {
	t, item := p.app.theme, &p.items[i]
	if item.field == nil {
		text := hanko.Printable(textOfAction(p.step.State, item.form.Action, item.form.Description))
		return []string{clamp(t.button(text, i == p.choice), width, 1)}
	}
	label := humanised(hanko.Printable(item.field.Name))
	if item.field.Required {
		label += " *"
	}
	drawn := t.inputView(p.app.veiledInput(&item.input, secretField(*item.field)), width, i == p.choice)
	lines := []string{clamp(label, width, 1)}
	if values := fieldValues(*item.field); len(values) > 0 {
		drawn[0] = t.choice(choiceLabels(*item.field), slices.Index(values, item.input.Value()), width)
	}
	lines = append(lines, drawn...)
	if item.field.Error != nil {
		means, _ := item.field.Error.Explain()
		if means == "" {
			means = hanko.Printable(item.field.Error.Message)
		}
		if item.form.Action == "password_login" && item.field.Error.Code == "value_invalid_error" {
			means = "That is not the password of this account."
		}
		lines = append(lines, t.bad.Render(wrap("✗ "+means, width)),
			t.dim.Render(wrap(hanko.Printable(item.field.Error.Code), width)), "")
	}
	return lines
}

// choice draws one of a few labels, at is -1 for none yet, and what else there is: by name where there is room.
func (t *theme) choice(labels []string, at, width int) string {
	chosen, others := "", fmt.Sprintf("%d of %d", at+1, len(labels))
	if at >= 0 {
		chosen = labels[at]
	}
	chosen = "‹ " + chosen + " ›"
	if all := strings.Join(labels, ", "); at < 0 || ansi.StringWidth(chosen)+2+ansi.StringWidth(all) <= width {
		others = all
	}
	chosen = ansi.Truncate(chosen, max(4, width-2-ansi.StringWidth(others)), "… ›")
	return clamp(t.title.Render(chosen)+"  "+t.dim.Render(others), width, 1)
}

// omitted says what a state has besides what is shown; "" for nothing.
func omitted(more login.Omitted) string {
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
		lines = append(lines, "", wrap(hanko.Printable(payload.RedirectURL), width))
	}
	for _, link := range p.step.Links {
		lines = append(lines, "", wrap(hanko.Printable(humanised(link.Name)+": "+link.Href), width))
	}
	return lines
}

func (p *formPage) Keys() []key.Binding {
	keys := []key.Binding{binding("enter", "go on")}
	if p.otpField() >= 0 {
		keys = append(keys, binding("ctrl+f", "fill in from the phone's app"))
	}
	if item := p.current(); item != nil && item.field != nil && len(fieldValues(*item.field)) > 0 {
		keys = append(keys, binding("space", "next value"))
	}
	if p.step.Unsure {
		keys = append(keys, binding("ctrl+n", "create an account"))
	}
	return append(keys, binding("esc", "back"), binding("up", "choose", "down"), binding("pgdown", "scroll", "pgup"))
}

func (p *formPage) Typing() bool {
	item := p.current()
	return item != nil && item.field != nil
}

func (p *formPage) Ticking() bool { return false }

func (p *formPage) Title() string { return hanko.Printable(textOfState(p.step.State).title) }
