package login_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// noTenant is a way for the tenant's answer not to arrive.
type noTenant struct {
	name     string
	fault    func(t *testing.T) http.RoundTripper
	kind     hanko.Kind
	sentence string // "" is "It was not possible to …"
	said     string
	cause    string
	remedy   string
}

const unreachable = "The tenant could not be reached."

var noTenants = []noTenant{
	{"connection refused", refusedConnection, hanko.Unreachable, unreachable, "connection refused", "Nothing listens there", "Start the tenant"},
	{"unknown host", unknownHost(true), hanko.Unreachable, unreachable, "no such host tenant.invalid", "does not resolve", "spelling of the URL"},
	{"name server down", unknownHost(false), hanko.Unreachable, unreachable, "looking up tenant.invalid: server misbehaving", "does not resolve", "network or VPN"},
	{"certificate of nobody", selfSigned, hanko.Insecure, unreachable, "unknown authority", "does not trust the CA", "public CA"},
	{"certificate for another name", wrongName, hanko.Insecure, unreachable, "wrong.invalid", "for another name", "Check the host"},
	{"http URL, https port", raw("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"), hanko.Insecure, unreachable, "no secure connection", "speaks HTTPS", "https://"},
	{"http URL, https port, reset", resetting("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"), hanko.Insecure, unreachable, "no secure connection", "speaks HTTPS", "https://"},
	{"http URL, https port, an alert", raw("\x15\x03\x01\x00\x02\x02\x0a"), hanko.Insecure, unreachable, "no secure connection", "speaks HTTPS", "https://"},
	{"https URL, http port", tlsOnHTTP, hanko.Insecure, unreachable, "no secure connection", "speaks plain HTTP", "http://"},
	{"a header that is none", raw("HTTP/1.1 200 OK\r\nLocation: \x1b[31m\r\n\r\n"), hanko.NotHanko, "", "not HTTP", "does not speak HTTP", "Check the port"},
	{"no HTTP", raw("SSH-2.0-OpenSSH_9.9\r\n"), hanko.NotHanko, "", "got an answer that is not HTTP", "does not speak HTTP", "Check the port"},
	{"hung up", raw(""), hanko.Unreachable, unreachable, "closed the connection", "database", "Try again"},
	{"endless header", raw("HTTP/1.1 200 OK\r\nX-Long: " + strings.Repeat("x", 300<<10)), hanko.TooLarge, "", "header has more than 256 KiB", "has such a long header", "Check the URL"},
	{"a page", answering(page(200, "Welcome")), hanko.NotHanko, "", "answered 200, but not with Hanko's JSON", "web page", "Check the URL"},
	{"a page for 404", answering(page(404, "Not Found")), hanko.NotHanko, "", "answered 404, but not with Hanko's JSON", "web page", "Check the URL"},
	{"a page for 502", answering(page(502, "Bad Gateway")), hanko.Refused, "", "answered 502", "proxy in front", "try again"},
	{"a body cut off", raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"id\":\"7dd9"), hanko.Broken, "", "broke off", "in the middle", "Try again"},
	{"JSON cut off", answering(body(200, `{"id":"7dd9`)), hanko.Broken, "", "broke off", "ends in the middle", "Try again"},
	{"50 MB", answering(fiftyMB), hanko.TooLarge, "", "more than 1024 KiB", "Something else answers there", "Check the URL"},
	{"50 MB, compressed away", answering(zeros), hanko.TooLarge, "", "more than 1024 KiB", "Something else answers there", "Check the URL"},
	{"a redirect", answering(redirect(307, "https://login.example.com/\u202enext")), hanko.Redirected, "", "redirected (307) to https://login.example.com/�next", "does not redirect an app", "was not followed"},
}

// noTenantPlaces are calls without a body, with an address, a passcode, a token and an assertion.
var noTenantPlaces = []struct {
	call  string
	place place
	back  string
}{
	{config, atUnknownTenant, "EnterEmail"},
	{user, atEmail, "EnterEmail"},
	{finalize, atPasscode, "EnterPasscode"},
	{registerInitialize, atOffer, "OfferPasskey"},
	{loginFinalize, atPasskey, "EnterEmail"},
}

