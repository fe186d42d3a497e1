package report

import (
	_ "embed"
	"html/template"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/smoke"
)

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"text":     hanko.Printable[string],
	"mark":     func(verdict smoke.Verdict) string { return marks[verdict] },
	"headline": headline,
	"call":     callOf,
	"status":   hanko.Exchange.Outcome,
	"explain":  decode.Explain,
	"yaml":     hankoconfig.Lines,
	"decisive": func(result smoke.Result, at int) bool { decisive, _ := decisive(result); return at == decisive },
	"header":   headerLines,
	"body":     func(body []byte) []codeLine { return codeLines(string(body)) },
	"api": func(api hanko.API) string {
		return map[hanko.API]string{hanko.REST: "REST API", hanko.FlowAPI: "Flow API"}[api]
	},
	"took": took,
	"code": backticked,
}).Parse(page))

// HTML writes a report as one self-contained page: no scripts, nothing loaded from elsewhere.
func HTML(w io.Writer, report smoke.Report) error {
	type suite struct {
		Name    smoke.Suite
		Counts  string
		Ran     bool // not each check was skipped
		Results []smoke.Result
	}
	shown := struct {
		smoke.Report
		Counts   []tally
		Findings []finding
		Shown    []shownFact
		Missed   []missed
		Suites   []suite
	}{Report: report, Findings: findings(report)}
	shown.Shown, shown.Missed = showFacts(report.Facts)
	shown.Counts = tallies(report, smoke.Failed, smoke.Inconclusive, smoke.Passed, smoke.Skipped)
	for _, name := range smoke.Suites() {
		of := ofSuite(report, name)
		if len(of.Results) > 0 {
			shown.Suites = append(shown.Suites, suite{name, counts(of), of.Count(smoke.Skipped) < len(of.Results), of.Results})
		}
	}
	return pageTemplate.Execute(w, shown)
}

// took is how long something has taken, rounded for reading.
func took(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "< 1ms"
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// span is a piece of text of one kind. Code is set in a fixed-width font.
type span struct {
	Text string
	Code bool
}

// backticked splits a sentence at the backticks that set its code apart.
func backticked(sentence string) []span {
	var spans []span
	for i, piece := range strings.Split(hanko.Printable(sentence), "`") {
		if piece != "" {
			spans = append(spans, span{piece, i%2 == 1})
		}
	}
	return spans
}

// codeLine is a line of indented JSON, or another text. Class is the kind of its value, as the style sheet names it.
type codeLine struct{ Before, Name, Between, Class, Value, After string }

// jsonLine takes a line of indented JSON apart: indentation, name, colon, value, comma.
var jsonLine = regexp.MustCompile(`^( *)("(?:[^"\\]|\\.)*")?(: )?(.*?)(,?)$`)

// codeLines indents JSON, and splits any text into lines.
func codeLines(text string) []codeLine {
	indented, isJSON := hanko.IndentJSON([]byte(text))
	text = string(indented)
	var lines []codeLine
	for line := range strings.Lines(hanko.PrintableLines(text)) {
		line = strings.TrimSuffix(line, "\n")
		if !isJSON {
			lines = append(lines, codeLine{Value: line})
			continue
		}
		part := jsonLine.FindStringSubmatch(line)
		of := codeLine{part[1], part[2], part[3], "", part[4], part[5]}
		if of.Name != "" && of.Between == "" { // a string in a list
			of.Name, of.Value = "", of.Name+of.Value
		}
		switch {
		case strings.HasPrefix(of.Value, `"`):
			of.Class = "string"
		case of.Value != "" && !strings.ContainsAny(of.Value[:1], "{}[]"):
			of.Class = "number"
		}
		lines = append(lines, of)
	}
	return lines
}

// headerLines are the lines of a header, in order of their names.
func headerLines(header http.Header) []codeLine {
	var lines []codeLine
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			lines = append(lines, codeLine{Name: hanko.Printable(name), Between: ": ", Value: hanko.Printable(value)})
		}
	}
	return lines
}
