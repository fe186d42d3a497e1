package hanko_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko"
)

// calls are all calls of the REST API, with any arguments.
var calls = []struct {
	name string
	make func(ctx context.Context, c *hanko.Client) error
}{
	{"FindUser", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.FindUser(ctx, "ada@example.com")
		return err
	}},
	{"CreateUser", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.CreateUser(ctx, "ada@example.com")
		return err
	}},
	{"InitializePasscode", func(ctx context.Context, c *hanko.Client) error {
		_, _, err := c.InitializePasscode(ctx, "u", "e")
		return err
	}},
	{"FinalizePasscode", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.FinalizePasscode(ctx, "p", "843575")
		return err
	}},
	{"InitializeRegistration", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.InitializeRegistration(ctx, "token")
		return err
	}},
	{"FinalizeRegistration", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.FinalizeRegistration(ctx, "token", json.RawMessage(`{}`))
		return err
	}},
	{"InitializeLogin", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.InitializeLogin(ctx, "")
		return err
	}},
	{"FinalizeLogin", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.FinalizeLogin(ctx, json.RawMessage(`{}`))
		return err
	}},
	{"Me", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.Me(ctx, "token")
		return err
	}},
	{"Credentials", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.Credentials(ctx, "token")
		return err
	}},
	{"DeleteCredential", func(ctx context.Context, c *hanko.Client) error {
		return c.DeleteCredential(ctx, "token", "id")
	}},
	{"RenameCredential", func(ctx context.Context, c *hanko.Client) error {
		return c.RenameCredential(ctx, "token", "id", "name")
	}},
	{"AddEmail", func(ctx context.Context, c *hanko.Client) error {
		return c.AddEmail(ctx, "token", "ada@example.com")
	}},
	{"SetPrimaryEmail", func(ctx context.Context, c *hanko.Client) error {
		return c.SetPrimaryEmail(ctx, "token", "id")
	}},
	{"DeleteEmail", func(ctx context.Context, c *hanko.Client) error {
		return c.DeleteEmail(ctx, "token", "id")
	}},
	{"User", func(ctx context.Context, c *hanko.Client) error {
		return c.User(ctx, "token", "id")
	}},
	{"DeleteUser", func(ctx context.Context, c *hanko.Client) error {
		return c.DeleteUser(ctx, "token")
	}},
	{"Alive", func(ctx context.Context, c *hanko.Client) error {
		return c.Alive(ctx)
	}},
	{"ValidateToken", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.ValidateToken(ctx, "token")
		return err
	}},
	{"ValidateSession", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.ValidateSession(ctx, "token")
		return err
	}},
	{"LogOut", func(ctx context.Context, c *hanko.Client) error {
		return c.LogOut(ctx, "token")
	}},
	{"PublicConfig", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.PublicConfig(ctx)
		return err
	}},
	{"Keys", func(ctx context.Context, c *hanko.Client) error {
		_, err := c.Keys(ctx)
		return err
	}},
}

// bodiless are the calls that do not need the body of a success.
const bodiless = "DeleteCredential RenameCredential AddEmail SetPrimaryEmail DeleteEmail User DeleteUser LogOut"

