package tui

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/terminal"
)

// embeddedOptions are those of an app on an embedded tenant in memory.
func embeddedOptions(t testing.TB) kit.Options {
	t.Helper()
	client, inbox := sample.EmbeddedTenant(t)
	return kit.Options{
		Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Tenant: "embedded tenant",
		Inbox: inbox, Email: "ada@example.com", Now: time.Now,
	}
}

// stormed is an app whose every view is checked, and that tells where it has been.
type stormed struct {
	*App
	t *testing.T

	mu   sync.Mutex
	seen map[string]bool
	busy bool
}

func (s *stormed) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := s.App.Update(msg)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[s.focused().Title()] = true
	s.busy = s.App.busy != nil && s.sheet == nil
	return s, cmd
}

func (s *stormed) View() string {
	return checkBox(s.t, s.App, s.focused().Title())
}

// stormLasts is how long the storm goes on at least: a quarter of a minute, or with -short a few seconds.
func stormLasts() time.Duration {
	if testing.Short() {
		return 3 * time.Second
	}
	return 15 * time.Second
}

// A storm of random keys, pastes, clicks, window sizes and backgrounds, on an embedded tenant, in Bubble Tea's own loop: no
// panic, no view outside its box, every screen has been there, and afterwards no goroutine is left.
func TestStorm(t *testing.T) {
	options := embeddedOptions(t)
	opened := tenanttest.Open(t, tenant.Options{Inbox: options.Inbox, Settings: tenant.Settings{PasscodesPerMinute: -1}})
	client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: &losing{next: sample.Direct{Handler: opened.Handler()}}})
	if err != nil {
		t.Fatal(err)
	}
	options.Client = client
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	model := &stormed{App: appUntil(ctx, options), t: t, seen: map[string]bool{}}
	model.ticking = false
	// An input that is at its end: the raw token's screen is left at once.
	program := tea.NewProgram(model, tea.WithContext(ctx), tea.WithInput(strings.NewReader("")), tea.WithOutput(io.Discard), tea.WithoutRenderer(),
		tea.WithoutSignalHandler(), tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
			switch msg.(type) {
			case tea.QuitMsg:
				if ctx.Err() == nil {
					return nil // the storm goes on
				}
			case tea.SuspendMsg:
				return nil // it would stop the tests
			}
			return msg
		}))
	ended := make(chan error, 1)
	go func() {
		_, err := program.Run()
		ended <- err
	}()

	wanted := []string{"Email", "New here", "Passcode", "Passkey", "Signed in", "That did not work", "iOS", "Wire", "Token", "Passkeys", "Mail", "Code", "Guide", "What to do"}
	missing := func() []string {
		model.mu.Lock()
		defer model.mu.Unlock()
		var titles []string
		for _, title := range wanted {
			if !model.seen[title] {
				titles = append(titles, title)
			}
		}
		return titles
	}
	isBusy := func() bool {
		model.mu.Lock()
		defer model.mu.Unlock()
		return model.busy
	}

	keys := strings.Fields("enter enter enter enter enter esc esc tab tab shift+tab up down left right home end pgup pgdown backspace " +
		"ctrl+c ctrl+p ctrl+r ctrl+f ctrl+f ctrl+k ctrl+u ctrl+d f1 ? q y n p l s b r d x j k g G h i m c u o v / N J K t 0 1 2 3 4 5 6 a @ . é 漢 alt+x alt+1")
	random := rand.New(rand.NewPCG(1, 2))
	begun := time.Now()
	end, limited := t.Deadline()
	end = end.Add(-20 * time.Second) // leaves time to say what is missing
	sent := 0
	for ; time.Since(begun) < stormLasts() || len(missing()) > 0; sent++ {
		if limited && time.Now().After(end) {
			t.Fatalf("after %d messages these screens have not been seen: %v", sent, missing())
		}
		switch random.IntN(20) {
		case 0:
			program.Send(tea.WindowSizeMsg{Width: random.IntN(210), Height: random.IntN(62)})
		case 1:
			program.Send(paste([]string{"123456", " 123 456\n", "", "\x1b[2J", strings.Repeat("漢", 300)}[random.IntN(5)]))
		case 2: // or the storm would hardly ever get beyond the first screen: letters ruin the address
			program.Send(kit.KeyMsg("ctrl+u"))
			program.Send(paste("ada@example.com"))
			program.Send(kit.KeyMsg("enter"))
		case 3:
			button := []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonRight, tea.MouseButtonWheelUp, tea.MouseButtonWheelDown}[random.IntN(4)]
			program.Send(tea.MouseMsg{X: random.IntN(210), Y: random.IntN(62), Button: button, Action: tea.MouseActionPress})
		case 4:
			program.Send(terminal.BackgroundMsg{Dark: random.IntN(2) == 0})
		default:
			program.Send(kit.KeyMsg(keys[random.IntN(len(keys))]))
		}
		for wait := 0; wait < 100 && isBusy() && random.IntN(10) > 0; wait++ {
			time.Sleep(time.Millisecond)
		}
		select {
		case err := <-ended:
			t.Fatalf("the program ended after %d messages: %v", sent, err)
		default:
		}
	}
	cancel()
	<-ended
	t.Logf("%d messages, %d exchanges", sent, options.Client.Log().Len())
	if left := settled(before, 2*bannerStays); left > before {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines are left:\n%s", left-before, stacks[:runtime.Stack(stacks, true)])
	}
}

