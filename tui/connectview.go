package tui

import (
	"fmt"
	"strings"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
)

func (p *connectPage) View(s Situation, width, height int) string {
	t := s.Theme
	lines := []string{"", t.title.Render(wrap(p.heading(), width)), ""}
	if height < 14 {
		lines = lines[1:2]
	}
	focused := 0
	switch {
	case p.saved != nil:
		lines = append(lines, p.viewSaved(s, width)...)
	case p.found == nil:
		lines = append(lines, wrap("Its API URL: the one on your project's dashboard at Hanko Cloud, or your own backend's public port.", width), "", "URL")
		focused = lineCount(lines) + 1
		lines = append(lines, t.inputView(s.VeiledInput(&p.url, mayHoldPassword(p.url.Value())), width, true)...)
		lines = append(lines, p.trouble(s, width)...)
		lines = append(lines, "", t.dim.Render(wrap("localhost:8000 will do, too. Nothing is sent before you press enter.", width)))
	default:
		lines = append(lines, p.viewFound(s, width)...)
		var choices []string
		choices, focused = p.viewChoices(s, width)
		focused += lineCount(lines)
		lines = append(lines, choices...)
	}
	if focused+2 > p.offset+height-1 {
		p.offset = focused + 3 - height
	}
	if focused < p.offset {
		p.offset = focused
	}
	return s.Scroll(strings.Join(lines, "\n"), &p.offset, width, height)
}

func lineCount(lines []string) int { return strings.Count(strings.Join(lines, "\n"), "\n") + 1 }

func (p *connectPage) heading() string {
	switch {
	case p.saved != nil:
		return "Saved"
	case p.found != nil:
		return "Found"
	}
	return "Connect your own tenant"
}

func (p *connectPage) trouble(s Situation, width int) []string {
	if p.problem == nil {
		return nil
	}
	return append([]string{""}, describeProblem(s.Theme, *p.problem, width)...)
}

func (p *connectPage) viewFound(s Situation, width int) []string {
	t := s.Theme
	lines := []string{wrap(hanko.Printable(p.found.URL), width)}
	for _, fact := range factsOf(*p.found, s.Phone) {
		if fact.About == "" {
			lines = append(lines, t.good.Render(wrap("✓ "+fact.Says, width)), "")
			continue
		}
		lines = append(lines, wrap(t.dim.Render(fact.About+": ")+fact.Says, width))
	}
	return lines
}

// viewChoices is what can be done with the tenant that was found, and which line of it has the focus.
func (p *connectPage) viewChoices(s Situation, width int) (lines []string, focused int) {
	t := s.Theme
	lines = append([]string{"", "Its name here"}, t.inputView(&p.name, width, p.choice == onName)...)
	lines = append(lines, t.dim.Render(wrap("Saving writes it to "+hanko.Printable(p.found.Path)+".", width)))
	lines = append(append(lines, p.trouble(s, width)...), "")
	focused = 2
	for _, button := range []struct {
		choice connectChoice
		text   string
	}{{onSave, "Save it and use it"}, {onThisRun, "Use it for this run only"}, {onBack, "Another URL"}} {
		if button.choice == p.choice {
			focused = lineCount(lines)
		}
		lines = append(lines, clamp(t.button(button.text, button.choice == p.choice), width, 1))
	}
	return lines, focused
}

func (p *connectPage) viewSaved(s Situation, width int) []string {
	t := s.Theme
	lines := []string{t.good.Render(wrap(savedSentence(*p.found, *p.saved), width)), ""}
	if beaten := beatenSentence(*p.saved); beaten != "" {
		lines = append(lines, t.warn.Render(wrap("! "+beaten, width)), "")
	}
	return append(lines, t.dim.Render(wrap(wayBack, width)), "", t.button("Go on with it", true))
}

func savedSentence(found Connection, saved Saved) string {
	text := fmt.Sprintf("%s is %s in %s", hanko.Printable(found.URL), hanko.Printable(found.Name), hanko.Printable(saved.Path))
	if saved.Beaten != "" {
		return text + "."
	}
	return text + ", and hankosim starts on it from now on."
}

// beatenSentence says what stands above the file; "" when nothing does.
func beatenSentence(saved Saved) string {
	if saved.Beaten == "" {
		return ""
	}
	return fmt.Sprintf("%s is set, and beats the file: leave it out to start on this tenant.", hanko.Printable(saved.Beaten))
}

// factsOf is what was found out about a tenant, first of all what it is (about nothing), and last what it must know of
// the phone.
func factsOf(found Connection, phone authenticator.Profile) []hanko.Fact {
	facts := append([]hanko.Fact{{Says: hanko.Printable(found.Survey.Recognition.String()) + "."}}, found.Survey.Facts...)
	if found.Survey.RPID != "" {
		facts = append(facts, hanko.Fact{About: "Origin", Says: fmt.Sprintf(
			"%s sends %s, to be among webauthn.relying_party.origins", thisPhone(phone), hanko.Printable(phone.Origin(found.Survey.RPID)))})
	}
	return append(facts, hanko.Fact{About: "Session token", Says: "X-Auth-Token or a cookie: it shows at sign-in"})
}
