package mailbox

import (
	"bytes"
	"io"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // reads mails in other charsets than UTF-8
	"github.com/emersion/go-message/mail"
	"golang.org/x/net/html"
)

const (
	longestMail = 1 << 20  // bytes of a raw mail that are looked at
	longestText = 64 << 10 // bytes of text taken from one part
	mostParts   = 50       // parts of one mail that are looked at
)

// parsed is what this package reads in a mail.
type parsed struct {
	from, subject string   // decoded; from is the RFC 5322 mailbox
	to            []string // the addresses of To and Cc
	text          string   // of the plain text parts, then of the HTML parts, an element a line
}

func (p parsed) content() *content { return &content{subject: p.subject, text: p.text} }

// parseMail reads a raw mail (RFC 5322 with MIME) leniently: what cannot be decoded is left out, or left as it is.
func parseMail(raw []byte) parsed {
	if len(raw) > longestMail {
		raw = raw[:longestMail]
	}
	var p parsed
	entity, err := message.Read(bytes.NewReader(raw))
	if entity == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return p
	}
	header := mail.Header{Header: entity.Header}
	p.subject = headerText(header, "Subject")
	p.from = headerText(header, "From")
	for _, field := range []string{"To", "Cc"} {
		addresses, err := header.AddressList(field)
		if err != nil {
			continue
		}
		for _, a := range addresses {
			p.to = append(p.to, a.Address)
		}
	}

	var plain, rich strings.Builder
	parts := 0
	_ = entity.Walk(func(_ []int, part *message.Entity, err error) error { // what is broken ends the walk: the parts before it count
		if parts++; parts > mostParts {
			return io.EOF
		}
		if err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			return err
		}
		kind, _, _ := part.Header.ContentType()
		if disposition, _, _ := part.Header.ContentDisposition(); disposition == "attachment" {
			return nil
		}
		switch kind {
		case "text/plain":
			plain.WriteString(readText(part.Body))
			plain.WriteString("\n")
		case "text/html":
			rich.WriteString(textOfHTML(readText(part.Body)))
			rich.WriteString("\n")
		}
		return nil
	})
	p.text = plain.String() + rich.String()
	return p
}

// headerText is a header field, decoded as far as it can be.
func headerText(header mail.Header, field string) string {
	text, err := header.Text(field)
	if err != nil {
		return header.Get(field)
	}
	return text
}

// readText reads the text of a part; where it breaks off, what came before counts.
func readText(r io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(r, longestText))
	return string(text)
}

// textOfHTML is the text that a reader of a page sees, each element's on a line of its own.
func textOfHTML(page string) string {
	var text strings.Builder
	tokenizer := html.NewTokenizer(strings.NewReader(page))
	hidden := ""
	for {
		switch tokenizer.Next() {
		case html.ErrorToken:
			return text.String()
		case html.TextToken:
			if hidden == "" {
				text.Write(tokenizer.Text())
			}
		case html.StartTagToken:
			name, _ := tokenizer.TagName()
			if tag := string(name); tag == "style" || tag == "script" || tag == "title" {
				hidden = tag
			}
			text.WriteString("\n")
		case html.EndTagToken:
			if name, _ := tokenizer.TagName(); string(name) == hidden {
				hidden = ""
			}
			text.WriteString("\n")
		case html.SelfClosingTagToken:
			text.WriteString("\n")
		}
	}
}
