package tui

import (
	"bytes"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/cast"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/screen"
	"example.com/hankosim/tui/terminal"
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
	w := sample.OrdinaryWords()
	var file bytes.Buffer
	recorder := cast.NewRecorder(&file, cast.Header{})
	now := sample.Noon
	app := testApp(t, w)
	model := terminal.Record(app, recorder, func() time.Time { return now })
	send := func(msg tea.Msg) {
		now = now.Add(time.Second)
		next, _ := model.Update(msg)
		model = next
	}
	show := func(step login.Step) {
		app.busy = &busy{cancel: func() {}}
		send(ArrivedMsg{Step: step})
	}
	send(kit.ToastMsg{Text: "before there is a window"})
	send(tea.WindowSizeMsg{Width: 100, Height: 30})
	show(sample.PasscodeStep(w))
	send(mails(w))
	for _, digit := range "12345" {
		send(kit.KeyMsg(string(digit)))
	}
	if !strings.Contains(model.View(), "│ 5 │") || !strings.Contains(model.View(), "Your passcode is 123456") {
		t.Errorf("the person does not see what was typed:\n%s", model.View())
	}
	send(tea.WindowSizeMsg{Width: 90, Height: 24})
	show(sample.PasscodeStep(w)) // no new chapter
	show(sample.SignedInStep(w))
	send(hanko.News{Ended: sample.Exchanges(w, 2)})
	for _, key := range []string{"tab", "m", "enter"} {
		send(kit.KeyMsg(key))
	}
	last := app.MaskedView()
	if err := recorder.Close(now); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"123456", "│ 1 │", "secretsecret", sample.SignedInStep(w).Token.Raw[:24]} {
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
	if terminal.Record(app, nil, time.Now) != tea.Model(app) {
		t.Error("without a recorder, there is something between the app and the screen")
	}
}

// A step's chapter is called as its screen.
func TestChapters(t *testing.T) {
	w := sample.OrdinaryWords()
	app := testApp(t, w)
	for _, step := range []login.Step{
		login.EnterEmail{},
		login.ConfirmAccount{},
		sample.PasscodeStep(w),
		login.OfferPasskey{},
		sample.OTPForm(w), sample.UnknownForm(w), sample.SignedInStep(w),
		sample.ProfileStep(w),
		login.Failed{},
	} {
		if page := screen.For(app.situation(onPhone), step); screen.Chapter(step) != page.Title() {
			t.Errorf("the chapter of %T is %q, and its screen %q", step, screen.Chapter(step), page.Title())
		}
	}
}