// TestOddAnswers gives each call each odd answer, and checks the error.
func TestOddAnswers(t *testing.T) {
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	deep := strings.Repeat("[", 20_000)
	for _, test := range []struct {
		name   string
		answer answer
		kind   hanko.Kind
		words  []string
		fine   string // calls that need nothing of the body and accept this answer
	}{
		{"a page", answer{200, html, "<!doctype html><title>Welcome</title>"}, hanko.NotHanko, []string{"web page", "Check the URL"}, ""},
		{"a page without a type", answer{200, http.Header{}, "\n <html>"}, hanko.NotHanko, []string{"web page"}, ""},
		{"a page for 404", answer{404, html, "<h1>Not Found</h1>"}, hanko.NotHanko, []string{"404", "web page"}, ""},
		{"a page for 401", answer{401, http.Header{}, "authorization required"}, hanko.NotHanko, []string{"gateway", "credentials"}, ""},
		{"a page for 429", answer{429, html, "<h1>slow down</h1>"}, hanko.Refused, []string{"429", "proxy", "Wait"}, ""},
		{"a page for 502", answer{502, html, "<h1>Bad Gateway</h1>"}, hanko.Refused, []string{"502", "proxy in front", "try again"}, ""},
		{"plain text", answer{200, http.Header{"Content-Type": {"text/plain"}}, "OK"}, hanko.NotHanko, []string{"Something other than Hanko"}, ""},
		{"nothing", answer{200, nil, ""}, hanko.NotHanko, []string{"empty"}, bodiless},
		{"no content", answer{204, http.Header{}, ""}, hanko.NotHanko, []string{"204", "empty"}, bodiless},
		{"a body with 204", answer{204, nil, `{}`}, hanko.NotHanko, []string{"204"}, bodiless + " InitializeRegistration InitializeLogin ValidateSession ValidateToken PublicConfig"},
		{"null", answer{200, nil, "null"}, hanko.NotHanko, []string{" no "}, bodiless + " InitializeRegistration InitializeLogin Credentials ValidateSession ValidateToken PublicConfig"},
		{"text in JSON", answer{200, nil, `"fine"`}, hanko.NotHanko, []string{"Something other than Hanko"}, bodiless + " InitializeRegistration InitializeLogin"},
		{"cut off", answer{200, nil, `{"id":"7dd9`}, hanko.Broken, []string{"ends in the middle", "Try again"}, ""},
		{"nested beyond reason", answer{200, nil, deep}, hanko.NotHanko, []string{"Something other than Hanko"}, ""},
		{"error nested beyond reason", answer{400, nil, deep}, hanko.NotHanko, []string{"400"}, ""},
		{"error in a list", answer{400, nil, `["no"]`}, hanko.NotHanko, []string{"400", "Something other"}, ""},
		{"error as text", answer{500, nil, `"no"`}, hanko.Refused, []string{"500", "not Hanko's own"}, ""},
		{"error null", answer{500, nil, `null`}, hanko.Refused, []string{"answered 500."}, ""},
		{"message an object", answer{403, nil, `{"code":403,"message":{"en":"no"}}`}, hanko.Refused, []string{"answered 403."}, ""},
		{"message a number", answer{403, nil, `{"message":7,"error":"forbidden by law"}`}, hanko.Refused, []string{"403", "forbidden by law"}, ""},
		{"message of 60 kB", answer{403, nil, `{"message":"` + strings.Repeat("no ", 20_000) + `"}`}, hanko.Refused, []string{"no no no", "…"}, ""},
		{"message with escapes", answer{403, nil, `{"message":"\u001b]0;boo\u0007\u202enope\u0000"}`}, hanko.Refused, []string{"nope"}, ""},
		{"a status of our own", answer{418, nil, `{"message":"teapot"}`}, hanko.Refused, []string{"418", "teapot", "could not make sense"}, ""},
		{"405", answer{405, nil, `{"message":"Method Not Allowed"}`}, hanko.Refused, []string{"405"}, ""},
		{"415", answer{415, nil, `{"message":"Unsupported Media Type"}`}, hanko.Refused, []string{"415"}, ""},
		{"599", answer{599, nil, `{"message":"x"}`}, hanko.Refused, []string{"599", "failed with an internal error"}, ""},
		{"a redirect", answer{302, http.Header{"Location": {"https://login.example.com/?next=/user"}}, ""}, hanko.Redirected, []string{"302", "https://login.example.com/", "not followed"}, ""},
		{"a redirect to nowhere", answer{304, http.Header{}, ""}, hanko.Redirected, []string{"304", "does not say where"}, ""},
		{"a redirect that is no URL", answer{301, http.Header{"Location": {"http://[::1\x1b[31m"}}, ""}, hanko.Redirected, []string{"301", "http://[::1"}, ""},
		{"HTTPS wanted, says Go", answer{400, http.Header{}, "Client sent an HTTP request to an HTTPS server.\n"}, hanko.Insecure, []string{"https://"}, ""},
		{"HTTPS wanted, says nginx", answer{400, html, "<center>The plain HTTP request was sent to HTTPS port</center>"}, hanko.Insecure, []string{"https://"}, ""},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			for _, call := range calls {
				client := test.answer.client(t)
				err := call.make(t.Context(), client)
				logged := client.Log().From(0)
				if len(logged) != 1 || (logged[0].Err != nil) != (err != nil) {
					t.Fatalf("%s fails with %v, and %d exchanges are logged: %+v", call.name, err, len(logged), logged)
				}
				if err == nil {
					if !slices.Contains(strings.Fields(test.fine), call.name) {
						t.Errorf("%s takes that for a success", call.name)
					}
					continue
				}
				var failure *hanko.Error
				if !errors.As(err, &failure) {
					t.Fatalf("%s fails with a %T: %v", call.name, err, err)
				}
				if slices.Contains(strings.Fields(test.fine), call.name) {
					t.Errorf("%s needs nothing of the body and fails: %v", call.name, err)
				}
				wordsOf(t, call.name, failure, test.kind, test.answer.status, test.words)
			}
		})
	}
}

