//go:build unix

package cli

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// From the first run to a tenant of one's own that is kept, and the next day.
func TestConnectFromTheFirstScreen(t *testing.T) {
	t.Parallel()
	url := tenantChild(t)
	home := t.TempDir()
	term := start(t, home)
	term.wait("embedded tenant", "ctrl+o  connect your own tenant")
	term.press("ctrl+o")
	term.wait("Connect your own tenant", "Its API URL")
	term.settle()
	term.typeText("localhost:1")
	term.press("enter")
	term.wait("The tenant could not be reached.", "http://localhost:1")
	term.press("ctrl+u")
	term.paste(strings.TrimPrefix(url, "http://") + "/")
	term.wait(strings.TrimPrefix(url, "http://"))
	term.press("enter")
	term.wait("Found", "Hanko v3", "RP ID is localhost", "~/config/hankosim/hankosim.yaml")
	term.settle()
	term.press("ctrl+u")
	term.typeText("mine")
	term.wait("mine")
	term.press("enter")
	term.wait("▸ Save it and use it")
	term.press("enter")
	term.wait("Saved", "as mine", url, "embedded tenant")
	term.settle()
	term.press("enter")

	// The walk is on that tenant now.
	term.wait("Sign in with a passkey", "mine "+url, "Connected to mine", "Flow API")
	term.settle()
	term.typeText(ada)
	term.press("ctrl+n")
	term.wait("Check your mail", ada)
	term.quit()

	content, err := os.ReadFile(filepath.Join(home, "config", "hankosim", "hankosim.yaml"))
	if err != nil || !strings.Contains(string(content), "\ntenant: mine\n") {
		t.Fatalf("the configuration is %v:\n%s", err, content)
	}
	term = start(t, home)
	screen := term.wait("Sign in with a passkey", "mine "+url, "Flow API")
	if strings.Contains(screen, "embedded tenant") {
		t.Errorf("the next start is not on the saved tenant alone:\n%s", screen)
	}
	term.quit()
	term = start(t, home, "--tenant", "embedded")
	term.wait("Sign in with a passkey", "embedded tenant")
	term.quit()
}

// From the saved tenant back to the embedded one, for good.
func TestUseTheEmbeddedTenantAgain(t *testing.T) {
	t.Parallel()
	url := tenantChild(t)
	home := t.TempDir()
	file := writeConfig(t, home, "# ours\ntenant: mine\ntenants:\n  mine: {url: "+url+"}\n")
	term := start(t, home)
	term.wait("Sign in with a passkey", "mine "+url, "Flow API", "ctrl+o  connect another tenant")
	term.useEmbedded()
	term.wait("Sign in with a passkey", "embedded tenant http", "This is the embedded tenant")
	term.quit()

	content, err := os.ReadFile(file)
	if err != nil || string(content) != "# ours\ntenant: embedded\ntenants:\n  mine: {url: "+url+"}\n" {
		t.Fatalf("the configuration is %v:\n%s", err, content)
	}
	term = start(t, home)
	term.wait("Sign in with a passkey", "embedded tenant http")
	term.quit()
}

// writeConfig writes the configuration file of a home, and returns its path.
func writeConfig(t *testing.T, home, content string) (file string) {
	t.Helper()
	file = filepath.Join(home, "config", "hankosim", "hankosim.yaml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// useEmbedded saves, by the palette, that the embedded tenant is used.
func (term *terminal) useEmbedded() {
	term.t.Helper()
	term.press("ctrl+k")
	term.wait("What to do")
	term.typeText("embedded")
	term.wait("use the embedded tenant")
	term.press("enter")
	term.wait("The embedded tenant", "Saving writes it", "▸ Save it and use it")
	term.settle()
	term.press("enter")
	term.wait("Saved", "tenant: embedded", "hankosim --tenant NAME")
	term.settle()
	term.press("enter")
}

// tenantChild runs `hankosim tenant` until the test ends, and returns its URL.
func tenantChild(t *testing.T) (url string) {
	t.Helper()
	command := child(t, t.TempDir(), "tenant", "--listen", "127.0.0.1:0", "--ephemeral", "--preset", "v3-passwordless")
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed
	})
	line, err := bufio.NewReader(output).ReadString('\n')
	if url = regexp.MustCompile(`http://localhost:\d+`).FindString(line); err != nil || url == "" {
		t.Fatalf("the tenant says %q, %v", line, err)
	}
	return url
}

// The first screen tells what differs from what the configuration expects of its tenant, and of no other.
func TestTheFirstScreenTellsWhatIsNotExpected(t *testing.T) {
	t.Parallel()
	url := tenantChild(t)
	home := t.TempDir()
	writeConfig(t, home, "tenant: mine\ntenants:\n  mine: {url: "+url+", expect: {api: flow, signin.passkey: false}}\n")
	term := start(t, home)
	term.wait("Sign in with a passkey", "mine "+url, "Not as expected: signin.passkey", "(passkey.enabled)")
	term.useEmbedded()
	if screen := term.wait("Sign in with a passkey", "embedded tenant http", "This is the embedded tenant"); strings.Contains(screen, "Not as expected") {
		t.Errorf("the embedded tenant is compared, too:\n%s", screen)
	}
	term.quit()
}
