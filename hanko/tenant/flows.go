package tenant

import (
	"net/http"

	"example.com/hankosim/hanko"
)

// flowEndpoint returns the endpoint for POST /login, /registration or /profile.
func (t *Tenant) flowEndpoint(name hanko.FlowName) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		answer, err := t.flows.Serve(w.Header(), r, name, func(body any) error { return bind(r, body) })
		if err != nil {
			return err
		}
		writeJSON(w, answer.Status, answer)
		return nil
	}
}
