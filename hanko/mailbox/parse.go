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

// inline are the elements that do not begin a line of their own.
var inline = map[string]bool{
	"a": true, "abbr": true, "b": true, "bdi": true, "bdo": true, "big": true, "cite": true, "code": true, "data": true, "del": true,
	"em": true, "font": true, "i": true, "ins": true, "kbd": true, "label": true, "mark": true, "q": true, "s": true, "samp": true,
	"small": true, "span": true, "strong": true, "sub": true, "sup": true, "time": true, "tt": true, "u": true, "var": true,
}

// invisible are the elements whose text nobody sees.
var invisible = map[string]bool{"style": true, "script": true, "title": true}

// textOfHTML is the text that a reader of a page sees, each block on a line of its own. The edges of the elements in a line
// are kept as elementEdge, the cells of a table have a tab between them, and lines that are quoted begin with ">".
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
			case tag == "wbr": // a place where a word may be broken, not an end of it
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

// spaces matches what a page shows as one space.
var spaces = regexp.MustCompile(`[ \t\r\n\f]+`)
