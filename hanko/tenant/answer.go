package tenant

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/store"
)

// maxBody is the most that is read of a request's body, in bytes: room for an attestation with a certificate chain.
const maxBody = 128 << 10

// refusal is an answer that is not a success.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.message) }

// refuse makes a refusal with Hanko's default message for the status.
func refuse(status int) error { return &refusal{status, http.StatusText(status)} }

// refuseWith makes a refusal with a message of its own.
func refuseWith(status int, message string) error { return &refusal{status, message} }

// endpoint answers a request, or returns a refusal; any other error is answered as a 500 and logged.
type endpoint func(w http.ResponseWriter, r *http.Request) error

// serve turns an endpoint into a handler.
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
		writeJSON(w, no.status, hanko.ErrorBody{Code: no.status, Message: no.message})
	}
}

// internalRefusal is how a request is answered that failed for no fault of its own. Hanko says no more than that; what is
// wrong with the tenant's file is told, as whoever runs the app can mend it.
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

// frame is around every request: its id, its body's limit, the guard, its log record, a 404 for what the router would
// redirect or answer by itself, and a sweep of the store now and then.
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
		case r.Method == http.MethodHead:
			seen.WriteHeader(http.StatusNotFound)
		case path.Clean("/"+r.URL.Path) != r.URL.Path:
			t.serve(notFound)(seen, r)
		default:
			if r.Method != http.MethodGet {
				t.sweepNowAndThen(r.Context())
			}
			routes.ServeHTTP(seen, r)
		}
		t.accounts.Log.InfoContext(r.Context(), "request", append(record, "status", seen.status, "took", time.Since(start))...)
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func notFound(http.ResponseWriter, *http.Request) error { return refuse(http.StatusNotFound) }

func writeJSON(w http.ResponseWriter, status int, body any) {
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(body); err != nil {
		// Every body is a type of ours that can be encoded.
		panic(fmt.Errorf("an answer cannot be encoded: %w", err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the client has gone: nobody is left to tell
}

// bind reads a JSON body into v the way Hanko's web framework does: no body is an empty one, forms bind nothing, keys
// that nobody knows are ignored, and so is what follows the JSON.
func bind(r *http.Request, v any) error {
	if r.ContentLength == 0 {
		return nil
	}
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // "" when it makes no sense
	switch mediaType {
	case "application/json":
	case "application/x-www-form-urlencoded", "multipart/form-data":
		return nil
	default:
		return refuse(http.StatusUnsupportedMediaType)
	}
	err := json.NewDecoder(r.Body).Decode(v)
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(http.StatusRequestTimeout)
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge)
	case errors.As(err, &wrongType):
		return refuseWith(http.StatusBadRequest, fmt.Sprintf("Unmarshal type error: expected=%v, got=%v, field=%v, offset=%v",
			wrongType.Type, wrongType.Value, wrongType.Field, wrongType.Offset))
	case errors.As(err, &syntax):
		return refuseWith(http.StatusBadRequest, fmt.Sprintf("Syntax error: offset=%v, error=%v", syntax.Offset, syntax))
	default:
		return refuseWith(http.StatusBadRequest, err.Error())
	}
}

// readBody reads a whole body of any content type.
func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, refuse(http.StatusRequestTimeout)
	case errors.As(err, &tooLarge):
		return nil, refuse(http.StatusRequestEntityTooLarge)
	case err != nil:
		return nil, refuseWith(http.StatusBadRequest, err.Error())
	}
	return body, nil
}

// problems collects what is wrong with a request's fields, in Hanko's words.
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

// The UUIDs that Hanko's validator takes are lower case.
var (
	uuidPattern   = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	uuidV4Pattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
)
