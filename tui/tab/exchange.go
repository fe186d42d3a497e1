package tab

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/tui/kit"
)

// drawingKey has everything that a drawing of an exchange depends on.
type drawingKey struct {
	index, width int
	view         wireView
	fields       string // joined
	secrets      bool
	look         *kit.Look // the theme's
}

// drawing is a drawn exchange. It is cached, because drawing takes longer than a frame may.
type drawing struct {
	lines []string

	// What is looked for in it: the lines folded into one text, with the place of each of its bytes.
	flat   string
	places []place
	sought string
	begins []int               // the lines in which it begins
	marks  map[int][]kit.Cells // where it is, by line
}

// manyDrawings is the size of the cache: more than a person goes back and forth between.
const manyDrawings = 64

// drawing returns an exchange in the current view.
func (p *Wire) drawing(s kit.Situation, index, width int) *drawing {
	key := drawingKey{index, width, p.view, strings.Join(p.fields, "\n"), s.Secrets, s.Theme.Look}
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
		shown = s.Known.Exchange(sent)
	}
	x := &kit.Text{}
	path := cmp.Or(shown.Path, shown.URL)
	if shown.Browser {
		path, _, _ = strings.Cut(path, "?") // which has many lines of its own
	}
	x.Add(kit.Aside, fmt.Sprintf("%d  ", index+1)).Add(kit.Heading, shown.Method+" "+hanko.Printable(path))
	x.Add(kit.Aside, "  "+shown.Start.Local().Format("15:04:05.000")+"\n")
	x.Add(kit.PlainText, p.known[index].note+"\n")
	if guide, flow := decode.GuideStep(shown); len(p.fields) == 0 && (guide != "" || flow != "") {
		x.Add(kit.Aside, "mobile guide: "+hanko.Printable(cmp.Or(guide, "none")+" · Flow API: "+cmp.Or(flow, "none"))+"\n")
	}
	x.Add(kit.PlainText, "\n")
	switch p.view {
	case decoded:
		parts(x, reduced(decode.Exchange(sent), p.fields), width) // it shows no token, and a masked one could not be taken apart
	case asCurl, asSwift, asKotlin:
		x.Add(kit.Heading, codeTitles[p.view]+"\n").Paint(codeSyntax[p.view], fold(codeOf(p.view, []hanko.Exchange{sent}, exportOptions(s), false), p.view, width)+"\n")
	default:
		return &drawing{lines: append(trimmedLines(x, s.Theme, width), p.message(s.Theme, shown, p.known[index], width)...)}
	}
	return &drawing{lines: trimmedLines(x, s.Theme, width)}
}

// trimmedLines are the lines of a text without blank ones at its end, but for one where the text goes on.
func trimmedLines(x *kit.Text, t *kit.Theme, width int) []string {
	return t.LayOut(strings.TrimSuffix(x.String(), "\n"), x.Spans, width, 2)
}

// sideBySide is the width of a tab from which on request and response are side by side.
const sideBySide = 100

// message is an exchange as it went over the wire: request and response, below or beside each other.
func (p *Wire) message(t *kit.Theme, exchange hanko.Exchange, known known, width int) []string {
	request, response := &kit.Text{}, &kit.Text{}
	if exchange.Browser {
		request.Add(kit.Heading, "The browser's address  ").Add(outcome(exchange, known), exchange.Outcome()+"\n")
		address, query, _ := strings.Cut(exchange.URL, "?")
		request.Add(kit.PlainText, hanko.Printable(address)+"\n")
		for member := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(member, "=")
			request.Add(kit.Aside, hanko.Printable(name)+"=").Add(kit.PlainText, hanko.Printable(value)+"\n")
		}
		return trimmedLines(request, t, width)
	}
	request.Add(kit.Heading, "Request\n")
	half(request, exchange.RequestHeader, exchange.RequestBody)
	response.Add(kit.Heading, "Response  ")
	response.Add(outcome(exchange, known), statusLine(exchange, known)).Add(kit.Aside, "  "+kit.Milliseconds(exchange.Duration)+"\n")
	if exchange.Status > 0 {
		half(response, exchange.ResponseHeader, exchange.ResponseBody)
	}
	if failure := exchange.Err; failure != nil && known.expected == "" {
		response.Add(kit.WarningText, "\n"+hanko.Printable(failure.Error())+"\n")
	}
	if width < sideBySide {
		return append(append(trimmedLines(request, t, width), ""), trimmedLines(response, t, width)...)
	}
	column := (width - 3) / 2
	left, right := trimmedLines(request, t, column), trimmedLines(response, t, width-3-column)
	return kit.Beside(left, right, column, "   ")
}

