// Package faultproxy is a proxy for tests that stands in front of a tenant and spoils its answers.
package faultproxy

import (
	"bytes"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"example.com/hankosim/hanko"
)

// Group says what a fault is about.
type Group string

// The groups. Those of tokens and keys make sense only for answers that have them.
const (
	Protocol Group = "protocol"
	Status   Group = "status"
	Types    Group = "types" // of JSON, and its depth
	Tokens   Group = "tokens"
	Keys     Group = "keys"
	Clocks   Group = "clocks"
)

// Fault is a way in which an answer goes wrong.
type Fault struct {
	Name   string
	Group  Group
	Kind   hanko.Kind // of the error that a call must end with; 0 if that depends on the call
	Stalls bool       // the answer does not end by itself
	answer func(w http.ResponseWriter, r *http.Request, tenant http.Handler)
}

// In returns a proxy that spoils the answers to the requests that match, and passes on the others.
func (f Fault) In(matches func(*http.Request) bool) func(http.Handler) http.Handler {
	return func(tenant http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if matches(r) {
				f.answer(w, r, tenant)
				return
			}
			tenant.ServeHTTP(w, r)
		})
	}
}

// wait keeps a request open until the sender gives up. The server notices that only after it has read the body.
func wait(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// raw sends bytes instead of an answer, and closes or resets the connection.
func raw(text string, reset bool) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err) // the server of a test is HTTP/1.1
		}
		_, _ = io.WriteString(connection, text) // the sender may have hung up
		if tcp, ok := connection.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = connection.Close()
	}
}

// says answers instead of the tenant.
func says(status int, body string, header ...string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// endless writes a text again and again, until the sender of the request gives up.
func endless(header http.Header, text string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		maps.Copy(w.Header(), header)
		for {
			if _, err := io.WriteString(w, text); err != nil {
				return
			}
		}
	}
}

// changed changes the tenant's answer, and passes it on.
func changed(change func(answer *httptest.ResponseRecorder)) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, tenant http.Handler) {
		answer := httptest.NewRecorder()
		tenant.ServeHTTP(answer, r)
		change(answer)
		maps.Copy(w.Header(), answer.Header())
		w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}
}

// body passes on the tenant's answer with another body.
func body(change func(string) string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return changed(func(answer *httptest.ResponseRecorder) {
		answer.Body = bytes.NewBufferString(change(answer.Body.String()))
	})
}

// token passes on the tenant's answer with another session token, in the header and in the cookie; "" removes both.
func token(change func(string) string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return changed(func(answer *httptest.ResponseRecorder) {
		was := answer.Header().Get("X-Auth-Token")
		if was == "" {
			return
		}
		is := change(was)
		for name, values := range answer.Header() {
			for i, value := range values {
				if is != "" {
					values[i] = strings.ReplaceAll(value, was, is)
				} else if strings.Contains(value, was) {
					answer.Header().Del(name)
				}
			}
		}
	})
}
