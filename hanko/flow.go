package hanko

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// The Flow API exists in backends v1.0 and later, and is the only API from v3.0 on. The tenant keeps the state of a login
// and says which actions it offers. Every response is the next state.

// FlowName is one of the tenant's flows.
type FlowName string

// The flows that an app opens: POST /login, /registration and, with a session, /profile.
const (
	LoginFlow        FlowName = "login"
	RegistrationFlow FlowName = "registration"
	ProfileFlow      FlowName = "profile"
)

// Flow is a response of the Flow API: a state and its actions. Look at Error and Session, too: after a refused attestation
// the state is "success", with an error and a session.
type Flow struct {
	Name      State                     `json:"name"`
	Status    int                       `json:"status"` // the HTTP status
	Payload   json.RawMessage           `json:"payload,omitempty"`
	CSRFToken string                    `json:"csrf_token"` // for the next action; valid once
	Actions   map[ActionName]FlowAction `json:"actions"`
	Error     *FlowError                `json:"error,omitempty"`
	Links     []FlowLink                `json:"links"`

	// Session is the session that came with the response, or nil.
	Session *Session `json:"-"`
}

// FlowAction is an action that a state offers.
type FlowAction struct {
	Action      ActionName              `json:"action"`
	Description string                  `json:"description"`
	Href        string                  `json:"href"` // a path with a query, below the tenant's base URL
	Inputs      map[InputName]FlowInput `json:"inputs"`
}

// FlowInput is a field of an action.
type FlowInput struct {
	AllowedValues []FlowValue `json:"allowed_values,omitempty"`
	Error         *FlowError  `json:"error,omitempty"`
	Hidden        bool        `json:"hidden,omitempty"`
	MaxLength     *int        `json:"max_length,omitempty"` // characters
	MinLength     *int        `json:"min_length,omitempty"` // characters
	Name          InputName   `json:"name"`
	Required      bool        `json:"required,omitempty"`
	Type          string      `json:"type"` // "boolean", "string", "email", "password", "number", "json"
	Value         any         `json:"value,omitempty"`
}

// FlowValue is one of the values that a field may have.
type FlowValue struct {
	Value any    `json:"value"`
	Text  string `json:"name"`
}

// FlowError is the error of a state or a field.
type FlowError struct {
	Code    ErrorCode `json:"code"`
	Message string    `json:"message"`
}

// FieldError is an error of one of a state's fields.
type FieldError struct {
	Field InputName // "" for an error of the state as a whole
	FlowError
}

// FlowLink is a link out of the flow, to a third party's sign-in or a legal text.
type FlowLink struct {
	Name     string `json:"name"`
	Href     string `json:"href"`
	Category string `json:"category"` // "oauth", "legal", "other"
	Target   string `json:"target"`
}

// FlowInputs is the body of a POST to an action's href.
type FlowInputs struct {
	CSRFToken string            `json:"csrf_token,omitempty"`
	InputData map[InputName]any `json:"input_data"`
}

// CreationOptions returns the payload's creation_options, in a state that waits for a new passkey, in the form that the
// platform's passkey API takes.
func (f Flow) CreationOptions() (json.RawMessage, error) { return f.options("creation_options") }

// RequestOptions returns the payload's request_options, in a state that waits for an assertion.
func (f Flow) RequestOptions() (json.RawMessage, error) { return f.options("request_options") }

// Errors returns the errors of the state's fields, ordered by action and field. If no field has an error, it returns the
// state's own error, which says less. If several actions repeat a field's error, it is listed once. A state without an
// error of its own has none.
func (f Flow) Errors() []FieldError {
	if f.Error == nil {
		return nil
	}
	var all []FieldError
	for _, action := range slices.Sorted(maps.Keys(f.Actions)) {
		inputs := f.Actions[action].Inputs
		for _, field := range slices.Sorted(maps.Keys(inputs)) {
			failed := inputs[field].Error
			if failed == nil {
				continue
			}
			same := func(e FieldError) bool { return e.Field == field && e.Code == failed.Code }
			if !slices.ContainsFunc(all, same) {
				all = append(all, FieldError{Field: field, FlowError: *failed})
			}
		}
	}
	if all == nil {
		all = []FieldError{{FlowError: *f.Error}}
	}
	return all
}

func (f Flow) options(member string) (json.RawMessage, error) {
	var payload map[string]json.RawMessage
	if err := json.Unmarshal(f.Payload, &payload); err != nil {
		return nil, fmt.Errorf("the payload of the state %q cannot be read: %w", f.Name, err)
	}
	return payload[member], nil
}

// StartFlow opens a flow and takes the action of its preflight, in which the app says that it supports WebAuthn. Without
// that, no state offers passkeys. The token is the session's for ProfileFlow, and "" for the others.
func (c *Client) StartFlow(ctx context.Context, name FlowName, token string) (Flow, error) {
	flow, err := c.flow(ctx, "/"+string(name), token, struct{}{})
	if err != nil || flow.Name != StatePreflight {
		return flow, err
	}
	return c.passPreflight(ctx, flow, token)
}