// wordsOf checks an error: its kind, its words, and that it has an explanation and is printable.
func wordsOf(t *testing.T, call string, failure *hanko.Error, kind hanko.Kind, status int, words []string) {
	t.Helper()
	text := failure.Error()
	if failure.Kind != kind {
		t.Errorf("%s fails with kind %d, want %d: %s", call, failure.Kind, kind, text)
	}
	if failure.Status != status || failure.Call == "" || failure.Host != "tenant.test" || failure.Means == "" || failure.Do == "" {
		t.Errorf("%s fails with %+v, which lacks an explanation", call, failure)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			t.Errorf("%s says %q, without %q", call, text, word)
		}
	}
	printable(t, call+"'s error", text)
	if len(text) > 2000 {
		t.Errorf("%s's error has %d characters", call, len(text))
	}
}

func TestWaits(t *testing.T) {
	const day = 24 * time.Hour
	inAnHour := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	for _, test := range []struct {
		name   string
		status int
		header http.Header
		wait   time.Duration // of a date, give or take a minute
		limit  hanko.RateLimit
	}{
		{"seconds", 429, http.Header{"Retry-After": {"57"}}, 57 * time.Second, hanko.RateLimit{}},
		{"less than a second", 429, http.Header{"Retry-After": {"0"}}, time.Second, hanko.RateLimit{}},
		{"a date", 429, http.Header{"Retry-After": {inAnHour}}, time.Hour, hanko.RateLimit{}},
		{"a date gone by", 429, http.Header{"Retry-After": {"Wed, 21 Oct 2015 07:28:00 GMT"}}, 0, hanko.RateLimit{}},
		{"a date far off", 429, http.Header{"Retry-After": {"Fri, 31 Dec 9999 23:59:59 GMT"}}, day, hanko.RateLimit{}},
		{"below zero", 429, http.Header{"Retry-After": {"-5"}}, 0, hanko.RateLimit{}},
		{"a year", 429, http.Header{"Retry-After": {"31536000"}}, day, hanko.RateLimit{}},
		{"beyond 32 bits", 429, http.Header{"Retry-After": {"4294967297"}}, day, hanko.RateLimit{}},
		{"beyond 64 bits", 429, http.Header{"Retry-After": {"99999999999999999999999"}}, day, hanko.RateLimit{}},
		{"below 64 bits", 429, http.Header{"Retry-After": {"-99999999999999999999999"}}, 0, hanko.RateLimit{}},
		{"words", 429, http.Header{"Retry-After": {"soon"}}, 0, hanko.RateLimit{}},
		{"nothing", 429, http.Header{}, 0, hanko.RateLimit{}},
		{"the limit's reset", 429, http.Header{"X-Ratelimit-Limit": {"3"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"57"}}, 57 * time.Second, hanko.RateLimit{Limit: 3, Reset: 57 * time.Second}},
		// As recorded: a failure for another reason, with one call of three used.
		{"the limit's reset on another failure", 500, http.Header{"X-Ratelimit-Limit": {"3"}, "X-Ratelimit-Remaining": {"2"}, "X-Ratelimit-Reset": {"59"}}, 0, hanko.RateLimit{Limit: 3, Remaining: 2, Reset: 59 * time.Second}},
		{"maintenance", 503, http.Header{"Retry-After": {"120"}}, 2 * time.Minute, hanko.RateLimit{}},
		{"limit in words", 429, http.Header{"X-Ratelimit-Limit": {"three"}, "X-Ratelimit-Remaining": {"0"}}, 0, hanko.RateLimit{}},
		{"limit zero", 429, http.Header{"X-Ratelimit-Limit": {"0"}, "X-Ratelimit-Remaining": {"0"}}, 0, hanko.RateLimit{}},
		{"limit below zero", 429, http.Header{"X-Ratelimit-Limit": {"-3"}, "X-Ratelimit-Remaining": {"0"}}, 0, hanko.RateLimit{}},
		{"remaining not said", 429, http.Header{"X-Ratelimit-Limit": {"3"}, "X-Ratelimit-Reset": {"57"}}, 57 * time.Second, hanko.RateLimit{}},
		{"remaining in words", 400, http.Header{"X-Ratelimit-Limit": {"3"}, "X-Ratelimit-Remaining": {"two"}, "X-Ratelimit-Reset": {"57"}}, 0, hanko.RateLimit{}},
		{"remaining below zero", 429, http.Header{"X-Ratelimit-Limit": {"3"}, "X-Ratelimit-Remaining": {"-1"}}, 0, hanko.RateLimit{Limit: 3}},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			client := answer{test.status, test.header, `{"code":429,"message":"Too Many Requests"}`}.client(t)
			_, limit, err := client.InitializePasscode(t.Context(), "u", "e")
			var failure *hanko.Error
			if !errors.As(err, &failure) {
				t.Fatal(err)
			}
			if off := (failure.RetryAfter - test.wait).Abs(); off > time.Minute || off != 0 && test.wait != time.Hour {
				t.Errorf("the wait is %v, want %v", failure.RetryAfter, test.wait)
			}
			if limit != test.limit {
				t.Errorf("the rate limit is %+v, want %+v", limit, test.limit)
			}
		})
	}
}

