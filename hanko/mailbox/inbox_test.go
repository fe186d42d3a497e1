package mailbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestInboxNewestFirstAndBounded(t *testing.T) {
	inbox := NewInbox()
	if mails := inbox.Mails(); mails == nil || len(mails) != 0 {
		t.Fatalf("an empty inbox gives %#v, want an empty slice", mails)
	}
	for n := range kept + 50 {
		inbox.Deliver(Mail{Subject: fmt.Sprint(n)})
	}
	mails := inbox.Mails()
	if len(mails) != kept {
		t.Fatalf("holds %d mails, want %d", len(mails), kept)
	}
	if first, last := mails[0].Subject, mails[kept-1].Subject; first != "249" || last != "50" {
		t.Errorf("first and last are %s and %s, want 249 and 50", first, last)
	}
	if inbox.Delivered() != kept+50 {
		t.Errorf("Delivered is %d, want %d", inbox.Delivered(), kept+50)
	}
	mails[0].Subject = "changed"
	if inbox.Mails()[0].Subject != "249" {
		t.Error("changing the answer of Mails changed the inbox")
	}
}

// After counts from the first mail ever, whatever was dropped or cleared since.
func TestInboxAfter(t *testing.T) {
	inbox := NewInbox()
	for n := range kept + 2 {
		inbox.Deliver(Mail{Subject: fmt.Sprint(n)})
	}
	for after, want := range map[int]int{-1: kept, 0: kept, 2: kept, 3: kept - 1, kept + 1: 1, kept + 2: 0, kept + 9: 0} {
		if mails := inbox.After(after); mails == nil || len(mails) != want {
			t.Errorf("after %d there are %d mails, want %d", after, len(mails), want)
		}
	}
	if mails := inbox.After(kept + 1); mails[0].Subject != fmt.Sprint(kept+1) {
		t.Errorf("the last one is %+v", mails)
	}
	inbox.Clear()
	inbox.Deliver(Mail{Subject: "new"})
	if mails := inbox.After(0); len(mails) != 1 || mails[0].Subject != "new" || inbox.Delivered() != kept+3 {
		t.Errorf("after Clear there are %+v, %d in all", mails, inbox.Delivered())
	}
}

func TestInboxWait(t *testing.T) {
	inbox := NewInbox()
	inbox.Deliver(Mail{})
	if err := inbox.Wait(t.Context(), 0); err != nil {
		t.Errorf("waiting for a mail that is there already: %v", err)
	}

	late := errors.New("too late")
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Millisecond, late)
	defer cancel()
	if err := inbox.Wait(ctx, 1); !errors.Is(err, late) {
		t.Errorf("waiting for a mail that never comes: %v, want the context's cause", err)
	}

	done := make(chan error, 1)
	go func() { done <- inbox.Wait(t.Context(), 2) }()
	inbox.Deliver(Mail{})
	select {
	case err := <-done:
		t.Fatalf("Wait(2) came back after the second mail: %v", err)
	case <-time.After(10 * time.Millisecond):
	}
	inbox.Deliver(Mail{})
	if err := <-done; err != nil {
		t.Errorf("waiting for the third mail: %v", err)
	}
}

func TestInboxConcurrently(t *testing.T) {
	inbox := NewInbox()
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			inbox.Deliver(Mail{Subject: fmt.Sprint(n)})
			inbox.Mails()
		})
		all.Go(func() {
			if err := inbox.Wait(t.Context(), n); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if inbox.Delivered() != 20 {
		t.Errorf("Delivered is %d, want 20", inbox.Delivered())
	}
}
