package mailbox

import (
	"context"
	"crypto/x509"
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
)

// Box is a place where passcodes arrive. It is safe for concurrent use.
type Box interface {
	// Passcode waits for the newest mail to the wanted address that arrived after the wanted time, and returns its code. It
	// fails with a *NoMailError if ctx ends first or the mail has no code, and with an *Error if the box cannot be read.
	Passcode(ctx context.Context, want Want) (string, error)

	// Close closes the box's ports and connections. A Passcode call that is waiting fails with ErrClosed.
	Close() error

	// String returns the box's name for reports, such as "Mailpit at http://localhost:8025". It never contains a secret.
	String() string
}

// Want describes the passcode to wait for.
type Want struct {
	To      string    // the recipient's address, without a name
	After   time.Time // by our clock; older mails do not count. The zero time accepts any mail
	Length  int       // characters in the code; 0 means 6
	Charset Charset   // of the code; "" tries digits first, then letters and digits
}

// complete fills in the defaults. It returns an *Error if no mail could ever match.
func (w Want) complete(box string) (Want, error) {
	address, err := mail.ParseAddress(w.To)
	if err != nil || address.Name != "" || address.Address != strings.TrimSpace(w.To) || strings.ContainsAny(w.To, "\"\\\r\n\t ") {
		return w, &Error{
			Kind: BadWant, Box: box, Problem: quoted(w.To) + " is not an address to which a passcode can be sent", Err: err,
			Hint: "Give the address alone, such as ada@example.com.",
		}
	}
	if w.Charset != "" && w.Charset != Numeric && w.Charset != Alphanumeric || w.Length < 0 {
		return w, &Error{
			Kind: BadWant, Box: box, Problem: fmt.Sprintf("No passcode has %d characters of the set %s", w.Length, quoted(string(w.Charset))),
			Hint: "The sets are numeric and alphanumeric, as in the tenant's email.passcode_charset.",
		}
	}
	if w.Length == 0 {
		w.Length = defaultLength
	}
	return w, nil
}

// isCode reports whether text is a code and nothing else.
func (w Want) isCode(text string) bool {
	of := letterOrDigit
	if w.Charset == Numeric {
		of = digit
	}
	return len(text) == w.Length && !strings.ContainsFunc(text, func(r rune) bool { return !of(r) })
}

// Options are what Open needs besides the spec. The zero value works for every box that needs neither a person nor a
// password.
type Options struct {
	// Password returns the password of an account ("ada@mail.example.com") if the spec names no environment variable.
	// If it is nil, there is no password.
	Password func(ctx context.Context, account string) (string, error)

	// Ask asks a person a question and returns the answer. Only the box "ask" needs it.
	Ask func(ctx context.Context, question string) (string, error)

	// Roots are the certificate authorities that are trusted for TLS. If nil, the system's are.
	Roots *x509.CertPool
}

// specs are examples of every kind of spec, for error messages.
var specs = map[string]string{
	"mailpit":     "mailpit:http://host:8025",
	"mailslurper": "mailslurper:http://host:8085",
	"mailhog":     "mailhog:http://host:8025",
	"inbox":       "inbox:http://host:port",
	"imaps":       "imaps://user@host:993/INBOX",
	"smtp":        "smtp:127.0.0.1:1025",
	"webhook":     "webhook:127.0.0.1:9000?jwks=https://tenant/.well-known/jwks.json",
	"command":     "command:./code.sh",
	"ask":         "ask",
}

// Open opens the box named by a spec; the table is in the package's documentation. It also looks into the box once: a
// mail that is there now is too old for every later request. It fails with an *Error.
func Open(ctx context.Context, spec string, options Options) (Box, error) {
	kind, rest, _ := strings.Cut(spec, ":")
	switch kind {
	case "mailpit":
		return openHTTP(ctx, kind, rest, "Mailpit", newMailpit, options)
	case "mailslurper":
		return openHTTP(ctx, kind, rest, "MailSlurper", newMailslurper, options)
	case "mailhog":
		return openHTTP(ctx, kind, rest, "MailHog", newMailhog, options)
	case "inbox":
		return openHTTP(ctx, kind, rest, "hankosim tenant", newRemoteInbox, options)
	case "imaps":
		return openIMAP(ctx, spec, options)
	case "smtp":
		return openSMTP(ctx, rest)
	case "webhook":
		return openWebhook(ctx, rest, options)
	case "command":
		return openCommand(rest)
	case "ask":
		if rest == "" {
			return openAsk(options)
		}
	}
	return nil, &Error{
		Kind: BadSpec, Box: hanko.MaskUserinfo(kind), Problem: quoted(hanko.MaskUserinfo(spec)) + " names no mailbox",
		Hint: "Known are " + strings.Join(slices.Sorted(maps.Values(specs)), ", ") + ".",
	}
}
