package hanko

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// API is one of the two ways to talk to a tenant.
type API string

// The APIs.
const (
	REST    API = "rest" // the one of Hanko's mobile guide; backends v1.0 to v2.7
	FlowAPI API = "flow" // the one of backends v3.0 and later, spoken by the older ones too
)

// Recognition is what a tenant was found to be.
type Recognition struct {
	API     API           // the one to use
	Found   string        // what it is, as a sentence's beginning: "Hanko v3"
	Because string        // why this API, as the rest of that sentence
	Config  *PublicConfig // what /.well-known/config said; nil on v3

	preflight *Flow // the login flow that was opened to find out; nil when none was
}

// String is the recognition in one line.
func (r Recognition) String() string { return r.Found + ": " + r.Because }

// Recognise finds out what is behind the URL and which API to use, in two requests: GET /.well-known/config, which
// tells v1–v2 from v3, and then either a passcode request that cannot succeed, which tells whether REST passcodes are
// routed, or the opening of a login flow. What is no Hanko tenant is an *Error that says what it is instead.
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

// LoginInit is the first state of a login on a tenant that was recognised, whose actions tell what it offers before
// anybody says who they are. It goes on with the flow that Recognise has opened, if it has, and so can be asked for
// once for each Recognition. It fails with an *Error.
func (c *Client) LoginInit(ctx context.Context, recognised Recognition) (Flow, error) {
	if recognised.preflight == nil {
		return c.StartFlow(ctx, LoginFlow, "")
	}
	return c.passPreflight(ctx, *recognised.preflight, "")
}

// recogniseREST decides between the APIs of a v1 or v2 tenant. A passcode request without a user is a 400 where
// passcodes are routed, and sends nothing.
func (c *Client) recogniseREST(ctx context.Context, config PublicConfig) (Recognition, error) {
	found := Recognition{Config: &config}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/passcode/login/initialize", body: struct{}{}, out: &Passcode{}})
	switch {
	case isStatus(err, http.StatusBadRequest):
		found.API, found.Found = REST, "Hanko v1 or v2"
		found.Because = "it has the REST API of the mobile guide, so that is used"
		return found, nil
	case isStatus(err, http.StatusNotFound):
		found.API, found.Found = FlowAPI, "Hanko v1.2 to v2.7 with MFA on, or without passcodes"
		found.Because = "its REST API has no passcodes, so the Flow API is used"
		return found, nil
	case err == nil:
		return found, notHankoBecause(c, "it sends a passcode to nobody")
	default:
		return found, err
	}
}

func (c *Client) recogniseFlow(ctx context.Context) (Recognition, error) {
	flow, err := c.flow(ctx, "/"+string(LoginFlow), "", struct{}{})
	switch {
	case err == nil && flow.Name == StatePreflight:
		return Recognition{
			API: FlowAPI, Found: "Hanko v3",
			Because:   "the REST API of the mobile guide is gone there, so the Flow API is used",
			preflight: &flow,
		}, nil
	case err == nil:
		return Recognition{}, notHankoBecause(c, "its login begins with the state \""+Printable(flow.Name)+"\", not with preflight")
	case isStatus(err, http.StatusNotFound):
		failure := notHankoBecause(c, "it has neither /.well-known/config nor /login")
		var api *Error
		if errors.As(err, &api) && strings.EqualFold(api.Message, "tenant not found") {
			failure.Means = "A multi-tenant Hanko server is there, and it has no tenant with the id in the URL."
			failure.Do = "Check the tenant's id: https://<server>/<tenant_id>."
		}
		return Recognition{}, failure
	default:
		return Recognition{}, tenantless(err)
	}
}

// tenantless explains the answer of a multi-tenant server whose URL lacks the tenant's id, and leaves other errors as
// they are.
func tenantless(err error) error {
	var api *Error
	if errors.As(err, &api) && api.Kind == Refused {
		message := strings.ToLower(api.Message)
		if strings.Contains(message, "tenant id") {
			api.Means = "A multi-tenant Hanko server is there, and the URL lacks the tenant's id."
			api.Do = "Write it behind the server: https://<server>/<tenant_id>."
		} else if api.Status == http.StatusUnauthorized || api.Status == http.StatusForbidden {
			api.Kind = NotHanko
			api.Means = "A gateway in front asks for credentials of its own, or this is no Hanko tenant: Hanko's public API is open."
			api.Do = "Check the URL; let the tenant's public API through the gateway."
		}
	}
	return err
}

func notHankoBecause(c *Client, reason string) *Error {
	return &Error{
		Kind: NotHanko, Call: "Recognising the tenant", Host: c.base.Host, Status: http.StatusNotFound,
		Err:   errors.New(reason),
		Means: "Something answers at that URL, but it is no Hanko tenant, or the URL's path is wrong.",
		Do:    "Check the URL: it is the API URL of Hanko Cloud's dashboard, or your backend's public port (8000 by default).",
	}
}

func isStatus(err error, status int) bool {
	var api *Error
	return errors.As(err, &api) && api.Kind == Refused && api.Status == status
}
