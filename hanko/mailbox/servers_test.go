package mailbox_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailServer is a place that mails are delivered to, under test.
type mailServer interface {
	// spec is what Open opens.
	spec() string
	// deliver brings a raw mail to recipients, which arrived some time ago by the server's own clock.
	deliver(t *testing.T, raw string, ago time.Duration, to ...string)
}

// stored is a mail in one of the fakes.
type stored struct {
	id  string
	to  []string
	raw string
	at  time.Time
}

// store is what the fakes of HTTP mail servers have in common: the mails, and a clock that may be wrong.
type store struct {
	server *httptest.Server
	ahead  time.Duration // of our clock
	coarse time.Duration // what its time stamps are cut to

	mu    sync.Mutex
	mails []stored
	count int
}

func (s *store) now() time.Time { return time.Now().Add(s.ahead) }

func (s *store) deliver(_ *testing.T, raw string, ago time.Duration, to ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.mails = append(s.mails, stored{fmt.Sprintf("id%d", s.count), to, raw, s.now().Add(-ago).Truncate(s.coarse)})
}

// matching are the mails that a search for a recipient finds, newest first. Like the real ones it finds parts of
// addresses too.
func (s *store) matching(to string) []stored {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []stored
	for _, m := range s.mails {
		if slices.ContainsFunc(m.to, func(a string) bool { return strings.Contains(strings.ToLower(a), strings.ToLower(to)) }) {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b stored) int { return b.at.Compare(a.at) })
	return found
}

func (s *store) byID(id string) (stored, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := slices.IndexFunc(s.mails, func(m stored) bool { return m.id == id })
	if n < 0 {
		return stored{}, false
	}
	return s.mails[n], true
}

func (s *store) serve(t *testing.T, handler http.Handler) {
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.server.Close)
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		panic(err)
	}
}

func page[T any](all []T, r *http.Request, most int) []T {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		limit = 50
	}
	return all[:min(len(all), limit, most)]
}

// fakeMailpit answers as Mailpit v1 does: the shapes are those of GET /api/v1/messages, /search and /message/{id}/raw as
// a Mailpit of November 2026 gave them.
type fakeMailpit struct{ store }

