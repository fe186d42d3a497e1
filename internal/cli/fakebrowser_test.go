package cli

import (
	"context"
	"os"

	"example.com/hankosim/hanko/provider"
)

// What the person does in the browser.
const (
	agrees = "agree"
	denies = "deny"
	dreams = "dream" // nothing
)

// browserAnswer is the environment variable that tells browserMain what the person does.
const browserAnswer = "BROWSER_ANSWER"

// browserMain stands in for the program that opens browsers, and for the browser and the person before it.
func browserMain() int {
	does := os.Getenv(browserAnswer)
	if does == dreams {
		return 0
	}
	if _, err := provider.Visit(context.Background(), os.Args[len(os.Args)-1], provider.Answer{Deny: does == denies}); err != nil {
		return 1
	}
	return 0
}
