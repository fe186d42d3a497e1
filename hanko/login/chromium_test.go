package login_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// needsChromium is set, as by .ci/run, if the tests must fail without Chromium instead of being skipped.
const needsChromium = "HANKOSIM_NEEDS_CHROMIUM"

// A person signs in with a third party in a real browser, over both APIs, and declines once. The browser keeps the tenant's
// cookies as browsers do, and ends at the page that says that the window can be closed.
func TestChromium(t *testing.T) {
	ctx := chromium(t)
	for _, test := range []struct {
		name     string
		preset   tenant.Preset
		switches []string
		press    string // on the consent page
		want     func(login.Step) bool
	}{
		{"over REST", tenant.PresetGuide, nil, `button[value="ben"]`, signedInAs("ben@provider.example")},
		{"over a flow", tenant.PresetV3, nil, `button[value="ben"]`, signedInAs("ben@provider.example")},
		{"over a flow without a verifier", tenant.PresetV2MFA, []string{"third-party-verifier=off"}, `button[value="ada"]`, signedInAs("ada@provider.example")},
		{"denied over REST", tenant.PresetGuide, nil, `button[name="deny"]`, denied},
		{"denied over a flow", tenant.PresetV3, nil, `button[name="deny"]`, denied},
	} {
		t.Run(test.name, func(t *testing.T) {
			tab, shut := chromedp.NewContext(ctx)
			defer shut()
			walking, giveUp := context.WithCancel(ctx)
			defer giveUp()
			served := tenanttest.Serve(t, tenant.Options{
				Settings: tenanttest.Settings(t, test.preset, append([]string{"third-parties=custom_example", "token=header"}, test.switches...)...),
			})
			walk := login.New(served.Client(t, hanko.Options{}), authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove), "")
			visited, opened := make(chan error, 1), false
			var ended, heading string
			walk.UseBrowser(func(visit login.Visit) {
				opened = true
				go func() {
					err := chromedp.Do(tab,
						chromedp.Navigate(visit.URL), chromedp.Click(chromedp.CSS(test.press)),
						chromedp.WaitReady(chromedp.Search(`//title[text()="Back to the app"]`)),
					)
					if err == nil {
						heading, err = chromedp.Run(tab, chromedp.Text(chromedp.CSS("h1")))
					}
					if err == nil {
						ended, err = chromedp.Run(tab, chromedp.Location())
					}
					if err != nil {
						giveUp() // no browser returns
					}
					visited <- err
				}()
			})
			step := walk.Take(walking, login.SignInWithThirdParty{Party: example})
			if !opened {
				t.Fatalf("without a browser the walk is at %+v", step)
			}
			if err := <-visited; err != nil {
				t.Fatalf("the browser: %v; the walk is at %T", err, step)
			}
			if !test.want(step) {
				t.Errorf("the walk is at %+v", step)
			}
			if heading != "You can close this window" || !strings.Contains(ended, "/callback?") {
				t.Errorf("the browser shows %q at %s", heading, ended)
			}
		})
	}
}

func signedInAs(email string) func(login.Step) bool {
	return func(step login.Step) bool {
		in, ok := step.(login.SignedIn)
		return ok && in.Email == email && in.Method == login.ByThirdParty
	}
}

func denied(step login.Step) bool {
	failed, ok := step.(login.Failed)
	var said *hanko.ThirdPartyError
	return ok && errors.As(failed.Problem.Err, &said) && said.Code == hanko.ThirdPartyAccessDenied
}

// chromium starts a headless Chromium that ends with the test, and returns the context in which it opens tabs. The context
// ends a little before the test's deadline.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	without := t.Skipf
	if os.Getenv(needsChromium) != "" {
		without = t.Fatalf
	}
	if path == "" {
		without("nobody signs in through a real browser: there is no Chromium (%s makes this a failure)", needsChromium)
	}
	ctx, patience := t.Context(), 24*time.Hour
	if deadline, ok := t.Deadline(); ok {
		patience = max(time.Until(deadline)-20*time.Second, time.Second)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WSURLReadTimeout(patience))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // root cannot use the sandbox
	}
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		without("nobody signs in through a real browser: %s does not start: %v", path, err) // in a container without a sandbox, say
	}
	return ctx
}
