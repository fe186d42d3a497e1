package plain

import (
	"context"
	"errors"
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// A plain walk can connect another tenant.
func TestPlainConnects(t *testing.T) {
	client, inbox := sample.EmbeddedTenant(t)
	options := kit.Options{
		Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Tenant: "embedded tenant", Inbox: inbox,
	}
	failing := true
	options.Connect = func(_ context.Context, url string) (kit.Connection, error) {
		if failing {
			failing = false
			return kit.Connection{}, &hanko.Error{Kind: hanko.TimedOut, Call: "GET /", Means: "It is slow.", Do: "Wait."}
		}
		found := plainConnectionOf("localhost")
		found.URL = url
		return found, nil
	}
	options.SaveTenant = func(found kit.Connection) (kit.Saved, error) {
		if found.Name != "mine" {
			return kit.Saved{}, errors.New("that name is taken")
		}
		return kit.Saved{Path: "hankosim.yaml", OverriddenBy: "HANKO_API_URL"}, nil
	}
	var said strings.Builder
	typed := "c\nhttps://cloud.hanko.io\nexample.com\nexample.com\nx\nb\nlocalhost:8000\ns\ns mine\nleft over\n"
	lines := ReadLines(t.Context(), strings.NewReader(typed))
	next, err := Run(t.Context(), options, lines, &said)
	if err != nil || next == nil || next.URL != "http://localhost:8000" || next.Name != "mine" || next.Saved.Path != "hankosim.yaml" {
		t.Errorf("it goes on with %+v, %v", next, err)
	}
	for _, want := range []string{
		"c connects another tenant", "on the dashboard", "It is slow", "Hanko v3", "Sign-in: by email address", "That is not one of the choices",
		"hat name is taken", "is saved as mine in hankosim.yaml.", "HANKO_API_URL is set", "--tenant embedded",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is not said", want)
		}
	}
	if t.Failed() {
		t.Log(said.String())
	}
	if line := <-lines.next; line != "left over" {
		t.Errorf("the next walk begins with %q", line)
	}
}

// A walk on another tenant offers the embedded one.
func TestPlainReturnsToTheEmbeddedTenant(t *testing.T) {
	client, _ := sample.EmbeddedTenant(t)
	options := kit.Options{Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Tenant: "mine"}
	options.Connect = func(_ context.Context, url string) (kit.Connection, error) {
		if url != "" {
			t.Errorf("%s is asked", url)
		}
		return kit.Connection{Name: "embedded", Path: "hankosim.yaml"}, nil
	}
	var kept kit.Connection
	options.SaveTenant = func(found kit.Connection) (kit.Saved, error) {
		kept = found
		return kit.Saved{Path: "hankosim.yaml"}, nil
	}
	var said strings.Builder
	next, err := Run(t.Context(), options, ReadLines(t.Context(), strings.NewReader("c\ne\ns other\ns\n")), &said)
	if err != nil || next == nil || next.URL != "" || next.Saved.Path != "hankosim.yaml" || kept.Name != "embedded" {
		t.Errorf("it goes on with %+v, %v, and saves %+v", next, err, kept)
	}
	for _, want := range []string{"e uses the embedded tenant", kit.EmbeddedSentence, "That is not one of the choices", "`tenant: embedded` is saved in hankosim.yaml", "--tenant NAME"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is not said:\n%s", want, said.String())
		}
	}
}

// If the tenant asks whether to stay signed in, so does the walk.
func TestPlainKeepsSignedIn(t *testing.T) {
	served := tenanttest.Serve(t, tenant.Options{Settings: tenanttest.Settings(t, tenant.PresetV3Passwordless, "retention=prompt")})
	options := kit.Options{
		Client: served.Client(t, hanko.Options{}), Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(),
		Inbox: served.Inbox(), Email: "ada@example.com",
	}

	var said strings.Builder
	typed := "k\nn ada@example.com\nf\nn\nq\n"
	if _, err := Run(t.Context(), options, ReadLines(t.Context(), strings.NewReader(typed)), &said); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "k keeps you signed in (on now)") || !strings.Contains(said.String(), "Signed in as") {
		t.Errorf("the lines are:\n%s", said.String())
	}
}

// plainConnectionOf returns a tenant that was found.
func plainConnectionOf(domain string) kit.Connection {
	return kit.Connection{
		URL: "https://" + domain, Name: "example-com", Path: "hankosim.yaml",
		Survey: hanko.Survey{
			Recognition: hanko.Recognition{API: hanko.FlowAPI, Found: "Hanko v3", Because: "it is"},
			Facts:       []hanko.Fact{{About: "Sign-in", Says: "by email address"}},
		},
	}
}

// A walk says how much of a state it leaves out.
func TestPlainSaysWhatItLeavesOut(t *testing.T) {
	step := sample.ChooserForm(sample.OrdinaryWords())
	step.Omitted = login.Omitted{Forms: 290, Values: 1, Links: 2}
	const want = "This state has too much to show: 290 more things to do, 1 more value to choose, 2 more links. The exchange has all of it."
	var said strings.Builder
	over := make(chan string)
	close(over)
	p := &conversation{out: &said, lines: &Lines{over}, transcript: &transcript{}}
	if _, err := p.askForm(t.Context(), step); !errors.Is(err, errLeft) || !strings.Contains(said.String(), want) {
		t.Errorf("the lines are %s (%v)", said.String(), err)
	}
}
