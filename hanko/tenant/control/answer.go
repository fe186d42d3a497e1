package control

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/hankosim/hanko/tenant"
)

var (
	methodPattern = regexp.MustCompile(`^[A-Z]+$`)
	statusPattern = regexp.MustCompile(`^[0-9]{3}$`)
	headerPattern = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
)

// ParseAnswer parses a planned answer: a method, a path, a status and a delay, each optional, in any order, separated by
// spaces ("POST /users 503 2s"). An error completes the sentence "the answer …".
func ParseAnswer(text string) (tenant.PlannedAnswer, error) {
	var a tenant.PlannedAnswer
	for word := range strings.FieldsSeq(text) {
		delay, err := time.ParseDuration(word)
		switch {
		case methodPattern.MatchString(word) && a.Method == "":
			a.Method = word
		case strings.HasPrefix(word, "/") && a.Path == "":
			a.Path = word
		case statusPattern.MatchString(word) && a.Status == 0:
			a.Status, _ = strconv.Atoi(word)
		case err == nil && a.Delay == 0:
			a.Delay = delay
		default:
			return a, badf("has %q: use a method, a path, a status and a delay, such as POST /users 503 2s", word)
		}
	}
	return a, check(a)
}

// check refuses an answer that does nothing, or is not possible.
func check(a tenant.PlannedAnswer) error {
	switch {
	case a.Status == 0 && a.Delay == 0:
		return badf("needs a status or a delay")
	case a.Status != 0 && (a.Status < http.StatusBadRequest || a.Status > 599):
		return badf("has the status %d: use that of an error, from 400 to 599", a.Status)
	case a.Delay < 0 || a.Delay > maxDelay:
		return badf("has the delay %s: use one up to %s", a.Delay, maxDelay)
	case a.Method != "" && !methodPattern.MatchString(a.Method):
		return badf("has the method %q: use one in capitals, such as POST", a.Method)
	case a.Path != "" && !strings.HasPrefix(a.Path, "/"):
		return badf("has the path %q: use one that starts with a slash", a.Path)
	case a.Times < 0 || a.Times > 1000:
		return badf("is for %d requests: use a number up to 1000", a.Times)
	}
	for name, value := range a.Header {
		if !headerPattern.MatchString(name) || strings.ContainsAny(value, "\r\n") {
			return badf("has the header %q, which cannot be sent", fmt.Sprint(name, ": ", value))
		}
	}
	return nil
}

// ParseUser parses a user: an address, followed by ",passkey" if the simulated phone creates a passkey for the user.
func ParseUser(text string) User {
	email, passkey := strings.CutSuffix(strings.TrimSpace(text), ",passkey")
	return User{Email: email, Passkey: passkey}
}
