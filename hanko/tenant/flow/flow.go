// Package flow is an embedded tenant's Flow API: the state machine, and its states.
//
// A flow is one record in the store. Each request runs in one transaction: an action of a state (see state and action)
// changes the record and other records. What cannot be undone (mails, cookies, the session token) goes out after the commit.
// So a technical_error leaves everything as it was, including the CSRF token, as in Hanko.
package flow

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// lifetime is how long a flow lives (backend/flow_api/flow/flows.go).
const lifetime = 24 * time.Hour

// Answer is a hanko.Flow with the members in Hanko's order, and inputs that distinguish false from absent.
type Answer struct {
	Name      hanko.State                       `json:"name"`
	Status    int                               `json:"status"`
	Payload   map[string]any                    `json:"payload,omitzero"` // {} in a state, absent if the flow broke
	CSRFToken string                            `json:"csrf_token"`
	Actions   map[hanko.ActionName]actionAnswer `json:"actions"`
	Error     *hanko.FlowError                  `json:"error,omitempty"`
	Links     []hanko.FlowLink                  `json:"links"` // null: no third party is offered as a link
}

type actionAnswer struct {
	Href        string                    `json:"href"`
	Inputs      map[hanko.InputName]input `json:"inputs"`
	Action      hanko.ActionName          `json:"action"`
	Description string                    `json:"description"`
}

// submission is a hanko.FlowInputs with values that are not decoded yet.
type submission struct {
	InputData map[hanko.InputName]json.RawMessage `json:"input_data"`
	CSRFToken string                              `json:"csrf_token"`
}

// brokenFlow is the response if a flow cannot go on, or cannot be found.
func brokenFlow(err *flowError) Answer {
	return Answer{Name: hanko.StateError, Status: err.status, Actions: map[hanko.ActionName]actionAnswer{}, Error: &err.FlowError}
}

// Serve handles one request: it opens a flow, or takes the action that the query names. bind reads the request's body, and
// header receives the response's header. An error comes from the store; every other failure is a response.
func (m *Machine) Serve(header http.Header, request *http.Request, name hanko.FlowName, bind func(any) error) (Answer, error) {
	answer, err := m.run(header, request, name, bind)
	var refused *flowError
	var failed *store.Error
	switch {
	case err == nil:
		return answer, nil
	case errors.As(err, &failed):
		return Answer{}, err
	case errors.As(err, &refused):
		return brokenFlow(refused), nil
	default:
		m.log(request, err)
		return brokenFlow(technicalError), nil
	}
}

func (m *Machine) log(request *http.Request, err error) {
	var misused misuse
	if errors.As(err, &misused) {
		m.accounts.Log.WarnContext(request.Context(), "technical error", "path", request.URL.Path, "error", err)
		return
	}
	m.accounts.Log.ErrorContext(request.Context(), "internal error", "path", request.URL.Path, "error", err)
}

// run handles one request in one transaction. If it fails, everything is as it was, including the CSRF token. Mails,
// cookies and the session token go out after the commit.
func (m *Machine) run(header http.Header, request *http.Request, name hanko.FlowName, bind func(any) error) (Answer, error) {
	r := &run{Machine: m, request: request, header: make(http.Header)}
	if name == hanko.ProfileFlow {
		var err error
		if r.claims, err = m.accounts.LiveSession(request); err != nil {
			return Answer{}, err
		}
		if r.claims == nil {
			return Answer{}, sessionUnauthorized
		}
	}
	var act func() error // nil to open a flow
	if query := request.URL.Query().Get("action"); query != "" {
		var body submission
		if err := bind(&body); err != nil {
			return Answer{}, misuse("the body cannot be read: " + err.Error())
		}
		for name, value := range body.InputData {
			if json.Unmarshal(value, new(any)) != nil { // Hanko decodes all values, and some numbers are too large for it
				return Answer{}, misuse("the input " + string(name) + " cannot be read")
			}
		}
		action, id, err := splitAction(query)
		if err != nil {
			return Answer{}, err
		}
		act = func() error { return r.act(name, id, action, body) }
	}
	var answer Answer
	err := m.accounts.Store.Update(func(tx store.Tx) error {
		r.tx = tx
		if err := r.loadProfileUser(); err != nil {
			return err
		}
		if act == nil {
			r.open(name)
		} else if err := act(); err != nil {
			return err
		}
		answer = r.answer()
		return r.save()
	})
	if err != nil {
		return Answer{}, err
	}
	return answer, r.deliver(header)
}

// splitAction parses "<action>@<flow id>".
func splitAction(query string) (action hanko.ActionName, id string, err error) {
	name, flow, _ := strings.Cut(query, "@")
	parsed, err := uuid.Parse(flow)
	if err != nil || name == "" {
		return "", "", misuse("the action " + query + " names no flow")
	}
	return hanko.ActionName(name), parsed.String(), nil
}

