package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
	"example.com/hankosim/tui"
	"example.com/hankosim/tui/internal/golden"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/story"
)

// embeddedDemo returns the built-in story, on an embedded tenant in memory. It is so fast that its pauses take no time.
func embeddedDemo(t *testing.T, preset tenant.Preset, phone authenticator.Profile) Options {
	t.Helper()
	builtIn, err := story.Parse(story.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	fresh := func() (Play, error) {
		settings := tenanttest.Settings(t, preset)
		settings.TokenInHeader = true
		opened := tenanttest.Open(t, tenant.Options{
			Settings: settings, Origins: []string{authenticator.Android(authenticator.AndroidApp{}).Origin("")},
		})
		client, err := hanko.NewClient("http://localhost:8000"+opened.BasePath(), hanko.Options{Transport: sample.Direct{Handler: opened.Handler()}})
		if err != nil {
			return Play{}, err
		}
		ctx, cancel := context.WithCancel(t.Context())
		app := tui.New(ctx, kit.Options{
			Client: client, Profile: phone, Store: authenticator.NewMemoryKeystore(), Tenant: "embedded tenant", Inbox: opened.Inbox(), Grace: time.Hour,
		})
		return Play{App: app, End: cancel}, nil
	}
	return Options{Story: builtIn, Speed: 1e6, Exit: true, Fresh: fresh}
}

// watched is a player whose view is checked after each action.
type watched struct {
	*player
	t        *testing.T
	at       [2]int
	chapters []string
}

func (w *watched) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := w.player.Update(msg)
	if at := [2]int{w.scene, w.done}; at != w.at {
		w.at = at
		golden.CheckBox(w.t, w.View(), w.width, w.height, w.Chapter())
	}
	if len(w.chapters) == 0 || w.chapters[len(w.chapters)-1] != w.Chapter() {
		w.chapters = append(w.chapters, w.Chapter())
	}
	return w, cmd
}

// The built-in story reaches its end in small and large windows, on both kinds of phone, and over both APIs.
func TestBuiltInStory(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		width, height int
		preset        tenant.Preset
		phone         authenticator.Profile
	}{
		{80, 24, tenant.PresetGuide, authenticator.IPhone()},
		{120, 40, tenant.PresetGuide, authenticator.Android(authenticator.AndroidApp{})},
		{80, 24, tenant.PresetV3Passwordless, authenticator.Android(authenticator.AndroidApp{})},
		{120, 40, tenant.PresetV3Passwordless, authenticator.IPhone()},
	} {
		t.Run(fmt.Sprintf("%dx%d %s %s", test.width, test.height, test.preset, test.phone.Name), func(t *testing.T) {
			t.Parallel()
			demo := embeddedDemo(t, test.preset, test.phone)
			p, err := newPlayer(demo)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { p.play.End() }()
			p.Update(tea.WindowSizeMsg{Width: test.width, Height: test.height})
			model := &watched{player: p, t: t}
			program := tea.NewProgram(model, tea.WithContext(t.Context()), tea.WithInput(nil), tea.WithOutput(io.Discard),
				tea.WithoutRenderer(), tea.WithoutSignalHandler())
			if _, err := program.Run(); err != nil {
				t.Fatal(err)
			}
			if p.err != nil || p.state != over {
				t.Fatalf("the story ends in state %d: %v\n%s", p.state, p.err, p.View())
			}
			var names []string
			for _, scene := range demo.Story.Scenes {
				names = append(names, scene.Name)
			}
			if got, want := strings.Join(model.chapters, ", "), strings.Join(names, ", "); got != want {
				t.Errorf("the chapters are %s, not %s", got, want)
			}
		})
	}
}

// The story takes three minutes, as promised, and leaves enough time to read it: a second for four words.
func TestBuiltInStoryTakesThreeMinutes(t *testing.T) {
	builtIn, err := story.Parse(story.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	var whole time.Duration
	for _, scene := range builtIn.Scenes {
		var takes time.Duration
		for _, action := range scene.Do {
			switch action := action.(type) {
			case story.Type:
				takes += time.Duration(len(action.Text))*perLetter + perKey
			case story.Press:
				takes += time.Duration(len(action.Keys)) * perKey
			case story.Pause:
				takes += action.For
			}
		}
		if words := len(strings.Fields(scene.Say)); scene.Name != builtIn.Scenes[len(builtIn.Scenes)-1].Name && takes < time.Duration(words)*time.Second/4 {
			t.Errorf("%q has %d words to read in %s", scene.Name, words, takes)
		}
		whole += takes
	}
	// Choosing and scrolling in the Wire tab takes another ten seconds.
	if whole < 140*time.Second || whole > 170*time.Second {
		t.Errorf("the story takes %s", whole)
	}
}

// The plain lines have the narration, the actions, the calls and the screens, and no characters that only draw.
func TestStoryInPlainLines(t *testing.T) {
	var out strings.Builder
	if err := RunPlain(t.Context(), embeddedDemo(t, tenant.PresetGuide, authenticator.IPhone()), &out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	position := 0
	for _, want := range []string{
		"What a passkey is, in three minutes\n", "\nScene 1 of ", "- The story types ada@example.com.\n", "- The story presses enter.\n",
		"- The app calls POST /user: 404.\n", "No account yet\n", "- The app calls POST /users: 200.\n", "\nScreen: Passcode\n",
		"From Mail", "- The story presses ctrl+f.\n", "Signed in as ada@example.com", "▸ Create a passkey",
		"\nScreen: iOS\n", "- The app calls POST /webauthn/registration/finalize: 200.\n", "- The app calls POST /webauthn/login/finalize: 200.\n",
		`- The story looks for "attestation" in the exchanges and shows rpIdHash,`, "credentialPublicKey", "Signature", "hankosim smoke",
	} {
		at := strings.Index(text[position:], want)
		if at < 0 {
			t.Fatalf("%q is missing after:\n%s", want, text[:position])
		}
		position += at
	}
	if at := strings.IndexAny(text, "╭╮╰╯│─━█\x1b"); at >= 0 {
		t.Errorf("something is drawn: %q", text[at:])
	}
}

// If a story stops, the lines have what was played before.
func TestStoppedStoryInPlainLines(t *testing.T) {
	demo := embeddedDemo(t, tenant.PresetGuide, authenticator.IPhone())
	demo.Story.Scenes = append(demo.Story.Scenes[:1:1], story.Scene{Name: "Never", Do: []story.Action{
		story.Wait{For: story.Offer, Within: time.Millisecond},
	}})
	var out strings.Builder
	err := RunPlain(t.Context(), demo, &out)
	var stop *StoppedError
	if !errors.As(err, &stop) || stop.Scene != 2 || stop.Name != "Never" {
		t.Errorf("the error is %v", err)
	}
	if !strings.Contains(out.String(), "No account yet") {
		t.Errorf("the first scene is missing:\n%s", out.String())
	}
	gone := errors.New("gone")
	demo.Fresh = func() (Play, error) { return Play{}, gone }
	if err := RunPlain(t.Context(), demo, &out); !errors.Is(err, gone) {
		t.Errorf("without an app the error is %v", err)
	}
}

// Interrupting a story on a terminal is not an error.
func TestStoryIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	demo := embeddedDemo(t, tenant.PresetGuide, authenticator.IPhone())
	if err := Run(ctx, demo, strings.NewReader(""), io.Discard); err != nil {
		t.Errorf("the error is %v", err)
	}
	if err := RunPlain(ctx, demo, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("the error in plain lines is %v", err)
	}
}
