package hanko

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Kind says how a call failed, for callers that switch on it.
type Kind int

const (
	// Refused means that the tenant answered with an error status; see Status and Message.
	Refused Kind = iota + 1
	// Unreachable means that there was no connection (unknown host, nothing listening, no route).
	Unreachable
	// Insecure means that there was a connection, but TLS failed.
	Insecure
	// TimedOut means that no complete response came before the deadline.
	TimedOut
	// Canceled means that the caller's context was cancelled.
	Canceled
	// Broken means that the response was cut off.
	Broken
	// TooLarge means that the response was longer than MaxResponse, or its header too long; then Err says so.
	TooLarge
	// Redirected means that the response was a redirect. An API does not redirect. The client never follows a redirect,
	// because the request may contain a token.
	Redirected
	// NotHanko means that the response is not the JSON of Hanko's API.
	NotHanko
)

// Error is the error that the calls of this package return.
type Error struct {
	Kind       Kind
	Call       string        // what was tried: "POST /user"
	Host       string        // the host that was asked
	Status     int           // the HTTP status; 0 if no response came
	Message    string        // the tenant's own words; may be ""
	Means      string        // what it probably means, as a sentence
	Do         string        // what to do about it, as a sentence
	RetryAfter time.Duration // how long the tenant asks to wait; 0 if it does not say
	Sent       bool          // the request was sent, so the tenant may have acted on it
	Err        error         // the cause below; nil for Refused
}

// Error returns what was tried, what came back, what it means and what to do, in one line. Text from the tenant is made
// printable.
func (e *Error) Error() string {
	parts := []string{e.Summary()}
	if e.Means != "" {
		parts = append(parts, e.Means)
	}
	if e.Do != "" {
		parts = append(parts, e.Do)
	}
	return strings.Join(parts, " ")
}

// Summary returns what was tried and what came back, as a sentence.
func (e *Error) Summary() string {
	switch e.Kind {
	case Refused:
		if e.Message != "" {
			return fmt.Sprintf("%s answered %d, %q.", e.Call, e.Status, brief(e.Message))
		}
		return fmt.Sprintf("%s answered %d.", e.Call, e.Status)
	case Unreachable:
		return fmt.Sprintf("%s did not reach %s%s.", e.Call, Printable(e.Host), e.because())
	case Insecure:
		return fmt.Sprintf("%s found no secure connection to %s%s.", e.Call, Printable(e.Host), e.because())
	case TimedOut:
		return fmt.Sprintf("%s got no answer from %s in time.", e.Call, Printable(e.Host))
	case Canceled:
		return fmt.Sprintf("%s was cancelled.", e.Call)
	case Broken:
		return fmt.Sprintf("%s got an answer that broke off%s.", e.Call, e.because())
	case TooLarge:
		if e.Err != nil {
			return fmt.Sprintf("%s got an answer that is too long%s.", e.Call, e.because())
		}
		return fmt.Sprintf("%s got an answer of more than %d KiB.", e.Call, MaxResponse/1024)
	case Redirected:
		if e.Message == "" {
			return fmt.Sprintf("%s was redirected (%d), but the answer does not say where to.", e.Call, e.Status)
		}
		return fmt.Sprintf("%s was redirected (%d) to %s.", e.Call, e.Status, brief(e.Message))
	default:
		var notOffered *NotOfferedError
		var foreign *ForeignHrefError
		if errors.As(e.Err, &notOffered) || errors.As(e.Err, &foreign) {
			return fmt.Sprintf("%s could not be taken%s.", e.Call, e.because())
		}
		if e.Status == 0 && e.Err != nil && malformed(e.Err) {
			return fmt.Sprintf("%s got an answer that is not HTTP%s.", e.Call, e.because())
		}
		if e.Status == 0 {
			return fmt.Sprintf("%s got an answer that breaks the rules of HTTP%s.", e.Call, e.because())
		}
		return fmt.Sprintf("%s answered %d, but not with Hanko's JSON%s.", e.Call, e.Status, e.because())
	}
}

func (e *Error) because() string {
	if e.Err == nil {
		return ""
	}
	return ": " + brief(rootCause(e.Err).Error())
}

// maxSaid is how many characters of foreign text an error repeats. The rest is in the exchange.
const maxSaid = 300