func TestParseURL(t *testing.T) {
	for _, test := range []struct{ text, want, reason string }{
		{"https://f4.hanko.io", "https://f4.hanko.io", ""},
		{" http://localhost:8000/ \n", "http://localhost:8000", ""},
		{"https://api.example.com/tenant-7//", "https://api.example.com/tenant-7", ""},
		{"HTTPS://API.example.com", "https://API.example.com", ""},
		{"http://[::1]:8000", "http://[::1]:8000", ""},
		{"", "", "empty"},
		{"   ", "", "empty"},
		{"localhost:8000", "", "must begin with https://"},
		{"f4.hanko.io", "", "must begin with https://"},
		{"ftp://f4.hanko.io", "", "must begin with https://"},
		{"https://", "", "has no host"},
		{"https:f4.hanko.io", "", "has no host"},
		{"https:///path", "", "has no host"},
		{"http://:8000", "", "has no host"},
		{"https://me:secret@f4.hanko.io", "", "user name"},
		{"https://me:se cret@f4.hanko.io", "", ""},
		{"https://f4.hanko.io?x=1", "", "query or a fragment"},
		{"https://f4.hanko.io?", "", "query or a fragment"},
		{"https://f4.hanko.io#top", "", "query or a fragment"},
		{"https://f4.hanko.io:99999", "", "port"},
		{"https://f4.hanko.io:0", "", "port"},
		{"https://f4.hanko.io:eighty", "", "port"},
		{"https://f4.hanko.io/\x1b[31m", "", "control character"},
		{"https://[::1", "", "]"},
		{"https://cloud.hanko.io/projects/7", "", "web page for people"},
		{"https://Cloud.Hanko.io", "", "dashboard"},
	} {
		t.Run(test.text, func(t *testing.T) {
			base, err := hanko.ParseURL(test.text)
			if test.want != "" {
				if err != nil || base.String() != test.want {
					t.Errorf("gives %v, %v, want %s", base, err, test.want)
				}
				return
			}
			var refused *hanko.URLError
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.reason) || !strings.Contains(err.Error(), "It looks like https://") {
				t.Errorf("gives %v, %v, want a *URLError with %q", base, err, test.reason)
			}
			if strings.Contains(err.Error(), "cret") {
				t.Errorf("the error repeats the password: %v", err)
			}
			printable(t, "the error", err.Error())
			if _, err := hanko.NewClient(test.text, hanko.Options{}); !errors.As(err, &refused) {
				t.Errorf("NewClient gives %v, want a *URLError", err)
			}
		})
	}
}