// TestNoTenant makes one call fail, in each way and at several places of the walk.
func TestNoTenant(t *testing.T) {
	stage := newStage(t, unlimited)
	for _, row := range noTenants {
		t.Run(strings.ReplaceAll(row.name, " ", "_"), func(t *testing.T) {
			for _, at := range noTenantPlaces {
				t.Run(strings.ReplaceAll(at.call, "/", "_"), func(t *testing.T) {
					p := stage.newPerson(t)
					at.place.before(p)
					stage.wire.once(at.call, row.fault(t))
					row.look(t, at.call, p.take(at.place.action(p)))
					if step := p.take(login.Back{}); kind(step) != at.back {
						t.Errorf("Back leads to %s, want %s", described(step), at.back)
					}
					stage.wire.once(at.call, row.fault(t))
					row.look(t, at.call, p.take(at.place.action(p)))
					if step := p.take(login.Retry{}); kind(step) == "Failed" {
						t.Errorf("Retry leads to %s", described(step))
					}
					p.finish()
				})
			}
		})
	}
}

func (n noTenant) look(t *testing.T, call string, step login.Step) {
	t.Helper()
	drawable(t, step)
	failed, ok := step.(login.Failed)
	if !ok {
		t.Fatalf("it leads to %s, want Failed", described(step))
	}
	problem := failed.Problem
	sentence := n.sentence
	if sentence == "" {
		sentence = "It was not possible to "
	}
	if !strings.Contains(problem.Sentence, sentence) || !strings.Contains(problem.Said, call) || !strings.Contains(problem.Said, n.said) ||
		!strings.Contains(problem.Cause, n.cause) || !strings.Contains(problem.Remedy, n.remedy) {
		t.Errorf("the problem is %q / %q / %q / %q, want %q, %q, %q, %q in it",
			problem.Sentence, problem.Said, problem.Cause, problem.Remedy, sentence, n.said, n.cause, n.remedy)
	}
	if failed.Again == nil {
		t.Error("trying again is not offered")
	}
	made := step.Exchanges()
	if last := made[len(made)-1]; last.Err == nil || last.Err.Kind != n.kind || len(last.ResponseBody) > hanko.MaxResponse {
		t.Errorf("the last exchange has %d bytes and the error %+v, want kind %d", len(last.ResponseBody), last.Err, n.kind)
	}
}

func answering(handler http.HandlerFunc) func(*testing.T) http.RoundTripper {
	return func(t *testing.T) http.RoundTripper { return served(t, handler) }
}

func body(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

func redirect(status int, location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(status)
	}
}

func fiftyMB(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"id":"`)
	chunk := []byte(strings.Repeat("x", 1<<20))
	for range 50 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// packedMB is a megabyte of zeros in a kilobyte of gzip. Several of them in a row are valid, too.
var packedMB = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write(make([]byte, 1<<20))
	_ = writer.Close()
	return packed.Bytes()
})

func zeros(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	for range 50 {
		if _, err := w.Write(packedMB()); err != nil {
			return
		}
	}
}

func refusedConnection(t *testing.T) http.RoundTripper {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return elsewhere("http://"+address, http.DefaultTransport)
}

// unknownHost answers for the name server, so that the test needs no network.
func unknownHost(notFound bool) func(*testing.T) http.RoundTripper {
	return func(*testing.T) http.RoundTripper {
		return elsewhere("https://tenant.invalid", &http.Transport{
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				cause := &net.DNSError{Err: "server misbehaving", Name: "tenant.invalid", Server: "127.0.0.53:53"}
				if notFound {
					cause.Err, cause.IsNotFound = "no such host", true
				}
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: cause}
			},
		})
	}
}

