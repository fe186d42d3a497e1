//go:build unix

package cli

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/hankosim/hanko/mailbox"
)

// The main journeys, each in the real program on a real terminal.

const (
	columns, rows = 120, 40
	ada           = "ada@example.com"
)

// From nothing to a passkey and in again with it; then the next day. The way is the same over REST and over flows.
func TestWalkFromEmailToPasskeySignIn(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"guide", "v3-passwordless"} {
		t.Run(preset, func(t *testing.T) { walkFromEmailToPasskeySignIn(t, preset) })
	}
}

func walkFromEmailToPasskeySignIn(t *testing.T, preset string) {
	t.Parallel()
	home := t.TempDir()
	term := start(t, home, "--preset", preset)
	signUp(term)

	term.settle()
	term.press("enter")
	term.wait("save a passkey for", "Face ID", ada)
	term.settle()
	term.press("enter")
	term.wait("✓ Signed in", "Your account", ada, "The passkey is registered")
	checked(term)

	term.settle()
	term.press("l")
	term.wait("Sign in with a passkey", ada)
	term.press("ctrl+p")
	term.wait("Sign in to “localhost”", "never used")
	term.settle()
	term.press("enter")
	term.wait("✓ Signed in", "Your account", ada, "with a passkey")
	checked(term)
	term.quit()

	// The next day: the same phone, the same tenant, and nothing typed.
	term = start(t, home, "--preset", preset)
	term.wait("Sign in with a passkey")
	term.press("down", "enter")
	term.wait("Sign in to “localhost”", ada, "used ")
	term.settle()
	term.press("enter")
	term.wait("✓ Signed in", "Your account", ada, "with a passkey")
	checked(term)
	term.quit()
}

// A sheet can be refused and left; neither ends the walk.
func TestWalkGoesOnAfterTheSheetIsRefusedAndLeft(t *testing.T) {
	t.Parallel()
	for _, way := range []struct {
		name, key, device, platform, create, get string
	}{
		{"refused", "n", "iphone", "ASAuthorizationError", "save a passkey for", "Sign in to “localhost”"},
		{"left", "esc", "android", "TYPE_USER_CANCELED", "Create a passkey to sign in to", "Use your saved passkey for"},
	} {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			term := start(t, t.TempDir(), "--device", way.device)
			signUp(term)
			term.settle()
			term.press("enter")
			term.wait(way.create)
			term.settle()
			term.press(way.key)
			// The page that asked is there again, with a word about it.
			term.wait("The phone did not create a passkey.", "NotAllowedError", way.platform, "▸ Create a passkey")
			term.settle()
			term.press("enter")
			term.wait(way.create)
			term.settle()
			term.press("enter")
			term.wait("The passkey is registered")

			// The same at sign-in.
			term.settle()
			term.press("l")
			term.wait("Sign in with a passkey")
			term.press("ctrl+p")
			term.wait(way.get)
			term.settle()
			term.press(way.key)
			term.wait("The phone did not use a passkey.", "NotAllowedError", "Sign in with a passkey")
			term.settle()
			term.press("ctrl+p")
			term.wait(way.get)
			term.settle()
			term.press("y")
			term.wait("✓ Signed in", "Your account", ada, "with a passkey")
			term.quit()
		})
	}
}

// The raw token can be selected: no frame around it, no line break in it, and it is the token that the tenant accepts.
func TestRawTokenIsOneUnboxedLine(t *testing.T) {
	t.Parallel()
	term := start(t, t.TempDir())
	tenant := signUp(term)
	term.settle()
	term.press("s")
	term.wait("✓ Signed in", "Your account")
	checked(term)
	term.settle()
	term.forget()
	term.press("t")
	term.wait("Press enter to go back.")

	// What is written to the terminal, not what is seen: a frame or a break would be in it.
	line := regexp.MustCompile(`(?m)^(eyJ[\w-]+\.[\w-]+\.[\w-]+)\r?$`).FindStringSubmatch(term.written())
	if line == nil {
		t.Fatalf("no line is a token and nothing else in:\n%q", term.written())
	}
	if strings.Contains(term.text(), "│") {
		t.Errorf("there is a frame around the token:\n%s", term.text())
	}
	var verdict struct {
		IsValid bool `json:"is_valid"`
	}
	get(t, tenant+"/sessions/validate", line[1], &verdict)
	if !verdict.IsValid {
		t.Error("the tenant says that the token which is shown is not valid")
	}

	term.press("enter")
	term.wait("✓ Signed in", "Your account", ada)
	term.settle()
	term.press("2")
	term.wait("Claims", "session_id", "✓ signature: valid", "eyJhbG••••••")
	if strings.Contains(strings.ReplaceAll(term.text(), "\n", ""), line[1][len(line[1])-12:]) {
		t.Errorf("the Token tab shows the token without being asked:\n%s", term.text())
	}
	term.press("esc")
	term.settle()
	term.press("l")
	term.wait("Sign in with a passkey")
	term.quit()
}