// TestNoPasswordIsRepeated checks that no message about a URL has the URL's password.
func TestNoPasswordIsRepeated(t *testing.T) {
	for _, password := range []string{"sesame", "ses/ame", "1/sesame", "ses?ame", "1?sesame", "ses#ame", "ses@ame", "ses ame", "ses%ame", "ses:ame", "//sesame", "ses\x1bame", "ses<ame"} {
		for _, text := range []string{
			"ada:%s@h", "https://ada:%s@h", "http://:%s@h", "https://%s@h", "https:ada:%s@h", "https:/ada:%s@h", "//ada:%s@h", "imap://ada:%s@h", "a+b.c-1://ada:%s@h",
			"https://ada:%s@h:port", "https://ada:%s@h:99999", "https://ada:%s@h?x=1", "https://ada:%s@h#x", "https://ada:%s@[::1", "https://ada:%s@<tenant>.hanko.io",
			"https://ada:%s@cloud.hanko.io", "https://ada:%s@", " https://ada:%s@h/tenant ", "HTTPS://ada:%s@H", "HANKO_API_URL=https://ada:%s@h", "\"https://ada:%s@h\"",
		} {
			text = strings.ReplaceAll(text, "%s", password)
			_, err := hanko.ParseURL(text)
			_, _, completed := hanko.CompleteURL(text)
			for _, err := range []error{err, completed} {
				var refused *hanko.URLError
				if !errors.As(err, &refused) {
					t.Errorf("%q gives %v, want a *URLError", text, err)
					continue
				}
				for _, told := range []string{err.Error(), refused.URL, refused.Reason} {
					if strings.Contains(told, "ses") || strings.Contains(told, "ame@") {
						t.Errorf("%q is reported as %q", text, told)
					}
				}
			}
		}
	}
}

func TestMaskUserinfo(t *testing.T) {
	const dots = "••••••"
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"https://h/x", "https://h/x"},
		{"localhost:8000", "localhost:8000"},
		{"ada@example.com", "ada@example.com"},
		{"https://ada:sesame@h/x", "https://" + dots + "@h/x"},
		{"https://token@h", "https://" + dots + "@h"},
		{"ada:sesame@h", dots + "@h"},
		{"imap://ada:s@same@h", "imap://" + dots + "@h"},
		{"pop3:http://ada:sesame@h", dots + "@h"},
		{"@", "@"},
	} {
		if got := hanko.MaskUserinfo(test.text); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.text, got, test.want)
		}
	}
}

// TestProxyPasswordIsNotRepeated sets a proxy that net/http cannot parse. Its error repeats the URL, and ours must not.
func TestProxyPasswordIsNotRepeated(t *testing.T) {
	transport := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) {
		return nil, errors.New(`invalid proxy address "http://ada:ses%ame@proxy:3128": parse "http://ada:ses%ame@proxy:3128": invalid URL escape "%am"`)
	}}
	client := newClient(t, "http://tenant.test", hanko.Options{Transport: transport})
	_, err := client.FindUser(t.Context(), "ada@example.com")
	var failure *hanko.Error
	if !errors.As(err, &failure) || failure.Kind != hanko.Unreachable || strings.Contains(err.Error(), "ses") || !strings.Contains(err.Error(), "HTTPS_PROXY") {
		t.Errorf("the error is %v", err)
	}
}

// TestBasePath uses a base URL with a path, such as that of a multi-tenant server.
func TestBasePath(t *testing.T) {
	var asked string
	client := newClient(t, "http://tenant.test/f4/", hanko.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		asked = r.URL.String()
		return answer{status: http.StatusOK, body: `{"keys":[]}`}.RoundTrip(r)
	})})
	_, _ = client.Keys(t.Context())
	if asked != "http://tenant.test/f4/.well-known/jwks.json" || client.BaseURL() != "http://tenant.test/f4" {
		t.Errorf("%s was asked for, the base is %s", asked, client.BaseURL())
	}
	if logged := client.Log().From(0)[0]; logged.Path != "/.well-known/jwks.json" || logged.URL != asked {
		t.Errorf("logged is %s, %s", logged.Path, logged.URL)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
