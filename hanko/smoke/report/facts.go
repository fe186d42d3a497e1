package report

import (
	"fmt"
	"slices"
	"strings"

	"example.com/hankosim/hanko/fact"
)

// shownFact is a fact as text and HTML show it: an entry for each thing that is asked for, else one.
type shownFact struct {
	Name    string
	Entries []shownValue
	Note    string
}

// shownValue is a value with Hanko's key behind it, which may be "".
type shownValue struct{ Value, Key string }

// missed are facts that were not observed, for one reason.
type missed struct {
	Why   string
	Names []string
}

// showFacts parts the facts that were observed from those that were not.
func showFacts(facts []fact.Fact) (shown []shownFact, unknown []missed) {
	for _, f := range facts {
		name := string(f.Name)
		if !f.Known() {
			at := slices.IndexFunc(unknown, func(m missed) bool { return m.Why == f.Unknown })
			if at < 0 {
				at, unknown = len(unknown), append(unknown, missed{Why: f.Unknown})
			}
			unknown[at].Names = append(unknown[at].Names, name)
			continue
		}
		entries := []shownValue{{f.String(), f.Key}}
		if len(f.Asks) > 0 {
			entries = nil
			for _, ask := range f.Asks {
				entries = append(entries, shownValue{ask.String(), ask.Key})
			}
		}
		shown = append(shown, shownFact{name, entries, f.Note})
	}
	return shown, unknown
}

// facts writes what the tenant asks of an app, with the keys behind it, and what was not observed.
func (t Terminal) facts(b *strings.Builder, facts []fact.Fact) {
	if len(facts) == 0 {
		return
	}
	b.WriteString("\n" + t.paint(Strong, "What this tenant asks of an app") + "\n")
	shown, unknown := showFacts(facts)
	for _, f := range shown {
		label := f.Name
		for i, entry := range f.Entries {
			text := plain(entry.Value)
			if entry.Key != "" {
				text += " (" + entry.Key + ")"
			}
			if i == len(f.Entries)-1 && f.Note != "" {
				text += "; " + plain(f.Note)
			}
			t.hang(b, Muted, fmt.Sprintf("    %-25s ", label), Normal, text)
			label = ""
		}
	}
	for _, m := range unknown {
		t.hang(b, Muted, "    not observed: ", Muted, strings.Join(m.Names, ", ")+": "+plain(m.Why))
	}
}
