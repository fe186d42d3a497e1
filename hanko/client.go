package hanko

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// MaxResponse is the size limit of a response's body, in bytes. Hanko's longest responses, the key set and a flow's state,
// have about ten thousand.
const MaxResponse = 1 << 20

// maxHeader is the size limit of a response's header, in bytes, including all informational (1xx) responses before it.
const maxHeader = 256 << 10

// Options are what a Client needs besides the tenant's URL.
type Options struct {
	Timeout   time.Duration     // of one call, until the whole response is read; 0 means 15 seconds
	UserAgent string            // "" means "hankosim"
	Log       *Log              // records the exchanges; nil makes a new one
	Observe   func(Exchange)    // called with each exchange at its end, on the caller's goroutine; may be nil
	Transport http.RoundTripper // nil means a transport of the client's own, which honours the usual proxy variables
}

// Client calls one tenant's public API. It is safe for concurrent use. It keeps no session; calls that need one take its
// token.
type Client struct {
	base      *url.URL // without a trailing slash
	transport http.RoundTripper
	timeout   time.Duration
	userAgent string
	log       *Log
	observe   func(Exchange)
	device    deviceCookies
	overFlows atomic.Bool // the tenant refuses the sessions of its REST API
}

// NewClient returns a client for the tenant at a base URL. It does not connect yet. It fails with a *URLError.
func NewClient(baseURL string, options Options) (*Client, error) {
	base, err := ParseURL(baseURL)
	if err != nil {
		return nil, err
	}
	client := &Client{
		base:      base,
		timeout:   options.Timeout,
		userAgent: options.UserAgent,
		log:       options.Log,
		observe:   options.Observe,
	}
	if client.timeout <= 0 {
		client.timeout = 15 * time.Second
	}
	if client.userAgent == "" {
		client.userAgent = "hankosim"
	}
	if client.log == nil {
		client.log = &Log{}
	}
	transport := options.Transport
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxResponseHeaderBytes = maxHeader
		transport = own
	}
	client.transport = transport
	return client, nil
}

// BaseURL returns the tenant's URL as calls use it.
func (c *Client) BaseURL() string { return c.base.String() }

// Log returns the log of this client's exchanges.
func (c *Client) Log() *Log { return c.log }

// call describes one request.
type call struct {
	method string
	path   string                   // below the base URL
	token  string                   // the session token to send; "" for none
	body   any                      // encoded as JSON; nil for none
	out    any                      // decoded from a success; nil if its body does not matter
	name   string                   // the key in explanations if the path has an ID; "" means path
	check  func(http.Header) *Error // returns an error if a success lacks what the app needs; may be nil
	flow   bool                     // the response is a flow's state, whatever its status
}

// do makes a call, records the exchange and returns the response's header. It fails with an *Error.
func (c *Client) do(ctx context.Context, call call) (http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	target := *c.base
	path, query, _ := strings.Cut(call.path, "?")
	target.Path += path
	target.RawQuery = query
	exchange := Exchange{Method: call.method, URL: target.String(), Path: call.path, Start: time.Now()}
	failure := c.exchange(ctx, call, &exchange)
	if failure == nil && call.check != nil {
		failure = call.check(exchange.ResponseHeader)
	}
	exchange.Duration = time.Since(exchange.Start)
	if failure != nil {
		failure.Sent = failure.Sent || exchange.Status != 0
		path, _, _ := strings.Cut(call.path, "%40")        // behind a flow's action is the flow's ID
		failure.Call = call.method + " " + Printable(path) // of a flow, the path is the tenant's
		failure.Host = c.base.Host
		failure.Status = exchange.Status
		if failure.Kind == Refused {
			explain(failure, call)
		}
		exchange.Err = failure
	}
	c.log.ended(&exchange)
	if c.observe != nil {
		c.observe(exchange)
	}
	if failure != nil {
		return exchange.ResponseHeader, failure
	}
	return exchange.ResponseHeader, nil
}

