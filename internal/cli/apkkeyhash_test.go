package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/authenticator/apk"
)

// What a tool printed works as an argument too, as in "$(cat FILE)".
func TestToolOutputAsAnArgument(t *testing.T) {
	const ada, play = "vm4Db54TO1kXa9LAwrGc4p6xxC26LDdBBt8AR6LoDfI", "FG3pg8VzBlDY7rmVLzT8ZBagg0LmHb6oigSWsj_PROU"
	for file, want := range map[string][]string{
		"apksigner-public-key-lines.txt": nil,
		"apksigner-print-certs.txt":      {play},
		"gradle-signing-report.txt":      {play, ada},
		"list.txt":                       {ada},
		"cert.p7b":                       {ada},
		"negative-serial.pem":            {"a49K2WnlZ5BfRJ0MbcJWPbk3lp-lohUlC_NNA5KV9jg"},
	} {
		t.Run(file, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join("../../authenticator/apk/testdata/field", file))
			if err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			root := rootCommand("")
			root.SetOut(&stdout)
			root.SetErr(&stderr)
			root.SetArgs(dashedArguments([]string{"apk-key-hash", strings.TrimSpace(string(content))}))
			err = root.ExecuteContext(t.Context())
			if own, ok := errors.AsType[*apk.Error](err); want == nil && (!ok || own.Kind != apk.PublicKeyDigest) || want != nil && err != nil {
				t.Fatalf("error %v", err)
			}
			var lines []string
			for _, hash := range want {
				lines = append(lines, apk.OriginPrefix+hash)
			}
			if got := strings.Fields(stdout.String()); !slices.Equal(got, lines) {
				t.Errorf("it prints %q, want %q", got, lines)
			}
		})
	}
}

func TestDashedArguments(t *testing.T) {
	const pem, hash = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "-8MLWN1ElblwJdlr8h31M2Y5AQrnMIFu3VuakrnAvrk"
	for _, test := range []struct{ args, want []string }{
		{[]string{"apk-key-hash", pem, "--password-file", "a"}, []string{"apk-key-hash", "--password-file", "a", "--", pem}},
		{[]string{"--config", "c", "apk-key-hash", hash}, []string{"--config", "c", "apk-key-hash", "--", hash}},
		{[]string{"apk-key-hash", "-", "--password-file", "-"}, nil},
		{[]string{"apk-key-hash", "--", pem}, nil},
		{[]string{"apk-key-hash", "--help"}, nil},
		{[]string{"passkeys", "list", pem}, nil},
		{nil, nil},
	} {
		want := test.want
		if want == nil {
			want = test.args
		}
		if got := dashedArguments(test.args); !slices.Equal(got, want) {
			t.Errorf("%q becomes %q, want %q", test.args, got, want)
		}
	}
}
