package hanko

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// API is one of a tenant's two APIs.
type API string

// The APIs.
const (
	REST    API = "rest" // the API of Hanko's mobile guide; backends v1.0 to v2.7
	FlowAPI API = "flow" // the only API of backends v3.0 and later; older ones have it, too
)

// Recognition is what Recognise has found out about a tenant.
type Recognition struct {
	API     API           // the API to use
	Found   string        // what it is, as the start of a sentence: "Hanko v3"
	Because string        // why this API, as the rest of that sentence
	Config  *PublicConfig // from /.well-known/config; nil on v3

	NoPasscodes bool // it has the REST API, but without passcodes

	preflight *Flow // the login flow that was opened to find out, or nil
}

// String returns the recognition in one line.
func (r Recognition) String() string { return r.Found + ": " + r.Because }

// Recognise finds out what is behind the URL and which API to use, in two requests: GET /.well-known/config, which tells
// v1–v2 from v3, and then either a passcode request that cannot succeed, which shows whether REST passcodes are routed, or
// a new login flow. If it is not a Hanko tenant, the *Error says what it is instead.
func (c *Client) Recognise(ctx context.Context) (Recognition, error) {
	config, err := c.PublicConfig(ctx)
	switch {
	case err == nil:
		return c.recogniseREST(ctx, config)
	case isStatus(err, http.StatusNotFound):
		return c.recogniseFlow(ctx)
	default:
		return Recognition{}, tenantless(err)
	}
}

// LoginInit returns the first state of a login, whose actions show what the tenant offers before anybody says who they
// are. It uses the flow that Recognise opened, if any, so it can be called once for each Recognition. It fails with an
// *Error.
func (c *Client) LoginInit(ctx context.Context, recognised Recognition) (Flow, error) {
	if recognised.preflight == nil {
		return c.StartFlow(ctx, LoginFlow, "")
	}
	return c.passPreflight(ctx, *recognised.preflight, "")
}

// recogniseREST chooses the API of a v1 or v2 tenant. A passcode request without a user gets 400 if passcodes are routed,
// and sends no mail.
func (c *Client) recogniseREST(ctx context.Context, config PublicConfig) (Recognition, error) {
	found := Recognition{Config: &config}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/passcode/login/initialize", body: struct{}{}, out: &Passcode{}})
	switch {
	case isStatus(err, http.StatusBadRequest) && c.overFlows.Load():
		return c.OverFlows(found), nil
	case isStatus(err, http.StatusBadRequest):
		found.API, found.Found = REST, "Hanko v1 or v2"
		found.Because = "it has the REST API of the mobile guide, so that is used"
		return found, nil
	case isStatus(err, http.StatusNotFound):
		found.API, found.Found, found.NoPasscodes = FlowAPI, "Hanko v1.2 to v2.7 with MFA on, or without passcodes", true
		found.Because = "its REST API has no passcodes, so the Flow API is used"
		return found, nil
	case err == nil:
		return found, notHankoBecause(c, "it sends a passcode to nobody")
	default:
		return found, err
	}
}

// OverFlows returns the recognition of a tenant that refuses the sessions of its own REST API, as v1.4.0 does: it stores only
// those of flows. That shows only after somebody has signed in. From then on, Recognise returns it, too.
func (c *Client) OverFlows(found Recognition) Recognition {
	c.overFlows.Store(true)
	found.API, found.Found = FlowAPI, "Hanko v1"
	found.Because = "it refuses the tokens of its own REST API, so the Flow API is used"
	return found
}

func (c *Client) recogniseFlow(ctx context.Context) (Recognition, error) {
	flow, err := c.flow(ctx, "/"+string(LoginFlow), "", struct{}{})
	switch {
	case err == nil && flow.Name == StatePreflight:
		return Recognition{
			API: FlowAPI, Found: "Hanko v3",
			Because:   "it no longer has the mobile guide's REST API, so the Flow API is used",
			preflight: &flow,
		}, nil
	case err == nil:
		return Recognition{}, notHankoBecause(c, "its login begins with the state \""+Printable(flow.Name)+"\", not with preflight")
	case isStatus(err, http.StatusNotFound):
		failure := notHankoBecause(c, "it has neither /.well-known/config nor /login")
		var api *Error
		if errors.As(err, &api) && strings.EqualFold(api.Message, "tenant not found") {
			failure.Means = "This is a multi-tenant Hanko server, but it has no tenant with the ID in the URL."
			failure.Do = "Check the tenant's ID: https://<server>/<tenant_id>."
		}
		return Recognition{}, failure
	default:
		return Recognition{}, tenantless(err)
	}
}

// tenantless explains the response of a multi-tenant server if the URL lacks the tenant's ID. It returns other errors
// unchanged.
func tenantless(err error) error {
	var api *Error
	if errors.As(err, &api) && api.Kind == Refused {
		message := strings.ToLower(api.Message)
		if strings.Contains(message, "tenant id") {
			api.Means = "This is a multi-tenant Hanko server, but the URL lacks the tenant's ID."
			api.Do = "Write it after the server: https://<server>/<tenant_id>."
		} else if api.Status == http.StatusUnauthorized || api.Status == http.StatusForbidden {
			api.Kind = NotHanko
			api.Means = "A gateway in front of the tenant asks for its own credentials, or this is not a Hanko tenant. Hanko's public API needs none."
			api.Do = "Check the URL, and let requests to the tenant's public API pass through the gateway."
		}
	}
	return err
}

func notHankoBecause(c *Client, reason string) *Error {
	return &Error{
		Kind: NotHanko, Call: "Recognising the tenant", Host: c.base.Host, Status: http.StatusNotFound,
		Err:   errors.New(reason),
		Means: "Something answers at that URL, but it is not a Hanko tenant, or the URL's path is wrong.",
		Do:    "Check the URL: it is the API URL of Hanko Cloud's dashboard, or your backend's public port (8000 by default).",
	}
}

func isStatus(err error, status int) bool {
	var api *Error
	return errors.As(err, &api) && api.Kind == Refused && api.Status == status
}
