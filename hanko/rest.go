package hanko

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// FindUser returns the user of an address: POST /user. An unknown address is an *Error of Kind Refused and Status 404. A v3
// tenant, which no longer has the route, gives the same error; PublicConfig tells the two apart.
func (c *Client) FindUser(ctx context.Context, email string) (UserLookup, error) {
	var user UserLookup
	_, err := c.do(ctx, call{
		method: http.MethodPost, path: "/user", body: EmailRequest{Email: email}, out: &user,
		check: needs("id", &user.ID),
	})
	return user, err
}

// CreateUser creates a user with an address: POST /users. Status 409 means that the user exists, 403 that sign-up is off.
func (c *Client) CreateUser(ctx context.Context, email string) (CreatedUser, error) {
	var user CreatedUser
	_, err := c.do(ctx, call{
		method: http.MethodPost, path: "/users", body: EmailRequest{Email: email}, out: &user,
		check: func(header http.Header) *Error {
			user.ID = cmp.Or(user.ID, user.UserID)
			return needs("id", &user.ID)(header)
		},
	})
	return user, err
}

// InitializePasscode asks the tenant to mail a passcode: POST /passcode/login/initialize. A new user needs the emailID. For
// a known user it may be "", which means the primary address.
//
// The RateLimit says how many more may be requested. It is also set on 429.
func (c *Client) InitializePasscode(ctx context.Context, userID, emailID string) (Passcode, RateLimit, error) {
	var passcode Passcode
	header, err := c.do(ctx, call{
		method: http.MethodPost, path: "/passcode/login/initialize",
		body: PasscodeRequest{UserID: userID, EmailID: emailID}, out: &passcode,
		check: needs("id", &passcode.ID),
	})
	return passcode, rateLimit(header), err
}

// FinalizePasscode sends the code from the mail: POST /passcode/login/finalize. It returns a session.
func (c *Client) FinalizePasscode(ctx context.Context, passcodeID, code string) (Session, error) {
	return c.signIn(ctx, call{
		method: http.MethodPost, path: "/passcode/login/finalize",
		body: PasscodeAnswer{ID: passcodeID, Code: code}, out: &Passcode{},
	})
}

// InitializeRegistration asks for options to create a passkey: POST /webauthn/registration/initialize. It returns the
// response's JSON, a CredentialCreationOptions for the platform's passkey API.
func (c *Client) InitializeRegistration(ctx context.Context, token string) (json.RawMessage, error) {
	var options json.RawMessage
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/webauthn/registration/initialize", token: token, out: &options})
	return options, err
}

// FinalizeRegistration sends the new passkey: POST /webauthn/registration/finalize. attestation is the result of the
// platform's passkey API, encoded as JSON.
func (c *Client) FinalizeRegistration(ctx context.Context, token string, attestation any) (PasskeyResult, error) {
	var result PasskeyResult
	_, err := c.do(ctx, call{
		method: http.MethodPost, path: "/webauthn/registration/finalize", token: token, body: attestation, out: &result,
		check: needs("credential_id", &result.CredentialID),
	})
	return result, err
}

// InitializeLogin asks for options to sign in with a passkey: POST /webauthn/login/initialize. With a userID the options
// list that user's passkeys; without it, any passkey of the relying party will do.
func (c *Client) InitializeLogin(ctx context.Context, userID string) (json.RawMessage, error) {
	var options json.RawMessage
	_, err := c.do(ctx, call{
		method: http.MethodPost, path: "/webauthn/login/initialize", body: PasskeyRequest{UserID: userID}, out: &options,
	})
	return options, err
}

// FinalizeLogin sends a passkey's assertion: POST /webauthn/login/finalize. It returns a session.
func (c *Client) FinalizeLogin(ctx context.Context, assertion any) (Session, error) {
	return c.signIn(ctx, call{
		method: http.MethodPost, path: "/webauthn/login/finalize", body: assertion, out: &PasskeyResult{},
	})
}

// Me returns the session's user: GET /me.
func (c *Client) Me(ctx context.Context, token string) (Me, error) {
	var me Me
	_, err := c.do(ctx, call{
		method: http.MethodGet, path: "/me", token: token, out: &me,
		check: func(header http.Header) *Error {
			me.ID = cmp.Or(me.ID, me.UserID)
			return needs("id", &me.ID)(header)
		},
	})
	return me, err
}

// User returns a user by ID: GET /users/{id}. A session gets only its own user, and 403 for any other.
func (c *Client) User(ctx context.Context, token, id string) error {
	_, err := c.do(ctx, call{
		method: http.MethodGet, path: "/users/" + url.PathEscape(id), token: token, name: "/users/{id}",
	})
	return err
}