// A tenant that wants a password, an authenticator app and a trusted phone is walked into, and again the next time.
func TestWalkWithPasswordAndSecondFactor(t *testing.T) {
	t.Parallel()
	const password = "correct horse battery"
	home := t.TempDir()
	term := start(t, home, "--preset", "v3-mfa", "--email", ada)
	term.wait("Flow API", ada)
	term.settle()
	term.press("ctrl+n")
	term.wait("Check your mail", "From Mail", "ctrl+f")
	term.press("ctrl+f")
	term.wait("Choose a password", "at least 8 characters")
	term.settle()
	term.typeText("short")
	term.press("enter")
	term.wait("✗ The value is shorter than the tenant")
	term.settle()
	term.typeText(password)
	term.press("enter")
	term.wait("Add a second factor", "▸ An authenticator app")
	term.settle()
	term.press("enter")
	term.wait("Set up an authenticator app", "OTP code", "Check the code", "▀▀▀▀▀▀▀▀")
	term.settle()
	term.press("ctrl+f", "enter")
	term.wait("▸ Create a passkey")
	term.settle()
	term.press("s")
	term.wait("✓ Signed in", "Your account", ada, "pwd", "totp")
	checked(term)

	term.settle()
	term.press("l")
	term.wait("Sign in with a passkey")
	term.settle()
	term.press("enter")
	term.wait("How do you want to sign in?", "Use my password")
	term.settle()
	term.press("down", "enter")
	term.wait("Your password")
	term.settle()
	term.typeText(password)
	term.press("enter")
	term.wait("Your second factor")
	term.settle()
	term.press("ctrl+f", "enter")
	term.wait("▸ Create a passkey")
	term.settle()
	term.press("s")
	term.wait("Trust this phone?", "▸ Trust this phone")
	term.settle()
	term.press("enter")
	term.wait("✓ Signed in", "Your account", ada)
	checked(term)
	term.quit()
}

// The right side of the window: the wire with what is chosen in it, searched; the step as code, saved; the guide.
func TestBesideThePhone(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := start(t, home, "--preset", "guide")
	signUp(term)
	term.wait("POST   /passcode/login/finalize", "┃", "The passcode was right", "GET    /me", "The tenant said whose session this is")
	term.settle()
	term.press("tab", "/")
	term.wait("/method, path, status")
	term.typeText("not found")
	term.wait("/not found")
	term.press("enter")
	term.wait("1 of ", "No user has this address yet")
	term.press("esc", "5")
	term.wait(`that led to "Passkey"`, "[curl]", "${PASSCODE:?")
	term.press("s")
	term.wait("Saved hankosim-passkey.sh.")
	script, err := os.ReadFile(filepath.Join(home, "hankosim-passkey.sh"))
	if err != nil || !strings.HasPrefix(string(script), "#!/bin/sh\n") {
		t.Errorf("saved is %q, %v", script, err)
	}
	term.press("6")
	term.wait("This run is on REST.", "┃ » 4  start creating a passkey")
	term.press("up", "enter")
	term.wait("6  POST /passcode/login/finalize", "The passcode was right")
	term.quit()
}

// checked looks into the Token tab: the tenant agrees that the session is good.
func checked(term *terminal) {
	term.t.Helper()
	term.settle()
	term.press("2")
	term.wait("✓ signature: valid, RS256", "✓ user", "✓ session")
	term.press("esc")
	term.wait("your account") // a key of the phone's, which has the keys again
}

// signUp walks from the first screen to the offer of a passkey, and returns the URL of the embedded tenant.
func signUp(term *terminal) (tenant string) {
	t := term.t
	t.Helper()
	screen := term.wait("Sign in with a passkey", "embedded tenant", "This is the embedded tenant")
	tenant = regexp.MustCompile(`http://localhost:\d+`).FindString(screen)
	term.typeText(ada)
	term.wait(ada)
	term.press("enter")
	term.wait("No account yet", "Create the account")
	term.settle()
	term.press("enter")
	term.wait("Check your mail", "3 tries", "From Mail")
	var mails []mailbox.Mail
	get(t, tenant+"/inbox.json", "", &mails)
	if len(mails) != 1 || mails[0].To != ada || len(mails[0].Code) != 6 {
		t.Fatalf("the embedded tenant's inbox should hold one mail with a code for %s, and holds %+v", ada, mails)
	}
	code := mails[0].Code
	term.forget()
	term.paste(" " + code[:3] + " " + code[3:])
	term.wait("▸ Create a passkey")
	return tenant
}

func get(t testing.TB, url, token string, answer any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
}
