package tui

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/tui/cast"
)

// screenOf plays a recording to its end.
func screenOf(t *testing.T, recording *cast.Recording) *cast.Screen {
	t.Helper()
	screen := cast.NewScreen(recording.Header.Cols, recording.Header.Rows)
	for _, event := range recording.Events {
		if err := screen.Play(event); err != nil {
			t.Fatal(err)
		}
	}
	return screen
}

func labels(recording *cast.Recording) []string {
	var all []string
	for _, marker := range recording.Markers() {
		all = append(all, marker.Data)
	}
	return all
}

// The recording of a walk has a chapter for each screen and its frames without their secrets; the walk itself is none
// the wiser.
func TestRecordedFrames(t *testing.T) {
	w := ordinaryWords()
	var file bytes.Buffer
	recorder := cast.NewRecorder(&file, cast.Header{})
	now := noon
	app := testApp(t, w)
	model := record(app, recorder, func() time.Time { return now })
	send := func(msg tea.Msg) {
		now = now.Add(time.Second)
		next, _ := model.Update(msg)
		model = next
	}
	show := func(step login.Step) {
		app.busy = &busy{cancel: func() {}}
		send(ArrivedMsg{Step: step})
	}
	send(ToastMsg{"before there is a window"})
	send(tea.WindowSizeMsg{Width: 100, Height: 30})
	show(passcodeStep(w))
	send(mails(w))
	for _, digit := range "12345" {
		send(KeyMsg(string(digit)))
	}
	if !strings.Contains(model.View(), "│ 5 │") || !strings.Contains(model.View(), "Your passcode is 123456") {
		t.Errorf("the person does not see what was typed:\n%s", model.View())
	}
	send(tea.WindowSizeMsg{Width: 90, Height: 24})
	show(passcodeStep(w)) // no new chapter
	show(signedInStep(w))
	send(WireMsg{exchanges(w, 2)})
	for _, key := range []string{"tab", "m", "enter"} {
		send(KeyMsg(key))
	}
	last := app.MaskedView()
	if err := recorder.Close(now); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"123456", "│ 1 │", "secretsecret", signedInStep(w).Token.Raw[:24]} {
		if strings.Contains(file.String(), secret) {
			t.Errorf("the recording holds %q", secret)
		}
	}
	recording, err := cast.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Email", "Passcode", "Signed in"}, labels(recording)); diff != "" {
		t.Errorf("the chapters (-want +recorded):\n%s", diff)
	}
	var trimmed []string
	for line := range strings.SplitSeq(last, "\n") {
		trimmed = append(trimmed, strings.TrimRight(line, " "))
	}
	if diff := cmp.Diff(trimmed, strings.Split(screenOf(t, recording).Text(), "\n")); diff != "" {
		t.Errorf("the last screen (-drawn +recorded):\n%s", diff)
	}
	if record(app, nil, time.Now) != tea.Model(app) {
		t.Error("without a recorder, there is something between the app and the screen")
	}
}

// A plain walk is kept as it is said and typed, without codes, passwords, secrets and tokens.
func TestRecordedPlainWalks(t *testing.T) {
	for preset, typed := range map[tenant.Preset][]string{
		tenant.PresetGuide: {"ada@example.com", "y", "000000", "f", "y", "y", "t", "q"},
		tenant.PresetV3MFA: {"n ada@example.com", "f", "1", "correct horse battery", "1", "1", "123456", "1", "f", "n", "q"},
	} {
		t.Run(string(preset), func(t *testing.T) {
			var file bytes.Buffer
			recorder := cast.NewRecorder(&file, cast.Header{Cols: 80, Rows: 24})
			said, mails := recordedPlainWalk(t, preset, typed, recorder)
			if err := recorder.Close(time.Now()); err != nil {
				t.Fatal(err)
			}
			recording, err := cast.Read(&file)
			if err != nil {
				t.Fatal(err)
			}
			var kept strings.Builder
			for _, event := range recording.Events {
				if event.Code == cast.Output {
					kept.WriteString(event.Data)
				}
			}
			if len(mails) == 0 || !strings.Contains(said, mails[0].Code) {
				t.Fatalf("no code was said:\n%s", said)
			}
			if preset == tenant.PresetGuide && !strings.Contains(said, "eyJ") {
				t.Fatalf("no token was said:\n%s", said)
			}
			secrets := []string{"eyJ", "correct horse", "000000", "123456", mails[0].Code}
			if secret := regexp.MustCompile(`The secret is (\w+)`).FindStringSubmatch(said); secret != nil {
				secrets = append(secrets, secret[1])
			} else if preset == tenant.PresetV3MFA {
				t.Error("no secret was said")
			}
			for _, secret := range secrets {
				if strings.Contains(kept.String(), secret) {
					t.Errorf("%q is kept", secret)
				}
			}
			for _, text := range []string{"ada@example.com\r\n", "••••••", "q quits: q\r\n"} {
				if !strings.Contains(kept.String(), text) {
					t.Errorf("%q is not kept", text)
				}
			}
			if all := labels(recording); len(all) < 4 || all[0] != "Email" {
				t.Errorf("the chapters are %q", all)
			}
			if t.Failed() {
				t.Log(kept.String())
			}
		})
	}
}

// A step's chapter is called as its screen.
func TestChapters(t *testing.T) {
	w := ordinaryWords()
	app := testApp(t, w)
	for _, step := range []login.Step{
		login.EnterEmail{},
		login.ConfirmAccount{},
		passcodeStep(w),
		login.OfferPasskey{},
		otpForm(w), unknownForm(w), signedInStep(w),
		profileStep(w),
		login.Failed{},
	} {
		if page := pageFor(app.situation(onPhone), step); chapterOf(step) != page.Title() {
			t.Errorf("the chapter of %T is %q, and its screen %q", step, chapterOf(step), page.Title())
		}
	}
}