// outcome returns the role, and so the colour, of an exchange's status.
func outcome(exchange hanko.Exchange, known known) kit.Role {
	switch {
	case known.expected != "", exchange.Browser && exchange.Status == 0:
		return kit.Aside
	case exchange.Browser && decode.Refused(exchange):
		return kit.WarningText
	case exchange.Status == 0 || exchange.Status >= 500:
		return kit.BadText
	case exchange.Status >= 400 || exchange.Err != nil:
		return kit.WarningText
	default:
		return kit.GoodText
	}
}

// statusLine returns what came of an exchange in words.
func statusLine(exchange hanko.Exchange, known known) string {
	if known.expected != "" {
		return exchange.Outcome() + ", " + known.expected
	}
	return exchange.Outcome()
}

// half is a request or a response.
func half(x *kit.Text, header http.Header, content []byte) {
	for _, line := range headerLines(header) {
		name, value, _ := strings.Cut(line, ": ")
		x.Add(kit.Aside, name+": ").Add(kit.PlainText, value+"\n")
	}
	if len(content) > 0 {
		text, language := prettyBody(content)
		x.Add(kit.PlainText, "\n").Paint(language, text+"\n")
	}
}

var (
	codeTitles = map[wireView]string{asCurl: "curl", asSwift: "Swift", asKotlin: "Kotlin"}
	codeSyntax = map[wireView]*kit.Syntax{asCurl: kit.Shell, asSwift: kit.Swift, asKotlin: kit.Kotlin}
)

// parts takes an exchange apart: client data, authenticator data, attestation objects, keys; and last the tokens, of
// which a header's is a line: the Token tab has it whole.
func parts(x *kit.Text, found []decode.Part, width int) {
	slices.SortStableFunc(found, func(a, b decode.Part) int { return cmp.Compare(rank(a), rank(b)) })
	for i, part := range found {
		if i > 0 {
			x.Add(kit.PlainText, "\n")
		}
		x.Add(kit.Heading, part.Title).Add(kit.Aside, "  "+string(part.In)+" "+part.Path+"\n")
		if rank(part) > rank(found[0]) {
			x.Add(kit.Aside, fmt.Sprintf("%d lines, in the Token tab\n", len(part.Lines)))
			continue
		}
		for _, line := range part.Lines {
			name := strings.Repeat("  ", line.Depth) + line.Name
			x.Add(kit.Aside, kit.Cell(name, max(nameCells, ansi.StringWidth(name)))).Add(kit.PlainText, "  "+line.Value)
			if line.Note != "" {
				// The note stands beside its value where both have room, else below it.
				if nameCells+2+ansi.StringWidth(line.Value)+2+ansi.StringWidth(line.Note) > width {
					x.Add(kit.PlainText, "\n"+strings.Repeat(" ", nameCells))
				}
				x.Add(kit.Aside, "  "+line.Note)
			}
			x.Add(kit.PlainText, "\n")
		}
	}
	if len(found) == 0 {
		x.Add(kit.Aside, "There is nothing in this exchange to take apart.\n")
	}
}

// reduced are the parts that have one of the fields as their title, and of the others the lines that have one as their
// name; a token only by its title. Without fields it is all of them.
func reduced(found []decode.Part, fields []string) []decode.Part {
	if len(fields) == 0 {
		return found
	}
	named := func(name string) bool {
		return slices.ContainsFunc(fields, func(field string) bool { return strings.EqualFold(field, name) })
	}
	var kept []decode.Part
	for _, part := range found {
		switch {
		case named(part.Title):
		case part.Kind == decode.KindJWT:
			continue
		default:
			part.Lines = slices.DeleteFunc(slices.Clone(part.Lines), func(line decode.Line) bool { return !named(line.Name) })
		}
		if len(part.Lines) > 0 {
			kept = append(kept, part)
		}
	}
	return kept
}

// nameCells is how wide the column of names is.
const nameCells = 14

// rank puts tokens behind everything else.
func rank(part decode.Part) int {
	if part.Kind == decode.KindJWT {
		return 1
	}
	return 0
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
	var language *kit.Syntax
	if begin := bytes.TrimSpace(body); len(begin) > 0 && (begin[0] == '{' || begin[0] == '[') {
		language = kit.JSON
	}
	body, _ = hanko.IndentJSON(body)
	rest := ""
	if len(body) > maxShownBody {
		rest = fmt.Sprintf("\n… and %d bytes more", len(body)-maxShownBody)
		body = body[:maxShownBody]
	}
	return hanko.PrintableLines(string(body)) + rest, language
}