// Credentials returns a user's passkeys: GET /webauthn/credentials.
func (c *Client) Credentials(ctx context.Context, token string) ([]Credential, error) {
	var credentials []Credential
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/webauthn/credentials", token: token, out: &credentials})
	return credentials, err
}

// DeleteCredential deletes one of a user's passkeys from the tenant: DELETE /webauthn/credentials/{id}. The ID is in
// base64url.
func (c *Client) DeleteCredential(ctx context.Context, token, id string) error {
	_, err := c.do(ctx, call{
		method: http.MethodDelete, path: "/webauthn/credentials/" + url.PathEscape(id), token: token,
		name: "/webauthn/credentials/{id}",
	})
	return err
}

// RenameCredential renames one of a user's passkeys: PATCH /webauthn/credentials/{id}. The ID is in base64url.
func (c *Client) RenameCredential(ctx context.Context, token, id, name string) error {
	_, err := c.do(ctx, call{
		method: http.MethodPatch, path: "/webauthn/credentials/" + url.PathEscape(id), token: token,
		body: map[string]string{"name": name}, name: "/webauthn/credentials/{id}",
	})
	return err
}

// AddEmail adds an address to a user: POST /emails.
func (c *Client) AddEmail(ctx context.Context, token, address string) error {
	_, err := c.do(ctx, call{
		method: http.MethodPost, path: "/emails", token: token, body: map[string]string{"address": address},
	})
	return err
}

// SetPrimaryEmail makes an address the user's primary one: POST /emails/{id}/set_primary.
func (c *Client) SetPrimaryEmail(ctx context.Context, token, id string) error {
	_, err := c.do(ctx, call{
		method: http.MethodPost, path: "/emails/" + url.PathEscape(id) + "/set_primary", token: token,
		name: "/emails/{id}/set_primary",
	})
	return err
}

// DeleteEmail deletes an address of a user: DELETE /emails/{id}.
func (c *Client) DeleteEmail(ctx context.Context, token, id string) error {
	_, err := c.do(ctx, call{
		method: http.MethodDelete, path: "/emails/" + url.PathEscape(id), token: token, name: "/emails/{id}",
	})
	return err
}

// DeleteUser deletes the session's user, if the tenant allows it: DELETE /user.
func (c *Client) DeleteUser(ctx context.Context, token string) error {
	_, err := c.do(ctx, call{method: http.MethodDelete, path: "/user", token: token})
	return err
}

// ValidateSession asks the tenant whether a token's session is still valid: GET /sessions/validate. An invalid session is
// not an error, but a Validation with IsValid false.
func (c *Client) ValidateSession(ctx context.Context, token string) (Validation, error) {
	var validation Validation
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/sessions/validate", token: token, out: &validation})
	return validation, err
}

// ValidateToken is ValidateSession with the token in the body, as an app's backend may call it: POST /sessions/validate.
func (c *Client) ValidateToken(ctx context.Context, token string) (Validation, error) {
	var validation Validation
	_, err := c.do(ctx, call{
		method: http.MethodPost, path: "/sessions/validate", body: SessionRequest{SessionToken: token}, out: &validation,
	})
	return validation, err
}

// LogOut ends a session: POST /logout.
func (c *Client) LogOut(ctx context.Context, token string) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/logout", token: token})
	return err
}

// PublicConfig returns GET /.well-known/config, which v3 tenants no longer have.
func (c *Client) PublicConfig(ctx context.Context) (PublicConfig, error) {
	var config PublicConfig
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/.well-known/config", out: &config})
	return config, err
}

// signIn makes a call that returns a session in its response.
func (c *Client) signIn(ctx context.Context, call call) (Session, error) {
	var session Session
	call.check = func(header http.Header) *Error {
		var found bool
		if session, found = sessionFrom(header); !found {
			return NoToken(header)
		}
		return nil
	}
	_, err := c.do(ctx, call)
	return session, err
}

// NoToken returns the error for a login that succeeded without a token, over either API. The header is the response's, or
// nil if it is not known.
func NoToken(header http.Header) *Error {
	failure := &Error{
		Kind: NotHanko, Err: ErrNoToken,
		Means: "The login succeeded, but the token is neither in the header X-Auth-Token nor in a cookie. Probably a proxy or CORS layer removes it.",
		Do:    "Let X-Auth-Token and Set-Cookie pass through everything in front of the tenant; for apps, set `session.enable_auth_token_header: true`.",
	}
	if header.Get("X-Auth-Token") != "" {
		failure.Err = ErrNotAToken
		failure.Means = "The login succeeded, but X-Auth-Token does not contain a session token. A proxy changes it, or something other than Hanko answers."
	}
	return failure
}
