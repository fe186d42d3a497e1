package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant"
)

const (
	maxBody  = 64 << 10        // bytes of a request
	maxWait  = 5 * time.Minute // for a mail
	maxDelay = 5 * time.Minute // of a planned answer
)

// badRequest is the error for a request with a mistake.
type badRequest struct{ reason string }

func (b *badRequest) Error() string { return b.reason }

func badf(format string, args ...any) error { return &badRequest{fmt.Sprintf(format, args...)} }

// Handler serves the control API. Every request needs the token in Authorization, as "Bearer TOKEN". Errors of the tenant
// itself go to log.
func (c *Control) Handler(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	for pattern, do := range map[string]func(*http.Request) (status int, answer any, err error){
		"POST /reset":     c.postReset,
		"POST /users":     c.postUsers,
		"GET /inbox":      c.getInbox,
		"PUT /passcode":   c.putPasscode,
		"GET /clock":      c.getClock,
		"PUT /clock":      c.putClock,
		"POST /answers":   c.postAnswers,
		"DELETE /answers": c.deleteAnswers,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			status, answer, err := do(r)
			if err != nil {
				status, answer = refusal(err)
			}
			if status == http.StatusInternalServerError {
				log.ErrorContext(r.Context(), "the control API failed", "method", r.Method, "path", r.URL.Path, "error", err)
			}
			write(w, status, answer)
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if !c.allowed(r) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			write(w, http.StatusUnauthorized, failure("the token is missing or wrong; send it as Authorization: Bearer TOKEN"))
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// Server returns a server for the control API. Its time-outs leave time to wait for mails.
func (c *Control) Server(log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: c.Handler(log), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: maxWait + time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
}

func failure(text string) map[string]string { return map[string]string{"error": hanko.Printable(text)} }

func refusal(err error) (status int, answer any) {
	var (
		bad     *badRequest
		user    *tenant.UserError
		tooLong *http.MaxBytesError
	)
	switch {
	case errors.As(err, &tooLong):
		return http.StatusRequestEntityTooLarge, failure("the request's body is too long")
	case errors.As(err, &bad):
		return http.StatusBadRequest, failure(err.Error())
	case errors.As(err, &user):
		return http.StatusUnprocessableEntity, failure(err.Error())
	default:
		return http.StatusInternalServerError, failure(err.Error())
	}
}

func write(w http.ResponseWriter, status int, answer any) {
	if answer == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // it fails only if the client has gone
}

// read decodes a request's body, which must be one JSON value without unknown members.
func read(r *http.Request, into any) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return badf("the body is not the expected JSON: %v", err)
	}
	if decoder.More() {
		return badf("the body has more than one JSON value")
	}
	return nil
}

func (c *Control) postReset(r *http.Request) (int, any, error) {
	return http.StatusNoContent, nil, c.reset(r.Context())
}

func (c *Control) postUsers(r *http.Request) (int, any, error) {
	var user User
	if err := read(r, &user); err != nil {
		return 0, nil, err
	}
	added, err := c.add(r.Context(), user)
	return http.StatusCreated, added, err
}

// inboxAnswer has the mails, newest first, and the value of after= for mails that come later.
type inboxAnswer struct {
	Mails []mailbox.Mail `json:"mails"`
	Next  int            `json:"next"`
}

// getInbox returns the mails to an address, and waits for one if there is none.
func (c *Control) getInbox(r *http.Request) (int, any, error) {
	query := r.URL.Query()
	after, err := strconv.Atoi(query.Get("after"))
	if query.Has("after") && (err != nil || after < 0) {
		return 0, nil, badf("after is %q: use the next of an earlier answer", query.Get("after"))
	}
	var wait time.Duration
	if query.Has("wait") {
		if wait, err = time.ParseDuration(query.Get("wait")); err != nil || wait < 0 || wait > maxWait {
			return 0, nil, badf("wait is %q: use a duration such as 30s, up to %s", query.Get("wait"), maxWait)
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	inbox := c.tenant.Inbox()
	for {
		delivered := inbox.Delivered() // before After, so that Wait notices a mail that comes in between
		mails := inbox.After(after)
		if to := query.Get("to"); to != "" {
			mails = slices.DeleteFunc(mails, func(m mailbox.Mail) bool { return !strings.EqualFold(m.To, to) })
		}
		if len(mails) > 0 || inbox.Wait(ctx, delivered) != nil {
			return http.StatusOK, inboxAnswer{mails, delivered}, nil
		}
	}
}

func (c *Control) putPasscode(r *http.Request) (int, any, error) {
	var in struct {
		Code string `json:"code"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if err := c.tenant.SetPasscode(in.Code); err != nil {
		return 0, nil, badf("%v", err)
	}
	return http.StatusNoContent, nil, nil
}

func (c *Control) getClock(*http.Request) (int, any, error) {
	return http.StatusOK, map[string]time.Time{"now": c.tenant.Now()}, nil
}

func (c *Control) putClock(r *http.Request) (int, any, error) {
	var in struct {
		Offset string `json:"offset"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	offset, err := time.ParseDuration(in.Offset)
	if err != nil {
		return 0, nil, badf("offset is %q: use a duration such as 10m or -1h", in.Offset)
	}
	c.tenant.SetClock(offset)
	return c.getClock(r)
}

func (c *Control) postAnswers(r *http.Request) (int, any, error) {
	var in struct {
		Method string            `json:"method"`
		Path   string            `json:"path"`
		Status int               `json:"status"`
		Delay  string            `json:"delay"`
		Times  int               `json:"times"`
		Header map[string]string `json:"header"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	planned := tenant.PlannedAnswer{Method: in.Method, Path: in.Path, Status: in.Status, Times: in.Times, Header: in.Header}
	if in.Delay != "" {
		var err error
		if planned.Delay, err = time.ParseDuration(in.Delay); err != nil {
			return 0, nil, badf("delay is %q: use a duration such as 3s", in.Delay)
		}
	}
	if err := check(planned); err != nil {
		return 0, nil, err
	}
	c.tenant.PlanAnswer(planned)
	return http.StatusNoContent, nil, nil
}

func (c *Control) deleteAnswers(*http.Request) (int, any, error) {
	c.tenant.ForgetAnswers()
	return http.StatusNoContent, nil, nil
}
