package mailbox

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"github.com/emersion/go-smtp"

	"example.com/hankosim/hanko"
)

const (
	mostRecipients = 50
	smtpTimeout    = 30 * time.Second
)

// openSMTP starts a mail server that keeps the newest 200 mails in memory and forwards none. It accepts mails of up to
// 1 MiB from and to anybody, without TLS or passwords, for tenants on this machine.
func openSMTP(ctx context.Context, address string) (Box, error) {
	listener, err := listen(ctx, "smtp", address)
	if err != nil {
		return nil, err
	}
	inbox := NewInbox()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &catch{inbox: inbox}, nil
	}))
	server.Domain = "localhost"
	server.MaxMessageBytes = longestMail
	server.MaxRecipients = mostRecipients
	server.ReadTimeout, server.WriteTimeout = smtpTimeout, smtpTimeout
	server.EnableSMTPUTF8 = true
	server.ErrorLog = log.New(io.Discard, "", 0) // if a client breaks off, the missing mail shows it

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // it returns when the box is closed
	}()
	return &delivered{
		name: "SMTP catcher at " + listener.Addr().String(), inbox: inbox, life: newLife(),
		close: func() error {
			_ = listener.Close() // the server does not know the listener until it serves
			_ = server.Close()   // fails if it does not serve yet
			<-ended
			return nil
		},
		hint: "Does this tenant send its mails to this address (email_delivery.smtp.host and .port), and can it reach the address from where it runs?",
	}, nil
}

// catch is one connection of a client that delivers mails.
type catch struct {
	inbox *Inbox
	from  string
	to    []string
}

func (c *catch) Mail(from string, _ *smtp.MailOptions) error {
	c.from = from
	return nil
}

func (c *catch) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = append(c.to, to)
	return nil
}

// Data delivers the mail to each recipient in its envelope.
func (c *catch) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	mail := parseMail(raw)
	if mail.from == "" {
		mail.from = c.from
	}
	for _, to := range c.to {
		c.inbox.Deliver(Mail{To: to, From: mail.from, Subject: mail.subject, Body: mail.text, At: time.Now()})
	}
	return nil
}

func (c *catch) Reset() { c.from, c.to = "", nil }

func (c *catch) Logout() error { return nil }

// listen opens a port for a box that receives mails.
func listen(ctx context.Context, kind, address string) (net.Listener, error) {
	shown := hanko.MaskUserinfo(address)
	told := func(err error) error { // the errors repeat the address, which may be long or hostile
		if shown != address {
			return nil
		}
		return err
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, &Error{
			Kind: BadSpec, Box: kind, Problem: fmt.Sprintf("%s is not an address to listen on", quoted(shown)), Err: told(err),
			Hint: "Such a spec looks like " + specs[kind] + ".",
		}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, &Error{
			Kind: Unreachable, Box: kind, Problem: "The mailbox " + kind + ":" + shown + " cannot listen", Err: told(err),
			Hint: "Does another program listen there, or does the address belong to another machine?",
		}
	}
	return listener, nil
}
