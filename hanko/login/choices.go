package login

import (
	"encoding/json"
	"fmt"
	"slices"

	"example.com/hankosim/hanko"
)

// Some actions of the profile flow need an ID. The person chooses by name instead: the payload has the things with their IDs.

// belongings are what the payload of profile_init lists.
type belongings struct {
	Sessions []ProfileSession `json:"sessions"`
	User     struct {
		Emails       []hanko.Email      `json:"emails"`
		Passkeys     []hanko.Credential `json:"passkeys"`
		SecurityKeys []hanko.Credential `json:"security_keys"`
		Identities   []hanko.Identity   `json:"identities"`
	} `json:"user"`
}

// choices returns the IDs to choose from, with names for people, by the field that takes them.
func (b belongings) choices() map[hanko.InputName][]hanko.FlowValue {
	all := map[hanko.InputName][]hanko.FlowValue{}
	for _, email := range b.User.Emails {
		name := email.Address
		if email.IsPrimary {
			name += " (primary)"
		}
		all[hanko.InputEmailID] = append(all[hanko.InputEmailID], hanko.FlowValue{Value: email.ID, Text: name})
	}
	for _, passkey := range b.User.Passkeys {
		all[hanko.InputPasskeyID] = append(all[hanko.InputPasskeyID], credentialChoice("passkey", passkey))
	}
	for _, key := range b.User.SecurityKeys {
		all[hanko.InputSecurityKeyID] = append(all[hanko.InputSecurityKeyID], credentialChoice("security key", key))
	}
	for _, session := range b.Sessions {
		name := fmt.Sprintf("%s, %s, since %s", session.UserAgent, session.IPAddress, session.CreatedAt.Local().Format("2 Jan 15:04"))
		if session.Current {
			name = "this session"
		}
		all[hanko.InputSessionID] = append(all[hanko.InputSessionID], hanko.FlowValue{Value: session.ID, Text: name})
	}
	return all
}

func credentialChoice(kind string, credential hanko.Credential) hanko.FlowValue {
	name := kind + " created " + credential.CreatedAt.Local().Format("2 Jan 2006 15:04")
	if credential.Name != nil && *credential.Name != "" {
		name = *credential.Name + ", " + name
	}
	return hanko.FlowValue{Value: credential.ID, Text: name}
}

// choicesIn returns the choices in a state's payload.
func choicesIn(payload json.RawMessage) map[hanko.InputName][]hanko.FlowValue {
	var known belongings
	_ = json.Unmarshal(payload, &known) // other states have other payloads
	return known.choices()
}

// withChoices returns a field with the values to choose from: those that the tenant allows, with names for people, or all
// from the payload if the tenant lists none.
func withChoices(field hanko.FlowInput, all map[hanko.InputName][]hanko.FlowValue) hanko.FlowInput {
	choices := all[field.Name]
	if len(field.AllowedValues) == 0 {
		field.AllowedValues = choices
		return field
	}
	names := make(map[string]string, len(choices))
	for _, choice := range slices.Backward(choices) { // of two with the same ID, the first counts
		if id, isText := choice.Value.(string); isText {
			names[id] = choice.Text
		}
	}
	field.AllowedValues = slices.Clone(field.AllowedValues)
	for i, allowed := range field.AllowedValues {
		if id, isText := allowed.Value.(string); isText && names[id] != "" {
			field.AllowedValues[i].Text = names[id]
		}
	}
	return field
}
