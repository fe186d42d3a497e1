package mailbox_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"example.com/hankosim/hanko/mailbox"
)

// TestWebhookRefuses: only what the tenant signed for this event counts, and once.
func TestWebhookRefuses(t *testing.T) {
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := passcodeMail("123456")
	tests := []struct {
		name  string
		token func(t *testing.T, h *hookTenant) string
		says  string
	}{
		{"a foreign key", func(t *testing.T, h *hookTenant) string {
			return h.sign(t, jose.JSONWebKey{Key: foreign, KeyID: "one"}, jose.RS256, h.claims(good, ada))
		}, "not signed by the tenant"},
		{"an unknown key", func(t *testing.T, h *hookTenant) string {
			return h.sign(t, jose.JSONWebKey{Key: foreign, KeyID: "two"}, jose.RS256, h.claims(good, ada))
		}, `the key "two", which is not in the key set`},
		{"another algorithm", func(t *testing.T, h *hookTenant) string {
			return h.sign(t, jose.JSONWebKey{Key: rsaKey(), KeyID: "one"}, jose.PS256, h.claims(good, ada))
		}, "RS256"},
		{"HMAC with the public key", func(t *testing.T, h *hookTenant) string {
			return h.sign(t, jose.JSONWebKey{Key: rsaKey().N.Bytes(), KeyID: "one"}, jose.HS256, h.claims(good, ada))
		}, "RS256"},
		{"no signature", func(_ *testing.T, _ *hookTenant) string {
			part := base64.RawURLEncoding.EncodeToString
			return part([]byte(`{"alg":"none","kid":"one"}`)) + "." + part([]byte(`{"evt":"email.send"}`)) + "."
		}, "RS256"},
		{"changed", func(t *testing.T, h *hookTenant) string {
			parts := strings.Split(h.sign(t, h.keys[0], jose.RS256, h.claims(good, ada)), ".")
			other := strings.Split(h.sign(t, h.keys[0], jose.RS256, h.claims(passcodeMail("999999"), ada)), ".")
			return parts[0] + "." + other[1] + "." + parts[2]
		}, "not signed by the tenant"},
		{"expired", func(t *testing.T, h *hookTenant) string {
			claims := h.claims(good, ada)
			claims["exp"] = time.Now().Add(-2 * time.Minute).Unix()
			return h.sign(t, h.keys[0], jose.RS256, claims)
		}, "expired"},
		{"never expires", func(t *testing.T, h *hookTenant) string {
			claims := h.claims(good, ada)
			delete(claims, "exp")
			return h.sign(t, h.keys[0], jose.RS256, claims)
		}, "never expires"},
		{"from the future", func(t *testing.T, h *hookTenant) string {
			claims := h.claims(good, ada)
			claims["iat"] = time.Now().Add(time.Hour).Unix()
			return h.sign(t, h.keys[0], jose.RS256, claims)
		}, "refused"},
		{"a session's token", func(t *testing.T, h *hookTenant) string {
			claims := h.claims(good, ada)
			delete(claims, "evt")
			return h.sign(t, h.keys[0], jose.RS256, claims)
		}, "not for email.send"},
		{"no token", func(*testing.T, *hookTenant) string { return "" }, "JWT"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := newHookTenant(t)
			box := open(t, h)
			after := time.Now()
			if status := h.call(t, "email.send", test.token(t, h)); status != http.StatusUnauthorized {
				t.Errorf("the call is answered %d, want 401", status)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			code, err := box.Passcode(ctx, mailbox.Want{To: ada, After: after})
			if code != "" || kindOf(err) != mailbox.NoMail || !strings.Contains(err.Error(), "calls refused: 1") || !strings.Contains(err.Error(), test.says) {
				t.Errorf("Passcode = %q, %v; want no mail and %q", code, err, test.says)
			}
		})
	}
}

