package tui

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
	"example.com/hankosim/hanko/export"
)

// drawingKey is what a drawing of an exchange goes by.
type drawingKey struct {
	index, width int
	view         wireView
	secrets      bool
	brushes      *[roles]brush // the theme's
}

// drawing is an exchange as it is shown, kept because making it takes longer than a frame may.
type drawing struct {
	lines []string

	// What is looked for in it: the lines folded into one text, with the place of each of its bytes.
	flat   string
	places []place
	sought string
	begins []int           // the lines in which it begins
	marks  map[int][]cells // where it is, by line
}

// manyDrawings is how many are kept: more than somebody goes back and forth between.
const manyDrawings = 64

// drawing is an exchange in the present view.
func (p *wireTab) drawing(s Situation, index, width int) *drawing {
	key := drawingKey{index, width, p.view, s.Secrets, s.Theme.brushes}
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
func (p *wireTab) draw(s Situation, index, width int) *drawing {
	sent := p.exchanges[index]
	shown := sent
	if !s.Secrets {
		shown = sent.Masked()
	}
	x := &text{}
	x.add(aside, fmt.Sprintf("%d ", index+1)).add(heading, shown.Method+" "+hanko.Printable(cmp.Or(shown.Path, shown.URL)))
	x.add(aside, "  "+shown.Start.Local().Format("15:04:05.000")+", "+milliseconds(shown.Duration)+"\n")
	x.add(plainText, p.known[index].told+"\n")
	if guide, flow := decode.GuideStep(shown); guide != "" || flow != "" {
		x.add(aside, "mobile guide: "+hanko.Printable(cmp.Or(guide, "none")+" · Flow API: "+cmp.Or(flow, "none"))+"\n")
	}
	x.add(plainText, "\n")
	switch p.view {
	case decoded:
		parts(x, sent) // it shows no token, and a masked one could not be taken apart
	case asCurl, asSwift, asKotlin:
		x.add(heading, codeTitles[p.view]+"\n").paint(codeSyntax[p.view], codeOf(p.view, []hanko.Exchange{sent}, exportOptions(s), false)+"\n")
	default:
		message(x, shown)
	}
	return &drawing{lines: s.Theme.layOut(strings.TrimRight(x.String(), "\n"), x.spans, width, 2)}
}

// message is an exchange as it went over the wire.
func message(x *text, exchange hanko.Exchange) {
	half := func(header http.Header, content []byte) {
		for _, line := range headerLines(header) {
			name, value, _ := strings.Cut(line, ": ")
			x.add(aside, name+": ").add(plainText, value+"\n")
		}
		if len(content) > 0 {
			text, language := prettyBody(content)
			x.add(plainText, "\n").paint(language, text+"\n")
		}
	}
	half(exchange.RequestHeader, exchange.RequestBody)
	x.add(plainText, "\n")
	if exchange.Status > 0 {
		x.add(heading, fmt.Sprintf("%d %s\n", exchange.Status, http.StatusText(exchange.Status)))
		half(exchange.ResponseHeader, exchange.ResponseBody)
	} else {
		x.add(bad, "no answer\n")
	}
	if failure := exchange.Err; failure != nil {
		x.add(warning, "\n"+hanko.Printable(failure.Error())+"\n")
	}
}

var (
	codeTitles = map[wireView]string{asCurl: "curl", asSwift: "Swift", asKotlin: "Kotlin"}
	codeSyntax = map[wireView]*syntax{asCurl: shellSyntax, asSwift: swiftSyntax, asKotlin: kotlinSyntax}
)

// codeOf is exchanges in the language of a view; curl where the view has none. A shell's comments say what each was for.
func codeOf(view wireView, exchanges []hanko.Exchange, options export.Options, comments bool) string {
	switch view {
	case asSwift:
		return export.Swift(exchanges, options)
	case asKotlin:
		return export.Kotlin(exchanges, options)
	}
	var calls []string
	for _, exchange := range exchanges {
		call := export.Curl(exchange, options)
		if comments {
			call = "# " + decode.Explain(exchange.Masked()) + "\n" + call
		}
		calls = append(calls, call)
	}
	return strings.Join(calls, "\n\n")
}

// parts takes an exchange apart: tokens, client data, authenticator data, attestation objects, keys.
func parts(x *text, exchange hanko.Exchange) {
	found := decode.Exchange(exchange)
	for i, part := range found {
		if i > 0 {
			x.add(plainText, "\n")
		}
		x.add(heading, part.Title).add(aside, "  "+string(part.In)+" "+part.Path+"\n")
		for _, line := range part.Lines {
			x.add(aside, strings.Repeat("  ", line.Depth)+line.Name).add(plainText, "  "+line.Value)
			if line.Note != "" {
				x.add(aside, "  ("+line.Note+")")
			}
			x.add(plainText, "\n")
		}
	}
	if len(found) == 0 {
		x.add(aside, "There is nothing in this exchange to take apart.\n")
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
func prettyBody(body []byte) (string, *syntax) {
	var (
		pretty   bytes.Buffer
		language *syntax
	)
	if begin := bytes.TrimSpace(body); len(begin) > 0 && (begin[0] == '{' || begin[0] == '[') {
		language = jsonSyntax
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
