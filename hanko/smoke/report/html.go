package report

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
)

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"mark":    func(verdict string) string { return marks[smoke.Verdict(verdict)] },
	"lines":   hanko.PrintableLines,
	"text":    hanko.Printable[string],
	"pretty":  prettyJSON,
	"headers": func(header map[string][]string) string { return headerText(header) },
}).Parse(page))

// HTML writes a report as one self-contained page: no scripts, nothing loaded from elsewhere.
func HTML(w io.Writer, report smoke.Report) error {
	headline := ""
	if first, found := report.First(); found {
		headline = Headline(first)
	}
	return pageTemplate.Execute(w, struct {
		Document
		Headline string
		Summary  string
		Suites   []smoke.Suite
	}{NewDocument(report), headline, Summary(report), smoke.Suites()})
}

func prettyJSON(body string) string {
	var value any
	if json.Unmarshal([]byte(body), &value) != nil {
		return hanko.PrintableLines(body)
	}
	pretty, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return hanko.PrintableLines(body)
	}
	return hanko.PrintableLines(string(pretty))
}

func headerText(header map[string][]string) string {
	encoded, err := json.MarshalIndent(header, "", "  ")
	if err != nil {
		return fmt.Sprint(header)
	}
	return hanko.PrintableLines(string(encoded))
}
