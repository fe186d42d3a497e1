package fact

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/internal/exactjson"
)

// Passkeys returns the facts about passkeys that the exchanges show: SignInPasskey, RPID, UserVerification and Attestation. A
// fact that they do not show is left out.
func Passkeys(exchanges []hanko.Exchange) []Fact {
	var (
		facts  []Fact
		before hanko.State
	)
	add := func(fact Fact) {
		if !slices.ContainsFunc(facts, func(known Fact) bool { return known.Name == fact.Name }) {
			facts = append(facts, fact)
		}
	}
	for _, exchange := range exchanges {
		path, action, _ := strings.Cut(strings.TrimPrefix(exchange.Path, "/"), "?action=")
		switch path {
		case "webauthn/login/initialize":
			if exchange.Status == http.StatusOK || exchange.Status == http.StatusNotFound {
				add(OfBool(SignInPasskey, exchange.Status == http.StatusOK))
			}
			addRequest(add, exchange.ResponseBody)
			continue
		case "webauthn/registration/initialize":
			addCreation(add, exchange.ResponseBody)
			continue
		case string(hanko.LoginFlow), string(hanko.RegistrationFlow), string(hanko.ProfileFlow):
		default:
			continue
		}
		var flow hanko.Flow
		if json.Unmarshal(exchange.ResponseBody, &flow) != nil || flow.Name == "" {
			continue
		}
		// Security keys have their own settings, but their options come in the same states.
		if before == hanko.StateOnboardingCreatePasskey || strings.HasPrefix(action, string(hanko.ActionWebAuthnCredentialCreate)) {
			if options, err := flow.CreationOptions(); err == nil {
				addCreation(add, options)
			}
		}
		if flow.Name == hanko.StateLoginInit && flow.Error == nil {
			add(OfBool(SignInPasskey, offers(flow, hanko.ActionWebAuthnGenerateRequestOptions)))
		}
		if flow.Name == hanko.StateLoginPasskey {
			if options, err := flow.RequestOptions(); err == nil {
				addRequest(add, options)
			}
		}
		before = flow.Name
	}
	return facts
}

// addCreation adds what options to create a passkey ask for (WebAuthn, section 5.4).
func addCreation(add func(Fact), encoded json.RawMessage) {
	var options struct {
		PublicKey *struct {
			RP struct {
				ID string `json:"id"`
			} `json:"rp"`
			Selection struct {
				UserVerification string `json:"userVerification"`
			} `json:"authenticatorSelection"`
			Attestation string `json:"attestation"`
		} `json:"publicKey"`
	}
	if _, err := exactjson.Unmarshal(encoded, &options); err != nil || options.PublicKey == nil {
		return
	}
	asked := options.PublicKey
	addRPID(add, asked.RP.ID)
	add(word(UserVerification, asked.Selection.UserVerification, "preferred"))
	attestation := word(Attestation, asked.Attestation, "none")
	if attestation.Known() && attestation.Values[0] != "none" {
		attestation.Note = "native iOS refuses this if the RP ID is a real domain, unless the app asks for none"
	}
	add(attestation)
}

// addRequest adds the RP ID that options to sign in with a passkey name (WebAuthn, section 5.5).
func addRequest(add func(Fact), encoded json.RawMessage) {
	var options struct {
		PublicKey struct {
			RPID string `json:"rpId"`
		} `json:"publicKey"`
	}
	if _, err := exactjson.Unmarshal(encoded, &options); err == nil {
		addRPID(add, options.PublicKey.RPID)
	}
}

func addRPID(add func(Fact), id string) {
	if id != "" {
		add(Of(RPID, id))
	}
}

// word returns a fact with one of its words. For "", it has WebAuthn's default.
func word(name Name, asked, absent string) Fact {
	spec, _ := SpecOf(name)
	switch {
	case asked == "":
		return Of(name, absent)
	case slices.Contains(spec.Words, asked):
		return Of(name, asked)
	default:
		return NotObserved(name, fmt.Sprintf("the tenant asks for %q, which WebAuthn does not know", hanko.Printable(asked)))
	}
}