func TestWebhook(t *testing.T) {
	h := newHookTenant(t)
	box := open(t, h)
	after := time.Now()

	// The code comes apart from the texts, which a team writes as it likes.
	claims := h.claims(plainMail("Welcome to Studio 654321", "Call 654322"), ada)
	claims["data"].(map[string]any)["data"] = map[string]any{"otp_code": "aBcdeF", "ttl": 300, "valid_until": time.Now().Add(time.Minute).Unix()}
	token := h.sign(t, h.keys[0], jose.RS256, claims)
	if status := h.call(t, "email.send", token); status != http.StatusNoContent {
		t.Fatalf("the call is answered %d", status)
	}
	expect(t, box, mailbox.Want{To: ada, After: after}, "aBcdeF")

	again := time.Now()
	if status := h.call(t, "email.send", token); status != http.StatusUnauthorized {
		t.Errorf("a call that is repeated is answered %d, want 401", status)
	}
	expectNone(t, box, mailbox.Want{To: ada, After: again})

	// Other events, and notices of changes, are no mails with passcodes.
	if status := h.call(t, "user.create", "anything"); status != http.StatusNoContent {
		t.Errorf("another event is answered %d, want 204", status)
	}
	claims = h.claims(plainMail("A passkey was added", "Was it you?"), ada)
	claims["data"].(map[string]any)["type"] = "security_notification"
	if status := h.call(t, "email.send", h.sign(t, h.keys[0], jose.RS256, claims)); status != http.StatusNoContent {
		t.Errorf("a notice is answered %d, want 204", status)
	}
	expectNone(t, box, mailbox.Want{To: ada, After: again})

	// A template in HTML alone.
	claims = h.claims(plainMail("Welcome", ""), ada)
	claims["data"].(map[string]any)["body"] = "<p>Order 654321</p><p>Yours:</p><td>123456</td>"
	if status := h.call(t, "email.send", h.sign(t, h.keys[0], jose.RS256, claims)); status != http.StatusNoContent {
		t.Errorf("a mail in HTML is answered %d, want 204", status)
	}
	expect(t, box, mailbox.Want{To: ada, After: again}, "123456")

	for name, try := range map[string]struct {
		method, body string
		status       int
	}{
		"GET":      {http.MethodGet, "", http.StatusMethodNotAllowed},
		"no JSON":  {http.MethodPost, "token=x", http.StatusBadRequest},
		"too long": {http.MethodPost, `{"token":"` + strings.Repeat("x", 2<<20), http.StatusBadRequest},
	} {
		request, err := http.NewRequestWithContext(t.Context(), try.method, "http://"+h.address, bytes.NewReader([]byte(try.body)))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		response.Body.Close()
		if response.StatusCode != try.status {
			t.Errorf("%s is answered %d, want %d", name, response.StatusCode, try.status)
		}
	}
}

// TestWebhookNewKey: a key that the tenant made after the box was opened is fetched, though not at every call.
func TestWebhookNewKey(t *testing.T) {
	h := newHookTenant(t)
	box := open(t, h)
	h.mu.Lock()
	h.keys = append([]jose.JSONWebKey{{Key: rsaKey(), KeyID: "new", Algorithm: "RS256", Use: "sig"}}, h.keys...)
	h.mu.Unlock()
	after := time.Now()
	token := h.sign(t, h.keys[0], jose.RS256, h.claims(passcodeMail("123456"), ada))
	if status := h.call(t, "email.send", token); status != http.StatusUnauthorized {
		t.Errorf("right after the key set was fetched, a new key's token is answered %d, want 401", status)
	}
	time.Sleep(1100 * time.Millisecond)
	if status := h.call(t, "email.send", token); status != http.StatusNoContent {
		t.Errorf("later it is answered %d, want 204", status)
	}
	expect(t, box, mailbox.Want{To: ada, After: after}, "123456")
	if err := box.Close(); err != nil {
		t.Error(err)
	}
	var none *mailbox.NoMailError
	if _, err := box.Passcode(t.Context(), mailbox.Want{To: bob, After: after}); !errors.As(err, &none) || !errors.Is(err, mailbox.ErrClosed) {
		t.Errorf("a box that was closed: %v", err)
	}
}
