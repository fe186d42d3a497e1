package login

import (
	"io"
	"net/http"
	"testing"
)

// A browser that comes back sees the whole page, however fast the walk goes on and closes the listener.
func TestPageIsOutBeforeTheListenerCloses(t *testing.T) {
	var l *listener
	l, err := listen(defaultReturn, func(string, int) { l.close() })
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.address+"?error=access_denied", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if page, err := io.ReadAll(response.Body); err != nil || string(page) != backPage {
		t.Errorf("it sees %q, %v", page, err)
	}
}
