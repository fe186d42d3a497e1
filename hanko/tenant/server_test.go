package tenant

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko/mailbox"
)

// serve serves a tenant on loopback with the tenant's own server, and returns its address. It shortens all time-outs so that
// a minute becomes patience.
func serve(t *testing.T, a *app, patience time.Duration) (address string, closed <-chan struct{}) {
	t.Helper()
	server := a.tenant.Server()
	for _, timeout := range []*time.Duration{&server.ReadHeaderTimeout, &server.ReadTimeout, &server.WriteTimeout, &server.IdleTimeout} {
		if *timeout > time.Minute {
			t.Errorf("the server waits for %s, which is long", *timeout)
		}
		*timeout /= time.Minute / patience // 0 means no limit, and stays 0
	}
	ended := make(chan struct{}, 100)
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			ended <- struct{}{}
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String(), ended
}

func dial(t *testing.T, address, sent string) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	if _, err := io.WriteString(connection, sent); err != nil {
		t.Fatal(err)
	}
	return connection
}

// TestStalledClients has clients stall in each part of an exchange: each loses its connection.
func TestStalledClients(t *testing.T) {
	const head = "Host: localhost\r\nContent-Type: application/json\r\n"
	inbox := mailbox.NewInbox()
	for n := range 200 { // more than the buffers of two sockets hold
		inbox.Deliver(mailbox.Mail{To: fmt.Sprintf("user%d@example.com", n), Body: strings.Repeat("x", 100_000)})
	}
	a := openTenant(t, Options{Inbox: inbox})
	for name, sent := range map[string]string{
		"says nothing":                     "",
		"in the first line":                "POST /us",
		"in the header":                    "POST /user HTTP/1.1\r\nHost: local",
		"in the body":                      "POST /user HTTP/1.1\r\n" + head + "Content-Length: 1000\r\n\r\n{\"email\":",
		"in a body of any type":            "POST /webauthn/login/finalize HTTP/1.1\r\n" + head + "Content-Length: 1000\r\n\r\n{",
		"in a body in chunks":              "POST /user HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"ema",
		"in a flow's body":                 "POST /login?action=x@" + "0b0c5a2e-1d2f-4a3b-8c4d-5e6f70819203 HTTP/1.1\r\n" + head + "Content-Length: 1000\r\n\r\n{",
		"in a body that nobody reads":      "POST /login HTTP/1.1\r\n" + head + "Content-Length: 1000\r\n\r\n{",
		"in a refused request":             "POST /login HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1000\r\n\r\n{",
		"in a body that waits to be asked": "POST /user HTTP/1.1\r\n" + head + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
		"after an answer":                  "GET /health/alive HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"while it reads an answer":         "GET /inbox.json HTTP/1.1\r\nHost: localhost\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, closed := serve(t, a, 200*time.Millisecond)
			dial(t, address, sent)
			select {
			case <-closed:
			case <-time.After(time.Minute):
				t.Error("the server still waits for it")
			}
		})
	}
}

// TestStalledBody sends half a body, and gets 408.
func TestStalledBody(t *testing.T) {
	a := openTenant(t, Options{})
	address, _ := serve(t, a, 2*time.Second) // so that a busy machine reads the header in time
	for _, path := range []string{"/user", "/webauthn/login/finalize"} {
		connection := dial(t, address, "POST "+path+" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
		if err := connection.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusRequestTimeout {
			t.Errorf("half a body for %s is answered %s", path, response.Status)
		}
	}
}

// TestServerReads sends a header that is too long, which is refused, and a body in pieces, which is read.
func TestServerReads(t *testing.T) {
	a := openTenant(t, Options{})
	address, _ := serve(t, a, time.Minute)
	status := func(connection net.Conn) string {
		t.Helper()
		response, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.Status
	}
	long := dial(t, address, "GET /me HTTP/1.1\r\nHost: localhost\r\nCookie: hanko="+strings.Repeat("x", 100<<10)+"\r\n\r\n")
	if got := status(long); !strings.HasPrefix(got, "431 ") {
		t.Errorf("a header of 100 KiB is answered %s", got)
	}
	usual := dial(t, address, "GET /health/alive HTTP/1.1\r\nHost: localhost\r\nCookie: hanko="+strings.Repeat("x", 16<<10)+"\r\n\r\n")
	if got := status(usual); got != "200 OK" {
		t.Errorf("a header of 16 KiB is answered %s", got)
	}
	pieces := dial(t, address, "POST /user HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
	for piece := range strings.SplitSeq(`{"email":"ada@example.com"}`, "") {
		if _, err := fmt.Fprintf(pieces, "1\r\n%s\r\n", piece); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.WriteString(pieces, "0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if got := status(pieces); got != "404 Not Found" {
		t.Errorf("a body in pieces is answered %s", got)
	}
}
