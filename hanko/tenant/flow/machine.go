package flow

import (
	"net/http"
	"slices"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
	"example.com/hankosim/hanko/tenant/thirdparty"
)

// The state machine: a state offers actions. An action leads to the next state or back, or stays with an error. The next
// state is named by the action, or was scheduled before.

// Machine runs a tenant's flows.
type Machine struct {
	accounts *account.Accounts
	parties  *thirdparty.Service
	states   map[hanko.State]state
}

// New returns the machine that runs the flows of a tenant with these accounts.
func New(shared *account.Accounts, parties *thirdparty.Service) *Machine {
	return &Machine{accounts: shared, parties: parties, states: states()}
}

// state has the actions of a state, and what happens when the state is entered, or shown again with an error.
type state struct {
	enter   func(*run) error // nil: nothing
	actions []action
}

// action is an action of a state.
type action struct {
	name        hanko.ActionName
	description string
	inputs      func(*run) []input // nil: none
	offered     func(*run) bool    // nil: always
	act         func(*run) error
	noReturn    func(*run) bool // reports whether there is no way back after it; nil: there is one
	// credential actions use a credential, create one, or skip creating one. Before the next state, they schedule creating
	// a second factor if the tenant wants one.
	credential bool
}

func always(*run) bool { return true }

func (a action) isOffered(r *run) bool { return a.offered == nil || a.offered(r) }

func (a action) fields(r *run) []input {
	if a.inputs == nil {
		return nil
	}
	return a.inputs(r)
}

// run is one request to a flow.
type run struct {
	*Machine
	tx      store.Tx
	request *http.Request
	flow    *record
	before  stash // when the request came in
	form    form
	acted   action

	// The session and user of a profile flow; nil in other flows.
	claims *account.Claims
	who    *account.User

	scheduled []hanko.State // states before those that earlier requests scheduled
	err       *flowError
	payload   map[string]any

	// What goes out after the commit.
	header http.Header
	mails  []mailbox.Mail
	issued *account.Claims // of the new session, or nil
}

func (r *run) stash() *stash              { return &r.flow.Stash }
func (r *run) settings() setting.Settings { return r.accounts.Settings }

func (r *run) now() time.Time { return r.accounts.Now() }

func (r *run) is(name hanko.FlowName) bool { return r.flow.Name == name }

func (r *run) addPayload(name string, value any) {
	if r.payload == nil {
		r.payload = make(map[string]any)
	}
	r.payload[name] = value
}

// within reports whether a rate limit allows one more, and counts it. If not, the payload says, under the given name, in how
// many seconds it does.
func (r *run) within(limit *account.Limiter, who, wait string) (bool, error) {
	q, err := limit.Take(r.request, who, r.now())
	if err == nil && !q.Allowed {
		r.addPayload(wait, q.Reset)
	}
	return q.Allowed, err
}

// valid checks the form against the action's fields.
func (r *run) valid() bool { return r.form.check(r.acted.fields(r)) }

func (r *run) schedule(states ...hanko.State) { r.scheduled = append(r.scheduled, states...) }

// upcoming returns the scheduled states, soonest first.
func (r *run) upcoming() []hanko.State { return append(slices.Clone(r.scheduled), r.flow.Next...) }

// visited reports whether going back can lead to a state.
func (r *run) visited(name hanko.State) bool {
	return slices.ContainsFunc(r.flow.History, func(m pastState) bool { return m.State == name })
}

// isCredentialState reports whether a login does not know yet who signs in.
func isCredentialState(name hanko.State) bool {
	switch name {
	case hanko.StateLoginInit, hanko.StateLoginMethodChooser, hanko.StateLoginPasskey, hanko.StateLoginPassword, hanko.StateLoginPasswordRecovery, hanko.StatePasscodeConfirmation, hanko.StateThirdParty:
		return true
	}
	return false
}

// maxHistory is how many states a flow can go back. Some states lead to one another in a circle, so a flow could grow
// without end. No straight way through a flow is half as long.
const maxHistory = 40

