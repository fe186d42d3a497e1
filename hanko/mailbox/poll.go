package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	firstPause   = 100 * time.Millisecond // between two looks; it doubles each time
	longestPause = time.Second
	tolerated    = 3               // how many looks in a row may fail to reach the server
	grace        = 2 * time.Second // how long a passcode may follow a mail without one that may be older than the request
)

// source is a mail server that is polled.
type source interface {
	// connect starts a series of looks.
	connect(ctx context.Context) (view, error)
	// clock returns what is known about the server's clock.
	clock() *clock
}

// view is one connection to a mail server. One goroutine uses it.
type view interface {
	// held records the mails that the server has now, and returns a function that reports whether a mail is one of them.
	held(ctx context.Context) (func(letter) bool, error)
	// list returns the newest mails that may be for the wanted address, newest first.
	list(ctx context.Context, want Want) ([]letter, error)
	// read fetches the content of a mail, which list may leave out.
	read(ctx context.Context, l letter) (*content, error)
	// wait returns when it is time for the next look: after the pause, or when the server reports a new mail.
	wait(ctx context.Context, pause time.Duration)
	close()
}

// letter is a mail on a server.
type letter struct {
	id        string
	to        []string
	at        time.Time     // by the server's clock, or a time that is only good for sorting
	precision time.Duration // of at; 0 means that at is not the time of arrival
	content   *content      // nil until read
	raw       []byte        // the raw mail, if the list has it
	uid       imap.UID      // for IMAP
}

// content is the part of a mail that can contain the code.
type content struct {
	subject, text string
	code          string // if the server has found it already
}

// codeFor returns the code in a mail, or the possible codes, as CodeIn does.
func (c *content) codeFor(want Want) (code string, tied []string) {
	if want.isCode(c.code) {
		return c.code, nil
	}
	return CodeIn(c.subject, c.text, want.Length, want.Charset)
}

// polled is a box on a mail server that is polled.
type polled struct {
	name   string
	source source
	life   life
	began  time.Time         // when the first look began
	ended  time.Time         // when the first look ended
	held   func(letter) bool // reports whether the first look saw a mail

	mu     sync.Mutex
	seen   map[string]sight     // by letter.id
	looked map[string]time.Time // by lower-case address: when the last look for it began
}

// sight is what the looks show about a mail's arrival, by our clock.
type sight struct {
	after time.Time // when the last look without the mail began; zero if there was none
	by    time.Time // when the first look that saw it ended
}

func openPolled(ctx context.Context, name string, s source) (*polled, error) {
	v, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer v.close()
	began := time.Now()
	held, err := v.held(ctx)
	if err != nil {
		return nil, err
	}
	return &polled{
		name: name, source: s, life: newLife(), began: began, ended: time.Now(), held: held,
		seen: make(map[string]sight), looked: make(map[string]time.Time),
	}, nil
}

func (p *polled) String() string { return p.name }

func (p *polled) Close() error {
	p.life.end()
	return nil
}

// Passcode looks at the server again and again, with pauses from 0.1 to 1 seconds.
func (p *polled) Passcode(ctx context.Context, want Want) (string, error) {
	want, err := want.complete(p.name)
	if err != nil {
		return "", err
	}
	ctx, release := p.life.bound(ctx)
	defer release()

	s := search{box: p, want: want, started: time.Now(), read: make(map[string]*content)}
	defer s.disconnect()
	failures := 0
	var failure error
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		code, err := s.look(ctx)
		var broken *Error
		switch {
		case err == nil && code != "":
			return code, nil
		case ctx.Err() != nil && failure != nil:
			return "", failure
		case ctx.Err() != nil:
			return "", s.noMail(ctx)
		case err == nil:
			failures, failure = 0, nil
		case errors.As(err, &broken) && broken.Kind == Unreachable && failures < tolerated:
			failures, failure = failures+1, err
			s.disconnect()
		default:
			return "", err
		}
		if s.view == nil || s.pending {
			sleep(ctx, pause)
		} else {
			s.view.wait(ctx, pause)
		}
	}
}

