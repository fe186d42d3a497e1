package mailbox_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/hanko/mailbox"
)

// TestMain makes the test binary the command under test when MAILBOX_TEST_COMMAND says so, which runs everywhere. Most
// tests here wait for mails that come later, so many of them run at a time; -parallel still overrides the number.
func TestMain(m *testing.M) {
	file := os.Getenv("MAILBOX_TEST_FILE")
	switch os.Getenv("MAILBOX_TEST_COMMAND") {
	case "":
		if err := flag.Set("test.parallel", "24"); err != nil {
			panic(err)
		}
		os.Exit(m.Run())
	case "say":
		fmt.Printf("Mail to %s: code 123456\n", os.Getenv("HANKOSIM_TO"))
	case "environment":
		fmt.Printf("%s %s %s", os.Getenv("HANKOSIM_TO"), os.Getenv("HANKOSIM_AFTER"), strings.Join(os.Args[1:], "|"))
	case "file":
		text, err := os.ReadFile(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, "no mail yet")
			os.Exit(1)
		}
		fmt.Print(string(text))
	case "nothing":
	case "endless":
		for {
			fmt.Println("x")
		}
	}
	os.Exit(0)
}

func openCommand(t *testing.T, what, arguments string) mailbox.Box {
	t.Helper()
	t.Setenv("MAILBOX_TEST_COMMAND", what)
	t.Setenv("GORACE", "atexit_sleep_ms=0") // under the race detector each run would else last a second
	box, err := mailbox.Open(t.Context(), "command:'"+os.Args[0]+"' "+arguments, mailbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	return box
}

func TestCommandSaysTheCode(t *testing.T) {
	box := openCommand(t, "say", "")
	expect(t, box, mailbox.Want{To: ada}, "123456")
}

// TestCommandArguments: the arguments are the user's, whole, and reports do not tell them.
func TestCommandArguments(t *testing.T) {
	box := openCommand(t, "environment", `'a b' "$HOME" c\ d s3cret`)
	after := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	_, err := box.Passcode(t.Context(), mailbox.Want{To: ada, After: after, Charset: mailbox.Numeric})
	for _, part := range []string{ada, "2026-11-23T12:00:00Z", "a b|$HOME|c d|"} {
		if kindOf(err) != mailbox.NoCode || !strings.Contains(err.Error(), part) {
			t.Errorf("the command got %v, want %q in it", err, part)
		}
	}
	if strings.Contains(box.String(), "s3cret") {
		t.Errorf("the box's name %q tells the arguments", box)
	}
}

func TestCommandIsRunUntilTheMailIsThere(t *testing.T) {
	file := t.TempDir() + "/code"
	t.Setenv("MAILBOX_TEST_FILE", file)
	box := openCommand(t, "file", "")

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // time to run the command once, on a busy machine too
	defer cancel()
	if _, err := box.Passcode(ctx, mailbox.Want{To: ada}); kindOf(err) != mailbox.NoMail || !strings.Contains(err.Error(), "no mail yet") {
		t.Errorf("without a mail: %v, want what the command complains of", err)
	}

	write := func(code string) {
		if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
			t.Error(err)
		}
	}
	first := time.Now()
	time.AfterFunc(200*time.Millisecond, func() { write("111111") })
	expect(t, box, mailbox.Want{To: ada, After: first}, "111111")
	expect(t, box, mailbox.Want{To: ada, After: first}, "111111")

	second := time.Now()
	time.AfterFunc(300*time.Millisecond, func() { write("222222") })
	expect(t, box, mailbox.Want{To: ada, After: second}, "222222") // the old code is still there for a while
	write("111111")
	expect(t, box, mailbox.Want{To: bob, After: second}, "111111")
}

func TestCommandThatNeverEnds(t *testing.T) {
	for _, what := range []string{"endless", "nothing"} {
		box := openCommand(t, what, "")
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		_, err := box.Passcode(ctx, mailbox.Want{To: ada})
		cancel()
		if kindOf(err) != mailbox.NoMail {
			t.Errorf("%s: %v", what, err)
		}
	}
}