func (c *Client) passPreflight(ctx context.Context, flow Flow, token string) (Flow, error) {
	return c.Act(ctx, flow, ActionRegisterClientCapabilities, map[InputName]any{
		InputWebAuthnAvailable:                      true,
		InputWebAuthnConditionalMediationAvailable:  false,
		InputWebAuthnPlatformAuthenticatorAvailable: true,
	}, token)
}

// Act takes an action of a flow's state and returns the next state. A state with an error is a result, not a Go error. But
// the state "error" is returned as an *Error of Kind Refused, with the error's code as its Message.
func (c *Client) Act(ctx context.Context, flow Flow, action ActionName, inputs map[InputName]any, token string) (Flow, error) {
	offered, ok := flow.Actions[action]
	if !ok {
		return Flow{}, &Error{
			Kind: NotHanko, Call: "POST " + Printable(string(action)), Host: c.base.Host,
			Err:   &NotOfferedError{State: flow.Name, Action: action},
			Means: "The tenant's configuration removes this action, or hankosim does not know the tenant's version.",
			Do:    "Open the exchange to see what the state offers.",
		}
	}
	if !strings.HasPrefix(offered.Href, "/") || strings.HasPrefix(offered.Href, "//") {
		return Flow{}, &Error{
			Kind: NotHanko, Call: "POST " + Printable(string(action)), Host: c.base.Host,
			Err:   &ForeignHrefError{Action: action, Href: offered.Href},
			Means: "Hanko's actions have paths below its base URL. This one leads elsewhere, and was not followed.",
			Do:    "Check the URL and what stands in front of the tenant. Open the exchange to see what the state offers.",
		}
	}
	if inputs == nil {
		inputs = map[InputName]any{}
	}
	return c.flow(ctx, offered.Href, token, FlowInputs{CSRFToken: flow.CSRFToken, InputData: inputs})
}

// NotOfferedError is the cause of Act's *Error if the state does not offer the action.
type NotOfferedError struct {
	State  State
	Action ActionName
}

// Error names both.
func (e *NotOfferedError) Error() string {
	return fmt.Sprintf("the state %q does not offer the action %q", e.State, e.Action)
}

// ForeignHrefError is the cause of Act's *Error if the action's href is not a path below the tenant's base URL.
type ForeignHrefError struct {
	Action ActionName
	Href   string
}

// Error names both.
func (e *ForeignHrefError) Error() string {
	return fmt.Sprintf("the href %q of the action %q is no path", e.Href, e.Action)
}

func (c *Client) flow(ctx context.Context, href, token string, body any) (Flow, error) {
	var flow Flow
	call := call{
		method: http.MethodPost, path: href, token: token, body: body, out: &flow, flow: true,
		check: func(http.Header) *Error {
			if flow.Name == "" {
				return notFlow(errors.New("it has no state"))
			}
			return nil
		},
	}
	header, err := c.do(ctx, call)
	if err != nil {
		return flow, err
	}
	if session, found := sessionFrom(header); found {
		flow.Session = &session
	}
	return flow, nil
}

// ErrNoFlow is the cause of an *Error for JSON that is not a flow's state.
var ErrNoFlow = errors.New("that is not a flow")

// notFlow returns the error for a success whose JSON is not a flow's state.
func notFlow(why error) *Error {
	return &Error{
		Kind: NotHanko, Err: fmt.Errorf("%w: %w", ErrNoFlow, why),
		Means: "Every state of Hanko's Flow API has a name and actions: something else answers at that URL, or a proxy changes the answer.",
		Do:    "Open the exchange to see the answer, and check the URL and what stands in front of the tenant.",
	}
}

// flowRefusal returns the error for the state "error". Every other state is a result, even with an error in it.
func flowRefusal(flow *Flow, status int) *Error {
	if flow.Name != StateError {
		return nil
	}
	failure := &Error{Kind: Refused, Status: status}
	if flow.Error != nil {
		failure.Message = string(flow.Error.Code)
		failure.Means, failure.Do = flow.Error.Explain()
	}
	return failure
}