// search is one Passcode call.
type search struct {
	box     *polled
	want    Want
	started time.Time
	view    view
	read    map[string]*content
	pending bool      // there is a mail without a code that may be older than the request
	old     int       // how many mails to the recipient the last look skipped as too old
	stamp   time.Time // the time stamp of the newest of these, if only the stamp made it too old
}

func (s *search) disconnect() {
	if s.view != nil {
		s.view.close()
		s.view = nil
	}
}

// look looks once. It returns neither a code nor an error if there is nothing yet.
func (s *search) look(ctx context.Context) (string, error) {
	if s.view == nil {
		v, err := s.box.source.connect(ctx)
		if err != nil {
			return "", err
		}
		s.view = v
	}
	began := time.Now()
	letters, err := s.view.list(ctx, s.want)
	if err != nil {
		return "", err
	}
	letters = slices.DeleteFunc(letters, func(l letter) bool { return !l.isTo(s.want.To) })
	slices.SortStableFunc(letters, func(a, b letter) int { return b.at.Compare(a.at) })
	ages := s.box.judge(letters, s.want, began)

	s.pending, s.old, s.stamp = false, 0, time.Time{}
	var codeless error
	for n, l := range letters {
		if ages[n] == seen || ages[n] == outdated {
			if s.old == 0 && ages[n] == outdated {
				s.stamp = l.at
			}
			s.old++
			continue
		}
		c, err := s.content(ctx, l)
		if err != nil {
			return "", err
		}
		code, tied := c.codeFor(s.want)
		if code != "" {
			return code, nil
		}
		if ages[n] == unsure && time.Since(s.started) < grace {
			s.pending = true
			continue
		}
		if codeless == nil {
			codeless = noCode(s.box.name, c.subject, tied, s.want, s.started)
		}
		if tied != nil {
			break // a code in an older mail no longer works
		}
	}
	if codeless != nil && !s.pending {
		return "", codeless
	}
	return "", nil
}

func (s *search) content(ctx context.Context, l letter) (*content, error) {
	if l.content != nil {
		return l.content, nil
	}
	if c := s.read[l.id]; c != nil {
		return c, nil
	}
	c, err := s.view.read(ctx, l)
	if err != nil {
		return nil, err
	}
	s.read[l.id] = c
	return c, nil
}

func (s *search) noMail(ctx context.Context) error {
	passedOver := ""
	if s.old > 0 {
		passedOver = fmt.Sprintf("mails to it that are older than the request: %d", s.old)
		if !s.stamp.IsZero() {
			passedOver += fmt.Sprintf("; the newest is of %s by the mail server's clock, the request of %s by ours",
				s.stamp.UTC().Format(time.RFC3339Nano), s.want.After.UTC().Format(time.RFC3339Nano))
		}
	}
	return noMail(ctx, s.box.name, s.want.To, s.started, passedOver,
		"Does this tenant send its mails there (see its email_delivery settings)? Does its log show a mail that could not be sent?")
}

func (l letter) isTo(address string) bool {
	return slices.ContainsFunc(l.to, func(to string) bool { return strings.EqualFold(to, address) })
}

// age says whether a mail arrived after the wanted time.
type age int

const (
	unsure   age = iota
	seen         // too old: a look before that time saw it
	outdated     // too old: its time stamp says so
	fresh
)

// judge applies the rules in the package's documentation ("Which mail") to the mails of one look.
func (p *polled) judge(letters []letter, want Want, began time.Time) []age {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	address := strings.ToLower(want.To)
	before, ok := p.looked[address]
	if !ok {
		before = p.began
	}
	p.looked[address] = began

	ages := make([]age, len(letters))
	for n, l := range letters {
		first, known := p.seen[l.id]
		if !known {
			first = sight{after: before, by: now}
			if p.held(l) {
				first = sight{by: p.ended}
			}
			p.seen[l.id] = first
		}
		earliest, latest, dated := p.source.clock().ours(l.at, l.precision)
		switch {
		case !first.by.After(want.After):
			ages[n] = seen
		case !first.after.Before(want.After):
			ages[n] = fresh
		case dated && latest.Before(want.After):
			ages[n] = outdated
		case dated && earliest.After(want.After):
			ages[n] = fresh
		}
	}
	return ages
}
