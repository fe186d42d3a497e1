package mailbox_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// realMailpit is a Mailpit that runs for the test.
type realMailpit struct{ api, smtp string }

func newRealMailpit(t *testing.T, binary string) *realMailpit {
	m := &realMailpit{api: tenanttest.FreeAddress(t), smtp: tenanttest.FreeAddress(t)}
	run := exec.CommandContext(t.Context(), binary, "--listen", m.api, "--smtp", m.smtp, "--disable-version-check", "--smtp-disable-rdns", "--quiet")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Kill()
		_ = run.Wait()
	})
	for range 100 {
		if response, err := http.Get("http://" + m.api + "/readyz"); err == nil {
			response.Body.Close()
			return m
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("Mailpit does not come up")
	return nil
}

func (m *realMailpit) spec() string { return "mailpit:http://" + m.api }

func (m *realMailpit) deliver(t *testing.T, raw string, _ time.Duration, to ...string) {
	sendMail(t, m.smtp, addressed(raw, to), to...)
}

func sendMail(t *testing.T, address, raw string, to ...string) {
	t.Helper()
	if err := smtp.SendMail(address, nil, "noreply@hanko.io", to, []byte(raw)); err != nil {
		t.Errorf("delivering: %v", err)
	}
}

// remoteTenant is an embedded tenant that is read over HTTP.
type remoteTenant struct {
	inbox *mailbox.Inbox
	url   string
}

func newRemoteTenant(t *testing.T) *remoteTenant {
	served := tenanttest.Serve(t, tenant.Options{})
	return &remoteTenant{served.Inbox(), served.Root}
}

func (r *remoteTenant) spec() string { return "inbox:" + r.url }

func (r *remoteTenant) deliver(_ *testing.T, raw string, ago time.Duration, to ...string) {
	deliverTo(r.inbox, raw, ago, to...)
}

func deliverTo(inbox *mailbox.Inbox, raw string, ago time.Duration, to ...string) {
	_, body, _ := strings.Cut(raw, "\r\n\r\n")
	for _, address := range to {
		inbox.Deliver(mailbox.Mail{
			To: address, Subject: parsedSubject(raw), Body: body, At: time.Now().Add(-ago).UTC().Truncate(time.Microsecond),
		})
	}
}

// catcher is hankosim's own SMTP server.
type catcher struct{ address string }

func newCatcher(t *testing.T) *catcher { return &catcher{tenanttest.FreeAddress(t)} }

func (c *catcher) spec() string { return "smtp:" + c.address }

func (c *catcher) deliver(t *testing.T, raw string, _ time.Duration, to ...string) {
	sendMail(t, c.address, raw, to...)
}

// imapProvider is an IMAP server with TLS, over loopback.
type imapProvider struct {
	address string
	user    *imapmemserver.User
	roots   *x509.CertPool
	ahead   time.Duration
}

const imapPassword = "correct horse"

func newIMAP(t *testing.T, idle bool, ahead time.Duration) *imapProvider {
	p := &imapProvider{user: imapmemserver.NewUser("robot", imapPassword), ahead: ahead}
	if err := p.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	backend := imapmemserver.New()
	backend.AddUser(p.user)
	certificate, roots := selfSigned(t)
	p.roots = roots
	caps := imap.CapSet{imap.CapIMAP4rev1: {}}
	if idle {
		caps = imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}}
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return backend.NewSession(), nil, nil
		},
		Caps: caps, Logger: log.New(io.Discard, "", 0),
	})
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	p.address = listener.Addr().String()
	var ended sync.WaitGroup
	ended.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		_ = server.Close()
		ended.Wait()
	})
	return p
}

func (p *imapProvider) spec() string {
	return "imaps://robot@" + p.address + "/INBOX?password-env=TEST_IMAP_PASSWORD"
}

func (p *imapProvider) deliver(t *testing.T, raw string, ago time.Duration, to ...string) {
	t.Helper()
	literal := literal{bytes.NewReader([]byte(addressed(raw, to)))}
	if _, err := p.user.Append("INBOX", literal, &imap.AppendOptions{Time: time.Now().Add(p.ahead - ago).Truncate(time.Second)}); err != nil {
		t.Errorf("appending: %v", err)
	}
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.com"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// hookTenant is a tenant that calls webhooks: it signs as Hanko does (backend/webhooks/manager.go) and publishes its
// keys.
type hookTenant struct {
	address string // of the receiver
	jwks    *httptest.Server

	mu   sync.Mutex
	keys []jose.JSONWebKey // private
}

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newHookTenant(t *testing.T) *hookTenant {
	h := &hookTenant{address: tenanttest.FreeAddress(t), keys: []jose.JSONWebKey{{Key: rsaKey(), KeyID: "one", Algorithm: "RS256", Use: "sig"}}}
	h.jwks = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		var set jose.JSONWebKeySet
		for _, key := range h.keys {
			set.Keys = append(set.Keys, key.Public())
		}
		answer(w, set)
	}))
	t.Cleanup(h.jwks.Close)
	return h
}

