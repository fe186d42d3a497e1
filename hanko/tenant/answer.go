package tenant

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// refusal is the response to a request that was refused.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.message) }

// refuse returns a refusal with Hanko's default message for the status.
func refuse(status int) error { return &refusal{status, http.StatusText(status)} }

// refuseWith returns a refusal with another message.
func refuseWith(status int, message string) error { return &refusal{status, message} }

// endpoint handles a request, or returns a refusal. Any other error is logged, and the response is 500.
type endpoint func(w http.ResponseWriter, r *http.Request) error

// serve returns an endpoint as an http.Handler.
func (t *Tenant) serve(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := e(w, r)
		if err == nil {
			return
		}
		var no *refusal
		if !errors.As(err, &no) {
			t.accounts.Log.ErrorContext(r.Context(), "internal error", "method", r.Method, "path", r.URL.Path, "error", err)
			no = internalRefusal(err)
		}
		if r.Method == http.MethodHead {
			w.WriteHeader(no.status)
			return
		}
		writeJSON(w, no.status, hanko.ErrorBody{Code: no.status, Message: no.message})
	}
}

// internalRefusal returns the refusal for an error of the tenant's own. Like Hanko it gives no reason, unless the tenant's
// file is the problem: the person who runs the app can mend that.
func internalRefusal(err error) *refusal {
	var failed *store.Error
	switch {
	case !errors.As(err, &failed):
		return &refusal{http.StatusInternalServerError, http.StatusText(http.StatusInternalServerError)}
	case failed.Problem == store.Full:
		return &refusal{http.StatusInsufficientStorage, failed.Error()}
	default:
		return &refusal{http.StatusInternalServerError, failed.Error()}
	}
}

// frame wraps every request: it sets the request's ID, limits its body, applies the guard and CORS, logs it, answers 404 for
// paths that the router would redirect, and sweeps the store now and then.
func (t *Tenant) frame(routes http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := r.Header.Get("X-Request-Id")
		if id == "" {
			id = rand.Text()
		}
		w.Header().Set("X-Request-Id", id)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		record := []any{"method", r.Method, "path", r.URL.Path}
		refused := t.guard.check(r)
		switch {
		case refused != nil:
			t.serve(func(http.ResponseWriter, *http.Request) error { return refused })(seen, r)
			record = append(record, "host", r.Host, "refused", refused)
		case t.applyCORS(seen, r):
		case t.carryOutPlan(seen, r):
		case path.Clean("/"+r.URL.Path) != r.URL.Path:
			t.serve(nowhere)(seen, r)
		default:
			if r.Method != http.MethodGet {
				t.sweepNowAndThen(r.Context())
			}
			routes.ServeHTTP(seen, asWritten(r))
		}
		t.accounts.Log.InfoContext(r.Context(), "request", append(record, "status", seen.status, "took", time.Since(start))...)
	})
}

// asWritten returns the request with its path as it was sent. Hanko does not decode paths (/%75ser).
func asWritten(r *http.Request) *http.Request {
	if r.URL.RawPath == "" {
		return r
	}
	written := r.Clone(r.Context())
	written.URL.Path, written.URL.RawPath = r.URL.RawPath, ""
	return written
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func notFound(http.ResponseWriter, *http.Request) error { return refuse(http.StatusNotFound) }

func writeJSON(w http.ResponseWriter, status int, body any) {
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(body); err != nil {
		// All bodies are our own types, which can be encoded.
		panic(fmt.Errorf("an answer cannot be encoded: %w", err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // it fails only if the client has gone
}

// problems are the errors of a request's fields, in Hanko's words.
type problems []string

func (p *problems) add(field, value string, ok bool, must string) {
	switch {
	case value == "":
		*p = append(*p, field+" is a required field")
	case !ok:
		*p = append(*p, field+" must be a valid "+must)
	}
}

func (p problems) refusal() error {
	if len(p) == 0 {
		return nil
	}
	return refuseWith(http.StatusBadRequest, strings.Join(p, " and "))
}

// Hanko's validator accepts UUIDs only in lower case.
var (
	uuidPattern   = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	uuidV4Pattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
)
