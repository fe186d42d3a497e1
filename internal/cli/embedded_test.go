package cli

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The tenant inside the app takes requests for its own hosts alone, too: also for those that --allow-host names, and the
// one that it listens on.
func TestEmbeddedHosts(t *testing.T) {
	emptyHome(t)
	cfg := loadConfig(t, "--ephemeral", "--allow-host", "devbox.local")
	s, err := openSession(t.Context(), cfg, configured(cfg))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for host, want := range map[string]int{"": 200, "devbox.local:8000": 200, "evil.example": 421, "listening.example": 421} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.tenant.url+"/inbox.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("the host %q gets %s, want %d", host, response.Status, want)
		}
	}

	opened, err := openTenant(cfg, "Listening.example:8000", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	for host, want := range map[string]int{"listening.example": 200, "devbox.local": 200, "evil.example": 421} {
		answer := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/inbox.json", strings.NewReader(""))
		opened.Handler().ServeHTTP(answer, r)
		if answer.Code != want {
			t.Errorf("listening on a name, the host %q gets %d, want %d", host, answer.Code, want)
		}
	}
}

// What is odd about the tenant's data is said on the first screen.
func TestEmbeddedNotices(t *testing.T) {
	folder := emptyHome(t)
	cfg := loadConfig(t)
	file := filepath.Join(folder, "data", "hankosim", "tenant.db")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	open := func() *session {
		t.Helper()
		s, err := openSession(t.Context(), cfg, configured(cfg))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := open()
	if want := "The embedded tenant's file " + file + " was empty."; !strings.HasPrefix(first.notice, want) {
		t.Errorf("with an empty file the notice is %q", first.notice)
	}
	second := open()
	if !strings.Contains(second.notice, "Another hankosim") || !strings.Contains(second.notice, "--ephemeral") || !second.cfg.Ephemeral {
		t.Errorf("the second one's notice is %q", second.notice)
	}
	second.Close()
	first.Close()
	third := open()
	defer third.Close()
	if strings.Contains(third.notice, "empty") {
		t.Errorf("later the notice is %q", third.notice)
	}
}
