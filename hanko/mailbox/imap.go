package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	imapAllowance = 2 * time.Second  // how far the server's clock may differ from ours
	idleFor       = 20 * time.Second // the longest wait for news before looking anyway
	dialTimeout   = 10 * time.Second
)

// imapServer is a mailbox at a mail provider, over IMAP with TLS (RFC 9051, RFC 3501). It is opened read-only. Each
// Passcode call has its own connection, so calls do not wait for each other.
type imapServer struct {
	name           string
	address        string // host:port
	folder         string
	tls            *tls.Config
	user, password string
	time           clock
}

func openIMAP(ctx context.Context, spec string, options Options) (Box, error) {
	location, who, err := parseLocation(ctx, "imaps", spec, []string{"imaps"}, options)
	if err != nil {
		return nil, err
	}
	folder := strings.Trim(location.Path, "/")
	if folder == "" {
		folder = "INBOX"
	}
	port := location.Port()
	if port == "" {
		port = "993"
	}
	s := &imapServer{
		address: net.JoinHostPort(location.Hostname(), port), folder: folder,
		tls:  &tls.Config{ServerName: location.Hostname(), RootCAs: options.Roots, NextProtos: []string{"imap"}},
		user: who.user, password: who.password,
	}
	s.name = "IMAP mailbox " + folder + " of " + who.user + " at " + s.address
	s.time.allow(imapAllowance)
	if who.user == "" {
		return nil, &Error{
			Kind: BadSpec, Box: "imaps", Problem: "The imaps spec names no user", Hint: "It looks like " + specs["imaps"] + ".",
		}
	}
	box, err := openPolled(ctx, s.name, s)
	if err != nil {
		return nil, err
	}
	return box, nil
}

func (s *imapServer) clock() *clock { return &s.time }

// connect dials, signs in and opens the mailbox. The connection is closed when ctx ends.
func (s *imapServer) connect(ctx context.Context) (view, error) {
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: dialTimeout}, Config: s.tls}
	conn, err := dialer.DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, s.unreachable(err)
	}
	unhook := context.AfterFunc(ctx, func() { _ = conn.Close() })
	news := make(chan struct{}, 1)
	client := imapclient.New(conn, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				select {
				case news <- struct{}{}:
				default:
				}
			}
		},
	}})
	v := &imapView{server: s, client: client, news: news, unhook: unhook}
	if err := client.Login(s.user, s.password).Wait(); err != nil {
		v.close()
		return nil, s.loginFailed(err)
	}
	selected, err := client.Select(s.folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		v.close()
		return nil, s.failed(err, "The mailbox "+quoted(s.folder)+" cannot be opened", "The path in the imaps spec names a mailbox (a folder), such as INBOX.")
	}
	v.validity, v.next = selected.UIDValidity, selected.UIDNext
	v.idles = client.Caps().Has(imap.CapIdle)
	return v, nil
}

// imapView is one connection, with the mailbox open.
type imapView struct {
	server   *imapServer
	client   *imapclient.Client
	news     chan struct{} // receives a value when mails arrive
	unhook   func() bool
	validity uint32
	next     imap.UID
	idles    bool
}

func (v *imapView) close() {
	v.unhook()
	_ = v.client.Close() // nothing was written, so closing cannot lose anything
}

func (v *imapView) id(uid imap.UID) string {
	return strconv.FormatUint(uint64(v.validity), 10) + "/" + strconv.FormatUint(uint64(uid), 10)
}

// held remembers the UID of the next mail: mails with lower UIDs are already there.
func (v *imapView) held(context.Context) (func(letter) bool, error) {
	validity, next := strconv.FormatUint(uint64(v.validity), 10), uint64(v.next)
	return func(l letter) bool {
		era, number, _ := strings.Cut(l.id, "/")
		uid, err := strconv.ParseUint(number, 10, 32)
		return err == nil && era == validity && uid < next
	}, nil
}