// losing loses one call in 40, so that the storm sees what a walk makes of it.
type losing struct {
	next  http.RoundTripper
	calls atomic.Int64
}

func (l *losing) RoundTrip(request *http.Request) (*http.Response, error) {
	if l.calls.Add(1)%40 == 0 {
		return nil, errors.New("the connection was lost")
	}
	return l.next.RoundTrip(request)
}

// After the app is left, nothing of it goes on: not in the middle of a call, and not behind an open sheet.
func TestNothingIsLeftRunning(t *testing.T) {
	options := embeddedOptions(t)
	// The passkey is there already, so that a sheet comes up at once.
	register(t, options, authenticator.NewPhone(options.Profile, options.Store, authenticator.AlwaysApprove))
	leaveDuringCall(t)
	leaveBehindSheet(t, options)
	baseline := settled(0, 2*time.Second) // what the libraries start once for all, they have started now
	const runs = 5
	for range runs {
		leaveDuringCall(t)
		leaveBehindSheet(t, options)
	}
	// The app's longest timer, which cannot be stopped, is a notification's seven seconds.
	if now := settled(baseline, 8*time.Second); now > baseline {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines were left by %d runs:\n%s", now-baseline, 2*runs, stacks[:runtime.Stack(stacks, true)])
	}
}

// settled waits until there are no more goroutines than wanted, or until their number has not changed for so long; and
// returns the number.
func settled(wanted int, unchanged time.Duration) int {
	last, since := runtime.NumGoroutine(), time.Now()
	for last > wanted && time.Since(since) < unchanged {
		time.Sleep(20 * time.Millisecond)
		if now := runtime.NumGoroutine(); now != last {
			last, since = now, time.Now()
		}
	}
	return last
}

func leaveDuringCall(t *testing.T) {
	t.Helper()
	called := make(chan struct{}, 1)
	client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: hanging{called}})
	if err != nil {
		t.Fatal(err)
	}
	run(t, kit.Options{Client: client, Profile: authenticator.IPhone(), Store: authenticator.NewMemoryKeystore(), Email: "ada@example.com"}, func(in io.Writer) {
		write(t, in, "\r")
		<-called
	})
}

// hanging tells when it is called and then does not answer.
type hanging struct{ called chan struct{} }

func (h hanging) RoundTrip(request *http.Request) (*http.Response, error) {
	h.called <- struct{}{}
	return sample.Silence{}.RoundTrip(request)
}

func leaveBehindSheet(t *testing.T, options kit.Options) {
	t.Helper()
	log := options.Client.Log()
	calls := log.Len()
	run(t, options, func(in io.Writer) {
		write(t, in, "\x10") // ctrl+p
		var news hanko.News
		for log.Len() <= calls {
			var err error
			if news, err = log.Follow(t.Context(), news); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(50 * time.Millisecond) // the sheet comes up; where it does not, the test is none the worse
	})
}

// register walks to a registered passkey without a screen.
func register(t *testing.T, options kit.Options, phone *authenticator.Phone) {
	t.Helper()
	walk := login.New(options.Client, phone, "")
	walk.Take(t.Context(), login.SubmitEmail{Email: "ada@example.com"})
	walk.Take(t.Context(), login.CreateAccount{})
	walk.Take(t.Context(), login.SubmitPasscode{Code: options.Inbox.Mails()[0].Code})
	step := walk.Take(t.Context(), login.RegisterPasskey{})
	if in, ok := step.(login.SignedIn); !ok || in.Registered == "" {
		t.Fatalf("the walk did not register a passkey: %#v", step)
	}
}

// run runs the app as main does, on pipes, until it is left with ctrl+c after do.
func run(t *testing.T, options kit.Options, do func(in io.Writer)) {
	t.Helper()
	in, typed := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := Run(t.Context(), options, in, io.Discard)
		ended <- err
	}()
	do(typed)
	write(t, typed, "\x03")
	if err := <-ended; err != nil {
		t.Errorf("the app ended with %v", err)
	}
	_ = typed.Close()
}

func write(t *testing.T, in io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(in, text); err != nil {
		t.Fatal(err)
	}
}