// next enters the first of the states, and schedules the others. Without states, it enters the next scheduled state.
func (r *run) next(states ...hanko.State) error {
	if len(states) == 0 && r.acted.credential && r.wantsMFACreation() {
		r.scheduled = append([]hanko.State{hanko.StateMFAMethodChooser}, r.scheduled...)
	}
	r.schedule(states...)
	upcoming := r.upcoming()
	if r.is(hanko.LoginFlow) && !r.stash().Onboarded && isCredentialState(r.flow.State) &&
		(len(upcoming) == 0 || !isCredentialState(upcoming[0])) {
		if err := r.scheduleOnboarding(); err != nil {
			return err
		}
		upcoming = r.upcoming()
	}
	if len(upcoming) == 0 {
		return misuse("nothing follows the state " + string(r.flow.State))
	}
	if err := r.enter(upcoming[0]); err != nil {
		return err
	}
	f := r.flow
	if f.State != upcoming[0] {
		f.History = append(f.History, pastState{
			State: f.State, Previous: f.Previous, Next: f.Next, Stash: r.before, Revertible: r.acted.noReturn == nil || !r.acted.noReturn(r),
		})
		f.History = f.History[max(0, len(f.History)-maxHistory):]
	}
	f.Previous, f.State, f.Next = f.State, upcoming[0], upcoming[1:]
	return nil
}

// again shows the state once more, without an error.
func (r *run) again() error { return r.next(r.flow.State) }

// refuse stays in the state with an error, or breaks the flow if the fault is the tenant's. It forgets what the action put
// into the stash, but keeps what it stored.
func (r *run) refuse(err *flowError) error {
	r.err = err
	r.flow.Stash = r.before
	target := r.flow.State
	if err.status >= http.StatusInternalServerError {
		target = hanko.StateError
	}
	if err := r.enter(target); err != nil {
		return err
	}
	r.flow.Previous, r.flow.State = r.flow.State, target
	return nil
}

// refuseField refuses because of one field.
func (r *run) refuseField(name hanko.InputName, err fieldError) error {
	r.form.fail(name, err)
	return r.refuse(formDataInvalid)
}

// canGoBack reports whether the state offers back.
func (r *run) canGoBack() bool {
	history := r.flow.History
	return len(history) > 0 && history[len(history)-1].Revertible
}

// back returns to the previous state, with the stash of that time.
func (r *run) back() error {
	history := r.flow.History
	last := history[len(history)-1]
	r.flow.History = history[:len(history)-1]
	r.flow.State, r.flow.Previous, r.flow.Next, r.flow.Stash = last.State, last.Previous, last.Next, last.Stash
	return r.enter(last.State)
}

func (r *run) enter(name hanko.State) error {
	if enter := r.states[name].enter; enter != nil {
		return enter(r)
	}
	return nil
}

// states returns all states of the machine.
func states() map[hanko.State]state {
	back := action{
		name: hanko.ActionBack, description: "Navigate one step back.",
		offered: (*run).canGoBack, act: (*run).back,
	}
	machine := map[hanko.State]state{
		hanko.StatePreflight:      {actions: []action{registerCapabilities()}},
		hanko.StateError:          {},
		hanko.StateAccountDeleted: {},
		hanko.StateSuccess:        {enter: (*run).succeed},
	}
	for _, part := range []map[hanko.State]state{
		loginStates(back), passcodeStates(back), registrationStates(), onboardingStates(back), mfaStates(back),
		profileStates(back), thirdPartyStates(back),
	} {
		for name, s := range part {
			machine[name] = s
		}
	}
	return machine
}

// registerCapabilities returns the action of preflight, with which the app says what it supports.
func registerCapabilities() action {
	return action{
		name: hanko.ActionRegisterClientCapabilities, description: "Send the computers capabilities.",
		inputs: func(*run) []input {
			return []input{
				field("boolean", hanko.InputWebAuthnConditionalMediationAvailable).hidden(true),
				field("boolean", hanko.InputWebAuthnPlatformAuthenticatorAvailable).hidden(true),
				field("boolean", hanko.InputWebAuthnAvailable).required(true).hidden(true),
			}
		},
		act: func(r *run) error {
			r.stash().WebAuthn = r.form.bool(hanko.InputWebAuthnAvailable)
			r.stash().Conditional = r.form.bool(hanko.InputWebAuthnConditionalMediationAvailable)
			return r.next()
		},
	}
}
