package mailbox

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// kept is how many mails an Inbox holds before it drops the oldest: more than any walk needs, and few enough that a soak
// test cannot fill the memory.
const kept = 200

// Mail is one delivered mail.
type Mail struct {
	To      string    `json:"to"`             // the address, without a name
	From    string    `json:"from"`           // RFC 5322 mailbox, with its name
	Subject string    `json:"subject"`        // decoded, not MIME-encoded
	Body    string    `json:"body"`           // the plain text part
	At      time.Time `json:"at"`             // when it was delivered
	Code    string    `json:"code,omitempty"` // the passcode in it, "" when none
}

// arrived is a mail with its arrival by our clock. Mail.At is by the tenant's.
type arrived struct {
	Mail
	at time.Time
}

// Inbox keeps the newest 200 mails in memory. It is safe for concurrent use; make one with NewInbox.
type Inbox struct {
	mu        sync.Mutex
	mails     []arrived // oldest first
	delivered int
	arrival   chan struct{} // closed and replaced at each delivery
}

// NewInbox returns an empty inbox.
func NewInbox() *Inbox {
	return &Inbox{arrival: make(chan struct{})}
}

// Deliver adds a mail and wakes all callers of Wait. Above 200 mails it drops the oldest.
func (i *Inbox) Deliver(m Mail) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.mails) == kept {
		i.mails = slices.Delete(i.mails, 0, 1)
	}
	i.mails = append(i.mails, arrived{m, time.Now()})
	i.delivered++
	close(i.arrival)
	i.arrival = make(chan struct{})
}

// Mails returns the mails in the inbox, newest first. It never returns nil.
func (i *Inbox) Mails() []Mail {
	i.mu.Lock()
	defer i.mu.Unlock()
	mails := make([]Mail, 0, len(i.mails))
	for _, m := range slices.Backward(i.mails) {
		mails = append(mails, m.Mail)
	}
	return mails
}

// since returns the mails that arrived after a time, newest first.
func (i *Inbox) since(moment time.Time) []Mail {
	i.mu.Lock()
	defer i.mu.Unlock()
	var mails []Mail
	for _, m := range slices.Backward(i.mails) {
		if m.at.After(moment) {
			mails = append(mails, m.Mail)
		}
	}
	return mails
}

// After returns the mails held that were delivered after the first n ever, newest first. It is never nil.
func (i *Inbox) After(n int) []Mail {
	i.mu.Lock()
	defer i.mu.Unlock()
	first := i.delivered - len(i.mails) // how many are no longer held
	mails := make([]Mail, 0)
	for _, m := range slices.Backward(i.mails[min(max(n-first, 0), len(i.mails)):]) {
		mails = append(mails, m.Mail)
	}
	return mails
}

// Clear deletes the mails held. Delivered still counts them.
func (i *Inbox) Clear() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.mails = nil
}

// Delivered returns how many mails have arrived, including those that were dropped.
func (i *Inbox) Delivered() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.delivered
}

// Wait returns when more than n mails have been delivered. To wait for the next mail without missing it, call Delivered
// before the request that sends the mail, and pass its result as n. If ctx ends first, the error wraps the cause of ctx.
func (i *Inbox) Wait(ctx context.Context, n int) error {
	for {
		i.mu.Lock()
		delivered, arrival := i.delivered, i.arrival
		i.mu.Unlock()
		if delivered > n {
			return nil
		}
		select {
		case <-arrival:
		case <-ctx.Done():
			return fmt.Errorf("no new mail arrived in the inbox (%d so far): %w", delivered, context.Cause(ctx))
		}
	}
}