func (v *imapView) list(_ context.Context, want Want) ([]letter, error) {
	if !v.idles {
		if err := v.client.Noop().Wait(); err != nil { // the server reports new mails in its response
			return nil, v.server.unreachable(err)
		}
	}
	criteria := &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "To", Value: want.To}}}
	if !want.After.IsZero() {
		criteria.Since = want.After.AddDate(0, 0, -2) // SINCE compares dates only, in the server's time zone
	}
	found, err := v.client.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return nil, v.server.failed(err, "The mailbox cannot be searched", "")
	}
	uids := found.AllUIDs()
	slices.Sort(uids)
	if len(uids) > listed {
		uids = uids[len(uids)-listed:]
	}
	if len(uids) == 0 {
		return nil, nil
	}
	fetched, err := v.client.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, Envelope: true, InternalDate: true}).Collect()
	if err != nil {
		return nil, v.server.failed(err, "The mails cannot be listed", "")
	}
	var letters []letter
	for _, m := range fetched {
		if m.Envelope == nil || m.UID == 0 {
			continue // the server reported changed flags in between
		}
		l := letter{id: v.id(m.UID), uid: m.UID, at: m.InternalDate, precision: time.Second}
		for _, to := range slices.Concat(m.Envelope.To, m.Envelope.Cc) {
			l.to = append(l.to, to.Addr())
		}
		letters = append(letters, l)
	}
	slices.SortFunc(letters, func(a, b letter) int { return int(int64(b.uid) - int64(a.uid)) })
	return letters, nil
}

// read fetches a mail without marking it as read.
func (v *imapView) read(_ context.Context, l letter) (*content, error) {
	whole := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: longestMail}}
	fetched, err := v.client.Fetch(imap.UIDSetNum(l.uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	if err != nil {
		return nil, v.server.failed(err, "A mail cannot be fetched", "")
	}
	for _, m := range fetched {
		if m.UID == l.uid && len(m.BodySection) > 0 {
			return parseMail(m.BodySection[0].Bytes).content(), nil
		}
	}
	return &content{}, nil // it has been deleted
}

// wait uses IDLE (RFC 2177) if the server has it, until the server reports a new mail.
func (v *imapView) wait(ctx context.Context, pause time.Duration) {
	if !v.idles {
		sleep(ctx, pause)
		return
	}
	idle, err := v.client.Idle()
	if err != nil {
		sleep(ctx, pause) // the next look reports it
		return
	}
	timer := time.NewTimer(idleFor)
	defer timer.Stop()
	select {
	case <-v.news:
	case <-timer.C:
	case <-ctx.Done():
	}
	if idle.Close() == nil {
		_ = idle.Wait() // likewise
	}
}

func (s *imapServer) unreachable(err error) error {
	hint := "Is it a server for IMAP over TLS, usually at port 993?"
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		hint = "This machine does not trust the authority that issued its certificate."
	}
	return &Error{Kind: Unreachable, Box: s.name, Problem: s.name + " cannot be reached", Err: err, Hint: hint}
}

func (s *imapServer) loginFailed(err error) error {
	var refusal *imap.Error
	if !errors.As(err, &refusal) || refusal.Code == imap.ResponseCodeUnavailable {
		return s.unreachable(err)
	}
	return &Error{
		Kind: CredentialsRefused, Box: s.name, Problem: fmt.Sprintf("%s refuses the password of %s", s.address, s.user), Err: err,
		Hint: "Many providers need an app password here, not the one for their web page.",
	}
}

// failed returns the error for a command that the server refused, or that was cut off.
func (s *imapServer) failed(err error, problem, hint string) error {
	var refusal *imap.Error
	if !errors.As(err, &refusal) {
		return s.unreachable(err)
	}
	return &Error{Kind: BadAnswer, Box: s.name, Problem: s.name + ": " + problem, Err: err, Hint: hint}
}