func (h *hookTenant) spec() string {
	return "webhook:" + h.address + "?jwks=" + h.jwks.URL + "/.well-known/jwks.json"
}

// claims are those of the webhook's token. Its id tells apart tokens that are made in the same second.
func (h *hookTenant) claims(raw, to string) map[string]any {
	_, body, _ := strings.Cut(raw, "\r\n\r\n")
	now := time.Now()
	data := map[string]any{
		"subject": parsedSubject(raw), "body_plain": body, "to_email_address": to, "delivered_by_hanko": false, "accept_language": "en",
		"language": "en", "type": "login", "data": map[string]any{"service_name": "Hanko"},
	}
	return map[string]any{
		"sub": "hanko webhooks", "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "aud": []string{"localhost"},
		"evt": "email.send", "data": data, "jti": rand.Text(),
	}
}

func (h *hookTenant) sign(t *testing.T, key any, algorithm jose.SignatureAlgorithm, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (h *hookTenant) call(t *testing.T, event, token string) int {
	t.Helper()
	body, err := json.Marshal(map[string]string{"token": token, "event": event})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post("http://"+h.address, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

func (h *hookTenant) deliver(t *testing.T, raw string, _ time.Duration, to ...string) {
	t.Helper()
	h.mu.Lock()
	key := h.keys[0]
	h.mu.Unlock()
	for _, address := range to {
		if status := h.call(t, "email.send", h.sign(t, key, jose.RS256, h.claims(raw, address))); status != http.StatusNoContent {
			t.Errorf("the webhook answers %d", status)
		}
	}
}

// servers are all that mails can be delivered to, each with a fresh one for every test.
func servers(t *testing.T) map[string]func(*testing.T) mailServer {
	t.Setenv("TEST_IMAP_PASSWORD", imapPassword)
	all := map[string]func(*testing.T) mailServer{
		"mailpit":             func(t *testing.T) mailServer { return newFakeMailpit(t, 0) },
		"mailpit-ahead":       func(t *testing.T) mailServer { return newFakeMailpit(t, 3*time.Hour) },
		"mailpit-behind":      func(t *testing.T) mailServer { return newFakeMailpit(t, -3*time.Hour) },
		"mailhog":             func(t *testing.T) mailServer { return newFakeMailhog(t, 0) },
		"mailhog-behind":      func(t *testing.T) mailServer { return newFakeMailhog(t, -40*time.Second) },
		"mailslurper":         func(t *testing.T) mailServer { return newFakeMailslurper(t, 0) },
		"mailslurper-in-zone": func(t *testing.T) mailServer { return newFakeMailslurper(t, -9*time.Hour) },
		"inbox":               func(t *testing.T) mailServer { return newRemoteTenant(t) },
		"imap-idle":           func(t *testing.T) mailServer { return newIMAP(t, true, 0) },
		"imap-poll":           func(t *testing.T) mailServer { return newIMAP(t, false, time.Second) },
		"smtp":                func(t *testing.T) mailServer { return newCatcher(t) },
		"webhook":             func(t *testing.T) mailServer { return newHookTenant(t) },
	}
	if binary := os.Getenv("HANKOSIM_TEST_MAILPIT"); binary != "" {
		all["mailpit-real"] = func(t *testing.T) mailServer { return newRealMailpit(t, binary) }
	}
	return all
}

func open(t *testing.T, server mailServer) mailbox.Box {
	t.Helper()
	options := mailbox.Options{}
	if provider, ok := server.(*imapProvider); ok {
		options.Roots = provider.roots
	}
	box, err := mailbox.Open(t.Context(), server.spec(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	return box
}

// addressed is a mail with the recipients in its header.
func addressed(raw string, to []string) string {
	head, rest, _ := strings.Cut(raw, "To: ada@example.com\r\n")
	return head + "To: " + strings.Join(to, ", ") + "\r\n" + rest
}

// passcodeMail is a raw mail as Hanko sends it.
func passcodeMail(code string) string {
	return plainMail(code+" is your passcode for Hanko", fmt.Sprintf("Enter the following passcode to verify your identity:\r\n\r\n%s\r\n\r\n"+
		"The passcode is valid for 5 minutes.\r\n", code))
}

func plainMail(subject, text string) string {
	return "Mime-Version: 1.0\r\nDate: " + time.Now().UTC().Format(time.RFC1123Z) + "\r\nTo: ada@example.com\r\nFrom: \"Hanko\" <noreply@hanko.io>\r\n" +
		"Subject: " + subject + "\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n" + text
}
