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

// Kind says in which way a box failed; a caller switches on it.
type Kind int

const (
	// BadSpec: the text names no box, or something in it is wrong.
	BadSpec Kind = iota + 1
	// BadWant: no mail could ever match what was asked for.
	BadWant
	// Unreachable: the box does not answer, or our own receiver cannot listen.
	Unreachable
	// CredentialsRefused: the box wants a name and a password, and these are not they.
	CredentialsRefused
	// BadAnswer: something answered, but not as such a box does.
	BadAnswer
	// NoMail: no mail came. The error is wrapped in a *NoMailError.
	NoMail
	// NoCode: a mail came, and there is no code in it. The error is wrapped in a *NoMailError.
	NoCode
	// TiedCodes: a mail came, and several numbers in it are equally likely the code. The error is wrapped in a *NoMailError.
	TiedCodes
)

// Error is how every call of this package fails.
type Error struct {
	Kind    Kind
	Box     string // which box, as its String says it
	Problem string // what went wrong, without a full stop
	Hint    string // what to do about it, as sentences
	Err     error  // the cause below; may be nil
}

// Error is the whole story in one line: what went wrong, the cause, what to do.
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

// NoMailError says that the passcode did not arrive: no mail came before ctx ended, or one came that has no code, or
// several numbers that may be it. Its cause is an *Error of the kind NoMail, NoCode or TiedCodes; when ctx ended, ctx's
// cause is below that.
type NoMailError struct {
	To      string        // the recipient waited for
	Waited  time.Duration // how long
	Subject string        // of the mail that has no code; "" when no mail came
	Tied    []string      // what may be the code, where it is not clear which
	Err     *Error
}

// Error is the whole story in one line.
func (e *NoMailError) Error() string { return e.Err.Error() }

// Unwrap returns the *Error that says which of the three it was.
func (e *NoMailError) Unwrap() error { return e.Err }

// noMail is the error for a wait that ended without a mail. Passed over is what a look found and why it does not count, as
// a sentence; "" when there was nothing.
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

// endOf is why ctx ended; nil for the deadline, which says nothing that the wait's length does not.
func endOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, context.DeadlineExceeded) {
		return nil
	}
	return cause
}

// noCode is the error for a mail that came and has no code, or several that may be it.
func noCode(box, subject string, tied []string, want Want, since time.Time) *NoMailError {
	if tied != nil {
		return &NoMailError{To: want.To, Waited: time.Since(since), Subject: subject, Tied: tied, Err: &Error{
			Kind: TiedCodes, Box: box,
			Problem: fmt.Sprintf("The mail %s to %s in %s may have any of the passcodes %s, and none was tried: a tenant takes three in all",
				quoted(subject), want.To, box, enumerated(tied)),
			Hint: "Give the code a line of its own in the mail's template, a word such as \"code\" before it, or a place in the subject.",
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
		Hint: "Hanko sends such a mail to an address it does not know, or knows already, when it hides which addresses have " +
			"an account (privacy.show_account_existence_hints).",
	}}
}

// shownCodes is how many of the numbers that may be a code are told.
const shownCodes = 5

// enumerated is a list of numbers in words, shortened.
func enumerated(codes []string) string {
	if len(codes) > shownCodes {
		return strings.Join(codes[:shownCodes], ", ") + ", …"
	}
	last := len(codes) - 1
	return strings.Join(codes[:last], ", ") + " and " + codes[last]
}

// printable is text of others, fit for a terminal: one line without control characters.
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

// quoted is text of others in quotation marks, shortened.
func quoted(s string) string {
	const most = 120
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strconv.Quote(s)
}