// brief returns foreign text for use in a sentence: printable, and no longer than maxSaid.
func brief(text string) string {
	text = Printable(text)
	count := 0
	for i := range text {
		if count++; count > maxSaid {
			return text[:i] + "…"
		}
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// rootCause returns the innermost useful error of net/http's chain, whose texts repeat the URL.
func rootCause(err error) error {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		if dns.IsNotFound {
			return errors.New("no such host " + dns.Name)
		}
		return errors.New("looking up " + dns.Name + ": " + dns.Err)
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		var errno syscall.Errno
		if errors.As(op.Err, &errno) {
			return errno
		}
		return op.Err
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// malformed reports whether the response was not HTTP at all.
func malformed(err error) bool {
	return strings.Contains(err.Error(), "malformed HTTP") || strings.Contains(err.Error(), "malformed MIME header")
}

// brokenOff reports whether the connection ended too early.
func brokenOff(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)
}

// transportError converts an error of net/http to an *Error. answered means that some bytes came back.
func transportError(err error, answered bool) *Error {
	var (
		unknownCA x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		dns       *net.DNSError
		timeout   net.Error
		isTLS     = errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert)
		isHTTP    = errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/"
		isAlert   = strings.Contains(err.Error(), "malformed HTTP response") && strings.Contains(err.Error(), `\x15\x03`)
	)
	switch {
	case errors.Is(err, context.Canceled):
		return &Error{Kind: Canceled, Err: err}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout() && !errors.As(err, &dns):
		return &Error{
			Kind: TimedOut, Err: err,
			Means: "The tenant is slow, or something on the way drops packets.",
			Do:    "Try again. If that does not help, check the URL and the network, or raise `timeout` in the configuration.",
		}
	case isHTTP:
		return &Error{
			Kind: Insecure, Err: err,
			Means: "The server speaks plain HTTP on that port.",
			Do:    "Write the URL with http:// if this is a tenant on your own machine; otherwise check the port.",
		}
	case isAlert:
		return tlsWanted(err)
	case strings.Contains(err.Error(), "invalid proxy address"): // its text repeats the proxy's password
		return &Error{
			Kind: Unreachable, Err: errors.New("the proxy's URL in the environment cannot be read"),
			Means: "HTTP_PROXY or HTTPS_PROXY has this URL.",
			Do:    "Correct the variable. It looks like http://user:password@host:3128, with %40 and the like for special characters in the password.",
		}
	case errors.As(err, &unknownCA):
		return &Error{
			Kind: Insecure, Err: err,
			Means: "This machine does not trust the CA of the tenant's certificate. A phone would refuse it, too.",
			Do:    "Use a certificate from a public CA, or add your own CA to the machine's trust store.",
		}
	case errors.As(err, &hostname):
		return &Error{
			Kind: Insecure, Err: err,
			Means: "Its certificate is for another name.",
			Do:    "Check the host in the URL, or the certificate that the tenant's proxy serves.",
		}
	case errors.As(err, &invalid):
		return &Error{
			Kind: Insecure, Err: err,
			Means: "Its certificate is expired or not valid for this use.",
			Do:    "Renew the certificate; check this machine's clock.",
		}
	case isTLS:
		return &Error{
			Kind: Insecure, Err: err,
			Means: "The two sides could not agree on TLS.",
			Do:    "Check the port and the tenant's TLS settings.",
		}
	case errors.As(err, &dns):
		return &Error{
			Kind: Unreachable, Err: err,
			Means: "The name does not resolve from here.",
			Do:    "Check the spelling of the URL, and the network or VPN.",
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Error{
			Kind: Unreachable, Err: err,
			Means: "Nothing listens there.",
			Do:    "Start the tenant, or check host and port. `hankosim tenant` starts one for trying things out.",
		}
	case malformed(err):
		return &Error{
			Kind: NotHanko, Err: err,
			Means: "Something that does not speak HTTP listens there.",
			Do:    "Check the port in the URL.",
		}
	case strings.Contains(err.Error(), "server response headers exceeded"):
		return &Error{
			Kind: TooLarge, Err: fmt.Errorf("its header has more than %d KiB", maxHeader/1024),
			Means: "No answer of Hanko's API has such a long header, or so many informational (1xx) answers before it. Something else answers there.",
			Do:    "Check the URL and what stands in front of the tenant.",
		}
	case answered && brokenOff(err):
		return cutOff(err)
	case answered:
		return &Error{
			Kind: NotHanko, Err: err,
			Means: "The answer cannot be read. It comes from a broken server or proxy, or not from Hanko.",
			Do:    "Check the URL and what stands in front of the tenant.",
		}
	case errors.Is(err, io.EOF):
		return &Error{
			Kind: Unreachable, Err: errors.New("the server closed the connection without an answer"),
			Means: "A server does so that is just starting or stopping, or that does not speak HTTP, such as a database.",
			Do:    "Try again. If that does not help, check host and port, and look at the tenant's log.",
		}
	default:
		return &Error{
			Kind: Unreachable, Err: err,
			Means: "The connection failed before an answer came.",
			Do:    "Check the URL and the network, and try again.",
		}
	}
}

// cutOff returns the error for a connection that ended in the middle of a response.
func cutOff(err error) *Error {
	return &Error{
		Kind: Broken, Err: err,
		Means: "The server or a proxy closed the connection in the middle of its answer.",
		Do:    "Try again. If that does not help, look at the tenant's log.",
	}
}

// plainOnTLS has what Go's, nginx's and Apache's servers answer to plain HTTP on a port for HTTPS.
var plainOnTLS = regexp.MustCompile(`(?i)sent an HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled server port`)

// tlsWanted returns the error for plain HTTP on a port for HTTPS.
func tlsWanted(err error) *Error {
	return &Error{
		Kind: Insecure, Err: err,
		Means: "The server speaks HTTPS on that port.",
		Do:    "Write the URL with https://.",
	}
}
