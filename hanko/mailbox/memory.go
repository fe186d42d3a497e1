package mailbox

import (
	"context"
	"strings"
	"time"
)

// delivered is a box that receives its mails in an Inbox.
type delivered struct {
	name  string
	inbox *Inbox
	life  life
	close func() error  // stops the receiver
	trace func() string // what the receiver refused, for the error of a wait that found nothing; may be nil
	hint  string
}

// FromInbox returns a box that reads the inbox of an embedded tenant. Closing the box does not close the inbox.
func FromInbox(inbox *Inbox) Box {
	return &delivered{
		name: "the embedded tenant's inbox", inbox: inbox, life: newLife(), close: func() error { return nil },
		hint: "The embedded tenant delivers at once. Was a mail requested, and for this address?",
	}
}

func (d *delivered) String() string { return d.name }

func (d *delivered) Close() error {
	d.life.end()
	return d.close()
}

// Passcode waits for a delivery to the inbox. Arrival times are by our own clock.
func (d *delivered) Passcode(ctx context.Context, want Want) (string, error) {
	want, err := want.complete(d.name)
	if err != nil {
		return "", err
	}
	ctx, release := d.life.bound(ctx)
	defer release()
	started := time.Now()
	for {
		count := d.inbox.Delivered()
		var codeless error
		for _, m := range d.inbox.since(want.After) {
			if !strings.EqualFold(m.To, want.To) {
				continue
			}
			c := content{subject: m.Subject, text: m.Body, code: m.Code}
			code, tied := c.codeFor(want)
			if code != "" {
				return code, nil
			}
			if codeless == nil {
				codeless = noCode(d.name, m.Subject, tied, want, started)
			}
			if tied != nil {
				break // a code in an older mail no longer works
			}
		}
		if codeless != nil {
			return "", codeless
		}
		if d.inbox.Wait(ctx, count) != nil {
			refused := ""
			if d.trace != nil {
				refused = d.trace()
			}
			return "", noMail(ctx, d.name, want.To, started, refused, d.hint)
		}
	}
}