// record is a flow as it is stored.
type record struct {
	ID       string         `json:"id"`
	Name     hanko.FlowName `json:"name"`
	CSRF     string         `json:"csrf"`
	Expires  time.Time      `json:"expires"`
	State    hanko.State    `json:"state"`
	Previous hanko.State    `json:"previous"`
	Next     []hanko.State  `json:"next"` // the states that follow, soonest first
	Stash    stash          `json:"stash"`
	History  []pastState    `json:"history"`

	// Going back does not undo these.
	PasscodeID string `json:"passcode_id"`
	PasscodeTo string `json:"passcode_to"`
}

// pastState is a state to which back can return.
type pastState struct {
	State      hanko.State   `json:"state"`
	Previous   hanko.State   `json:"previous"`
	Next       []hanko.State `json:"next"`
	Stash      stash         `json:"stash"`
	Revertible bool          `json:"revertible"`
}

// stash is what a flow has learned so far.
type stash struct {
	WebAuthn    bool `json:"webauthn"`    // the app supports WebAuthn
	Conditional bool `json:"conditional"` // and can offer passkeys in the email field

	Identifier    string     `json:"identifier"` // as entered in login_init
	Email         string     `json:"email"`
	Username      string     `json:"username"`
	UserID        string     `json:"user_id"`
	EmailVerified bool       `json:"email_verified"`
	Has           belongings `json:"has"`
	Template      mailKind   `json:"template"` // of the next passcode's mail

	Method       string `json:"method"`        // "passcode", "password", "passkey", "third_party"
	ThirdParty   string `json:"third_party"`   // the provider's id
	UserMade     bool   `json:"user_made"`     // the third party's callback has created the user
	SecondFactor string `json:"second_factor"` // "totp", "security_key"
	RememberMe   bool   `json:"remember_me"`
	TrustDevice  bool   `json:"trust_device"`
	Recovering   bool   `json:"recovering"` // of a password
	Onboarded    bool   `json:"onboarded"`  // the states after a login are scheduled

	Challenge   string            `json:"challenge"`
	SecurityKey bool              `json:"security_key"` // the ceremony is for a security key, not a passkey
	OTPSecret   string            `json:"otp_secret"`
	OTPImage    string            `json:"otp_image"`
	Password    []byte            `json:"password"` // bcrypt hash, for the user who signs up
	Passkeys    []account.Passkey `json:"passkeys"` // of the user who signs up
}

// belongings is what the flow's user already has.
type belongings struct {
	Password    bool `json:"password"`
	Passkey     bool `json:"passkey"`
	Credential  bool `json:"credential"` // a passkey or a security key
	SecurityKey bool `json:"security_key"`
	OTP         bool `json:"otp"`
	Username    bool `json:"username"`
	Email       bool `json:"email"`
}

// csrfToken returns a new token of the same length as Hanko's.
func csrfToken() string { return (rand.Text() + rand.Text())[:32] }

// open creates a flow and enters its first state.
func (r *run) open(name hanko.FlowName) {
	first := map[hanko.FlowName]hanko.State{
		hanko.LoginFlow: hanko.StateLoginInit, hanko.RegistrationFlow: hanko.StateRegistrationInit, hanko.ProfileFlow: hanko.StateProfileInit,
	}[name]
	r.flow = &record{
		ID: uuid.NewString(), Name: name, Expires: r.now().Add(lifetime), State: hanko.StatePreflight, Next: []hanko.State{first},
	}
}

// act takes an action of an open flow.
func (r *run) act(name hanko.FlowName, id string, action hanko.ActionName, body submission) error {
	flow, err := store.Load[record](r.tx, store.Flows, id)
	switch {
	case err != nil:
		return err
	case flow == nil || flow.Name != name:
		return notPermitted
	case r.now().After(flow.Expires):
		return flowExpired
	case flow.CSRF != body.CSRFToken:
		return notPermitted
	}
	r.flow, r.before, r.form = flow, flow.Stash, newForm(body.InputData)
	for _, offered := range r.states[flow.State].actions {
		if offered.name == action && offered.isOffered(r) {
			r.acted = offered
			return offered.act(r)
		}
	}
	return notPermitted
}

// answer returns the flow's state, with a new CSRF token.
func (r *run) answer() Answer {
	r.flow.CSRF = csrfToken()
	answer := Answer{
		Name: r.flow.State, Status: http.StatusOK, Payload: r.payload, CSRFToken: r.flow.CSRF,
		Actions: make(map[hanko.ActionName]actionAnswer),
	}
	if answer.Payload == nil {
		answer.Payload = map[string]any{}
	}
	if r.err != nil {
		answer.Status, answer.Error = r.err.status, &r.err.FlowError
	}
	for _, a := range r.states[r.flow.State].actions {
		if !a.isOffered(r) {
			continue
		}
		sent := newForm(nil)
		if a.name == r.acted.name {
			sent = r.form
		}
		query := url.Values{"action": {string(a.name) + "@" + r.flow.ID}}
		answer.Actions[a.name] = actionAnswer{
			Href: "/" + string(r.flow.Name) + "?" + query.Encode(), Inputs: sent.answered(a.fields(r)),
			Action: a.name, Description: a.description,
		}
	}
	return answer
}

func (r *run) save() error { return store.Save(r.tx, store.Flows, r.flow.ID, r.flow) }
