package plain

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/tui/cast"
)

// A recorded plain walk has what is said and typed, without codes, passwords, secrets and tokens.
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
			var recorded strings.Builder
			for _, event := range recording.Events {
				if event.Code == cast.Output {
					recorded.WriteString(event.Data)
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
				if strings.Contains(recorded.String(), secret) {
					t.Errorf("%q is recorded", secret)
				}
			}
			for _, text := range []string{"ada@example.com\r\n", "••••••", "q quits: q\r\n"} {
				if !strings.Contains(recorded.String(), text) {
					t.Errorf("%q is not recorded", text)
				}
			}
			if all := labels(recording); len(all) < 4 || all[0] != "Email" {
				t.Errorf("the chapters are %q", all)
			}
			if t.Failed() {
				t.Log(recorded.String())
			}
		})
	}
}

func labels(recording *cast.Recording) []string {
	var all []string
	for _, marker := range recording.Markers() {
		all = append(all, marker.Data)
	}
	return all
}