func (c *Client) exchange(ctx context.Context, call call, exchange *Exchange) *Error {
	var body io.Reader
	if call.body != nil {
		encoded, err := json.Marshal(call.body)
		if err != nil {
			return &Error{Kind: Broken, Err: err, Means: "The request could not be written as JSON."}
		}
		exchange.RequestBody = encoded
		body = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, call.method, exchange.URL, body)
	if err != nil {
		return &Error{Kind: Unreachable, Err: err, Do: "Check the tenant's URL."}
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.userAgent)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if call.flow {
		c.device.send(request)
	}
	if call.token != "" {
		request.Header.Set("Authorization", "Bearer "+call.token)
	}
	exchange.RequestHeader = request.Header
	c.log.sent(exchange)

	// An http.Client would parse redirects, and fail on one that it cannot parse. A transport follows none.
	var progress progress
	response, err := c.transport.RoundTrip(progress.watch(request))
	if err != nil {
		failure := transportError(err, progress.answered.Load())
		failure.Sent = progress.sent.Load()
		return failure
	}
	defer response.Body.Close()
	exchange.Status = response.StatusCode
	exchange.ResponseHeader = response.Header
	if response.StatusCode < http.StatusOK {
		return informational(response.StatusCode)
	}
	if call.flow {
		c.device.receive(response)
	}
	// A transport does not have to end a read of the body when the context ends. Closing the body does.
	unhook := context.AfterFunc(ctx, func() { _ = response.Body.Close() })
	defer unhook()
	content, err := io.ReadAll(io.LimitReader(response.Body, MaxResponse+1))
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	exchange.ResponseBody = content[:min(len(content), MaxResponse)]
	switch {
	case err != nil && plainOnTLS.Match(content):
		return tlsWanted(err) // some servers reset the connection after such a request
	case err != nil:
		failure := transportError(err, true)
		if failure.Kind != TimedOut && failure.Kind != Canceled {
			failure = cutOff(err)
		}
		return failure
	case len(content) > MaxResponse:
		return &Error{
			Kind:  TooLarge,
			Means: "No answer of Hanko's API is that long. Something else answers there.",
			Do:    "Check the URL.",
		}
	}
	if call.flow && response.StatusCode >= 400 && json.Unmarshal(content, call.out) == nil {
		if refused := flowRefusal(call.out.(*Flow), response.StatusCode); refused != nil || call.out.(*Flow).Name != "" {
			return refused
		}
	}
	failure := judge(response, content, call.out)
	if failure != nil && failure.Kind == NotHanko && call.flow && response.StatusCode < 300 && json.Valid(content) {
		return notFlow(errors.New("its JSON has another structure"))
	}
	return failure
}

// progress records how far a request has come. The transport's goroutines write it.
type progress struct{ sent, answered atomic.Bool }

// watch returns the request with a trace that records its progress.
func (p *progress) watch(request *http.Request) *http.Request {
	return request.WithContext(httptrace.WithClientTrace(request.Context(), &httptrace.ClientTrace{
		WroteRequest: func(written httptrace.WroteRequestInfo) {
			if written.Err == nil {
				p.sent.Store(true)
			}
		},
		GotFirstResponseByte: func() { p.answered.Store(true) },
	}))
}

// informational returns the error for a final status below 200. After 101 the connection has another protocol, which may
// never end.
func informational(status int) *Error {
	return &Error{
		Kind: NotHanko, Err: fmt.Errorf("%d is not the status of an answer", status),
		Means: "An API never answers like this. A server for another protocol, such as WebSocket, or a broken proxy listens there.",
		Do:    "Check the URL and what stands in front of the tenant.",
	}
}

// judge checks whether a response is what the call expects, and fills in out if it is.
func judge(response *http.Response, content []byte, out any) *Error {
	status := response.StatusCode
	switch {
	case status >= 300 && status < 400:
		return &Error{
			Kind: Redirected, Message: response.Header.Get("Location"),
			Means: "An API does not redirect an app. A login page, a captive portal or a web server in front of it does.",
			Do:    "The redirect was not followed. If it leads to the tenant, write that URL into the configuration.",
		}
	case status >= 400:
		return refusal(response, content)
	case out == nil && len(bytes.TrimSpace(content)) == 0:
		return nil
	case out == nil:
		out = new(json.RawMessage) // not needed, but a captive portal that answers 200 to everything is not a success
	}
	if err := json.Unmarshal(content, out); err != nil {
		return notHanko(response, content, err)
	}
	return nil
}

