package plain

import (
	"context"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/secret"
	"example.com/hankosim/tui/kit"
)

// connect asks for another tenant. It returns nil if the walk goes back to the email. It returns errLeft to end the walk,
// after setting p.next if the person has chosen a tenant.
func (p *conversation) connect(ctx context.Context) error {
	for {
		answer, err := p.questionMasked(ctx, secret.InURL, "The tenant's API URL, as in https://<tenant_id>.hanko.io or localhost:8000; "+p.embeddedChoice()+"b goes back, q quits:")
		if err != nil || answer == "b" {
			return err
		}
		if answer == "e" && p.options.Inbox == nil {
			if done, err := p.connectTo(ctx, "", ""); err != nil || done {
				return err
			}
			continue
		}
		url, note, problem := kit.CompleteURL(answer)
		if problem != nil {
			p.problem(problem)
			continue
		}
		p.say("Asking %s what it is.", hanko.Printable(url))
		if done, err := p.connectTo(ctx, url, note); err != nil || done {
			return err
		}
	}
}

// embeddedChoice returns the text that offers the embedded tenant, or "" if the walk is on it.
func (p *conversation) embeddedChoice() string {
	if p.options.Inbox != nil {
		return ""
	}
	return "e uses the embedded tenant, "
}

// connectTo says what the tenant at a URL is (the embedded one for ""), and asks what to do with it. done is false if the
// person wants another URL.
func (p *conversation) connectTo(ctx context.Context, url, note string) (done bool, err error) {
	if note != "" {
		p.say("%s", note)
	}
	found, err := p.options.Connect(ctx, url)
	if err != nil {
		problem := login.ProblemOf("connect the tenant", err)
		p.problem(&problem)
		return false, nil
	}
	for _, fact := range kit.FactsOf(found, p.options.Profile) {
		p.say("%s", strings.TrimPrefix(fact.About+": "+fact.Says, ": "))
	}
	return p.useOrSave(ctx, found)
}

// useOrSave asks what to do with the tenant that was found. done is false if the person wants another URL.
func (p *conversation) useOrSave(ctx context.Context, found kit.Connection) (done bool, err error) {
	for {
		answer, err := p.question(ctx, "s saves it to %s as %s and uses it, %su uses it for this run only, b asks for another URL, q quits:",
			hanko.Printable(found.Path), hanko.Printable(found.Name), naming(found))
		if err != nil {
			return true, err
		}
		name, named := strings.CutPrefix(answer, "s ")
		switch {
		case answer == "b":
			return false, nil
		case answer == "u":
			p.next = &kit.Reconnect{URL: found.URL, Name: found.Name}
			return true, errLeft
		case answer == "s" || named && !found.Embedded():
			if named {
				found.Name = strings.TrimSpace(name)
			}
			saved, err := p.options.SaveTenant(found)
			if err != nil {
				problem := kit.NotSaved(err)
				p.problem(&problem)
				continue
			}
			p.say("%s", kit.SavedSentence(found, saved))
			if overridden := kit.OverriddenSentence(saved); overridden != "" {
				p.say("%s", overridden)
			}
			p.say("%s", kit.WayBack(found))
			p.next = &kit.Reconnect{URL: found.URL, Name: found.Name, Saved: saved}
			return true, errLeft
		default:
			p.say("That is not one of the choices.")
		}
	}
}

// naming returns the text that offers another name for a tenant, or "" for the embedded one, whose name is fixed.
func naming(found kit.Connection) string {
	if found.Embedded() {
		return ""
	}
	return "s and a name saves it under that name, "
}
