package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// The scripts of docs/phone.md register and sign in, as they stand there.
func TestDocumentedPhoneScripts(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s: %v", tool, err)
		}
	}
	page, err := os.ReadFile("../../docs/phone.md")
	if err != nil {
		t.Fatal(err)
	}
	scripts := map[string]string{}
	for _, found := range regexp.MustCompile("(?s)<!-- script ([a-z]+) -->\n```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		scripts[found[1]] = found[2]
	}
	for _, test := range []struct {
		script, switches string
		preset           tenant.Preset
		end              string
	}{
		{"rest", "token=header", tenant.PresetGuide, `"user_id":"[0-9a-f-]{36}"}\n$`},
		{"rest", "token=cookie", tenant.PresetGuide, `"user_id":"[0-9a-f-]{36}"}\n$`},
		{"flow", "token=header", tenant.PresetGuide, `(?s)success\n.*success\n$`},
		{"flow", "token=cookie", tenant.PresetV3Passwordless, `(?s)success\n.*success\n$`},
	} {
		t.Run(test.script+" "+test.switches, func(t *testing.T) {
			served := tenanttest.Serve(t, tenant.Options{Settings: tenanttest.Settings(t, test.preset, test.switches)})
			if err := served.SetPasscode("123456"); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", scripts[test.script])
			command.Dir, command.Stdin = dir, strings.NewReader("123456\n")
			command.Env = append(os.Environ(), "URL="+served.URL, "EMAIL=ada@example.com", "HOME="+dir,
				"XDG_DATA_HOME="+filepath.Join(dir, "data"), "XDG_CONFIG_HOME="+filepath.Join(dir, "config"), noRaceSleep)
			output, err := command.CombinedOutput()
			if err != nil || !regexp.MustCompile(test.end).Match(output) {
				t.Errorf("%v:\n%s", err, output)
			}
		})
	}
}

// The options that an error gives as an example are good ones.
func TestExampleOptions(t *testing.T) {
	phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
	for _, ceremony := range []authenticator.Ceremony{authenticator.Create, authenticator.Get} {
		if response, _, err := answer(t.Context(), phone, ceremony, []byte(exampleOptions[ceremony])); err != nil || !strings.Contains(string(response), "clientDataJSON") {
			t.Errorf("%s: %s, %v", ceremony, response, err)
		}
	}
}
