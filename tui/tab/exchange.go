package tab

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strings"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/tui/kit"
)

// drawingKey is what a drawing of an exchange goes by.
type drawingKey struct {
	index, width int
	view         wireView
	secrets      bool
	look         *kit.Look // the theme's
}

// drawing is an exchange as it is shown, kept because making it takes longer than a frame may.
type drawing struct {
	lines []string

	// What is looked for in it: the lines folded into one text, with the place of each of its bytes.
	flat   string
	places []place
	sought string
	begins []int               // the lines in which it begins
	marks  map[int][]kit.Cells // where it is, by line
}

// manyDrawings is how many are kept: more than somebody goes back and forth between.
const manyDrawings = 64

// drawing is an exchange in the present view.
func (p *Wire) drawing(s kit.Situation, index, width int) *drawing {
	key := drawingKey{index, width, p.view, s.Secrets, s.Theme.Look}
	if kept, ok := p.drawings[key]; ok {
		return kept
	}
	if len(p.drawings) >= manyDrawings {
		clear(p.drawings)
	}
	made := p.draw(s, index, width)
	p.drawings[key] = made
	return made
}

// draw draws an exchange: what it was, and then what the view wants. It is masked unless secrets were asked for.
func (p *Wire) draw(s kit.Situation, index, width int) *drawing {
	sent := p.exchanges[index]
	shown := sent
	if !s.Secrets {
		shown = sent.Masked()
	}
	x := &kit.Text{}
	x.Add(kit.Aside, fmt.Sprintf("%d ", index+1)).Add(kit.Heading, shown.Method+" "+hanko.Printable(cmp.Or(shown.Path, shown.URL)))
	x.Add(kit.Aside, "  "+shown.Start.Local().Format("15:04:05.000")+", "+kit.Milliseconds(shown.Duration)+"\n")
	x.Add(kit.PlainText, p.known[index].note+"\n")
	if guide, flow := decode.GuideStep(shown); guide != "" || flow != "" {
		x.Add(kit.Aside, "mobile guide: "+hanko.Printable(cmp.Or(guide, "none")+" · Flow API: "+cmp.Or(flow, "none"))+"\n")
	}
	x.Add(kit.PlainText, "\n")
	switch p.view {
	case decoded:
		parts(x, sent) // it shows no token, and a masked one could not be taken apart
	case asCurl, asSwift, asKotlin:
		x.Add(kit.Heading, codeTitles[p.view]+"\n").Paint(codeSyntax[p.view], codeOf(p.view, []hanko.Exchange{sent}, exportOptions(s), false)+"\n")
	default:
		message(x, shown)
	}
	return &drawing{lines: s.Theme.LayOut(strings.TrimRight(x.String(), "\n"), x.Spans, width, 2)}
}

// message is an exchange as it went over the wire.
func message(x *kit.Text, exchange hanko.Exchange) {
	half := func(header http.Header, content []byte) {
		for _, line := range headerLines(header) {
			name, value, _ := strings.Cut(line, ": ")
			x.Add(kit.Aside, name+": ").Add(kit.PlainText, value+"\n")
		}
		if len(content) > 0 {
			text, language := prettyBody(content)
			x.Add(kit.PlainText, "\n").Paint(language, text+"\n")
		}
	}
	half(exchange.RequestHeader, exchange.RequestBody)
	x.Add(kit.PlainText, "\n")
	if exchange.Status > 0 {
		x.Add(kit.Heading, fmt.Sprintf("%d %s\n", exchange.Status, http.StatusText(exchange.Status)))
		half(exchange.ResponseHeader, exchange.ResponseBody)
	} else {
		x.Add(kit.BadText, "no answer\n")
	}
	if failure := exchange.Err; failure != nil {
		x.Add(kit.WarningText, "\n"+hanko.Printable(failure.Error())+"\n")
	}
}

var (
	codeTitles = map[wireView]string{asCurl: "curl", asSwift: "Swift", asKotlin: "Kotlin"}
	codeSyntax = map[wireView]*kit.Syntax{asCurl: kit.Shell, asSwift: kit.Swift, asKotlin: kit.Kotlin}
)

// parts takes an exchange apart: tokens, client data, authenticator data, attestation objects, keys.
func parts(x *kit.Text, exchange hanko.Exchange) {
	found := decode.Exchange(exchange)
	for i, part := range found {
		if i > 0 {
			x.Add(kit.PlainText, "\n")
		}
		x.Add(kit.Heading, part.Title).Add(kit.Aside, "  "+string(part.In)+" "+part.Path+"\n")
		for _, line := range part.Lines {
			x.Add(kit.Aside, strings.Repeat("  ", line.Depth)+line.Name).Add(kit.PlainText, "  "+line.Value)
			if line.Note != "" {
				x.Add(kit.Aside, "  ("+line.Note+")")
			}
			x.Add(kit.PlainText, "\n")
		}
	}
	if len(found) == 0 {
		x.Add(kit.Aside, "There is nothing in this exchange to take apart.\n")
	}
}

// headerLines are a header's fields in order, one to a line.
func headerLines(header http.Header) []string {
	var lines []string
	for name, values := range header {
		for _, value := range values {
			lines = append(lines, hanko.Printable(name+": "+value))
		}
	}
	sort.Strings(lines)
	return lines
}

// maxShownBody is how many bytes of a body are drawn; the rest is only counted.
const maxShownBody = 32 << 10

// prettyBody is a body to be read, and the language it is in.
func prettyBody(body []byte) (string, *kit.Syntax) {
	var (
		pretty   bytes.Buffer
		language *kit.Syntax
	)
	if begin := bytes.TrimSpace(body); len(begin) > 0 && (begin[0] == '{' || begin[0] == '[') {
		language = kit.JSON
	}
	if json.Indent(&pretty, body, "", "  ") == nil {
		body = pretty.Bytes()
	}
	rest := ""
	if len(body) > maxShownBody {
		rest = fmt.Sprintf("\n… and %d bytes more", len(body)-maxShownBody)
		body = body[:maxShownBody]
	}
	return hanko.PrintableLines(string(body)) + rest, language
}
