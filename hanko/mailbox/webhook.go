package mailbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"example.com/hankosim/hanko"
)

const (
	emailSend       = "email.send"
	longestCall     = 1 << 20 // bytes of one webhook call
	webhookTimeout  = 10 * time.Second
	keysAtMostEvery = time.Second // how often the key set is fetched again for an unknown key
	webhookLeeway   = time.Minute // how far the tenant's clock may differ from ours
)

// receiver handles the calls of a tenant's webhook (Hanko: backend/webhooks, backend/dto/webhook/email.go).
type receiver struct {
	inbox *Inbox
	keys  *httpServer

	mu      sync.Mutex
	set     jose.JSONWebKeySet
	fetched time.Time
	used    map[string]time.Time // accepted tokens, until they expire: a repeated call is not a new mail
	refused int
	reason  error // of the last refusal
}

// openWebhook listens for the tenant's email.send webhook. A call counts only if its token is signed with a key of the
// tenant's key set. openWebhook fetches the key set once.
func openWebhook(ctx context.Context, rest string, options Options) (Box, error) {
	address, query, _ := strings.Cut(rest, "?")
	values, err := url.ParseQuery(query)
	location := values.Get("jwks")
	if err != nil || location == "" || len(values) != 1 {
		return nil, &Error{
			Kind: BadSpec, Box: "webhook", Problem: "The webhook spec must name the tenant's key set, and nothing else",
			Hint: "It looks like " + specs["webhook"] + ".",
		}
	}
	base, err := url.Parse(location)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" || strings.Contains(base.Path, "@") {
		return nil, &Error{
			Kind: BadSpec, Box: "webhook", Problem: quoted(hanko.MaskUserinfo(location)) + " is not the URL of a tenant's keys",
			Hint: "It is the tenant's API URL with /.well-known/jwks.json at its end.",
		}
	}
	r := &receiver{inbox: NewInbox(), keys: newHTTPServer("the key set", base, options), used: make(map[string]time.Time)}
	r.keys.kind = "a tenant's key set"
	if err := r.fetch(ctx); err != nil {
		return nil, err
	}
	listener, err := listen(ctx, "webhook", address)
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		Handler: r, ReadTimeout: webhookTimeout, WriteTimeout: webhookTimeout, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // if a client breaks off, the missing mail shows it
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // it returns when the box is closed
	}()
	return &delivered{
		name: "webhook receiver at http://" + listener.Addr().String(), inbox: r.inbox, life: newLife(),
		close: func() error {
			err := server.Close()
			<-ended
			return err
		},
		trace: r.trace,
		hint: "Does this tenant call this address (webhooks.enabled, webhooks.hooks with the event email.send), and can it reach it from " +
			"where it runs?",
	}, nil
}

// emailSendToken is the payload of the webhook's token.
type emailSendToken struct {
	Event string `json:"evt"`
	Data  struct {
		Subject string `json:"subject"`
		Plain   string `json:"body_plain"`
		HTML    string `json:"body"`
		To      string `json:"to_email_address"`
		Type    string `json:"type"`
		Data    struct {
			Code string `json:"otp_code"`
		} `json:"data"`
	} `json:"data"`
}

// ServeHTTP handles one call: POST {"token", "event"}. It answers 204 if the call is accepted or has another event, 401 if
// the token is not the tenant's, and 400 if the call cannot be read.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if request.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "the webhook is called by POST", http.StatusMethodNotAllowed)
		return
	}
	var call struct {
		Token string `json:"token"`
		Event string `json:"event"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, request.Body, longestCall)).Decode(&call); err != nil {
		r.refuse(fmt.Errorf("it is not the JSON of a webhook call: %w", err))
		http.Error(w, "not the JSON of a webhook call", http.StatusBadRequest)
		return
	}
	if call.Event == emailSend {
		token, err := r.verify(request.Context(), call.Token)
		if err != nil {
			r.refuse(err)
			http.Error(w, "the token is refused", http.StatusUnauthorized)
			return
		}
		// Hanko reports changes to the account with the same event. Those mails have no passcode.
		if token.Data.Type != "security_notification" {
			r.inbox.Deliver(Mail{
				To: token.Data.To, Subject: token.Data.Subject, Body: token.Data.Plain + "\n" + textOfHTML(token.Data.HTML),
				At: time.Now(), Code: token.Data.Data.Code,
			})
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// verify checks that a token is signed by the tenant, for this event, not expired, and not used before.
func (r *receiver) verify(ctx context.Context, text string) (*emailSendToken, error) {
	signed, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, fmt.Errorf("its token is not a JWT signed with RS256: %w", err)
	}
	key, err := r.key(ctx, signed.Headers[0].KeyID)
	if err != nil {
		return nil, err
	}
	var token emailSendToken
	var claims jwt.Claims
	if err := signed.Claims(key, &claims, &token); err != nil {
		return nil, fmt.Errorf("its token is not signed by the tenant: %w", err)
	}
	now := time.Now()
	switch err := claims.ValidateWithLeeway(jwt.Expected{Time: now}, webhookLeeway); {
	case err != nil:
		return nil, fmt.Errorf("its token is refused: %w", err)
	case claims.Expiry == nil:
		return nil, errors.New("its token never expires, which a webhook's does")
	case token.Event != emailSend:
		return nil, fmt.Errorf("its token is for %s, not for %s", quoted(token.Event), emailSend)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for old, until := range r.used {
		if now.After(until) {
			delete(r.used, old)
		}
	}
	if _, again := r.used[text]; again {
		return nil, errors.New("its token was used before")
	}
	r.used[text] = claims.Expiry.Time().Add(webhookLeeway)
	return &token, nil
}

// key returns a key of the tenant. For an unknown key it fetches the key set again.
func (r *receiver) key(ctx context.Context, id string) (*jose.JSONWebKey, error) {
	r.mu.Lock()
	found, stale := r.set.Key(id), time.Since(r.fetched) > keysAtMostEvery
	r.mu.Unlock()
	if len(found) == 0 && stale {
		if err := r.fetch(ctx); err != nil {
			return nil, err
		}
		r.mu.Lock()
		found = r.set.Key(id)
		r.mu.Unlock()
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("its token is signed with the key %s, which is not in %s", quoted(id), r.keys.name)
	}
	return &found[0], nil
}

func (r *receiver) fetch(ctx context.Context) error {
	var set jose.JSONWebKeySet
	if err := r.keys.json(ctx, "", nil, &set); err != nil {
		return err
	}
	if len(set.Keys) == 0 {
		return r.keys.badAnswer(errors.New("it has no keys"))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set, r.fetched = set, time.Now()
	return nil
}

func (r *receiver) refuse(reason error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused++
	r.reason = reason
}

// trace describes the calls that were refused.
func (r *receiver) trace() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refused == 0 {
		return ""
	}
	return fmt.Sprintf("calls refused: %d, the last because %s", r.refused, r.reason)
}
