// Package control is the control API of an embedded tenant, for an app's own UI tests. It adds users and passkeys, fixes the
// passcode, changes the time, reads the inbox, and plans answers that fail or are late. Anybody with its token has full
// control of the tenant.
package control

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/exchange"
	"example.com/hankosim/hanko/tenant"
)

// User is a user to add.
type User struct {
	Email    string `json:"email"`
	Username string `json:"username"`
	Password string `json:"password"`
	Passkey  bool   `json:"passkey"` // the simulated phone creates one for the user
}

// Added is a user that was added.
type Added struct {
	ID    string `json:"id"`
	Email string `json:"email,omitempty"`
	// Credential is the user's passkey with its private key, in the form of the parameter credential of
	// WebAuthn.addCredential in Chromium's DevTools protocol.
	Credential json.RawMessage `json:"credential,omitempty"`
}

// Start is the state of a tenant at the start, and after a reset.
type Start struct {
	Users    []User
	Passcode string // see tenant.SetPasscode
	Clock    time.Duration
	Answers  []tenant.PlannedAnswer
}

// Control controls a tenant. Create one with New.
type Control struct {
	tenant *tenant.Tenant
	phone  authenticator.Profile
	store  *authenticator.Keystore
	start  Start
	token  string

	mu   sync.Mutex
	made [][]byte // credential IDs of the passkeys that the phone has created here
}

// New returns the Control of a tenant. A phone with the given profile creates the users' passkeys, and keeps them in store.
// Begin brings the tenant into the state of start.
func New(t *tenant.Tenant, phone authenticator.Profile, store *authenticator.Keystore, start Start) *Control {
	return &Control{tenant: t, phone: phone, store: store, start: start, token: rand.Text()}
}

// Token returns the token that requests need. It is random, and different for each Control.
func (c *Control) Token() string { return c.token }

// Begin sets the tenant's clock and passcode, plans the answers and adds the users of the start.
func (c *Control) Begin(ctx context.Context) error {
	if err := c.tenant.SetPasscode(c.start.Passcode); err != nil {
		return err
	}
	c.tenant.SetClock(c.start.Clock)
	for _, answer := range c.start.Answers {
		c.tenant.PlanAnswer(answer)
	}
	for _, user := range c.start.Users {
		if _, err := c.add(ctx, user); err != nil {
			return err
		}
	}
	return nil
}

// reset deletes everything in the tenant, and begins again.
func (c *Control) reset(ctx context.Context) error {
	if err := c.tenant.Reset(); err != nil {
		return err
	}
	if err := c.Forget(); err != nil {
		return err
	}
	return c.Begin(ctx)
}

// Forget deletes the passkeys that were created here from the phone, for when the tenant no longer has them.
func (c *Control) Forget() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range c.made {
		if err := c.store.Delete(id); err != nil && !errors.Is(err, authenticator.ErrUnknownPasskey) {
			return fmt.Errorf("the phone could not delete a passkey: %w", err)
		}
	}
	c.made = nil
	return nil
}

// add adds a user, with a passkey if the user has one.
func (c *Control) add(ctx context.Context, user User) (Added, error) {
	id, err := c.tenant.AddUser(tenant.NewUser{Email: user.Email, Username: user.Username, Password: user.Password})
	if err != nil {
		return Added{}, err
	}
	added := Added{ID: id, Email: strings.ToLower(user.Email)}
	if user.Passkey {
		added.Credential, err = c.addPasskey(ctx, id)
	}
	return added, err
}

// addPasskey lets the phone create a passkey for a user, and returns it in Chromium's form.
func (c *Control) addPasskey(ctx context.Context, userID string) (json.RawMessage, error) {
	var id []byte
	err := c.tenant.AddPasskey(ctx, userID, func(ctx context.Context, options []byte) ([]byte, error) {
		asked, err := authenticator.ParseCreationOptions(options)
		if err != nil {
			return nil, err
		}
		made, err := authenticator.NewPhone(c.phone, c.store, authenticator.AlwaysApprove).Create(ctx, asked)
		if err != nil {
			return nil, err
		}
		id = made.RawID
		return json.Marshal(made)
	})
	if id != nil {
		c.mu.Lock()
		c.made = append(c.made, id)
		c.mu.Unlock()
	}
	if err != nil {
		return nil, fmt.Errorf("the phone's passkey was not registered: %w", err)
	}
	private, err := c.store.Export(id)
	if err != nil {
		return nil, err
	}
	document, err := exchange.DevTools(func(authenticator.Passkey) authenticator.Profile { return c.phone }, private)
	if err != nil {
		return nil, err
	}
	var list struct {
		Credentials []json.RawMessage `json:"credentials"`
	}
	if err := json.Unmarshal(document, &list); err != nil {
		return nil, err
	}
	return list.Credentials[0], nil
}

// allowed reports whether a request has the token. It takes the same time for any wrong token.
func (c *Control) allowed(r *http.Request) bool {
	given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return bearer && subtle.ConstantTimeCompare([]byte(given), []byte(c.token)) == 1
}
