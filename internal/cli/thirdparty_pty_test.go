//go:build unix && !darwin

package cli

import (
	"image/color"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/hankosim/hanko/provider"
)

// startWithBrowser is start on a tenant with third parties, for a person with a screen and a browser.
func startWithBrowser(t *testing.T, does, preset string, args ...string) *terminal {
	t.Helper()
	opener, err := exec.LookPath("xdg-open")
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"--ephemeral", "--preset", preset, "--set", "third-parties=google,custom_example"}, args...)
	command := child(t, t.TempDir(), args...)
	command.Env = append(command.Env, "PATH="+filepath.Dir(opener), "DISPLAY=:0", browserAnswer+"="+does)
	return startCommand(t, color.Black, command, columns, rows)
}

// Over both APIs, the browser goes to the third party and comes back, and the app goes on by itself.
func TestWalkWithThirdParty(t *testing.T) {
	t.Parallel()
	for preset, party := range map[string]string{"guide": "Google", "v3": "Example"} {
		t.Run(preset, func(t *testing.T) {
			t.Parallel()
			term := startWithBrowser(t, agrees, preset)
			term.wait("Sign in with " + party)
			term.press("up") // the last of the buttons
			term.wait("▸ Sign in with " + party)
			term.press("enter")
			term.wait("✓ Signed in", "with "+party, "ada@provider.example", "✓ Third party")
			checked(term)
			term.quit()
		})
	}
}

// Where no browser is opened the link is there to be opened by hand. It begins with the app's own address.
func TestWalkWithThirdPartyByLink(t *testing.T) {
	t.Parallel()
	term := startWithBrowser(t, dreams, "v3", "--no-browser", "--return-address", "http://localhost:0/app/back",
		"--set", "third-party-redirects=http://localhost:*/app/back")
	term.wait("Sign in with Example")
	term.press("up")
	term.wait("▸ Sign in with Example")
	term.press("enter")
	screen := term.wait("Open this link in a browser", "The browser has to run on this")
	link := regexp.MustCompile(`http://localhost:\d+/go/\w+`).FindString(screen)
	if _, err := provider.Visit(t.Context(), link, provider.Answer{Person: "ben"}); err != nil {
		t.Fatal(err)
	}
	term.wait("✓ Signed in", "ben@provider.example")
	term.quit()
}

// Giving up leaves everything as it was, and a no of the person's is explained.
func TestWalkWithThirdPartyInVain(t *testing.T) {
	t.Parallel()
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		term := startWithBrowser(t, dreams, "v3")
		term.wait("Sign in with Example")
		term.typeText("somebody@example.com")
		term.wait("somebody@example.com")
		term.press("up")
		term.wait("▸ Sign in with Example")
		term.press("enter")
		term.wait("Continue in your browser", "Your browser opens", "http://127.0.0.1:")
		term.press("esc")
		term.wait("Cancelled.", "somebody@example.com", "▸ Sign in with Example")
		term.quit()
	})
	t.Run("denied", func(t *testing.T) {
		t.Parallel()
		term := startWithBrowser(t, denies, "guide")
		term.wait("Sign in with Google")
		term.press("up")
		term.wait("▸ Sign in with Google")
		term.press("enter")
		term.wait("✗ It was not possible to sign in with", "Google.", "access_denied", "The person declined")
		term.settle()
		term.press("esc")
		term.wait("Sign in with a passkey", "Sign in with Google")
		term.quit()
	})
}

// In plain lines, a number signs in with a third party; the account is shown, and the last way in is not taken by accident.
func TestPlainWalkWithThirdParty(t *testing.T) {
	t.Parallel()
	term := startWithBrowser(t, agrees, "v3", "--plain", "--set", "third-party-linking=on")
	answer := func(question, text string) {
		t.Helper()
		term.waitUntil("ask "+question, func(string) bool { return strings.Contains(term.written(), question) })
		term.forget()
		term.typeText(text)
		term.press("enter")
	}
	answer("a number signs in with a third party", "2")
	answer("Signed in as ada@provider.example", "o")
	answer("Third party 1: Example, connected", "x2") // Google, which comes back connected
	answer("Third party 2: Google, connected", "x1")
	answer("Disconnect Example?", "y")
	answer("x and a number connects or disconnects", "q")
	term.left()
}

// In plain lines, a line gives up what the browser has begun.
func TestPlainWalkWithThirdPartyCancelled(t *testing.T) {
	t.Parallel()
	term := startWithBrowser(t, dreams, "guide", "--plain")
	for _, turn := range [][2]string{
		{"a number signs in with a third party", "1"}, {"Enter alone cancels", ""}, {"a number signs in with a third party", "q"},
	} {
		term.waitUntil("ask "+turn[0], func(string) bool { return strings.Contains(term.written(), turn[0]) })
		term.forget()
		term.typeText(turn[1])
		term.press("enter")
	}
	term.left()
}
