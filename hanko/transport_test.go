package hanko_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/hankosim/hanko"
)

// rawServer reads a request on each connection, sends the bytes and, if hold is set, keeps the connection open until the
// test ends.
func rawServer(t *testing.T, answer string, hold bool) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	t.Cleanup(func() {
		close(over)
		_ = listener.Close()
	})
	go func() {
		for {
			connection, err := listener.Accept()
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
				_, _ = io.WriteString(connection, answer)
				if hold {
					<-over
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// TestAnswersThatAreNone gets answers that are not those of an API. Each gives the right error, without a wait.
func TestAnswersThatAreNone(t *testing.T) {
	storm := strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", 10_000)
	for _, test := range []struct {
		name, answer string
		kind         hanko.Kind
		status       int
		says         string
	}{
		{"101 and an open connection", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", hanko.NotHanko, 101, "answered 101"},
		{"101 without an upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n", hanko.NotHanko, 101, "answered 101"},
		{"a status below 100", "HTTP/1.1 099 Early\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", hanko.NotHanko, 99, "answered 99"},
		{"a storm of 103", storm, hanko.TooLarge, 0, "header has more than 256 KiB"},
		{"a header over the limit", "HTTP/1.1 200 OK\r\nX-Long: " + strings.Repeat("x", 300<<10), hanko.TooLarge, 0, "header has more than 256 KiB"},
		{"two Content-Lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", hanko.NotHanko, 0, "breaks the rules of HTTP"},
		{"a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}", hanko.NotHanko, 0, "breaks the rules of HTTP"},
		{"an encoding that nobody knows", "HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\n{}", hanko.NotHanko, 0, "breaks the rules of HTTP"},
		{"no HTTP", "SSH-2.0-OpenSSH_9.9\r\n", hanko.NotHanko, 0, "not HTTP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			client := newClient(t, rawServer(t, test.answer, true), hanko.Options{Timeout: time.Minute})
			_, err := client.FindUser(t.Context(), "ada@example.com")
			var failure *hanko.Error
			if !errors.As(err, &failure) || failure.Kind != test.kind || failure.Status != test.status || !failure.Sent ||
				!strings.Contains(failure.Error(), test.says) || failure.Means == "" || failure.Do == "" {
				t.Errorf("the error is %v: %+v", err, failure)
			}
			printable(t, "the error", err.Error())
		})
	}
}

// TestHeaderCutOff ends a connection in the middle of a header. The error says that there was a connection.
func TestHeaderCutOff(t *testing.T) {
	client := newClient(t, rawServer(t, "HTTP/1.1 200 OK\r\nContent-Type: appl", false), hanko.Options{})
	_, err := client.FindUser(t.Context(), "ada@example.com")
	var failure *hanko.Error
	if !errors.As(err, &failure) || failure.Kind != hanko.Broken || !failure.Sent {
		t.Errorf("the error is %v: %+v", err, failure)
	}
}

// TestSent checks that an error says whether the tenant may have acted on the request.
func TestSent(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, test := range []struct {
		name, url string
		kind      hanko.Kind
		want      bool
	}{
		{"nothing listens", "http://" + closed.Addr().String(), hanko.Unreachable, false},
		{"no TLS", "https" + strings.TrimPrefix(rawServer(t, "", false), "http"), hanko.Unreachable, false},
		{"hung up", rawServer(t, "", false), hanko.Unreachable, true},
		{"silent", rawServer(t, "", true), hanko.TimedOut, true},
		{"cut off", rawServer(t, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", false), hanko.Broken, true},
		{"refused", rawServer(t, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}", false), hanko.Refused, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			timeout := time.Minute
			if test.kind == hanko.TimedOut {
				timeout = 2 * time.Second // long enough to connect and to send
			}
			client := newClient(t, test.url, hanko.Options{Timeout: timeout})
			_, err := client.FindUser(t.Context(), "ada@example.com")
			var failure *hanko.Error
			if !errors.As(err, &failure) || failure.Sent != test.want || failure.Kind != test.kind {
				t.Errorf("the error is %v: %+v", err, failure)
			}
		})
	}
}

// endless is an empty body that ends only when it is closed, even if the request's context has ended.
type endless struct {
	once   *sync.Once
	closed chan struct{}
}

func (e endless) Read([]byte) (int, error) {
	<-e.closed
	return 0, errors.New("read of a closed body")
}

func (e endless) Close() error {
	e.once.Do(func() { close(e.closed) })
	return nil
}

// TestBodyEndsWithContext checks that no read continues after the call's deadline, or after its context has ended.
func TestBodyEndsWithContext(t *testing.T) {
	transport := roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: endless{new(sync.Once), make(chan struct{})}, Request: r}, nil
	})
	for _, test := range []struct {
		name    string
		timeout time.Duration
		cancel  bool
		kind    hanko.Kind
	}{
		{"the time is over", 50 * time.Millisecond, false, hanko.TimedOut},
		{"the caller gives up", time.Minute, true, hanko.Canceled},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			client := newClient(t, "http://tenant.test", hanko.Options{Timeout: test.timeout, Transport: transport})
			if test.cancel {
				cancel()
			}
			_, err := client.FindUser(ctx, "ada@example.com")
			var failure *hanko.Error
			if !errors.As(err, &failure) || failure.Kind != test.kind {
				t.Errorf("the error is %v, want kind %d", err, test.kind)
			}
		})
	}
}