// flowErrors explains the error codes of flows and fields, from the source of backend v3.0.4.
var flowErrors = map[ErrorCode]explanation{
	CodeFlowExpiredError: {
		"A flow is valid for 24 hours, and this one is older.", "Start again with the email.",
	},
	CodeFlowDiscontinuityError: {
		"The flow no longer matches what the tenant has stored.", "Start again with the email.",
	},
	CodeOperationNotPermittedError: {
		"The flow has ended, or its CSRF token was already used: every answer has a new one.", "Start again with the email.",
	},
	CodeTechnicalError: {
		"The tenant failed. Before a passcode, the usual cause is the mail server (`email_delivery.smtp`).",
		"Look for the exchange's X-Request-Id in the tenant's log, then try again.",
	},
	CodeRateLimitExceeded: {
		"There were too many attempts: for passcodes, the limit is three a minute, unless the tenant is configured otherwise.",
		"Wait, then try again. The last code that you received is still valid.",
	},
	CodeUnauthorized:    {"The session is no longer valid: it has expired, was logged out or was revoked.", "Sign in again."},
	CodeNotFound:        {"The tenant does not have what the app asked for.", "Start again with the email."},
	CodePasskeyInvalid:  {"The tenant does not accept the passkey: it does not know the passkey, the app's origin is not one of its origins, or the passkey looks like a copy (its sign count did not rise).", "Check `webauthn.relying_party.origins` (an Android app's is android:apk-key-hash:…, see `hankosim apk-key-hash`) and `webauthn.relying_party.id`; or use a passcode."},
	CodePasscodeInvalid: {"The code is wrong, too old, or was already used. The tenant does not say which.", "Use the code of the newest mail, or ask for a new one."},
	CodeOTPCodeInvalid: {
		"The authenticator app's code is wrong or too old.", "Enter the code that the app shows now. If that does not help, compare its clock with the tenant's.",
	},
	CodeOTPCodeAlreadyUsed: {
		"This code of the authenticator app was already used, and each works only once.", "Wait for the app's next code.",
	},
	CodePasscodeMaxAttemptsReached: {
		"There were too many wrong codes: this passcode is no longer valid.", "Ask for a new one.",
	},
	CodeWebAuthnCredentialInvalidMFAOnly: {
		"This credential is a security key, which is only a second factor.", "Sign in with a passkey, a password or a passcode first.",
	},
	CodePlatformAuthenticatorRequired: {
		"The tenant requires an authenticator that is part of the device (`passkey.acquire_on_…`, `mfa`).", "Use another device profile.",
	},
	CodeUnknownEmailError:     {"No user has this address.", "Create the account, or try another address."},
	CodeUnknownUsernameError:  {"No user has this username.", "Create the account, or try another username."},
	CodeEmailAlreadyExists:    {"The address already has a user.", "Sign in with it."},
	CodeUsernameAlreadyExists: {"The username is already taken.", "Choose another one."},
	CodeInvalidUsernameError:  {"The tenant does not allow this username.", "Use letters, digits and underscores."},
	CodeInvalidMetadataError:  {"The tenant does not accept this metadata.", "Correct it."},
	CodeValueMissingError:     {"The tenant needs a value here.", "Fill it in."},
	CodeValueInvalidError:     {"The tenant does not accept this value.", "Correct it."},
	CodeValueTooLongError:     {"The value is longer than the tenant allows.", "Shorten it."},
	CodeValueTooShortError:    {"The value is shorter than the tenant allows.", "Lengthen it."},
	CodeFormDataInvalidError:  {"The tenant does not accept one of the fields.", "Correct it."},
}

// Explain returns what an error of a flow or field means and what to do. Both are "" for an unknown code.
func (e FlowError) Explain() (means, do string) {
	explained := flowErrors[e.Code]
	return explained.means, explained.do
}

// A browser's limits on the cookies of one host (RFC 6265bis, sections 5.7 and 6.1).
const (
	maxCookies = 180
	maxCookie  = 4096 // bytes of name and value
)

// deviceCookies are the cookies by which a tenant recognises a device, such as a trusted one: all cookies that flows set,
// except the session's, which callers pass explicitly. Secure does not matter without a browser. The limits are those of a
// browser.
type deviceCookies struct {
	mu     sync.Mutex
	values []deviceCookie // the newest is last
}

type deviceCookie struct{ name, value string }

func (d *deviceCookies) send(request *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, cookie := range d.values {
		request.AddCookie(&http.Cookie{Name: cookie.name, Value: cookie.value})
	}
}

// receive keeps the cookies that a response sets, and forgets those that it ends. If there are too many, it forgets the
// oldest. It ignores one that is too long.
func (d *deviceCookies) receive(response *http.Response) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, cookie := range response.Cookies() {
		if len(cookie.Name)+len(cookie.Value) > maxCookie {
			continue
		}
		_, notToken := ParseToken(cookie.Value)
		ends := cookie.MaxAge < 0 || cookie.Value == ""
		if !ends && notToken == nil {
			continue
		}
		d.values = slices.DeleteFunc(d.values, func(known deviceCookie) bool { return known.name == cookie.Name })
		if !ends {
			d.values = append(d.values, deviceCookie{cookie.Name, cookie.Value})
		}
		if over := len(d.values) - maxCookies; over > 0 {
			d.values = slices.Delete(d.values, 0, over)
		}
	}
}
