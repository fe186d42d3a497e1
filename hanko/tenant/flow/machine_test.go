package flow

import (
	"crypto/rsa"
	"errors"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
)

// TestFlowsThatGoRound goes round in circles: the flow does not grow without end, and can still go back.
func TestFlowsThatGoRound(t *testing.T) {
	shared := account.New(account.Config{Store: store.NewMemory(), Keys: func() ([]*rsa.PrivateKey, error) { return nil, errors.New("no keys") }})
	defer shared.Close()
	m := New(shared, nil)
	flow := &record{State: hanko.StateLoginOTP}
	for n := range 3 * maxHistory {
		r := &run{Machine: m, flow: flow}
		to := []hanko.State{hanko.StateLoginSecurityKey, hanko.StateLoginOTP}[n%2]
		if err := r.next(to); err != nil {
			t.Fatal(err)
		}
	}
	if len(flow.History) != maxHistory || flow.State != hanko.StateLoginOTP || flow.History[maxHistory-1].State != hanko.StateLoginSecurityKey {
		t.Errorf("the flow is in %s and remembers %d states, of which the last is %s", flow.State, len(flow.History), flow.History[len(flow.History)-1].State)
	}
}