func tlsServer(t *testing.T) *httptest.Server {
	server := httptest.NewUnstartedServer(page(200, "never seen"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func selfSigned(t *testing.T) http.RoundTripper {
	return elsewhere(tlsServer(t).URL, http.DefaultTransport)
}

func wrongName(t *testing.T) http.RoundTripper {
	server := tlsServer(t)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	return elsewhere("https://wrong.invalid", &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	})
}

func tlsOnHTTP(t *testing.T) http.RoundTripper {
	server := httptest.NewUnstartedServer(page(200, "never seen"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return elsewhere("https://"+server.Listener.Addr().String(), http.DefaultTransport)
}

// raw reads a request, sends the bytes and hangs up.
func raw(answer string) func(*testing.T) http.RoundTripper {
	return func(t *testing.T) http.RoundTripper {
		return listening(t, func(connection *net.TCPConn) {
			_, _ = io.WriteString(connection, answer)
		})
	}
}

// resetting sends the bytes and then resets the connection, as the kernel does for a server that left the request unread.
func resetting(answer string) func(*testing.T) http.RoundTripper {
	return func(t *testing.T) http.RoundTripper {
		return listening(t, func(connection *net.TCPConn) {
			_, _ = io.WriteString(connection, answer)
			time.Sleep(50 * time.Millisecond) // a reset overtakes what has not been read
			_ = connection.SetLinger(0)
		})
	}
}

func listening(t *testing.T, answer func(*net.TCPConn)) http.RoundTripper {
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				request, err := http.ReadRequest(bufio.NewReader(connection))
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, request.Body)
				answer(connection)
			}()
		}
	}()
	transport := &http.Transport{MaxResponseHeaderBytes: 256 << 10}
	t.Cleanup(transport.CloseIdleConnections)
	return elsewhere("http://"+listener.Addr().String(), transport)
}

// TestHang has the tenant not answer, or stop halfway. The walk does not wait for it without end.
func TestHang(t *testing.T) {
	for _, test := range []struct {
		name  string
		start string
	}{{"before the answer", ""}, {"in the middle", `{"id":"7dd9`}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stage := newStage(t, unlimited)
			stage.newPerson(t).finish() // makes the tenant's keys, which may take longer than the timeout here
			stage.users++
			// Long enough for all calls except the one that hangs.
			p := stage.personWith(t, fmt.Sprintf("ada%d@example.com", stage.users), authenticator.NewMemoryKeystore(), hanko.Options{Timeout: 4 * time.Second})
			over := make(chan struct{})
			fault := served(t, func(w http.ResponseWriter, r *http.Request) {
				if test.start != "" {
					w.Header().Set("Content-Length", "5000")
					_, _ = io.WriteString(w, test.start)
					_ = http.NewResponseController(w).Flush()
				}
				select {
				case <-r.Context().Done():
				case <-over:
				}
			})
			t.Cleanup(func() { close(over) }) // before the server's Close, which waits for the handler
			stage.wire.once(user, fault)
			step := p.take(login.SubmitEmail{Email: p.email})
			noTenant{
				kind: hanko.TimedOut, sentence: unreachable, said: "got no answer", cause: "slow", remedy: "raise `timeout`",
			}.look(t, user, step)
			to[login.ConfirmAccount](p, login.Retry{})
			p.finish()
		})
	}
}

// TestRedirectKeepsToken redirects to another host, which must get no request, and no token.
func TestRedirectKeepsToken(t *testing.T) {
	var heard atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		heard.Add(1)
		t.Errorf("the other host got %s %s with %v", r.Method, r.URL, r.Header)
	}))
	defer thief.Close()
	stage := newStage(t, unlimited)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, at := range append(noTenantPlaces, struct {
			call  string
			place place
			back  string
		}{logout, atLogOut, "SignedIn"}) {
			t.Run(strconv.Itoa(status)+strings.ReplaceAll(at.call, "/", "_"), func(t *testing.T) {
				p := stage.newPerson(t)
				at.place.before(p)
				stage.wire.once(at.call, served(t, redirect(status, thief.URL+"/steal")))
				step := p.take(at.place.action(p))
				noTenant{
					kind: hanko.Redirected, said: thief.URL, cause: "does not redirect an app", remedy: "not followed",
				}.look(t, at.call, step)
			})
		}
	}
	if heard.Load() != 0 {
		t.Errorf("the other host was asked %d times", heard.Load())
	}
}
