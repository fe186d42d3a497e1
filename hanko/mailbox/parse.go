package mailbox

import (
	"bytes"
	"io"
	"regexp"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // reads mails in other charsets than UTF-8
	"github.com/emersion/go-message/mail"
	"golang.org/x/net/html"
)

const (
	longestMail = 1 << 20  // bytes that are read of a raw mail
	longestText = 64 << 10 // bytes of text that are read of one part
	mostParts   = 50       // parts that are read of one mail
)

// parsed is what this package needs of a mail.
type parsed struct {
	from, subject string   // decoded; from is the RFC 5322 mailbox
	to            []string // the addresses of To and Cc
	text          string   // of the plain text parts, then of the HTML parts with one block per line
}

func (p parsed) content() *content { return &content{subject: p.subject, text: p.text} }

// parseMail parses a raw mail (RFC 5322 with MIME) leniently: a part that cannot be decoded is left out, or left as it is.
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
	_ = entity.Walk(func(_ []int, part *message.Entity, err error) error { // a broken part ends the walk; the parts before it count
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

// headerText returns a header field, decoded as far as possible.
func headerText(header mail.Header, field string) string {
	text, err := header.Text(field)
	if err != nil {
		return header.Get(field)
	}
	return text
}

// readText reads the text of a part. If it is cut off, the text before that counts.
func readText(r io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(r, longestText))
	return string(text)
}

// inline are the elements that start no new line.
var inline = map[string]bool{
	"a": true, "abbr": true, "b": true, "bdi": true, "bdo": true, "big": true, "cite": true, "code": true, "data": true, "del": true,
	"em": true, "font": true, "i": true, "ins": true, "kbd": true, "label": true, "mark": true, "q": true, "s": true, "samp": true,
	"small": true, "span": true, "strong": true, "sub": true, "sup": true, "time": true, "tt": true, "u": true, "var": true,
}

// invisible are the elements whose text nobody sees.
var invisible = map[string]bool{"style": true, "script": true, "title": true}

// textOfHTML returns the text that a reader of the page sees, with one block per line. It marks the edges of elements
// inside a line with elementEdge, puts tabs between table cells, and starts quoted lines with ">".
func textOfHTML(page string) string {
	var text strings.Builder
	tokenizer := html.NewTokenizer(strings.NewReader(page))
	hidden := ""
	quotes, preformatted := 0, 0
	count := func(n *int, kind html.TokenType) {
		if *n += map[html.TokenType]int{html.StartTagToken: 1, html.EndTagToken: -1}[kind]; *n < 0 {
			*n = 0
		}
	}
	for {
		kind := tokenizer.Next()
		switch kind {
		case html.ErrorToken:
			return text.String()
		case html.TextToken:
			words := string(tokenizer.Text())
			switch {
			case hidden != "":
			case preformatted > 0:
				text.WriteString(words)
			default:
				text.WriteString(spaces.ReplaceAllString(words, " "))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := tokenizer.TagName()
			tag := string(name)
			switch {
			case kind == html.StartTagToken && invisible[tag]:
				hidden = tag
			case kind == html.EndTagToken && tag == hidden:
				hidden = ""
			}
			switch {
			case tag == "wbr": // a word may break here, but it does not end here
			case inline[tag]:
				text.WriteString(elementEdge)
			case tag == "td" || tag == "th":
				text.WriteString("\t")
			case tag == "blockquote":
				count(&quotes, kind)
				fallthrough
			default:
				if tag == "pre" {
					count(&preformatted, kind)
				}
				text.WriteString("\n")
				if quotes > 0 {
					text.WriteString("> ")
				}
			}
		}
	}
}

// spaces matches white space that a page shows as one space.
var spaces = regexp.MustCompile(`[ \t\r\n\f]+`)
