package smoke_test

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/smoke/report"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

var update = flag.Bool("update", false, "rewrite the golden reports")

// app is the Android app that the tenants of the tests know.
var app = authenticator.AndroidApp{PackageName: "com.example.app", APKKeyHash: "gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg"}

const appleID = "ABCDE12345.com.example.app"

// allSuites are the suites of a run that spends the tenant's budget too.
var allSuites = []string{"reach", "guide", "session", "passkey", "native", "thirdparty", "refuse", "limits"}

// inMemory carries requests to a handler without a network.
type inMemory struct{ handler http.Handler }

func (m inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr, in.Host = r.URL.RequestURI(), "192.0.2.1:50000", r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	if !m.serve(recorder, in) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	return recorder.Result(), nil
}

// serve serves a request, and says no when the handler aborted it, as one does in whose place nobody listens.
func (m inMemory) serve(w http.ResponseWriter, r *http.Request) (served bool) {
	defer func() {
		if aborted := recover(); aborted != nil {
			if err, ok := aborted.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(aborted)
			}
			served = false
		}
	}()
	m.handler.ServeHTTP(w, r)
	return true
}

// bench is a tenant in memory and what a run on it takes.
type bench struct {
	tenant    *tenant.Tenant
	transport http.RoundTripper
	options   smoke.Options
}

// newBench opens a tenant that knows the app, and sets a run up for it. The proxies stand in front of the tenant, the
// last one outermost.
func newBench(t testing.TB, of tenant.Options, proxies ...func(http.Handler) http.Handler) bench {
	t.Helper()
	opened := tenanttest.Open(t, of)
	handler := opened.Handler()
	for _, proxy := range proxies {
		handler = proxy(handler)
	}
	return bench{opened, inMemory{handler}, smoke.Options{
		Client:  newClient(t, "http://localhost:8000"+opened.BasePath(), inMemory{handler}),
		Box:     mailbox.FromInbox(opened.Inbox()),
		Address: smoke.PlusAddresses("ada@example.com"),
		Apps:    []authenticator.AndroidApp{app}, AppleID: appleID,
		Patience: time.Minute, // for a mail that does come
		HTTP:     &http.Client{Transport: noNetwork{}},
		Browser:  browserNetwork{inMemory{handler}},
	}}
}

// browserNetwork is what a browser reaches: the tenant in memory, and what is on this machine.
type browserNetwork struct{ tenant http.RoundTripper }

func (n browserNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case r.URL.Host == tenantHost, r.URL.Port() == "8000":
		return n.tenant.RoundTrip(r)
	case r.URL.Hostname() == "127.0.0.1":
		return http.DefaultTransport.RoundTrip(r)
	default:
		return noNetwork{}.RoundTrip(r)
	}
}

func newClient(t testing.TB, url string, transport http.RoundTripper) *hanko.Client {
	t.Helper()
	client, err := hanko.NewClient(url, hanko.Options{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

type noNetwork struct{}

func (noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, errors.New("the test has no network: " + r.URL.String())
}

// known are a tenant's options with the app's origin.
func known(settings tenant.Settings) tenant.Options {
	return tenant.Options{Settings: settings, Origins: []string{authenticator.Android(app).Origin("")}}
}

func presetOf(t testing.TB, preset tenant.Preset) tenant.Settings {
	t.Helper()
	settings := tenanttest.Settings(t, preset)
	settings.TokenInHeader = true // as hankosim's own tenant has it
	return settings
}

func judge(ctx context.Context, t testing.TB, options smoke.Options) smoke.Report {
	t.Helper()
	judged, err := smoke.Run(ctx, options, func(smoke.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	return judged
}

// text is a report as a person reads it.
func text(t testing.TB, judged smoke.Report) string {
	t.Helper()
	var b strings.Builder
	if err := (report.Terminal{}).Text(&b, judged); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// result is the result of one check of a report.
func result(t testing.TB, judged smoke.Report, id string) smoke.Result {
	t.Helper()
	for _, r := range judged.Results {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("the report has no %s", id)
	return smoke.Result{}
}

// What differs from run to run.
var changing = []struct {
	pattern *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`), "<uuid>"},
	{regexp.MustCompile(`hankosim-[0-9a-f]{8}`), "hankosim-<run>"},
	{regexp.MustCompile(`\b([0-9]+m)?[0-9.]+(ns|µs|ms|s)\b`), "<time>"},
}

// compareGolden holds a text to its golden file, once what differs from run to run has been taken out.
func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	for _, c := range changing {
		got = c.pattern.ReplaceAllString(got, c.name)
	}
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not as it was (go test -update accepts it):\n%s", path, lineDiff(string(want), got))
	}
}

// lineDiff shows the lines that only one of two texts has.
func lineDiff(want, got string) string {
	var b strings.Builder
	for _, side := range []struct{ sign, a, b string }{{"-", want, got}, {"+", got, want}} {
		other := "\n" + side.b + "\n"
		for line := range strings.Lines(side.a) {
			if !strings.Contains(other, "\n"+strings.TrimSuffix(line, "\n")+"\n") {
				b.WriteString(side.sign + " " + line)
			}
		}
	}
	return b.String()
}
