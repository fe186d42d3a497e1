package mailbox

import (
	"context"
	"html"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	mailslurperPage  = 50 // mails on one page of MailSlurper's list
	mailslurperPages = 10 // how many pages the first look remembers
)

// mailslurper reads MailSlurper (https://github.com/mailslurper/mailslurper/wiki/Email-Endpoints), the mail server of
// Hanko's own compose files. The only time it shows is the mail's own Date header, without the time zone. That is good
// for sorting and nothing else.
type mailslurper struct {
	unconnected
	server *httpServer
}

func newMailslurper(s *httpServer) view { return mailslurper{server: s} }

// mailslurperMail is a mail as MailSlurper shows it. Its texts are HTML-escaped.
type mailslurperMail struct {
	ID          string   `json:"id"`
	DateSent    string   `json:"dateSent"` // "2006-01-02 15:04:05", or RFC 3339 with some databases
	ToAddresses []string `json:"toAddresses"`
	Subject     string   `json:"subject"`
	Body        string   `json:"body"` // the HTML part, or the plain text with <br />; often still quoted-printable
}

func (m mailslurper) fetch(ctx context.Context, query url.Values) (letters []letter, total int, err error) {
	var list struct {
		MailItems    []mailslurperMail `json:"mailItems"`
		TotalRecords int               `json:"totalRecords"`
	}
	if err := m.server.json(ctx, "mail", query, &list); err != nil {
		return nil, 0, err
	}
	for _, item := range list.MailItems {
		l := letter{id: item.ID}
		for _, to := range item.ToAddresses {
			l.to = append(l.to, html.UnescapeString(to))
		}
		for _, layout := range []string{time.DateTime, time.RFC3339} {
			if at, err := time.Parse(layout, item.DateSent); err == nil {
				l.at = at
			}
		}
		letters = append(letters, l)
	}
	slices.Reverse(letters) // MailSlurper lists mails of the same second oldest first
	slices.SortStableFunc(letters, func(a, b letter) int { return b.at.Compare(a.at) })
	return letters, list.TotalRecords, nil
}

func (m mailslurper) held(ctx context.Context) (func(letter) bool, error) {
	var all []letter
	more := true
	for page := 1; more && page <= mailslurperPages; page++ {
		letters, total, err := m.fetch(ctx, url.Values{"pageNumber": {strconv.Itoa(page)}})
		if err != nil {
			return nil, err
		}
		all = append(all, letters...)
		more = len(letters) == mailslurperPage && len(all) < total
	}
	return everything(all, more), nil
}

func (m mailslurper) list(ctx context.Context, want Want) ([]letter, error) {
	letters, _, err := m.fetch(ctx, url.Values{"to": {want.To}, "pageNumber": {"1"}})
	return letters, err
}

func (m mailslurper) read(ctx context.Context, l letter) (*content, error) {
	var mail mailslurperMail
	if err := m.server.json(ctx, "mail/"+url.PathEscape(l.id), nil, &mail); err != nil {
		return nil, err
	}
	subject := html.UnescapeString(mail.Subject)
	if decoded, err := new(mime.WordDecoder).DecodeHeader(subject); err == nil {
		subject = decoded
	}
	body := mail.Body
	if strings.Contains(body, "=\r\n") || strings.Contains(body, "=\n") {
		// MailSlurper keeps the transfer encoding of a multipart mail's parts, whose line breaks can split the code. A part
		// that cannot be decoded stays as it is.
		if decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body))); err == nil {
			body = string(decoded)
		}
	}
	return &content{subject: subject, text: textOfHTML(body)}, nil
}
