package hanko

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/hankosim/internal/exactjson"
)

// Survey is what a tenant reveals before anybody signs in.
type Survey struct {
	Recognition Recognition
	RPID        string // of its passkeys; "" if nobody can sign in with one
	Facts       []Fact // the rest, in the order to show
}

// Fact is one thing that a tenant's public API reveals. Says is printable.
type Fact struct{ About, Says string }

// Survey finds out what the tenant is and offers, with at most four requests: those of Recognise, the first state of a
// login if it has the Flow API, and the options to sign in with a passkey. Nobody signs in, and no mail is sent. It fails
// with an *Error if Recognise does, or if ctx ends.
func (c *Client) Survey(ctx context.Context) (Survey, error) {
	recognised, err := c.Recognise(ctx)
	if err != nil {
		return Survey{}, err
	}
	survey := Survey{Recognition: recognised}
	if recognised.API == FlowAPI {
		err = c.surveyFlow(ctx, &survey)
	} else {
		err = c.surveyREST(ctx, &survey)
	}
	if ctx.Err() != nil {
		return Survey{}, err
	}
	return survey, nil // a failed question leaves out its facts
}

func (s *Survey) add(about, says string, args ...any) {
	s.Facts = append(s.Facts, Fact{about, Printable(fmt.Sprintf(says, args...))})
}

// addPasskeys adds whether people can sign in with a passkey, from the options (JSON) or the error of asking for them.
func (s *Survey) addPasskeys(options json.RawMessage, err error) {
	if err != nil && !isStatus(err, http.StatusNotFound) {
		s.add("Passkeys", "the tenant returned no options to sign in with one")
		return
	}
	var wanted struct {
		PublicKey struct {
			RPID string `json:"rpId"`
		} `json:"publicKey"`
	}
	miscased, _ := exactjson.Unmarshal(options, &wanted) // then there is no RP ID
	s.RPID = wanted.PublicKey.RPID
	if hint := exactjson.Hint(miscased); s.RPID == "" && hint != "" {
		s.add("Passkeys", "a phone finds no RP ID in the options: %s", hint)
		return
	}
	if s.RPID == "" {
		s.add("Passkeys", "nobody can sign in with one (passkey.enabled)")
		return
	}
	s.add("Passkeys", "people can sign in with one; the RP ID is %s", s.RPID)
}

// addConfig adds what /.well-known/config says.
func (s *Survey) addConfig(config PublicConfig) {
	if config.Password.Enabled {
		s.add("Passwords", "on, with at least %d characters", config.Password.MinPasswordLength)
	} else {
		s.add("Passwords", "off")
	}
	if !config.Account.AllowSignup {
		s.add("New accounts", "nobody can sign up (account.allow_signup)")
	}
	if config.UseEnterprise {
		s.add("SAML", "some companies' people sign in at a server of their own, where hankosim does not follow")
	}
}

// addThirdParties adds the third parties that people can sign in with.
func (s *Survey) addThirdParties(offered []ThirdParty) {
	var names []string
	for _, party := range offered {
		names = append(names, party.Name)
	}
	if len(names) > 0 {
		s.add("Third parties", "people can sign in with %s, in a browser", strings.Join(slices.Compact(names), ", "))
	}
}

func (c *Client) surveyREST(ctx context.Context, s *Survey) error {
	s.add("Sign-in", "by a passcode to an email address")
	options, err := c.InitializeLogin(ctx, "")
	s.addPasskeys(options, err)
	s.addThirdParties(s.Recognition.Config.ThirdParties())
	s.addConfig(*s.Recognition.Config)
	s.add("Second factor", "none over the REST API, which has passcodes only if mfa.enabled is false")
	return err
}

func (c *Client) surveyFlow(ctx context.Context, s *Survey) error {
	init, err := c.LoginInit(ctx, s.Recognition)
	if err != nil {
		return err
	}
	inputs := init.Actions[ActionContinueWithLoginIdentifier].Inputs
	switch {
	case has(inputs, InputEmail):
		s.add("Sign-in", "by email address")
	case has(inputs, InputIdentifier):
		s.add("Sign-in", "by email address or username")
	case has(inputs, InputUsername):
		s.add("Sign-in", "by username")
	}
	s.addThirdParties(init.ThirdParties(ActionThirdPartyOAuth))
	if has(init.Actions, ActionRememberMe) {
		s.add("Sessions", "it asks whether to stay signed in")
	}
	var options json.RawMessage
	if has(init.Actions, ActionWebAuthnGenerateRequestOptions) {
		var waiting Flow
		if waiting, err = c.Act(ctx, init, ActionWebAuthnGenerateRequestOptions, nil, ""); err == nil {
			options, err = waiting.RequestOptions()
		}
	}
	s.addPasskeys(options, err)
	if s.Recognition.Config != nil {
		s.addConfig(*s.Recognition.Config)
		s.add("Second factor", "on, as its REST API has no passcodes (mfa.enabled)")
	} else {
		s.add("Passwords, second factor", "not known until somebody signs in")
	}
	return err
}

func has[K comparable, V any](all map[K]V, name K) bool {
	_, ok := all[name]
	return ok
}