func refusal(response *http.Response, content []byte) *Error {
	failure := &Error{Kind: Refused, RetryAfter: retryAfter(response)}
	var body struct {
		Message any `json:"message"`
		Error   any `json:"error"`
	}
	if json.Unmarshal(content, &body) == nil {
		for _, said := range []any{body.Message, body.Error} {
			if text, ok := said.(string); ok && failure.Message == "" {
				failure.Message = text
			}
		}
		return failure
	}
	switch status := response.StatusCode; {
	case status == http.StatusBadRequest && plainOnTLS.Match(content):
		return tlsWanted(nil)
	case status >= 500:
		failure.Means = "This page is not Hanko's own. A proxy in front of the tenant answers in its place."
		failure.Do = "Check that the tenant is running, and that the proxy can reach it. Then try again."
		return failure
	case status == http.StatusTooManyRequests:
		failure.Means = "A proxy in front of the tenant got too many requests from the app."
		failure.Do = "Wait a little, then try again."
		return failure
	default:
		return notHanko(response, content, nil)
	}
}

func notHanko(response *http.Response, content []byte, cause error) *Error {
	failure := &Error{Kind: NotHanko, Err: cause, Do: "Check the URL: it is the API URL of Hanko Cloud's dashboard, or your backend's public port (8000 by default)."}
	mediaType, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	start := strings.ToLower(strings.TrimSpace(string(content[:min(len(content), 256)])))
	switch {
	case len(start) == 0:
		failure.Err = nil
		failure.Means = "The answer is empty."
	case mediaType == "text/html" || strings.HasPrefix(start, "<"):
		failure.Err = nil
		failure.Means = "The answer is a web page. The URL is probably that of a website, a frontend or a login portal."
	case response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusForbidden:
		failure.Means = "A gateway in front of the tenant asks for its own credentials."
	case errors.Is(cause, io.ErrUnexpectedEOF) || (cause != nil && strings.Contains(cause.Error(), "unexpected end of JSON input")):
		failure.Kind = Broken
		failure.Means = "The JSON ends in the middle. The server or a proxy cut it off."
		failure.Do = "Try again. If that does not help, look at the tenant's log, and at proxies on the way."
	default:
		failure.Means = "Something other than Hanko answers at that URL, or a proxy changes its answers."
	}
	return failure
}

// missing returns the error for a success that lacks what the app needs.
func missing(member string) *Error {
	return &Error{
		Kind:  NotHanko,
		Err:   fmt.Errorf("the answer has no %q", member),
		Means: "Every Hanko backend from v1.0 to v2.7 sends it. Something else answers at that URL, or a proxy changes the answer.",
		Do:    "Open the exchange, compare it with Hanko's API reference, and check the URL.",
	}
}

// needs returns the check for a call whose response is useless without a member.
func needs(member string, value *string) func(http.Header) *Error {
	return func(http.Header) *Error {
		if *value == "" {
			return missing(member)
		}
		return nil
	}
}

// RateLimit is the content of a response's X-RateLimit headers. Limit is 0 without them.
type RateLimit struct {
	Limit     int           // how many calls the tenant allows per interval
	Remaining int           // how many of them are left
	Reset     time.Duration // until all of them are back
}

func rateLimit(header http.Header) RateLimit {
	limit, err := strconv.Atoi(header.Get("X-RateLimit-Limit"))
	if err != nil || limit <= 0 {
		return RateLimit{}
	}
	remaining, err := strconv.Atoi(header.Get("X-RateLimit-Remaining"))
	if err != nil {
		return RateLimit{} // incomplete headers do not count: "none left" would make the app wait
	}
	return RateLimit{Limit: limit, Remaining: max(remaining, 0), Reset: waitIn(header.Get("X-RateLimit-Reset"))}
}

// retryAfter returns how long the tenant asks to wait: Retry-After in seconds or as a date. X-RateLimit-Reset replaces it
// only on 429, because Hanko sends that with every response of a limited endpoint.
func retryAfter(response *http.Response) time.Duration {
	value := response.Header.Get("Retry-After")
	if value == "" && response.StatusCode == http.StatusTooManyRequests {
		value = response.Header.Get("X-RateLimit-Reset")
	}
	if value == "0" {
		return time.Second // less than a second: Hanko leaves the fraction out
	}
	return waitIn(value)
}

// waitIn parses a wait in seconds or as a date. No wait is longer than a day: a tenant that says so is wrong.
func waitIn(value string) time.Duration {
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) { // out of range, it is the largest or smallest number
		return time.Duration(min(max(seconds, 0), 86400)) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(date), 0), 24*time.Hour)
	}
	return 0
}
