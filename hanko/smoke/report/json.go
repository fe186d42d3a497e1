package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/smoke"
)

// Version is the version of the JSON that JSON writes; it changes when a member is taken away or means something else.
const Version = 1

// Document is the JSON of a report. docs/smoke.md describes it.
type Document struct {
	Version     int              `json:"version"`
	Tenant      string           `json:"tenant"`
	API         string           `json:"api"`
	Found       string           `json:"found"`
	Started     time.Time        `json:"started"`
	DurationMS  int64            `json:"duration_ms"`
	Passed      int              `json:"passed"`
	Failed      int              `json:"failed"`
	Skipped     int              `json:"skipped"`
	Unknown     int              `json:"inconclusive"`
	Interrupted bool             `json:"interrupted"`
	LeftBehind  []string         `json:"left_behind"`
	Facts       []DocumentFact   `json:"facts"`
	Checks      []DocumentResult `json:"checks"`
}

// DocumentFact is one fact in a Document. Value is a string, a list of strings or a boolean, and left out if the fact was not
// observed.
type DocumentFact struct {
	Name    string        `json:"name"`
	Value   any           `json:"value,omitempty"`
	Asks    []DocumentAsk `json:"asks,omitempty"`
	Key     string        `json:"key,omitempty"`
	Note    string        `json:"note,omitempty"`
	Unknown string        `json:"unknown,omitempty"`
}

// DocumentAsk is something that sign-up or sign-in asks for.
type DocumentAsk struct {
	For      string `json:"for"`
	Required bool   `json:"required"`
	Key      string `json:"key,omitempty"`
}

// DocumentResult is one check in a Document.
type DocumentResult struct {
	ID         string             `json:"id"`
	Suite      string             `json:"suite"`
	Title      string             `json:"title"`
	Severity   string             `json:"severity"`
	Verdict    string             `json:"verdict"`
	Note       string             `json:"note,omitempty"`
	Cause      string             `json:"cause,omitempty"`
	Key        string             `json:"key,omitempty"`
	OtherKeys  []string           `json:"other_keys,omitempty"`
	Remedy     string             `json:"remedy,omitempty"`
	Write      string             `json:"write,omitempty"`
	Places     []DocumentPlace    `json:"places,omitempty"`
	Docs       string             `json:"docs,omitempty"`
	DurationMS int64              `json:"duration_ms"`
	Evidence   []DocumentExchange `json:"evidence,omitempty"`
}

// DocumentPlace is where a key of Hanko's configuration is, or belongs. At is the key at Line.
type DocumentPlace struct {
	Key  string `json:"key"`
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	At   string `json:"at,omitempty"`
}

// DocumentExchange is one exchange with the tenant, masked.
type DocumentExchange struct {
	Browser        bool        `json:"browser,omitempty"` // the person's browser made the request
	Method         string      `json:"method"`
	URL            string      `json:"url"`
	RequestHeader  http.Header `json:"request_header,omitempty"`
	RequestBody    string      `json:"request_body,omitempty"`
	Status         int         `json:"status"`
	ResponseHeader http.Header `json:"response_header,omitempty"`
	ResponseBody   string      `json:"response_body,omitempty"`
	DurationMS     int64       `json:"duration_ms"`
}

// NewDocument makes the JSON form of a report. Evidence is kept for what has not passed.
func NewDocument(report smoke.Report) Document {
	document := Document{
		Version: Version, Tenant: report.Tenant, API: string(report.Recognised.API), Found: report.Recognised.Found,
		Started: report.Started.UTC(), DurationMS: report.Duration.Milliseconds(),
		Passed: report.Count(smoke.Passed), Failed: report.Count(smoke.Failed),
		Skipped: report.Count(smoke.Skipped), Unknown: report.Count(smoke.Inconclusive),
		Interrupted: report.Interrupted, LeftBehind: report.LeftBehind, Facts: []DocumentFact{}, Checks: []DocumentResult{},
	}
	if document.LeftBehind == nil {
		document.LeftBehind = []string{}
	}
	for _, observed := range report.Facts {
		document.Facts = append(document.Facts, documentFact(observed))
	}
	for _, result := range report.Results {
		checked := DocumentResult{
			ID: result.ID, Suite: string(result.Suite), Title: result.Title, Severity: string(result.Severity),
			Verdict: string(result.Verdict), Note: result.Note, Cause: result.Cause, Key: result.Key, OtherKeys: result.OtherKeys,
			Remedy: result.Remedy, Write: hankoconfig.YAML(result.Settings), Docs: result.Docs, DurationMS: result.Duration.Milliseconds(),
		}
		for _, place := range result.Places {
			checked.Places = append(checked.Places, DocumentPlace{Key: place.Key, File: place.File, Line: place.Line, At: place.At})
		}
		if result.Verdict == smoke.Failed || result.Verdict == smoke.Inconclusive {
			for _, exchange := range result.Evidence {
				checked.Evidence = append(checked.Evidence, documentExchange(exchange))
			}
		}
		document.Checks = append(document.Checks, checked)
	}
	return document
}

func documentFact(observed fact.Fact) DocumentFact {
	document := DocumentFact{
		Name: string(observed.Name), Value: observed.Value(), Key: observed.Key, Note: observed.Note, Unknown: observed.Unknown,
	}
	for _, ask := range observed.Asks {
		document.Asks = append(document.Asks, DocumentAsk{For: ask.For, Required: !ask.Skippable, Key: ask.Key})
	}
	return document
}

func documentExchange(exchange hanko.Exchange) DocumentExchange {
	return DocumentExchange{
		Browser: exchange.Browser, Method: exchange.Method, URL: exchange.URL, RequestHeader: exchange.RequestHeader, RequestBody: string(exchange.RequestBody),
		Status: exchange.Status, ResponseHeader: exchange.ResponseHeader, ResponseBody: string(exchange.ResponseBody),
		DurationMS: exchange.Duration.Milliseconds(),
	}
}

// JSON writes a report as a Document.
func JSON(w io.Writer, report smoke.Report) error {
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(NewDocument(report)); err != nil {
		return err
	}
	_, err := io.WriteString(w, escapeControls(encoded.String()))
	return err
}

// escapeControls writes the control characters that JSON allows in its strings as escapes, so that a terminal on which
// the report is printed does not obey them.
func escapeControls(encoded string) string {
	var b strings.Builder
	for _, char := range encoded {
		if char == '\n' || hanko.PrintableLines(string(char)) == string(char) {
			b.WriteRune(char)
		} else {
			fmt.Fprintf(&b, "\\u%04x", char)
		}
	}
	return b.String()
}