func newFakeMailpit(t *testing.T, ahead time.Duration) *fakeMailpit {
	f := &fakeMailpit{store{ahead: ahead}}
	list := func(w http.ResponseWriter, r *http.Request, found []stored) {
		type address struct{ Name, Address string }
		messages := []map[string]any{}
		for _, m := range page(found, r, 1000) {
			to := []address{}
			for _, a := range m.to {
				to = append(to, address{"", a})
			}
			messages = append(messages, map[string]any{
				"ID": m.id, "MessageID": m.id + "@mailpit", "Read": false, "From": address{"Hanko", "noreply@hanko.io"}, "To": to,
				"Cc": nil, "Bcc": nil, "ReplyTo": nil, "Subject": parsedSubject(m.raw),
				"Created": m.at.UTC().Format("2006-01-02T15:04:05.999Z07:00"), "Username": "", "Tags": []string{}, "Size": len(m.raw),
				"Attachments": 0, "Snippet": "",
			})
		}
		answer(w, map[string]any{
			"total": len(f.matching("")), "unread": 0, "count": len(messages), "messages_count": len(found), "messages_unread": 0,
			"start": 0, "tags": []string{}, "messages": messages,
		})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/messages", func(w http.ResponseWriter, r *http.Request) { list(w, r, f.matching("")) })
	mux.HandleFunc("GET /api/v1/search", func(w http.ResponseWriter, r *http.Request) {
		to, ok := strings.CutPrefix(r.URL.Query().Get("query"), `to:"`)
		if !ok {
			http.Error(w, "Error: no search query", http.StatusBadRequest)
			return
		}
		list(w, r, f.matching(strings.TrimSuffix(to, `"`)))
	})
	mux.HandleFunc("GET /api/v1/message/{id}/raw", func(w http.ResponseWriter, r *http.Request) {
		m, ok := f.byID(r.PathValue("id"))
		if !ok {
			http.Error(w, "404 page not found", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "Message-ID: <"+m.id+"@mailpit>\r\nReturn-Path: <noreply@hanko.io>\r\n"+m.raw)
	})
	f.serve(t, mux)
	return f
}

func (f *fakeMailpit) spec() string { return "mailpit:" + f.server.URL }

// fakeMailhog answers as MailHog v1.0.1 does (MailHog-Server/api/v2.go, data/message.go, storage/memory.go).
type fakeMailhog struct{ store }

func newFakeMailhog(t *testing.T, ahead time.Duration) *fakeMailhog {
	f := &fakeMailhog{store{ahead: ahead}}
	list := func(w http.ResponseWriter, r *http.Request, found []stored) {
		items := []map[string]any{}
		for _, m := range page(found, r, 250) {
			paths := []map[string]any{}
			for _, a := range m.to {
				user, domain, _ := strings.Cut(a, "@")
				paths = append(paths, map[string]any{"Relays": nil, "Mailbox": user, "Domain": domain, "Params": ""})
			}
			head, body, _ := strings.Cut(m.raw, "\r\n\r\n")
			items = append(items, map[string]any{
				"ID": m.id + "@mailhog.example", "From": map[string]any{"Mailbox": "noreply", "Domain": "hanko.io"}, "To": paths,
				"Content": map[string]any{"Headers": map[string][]string{"Subject": {head}}, "Body": body, "Size": len(m.raw), "MIME": nil},
				"Created": m.at.Format(time.RFC3339Nano), "MIME": nil,
				"Raw": map[string]any{"From": "noreply@hanko.io", "To": m.to, "Data": m.raw, "Helo": "localhost"},
			})
		}
		answer(w, map[string]any{"total": len(found), "count": len(items), "start": 0, "items": items})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/messages", func(w http.ResponseWriter, r *http.Request) { list(w, r, f.matching("")) })
	mux.HandleFunc("GET /api/v2/search", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("kind") != "to" || r.URL.Query().Get("query") == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		list(w, r, f.matching(r.URL.Query().Get("query")))
	})
	f.serve(t, mux)
	return f
}

func (f *fakeMailhog) spec() string { return "mailhog:" + f.server.URL }

// fakeMailslurper answers as MailSlurper does (controllers/ServiceController.go, mailslurper/SQLiteStorage.go,
// DataCommandExecutor.go): its texts are HTML-escaped, the body of a multipart mail is its HTML part still in
// quoted-printable, and the date is the mail's own without its time zone. Mails of one second come oldest first.
type fakeMailslurper struct{ store }

func newFakeMailslurper(t *testing.T, ahead time.Duration) *fakeMailslurper {
	f := &fakeMailslurper{store{ahead: ahead, coarse: time.Second}}
	item := func(m stored) map[string]any {
		parsed, err := mail.ReadMessage(strings.NewReader(m.raw))
		if err != nil {
			panic(err)
		}
		to := []string{}
		for _, a := range m.to {
			to = append(to, html.EscapeString(a))
		}
		return map[string]any{
			"id": m.id, "dateSent": m.at.Format(time.DateTime), "fromAddress": "noreply@hanko.io", "toAddresses": to,
			"subject": html.EscapeString(parsed.Header.Get("Subject")), "xmailer": "", "mimeVersion": "", "body": slurpedBody(parsed),
			"contentType": parsed.Header.Get("Content-Type"), "boundary": "", "attachments": []string{}, "transferEncoding": "",
			"Message": nil, "InlineAttachments": nil, "TextBody": "", "HTMLBody": "",
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /mail", func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.Atoi(r.URL.Query().Get("pageNumber"))
		if err != nil {
			http.Error(w, "A valid page number is required", http.StatusBadRequest)
			return
		}
		found := f.matching(r.URL.Query().Get("to"))
		items := []map[string]any{}
		for n, m := range found {
			if n/50 == number-1 {
				items = append(items, item(m))
			}
		}
		answer(w, map[string]any{"mailItems": items, "totalPages": (len(found) + 49) / 50, "totalRecords": len(found)})
	})
	mux.HandleFunc("GET /mail/{id}", func(w http.ResponseWriter, r *http.Request) {
		m, ok := f.byID(r.PathValue("id"))
		if !ok {
			http.Error(w, "Problem getting mail item", http.StatusInternalServerError)
			return
		}
		answer(w, item(m))
	})
	f.serve(t, mux)
	return f
}

func (f *fakeMailslurper) spec() string { return "mailslurper:" + f.server.URL }

// slurpedBody is what MailSlurper keeps of a mail's body.
func slurpedBody(m *mail.Message) string {
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		body := m.Body
		if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
			body = quotedprintable.NewReader(body)
		}
		text, _ := io.ReadAll(body)
		return strings.ReplaceAll(html.EscapeString(string(text)), "\r\n", "\n<br/>")
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	var last string
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return last
		}
		text, _ := io.ReadAll(part)
		last = string(text)
	}
}

func parsedSubject(raw string) string {
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return ""
	}
	return m.Header.Get("Subject")
}
