package mailbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Kind says how a box failed, for callers that switch on it.
type Kind int

const (
	// BadSpec means that the spec names no box, or that something in it is wrong.
	BadSpec Kind = iota + 1
	// BadWant means that no mail could ever match the Want.
	BadWant
	// Unreachable means that the box does not answer, or that our own receiver cannot listen.
	Unreachable
	// CredentialsRefused means that the box refused the user name and password.
	CredentialsRefused
	// BadAnswer means that the answer is not one that such a box gives.
	BadAnswer
	// NoMail means that no mail came. The error is wrapped in a *NoMailError.
	NoMail
	// NoCode means that a mail came without a code. The error is wrapped in a *NoMailError.
	NoCode
	// TiedCodes means that several numbers in the mail are equally likely to be the code. The error is wrapped in a
	// *NoMailError.
	TiedCodes
)

// Error is the error that this package returns.
type Error struct {
	Kind    Kind
	Box     string // the box's String
	Problem string // what went wrong, without a full stop
	Hint    string // what to do about it, as sentences
	Err     error  // the cause below; may be nil
}

// Error returns what went wrong, the cause, and what to do, in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(printable(e.Problem))
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(strings.TrimRight(printable(e.Err.Error()), "."))
	}
	b.WriteString(".")
	if e.Hint != "" {
		b.WriteString(" ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// NoMailError reports that no passcode arrived: no mail came before ctx ended, or the mail has no code, or several numbers
// that could be the code. It wraps an *Error of kind NoMail, NoCode or TiedCodes. If ctx ended, that *Error wraps the
// cause of ctx.
type NoMailError struct {
	To      string        // the wanted recipient
	Waited  time.Duration // how long Passcode waited
	Subject string        // of the mail without a clear code; "" if no mail came
	Tied    []string      // the numbers that are equally likely to be the code
	Err     *Error
}

// Error returns what happened, the cause, and what to do, in one line.
func (e *NoMailError) Error() string { return e.Err.Error() }

// Unwrap returns the *Error, of kind NoMail, NoCode or TiedCodes.
func (e *NoMailError) Unwrap() error { return e.Err }

// noMail returns the error for a wait that ended without a mail. passedOver is a sentence about the mails that were found
// and did not count, or "".
func noMail(ctx context.Context, box, to string, since time.Time, passedOver, hint string) *NoMailError {
	waited := time.Since(since)
	problem := fmt.Sprintf("No mail to %s came to %s within %s", to, box, waited.Round(100*time.Millisecond))
	if passedOver != "" {
		problem += " (" + passedOver + ")"
	}
	return &NoMailError{To: to, Waited: waited, Err: &Error{
		Kind: NoMail, Box: box, Problem: problem, Err: endOf(ctx), Hint: hint,
	}}
}

// endOf returns why ctx ended. It returns nil for a deadline, which says no more than how long the wait took.
func endOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, context.DeadlineExceeded) {
		return nil
	}
	return cause
}

// noCode returns the error for a mail without a code, or with several numbers that could be it.
func noCode(box, subject string, tied []string, want Want, since time.Time) *NoMailError {
	if tied != nil {
		return &NoMailError{To: want.To, Waited: time.Since(since), Subject: subject, Tied: tied, Err: &Error{
			Kind: TiedCodes, Box: box,
			Problem: fmt.Sprintf("The mail %s to %s in %s has several numbers that could be the passcode: %s. None was tried, because a tenant allows only three tries",
				quoted(subject), want.To, box, enumerated(tied)),
			Hint: "In the mail's template, put the code on a line of its own, write a word such as \"code\" before it, or put it into the subject.",
		}}
	}
	characters := "digits"
	switch want.Charset {
	case "":
		characters = "digits, or letters and digits"
	case Alphanumeric:
		characters = "letters and digits"
	}
	return &NoMailError{To: want.To, Waited: time.Since(since), Subject: subject, Err: &Error{
		Kind: NoCode, Box: box,
		Problem: fmt.Sprintf("The mail %s to %s in %s has no passcode of %d %s", quoted(subject), want.To, box, want.Length, characters),
		Hint: "Hanko sends such a mail to an address that it does not know, or already knows, when it hides which addresses have " +
			"an account (privacy.show_account_existence_hints).",
	}}
}

// shownCodes is how many of the possible codes an error lists.
const shownCodes = 5

// enumerated joins codes as a sentence does ("1, 2 and 3"), and cuts a long list.
func enumerated(codes []string) string {
	if len(codes) > shownCodes {
		return strings.Join(codes[:shownCodes], ", ") + ", …"
	}
	last := len(codes) - 1
	return strings.Join(codes[:last], ", ") + " and " + codes[last]
}

// printable returns foreign text that is safe for a terminal: one line, without control characters.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '�'
		}
		return r
	}, s)
}

// quoted returns foreign text in quotation marks, shortened.
func quoted(s string) string {
	const most = 120
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strconv.Quote(s)
}
