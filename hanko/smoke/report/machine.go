package report

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"example.com/hankosim/hanko"
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
	Checks      []DocumentResult `json:"checks"`
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
	Remedy     string             `json:"remedy,omitempty"`
	Docs       string             `json:"docs,omitempty"`
	DurationMS int64              `json:"duration_ms"`
	Evidence   []DocumentExchange `json:"evidence,omitempty"`
}

// DocumentExchange is one exchange with the tenant, masked.
type DocumentExchange struct {
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
		Interrupted: report.Interrupted, LeftBehind: report.LeftBehind, Checks: []DocumentResult{},
	}
	if document.LeftBehind == nil {
		document.LeftBehind = []string{}
	}
	for _, result := range report.Results {
		checked := DocumentResult{
			ID: result.ID, Suite: string(result.Suite), Title: result.Title, Severity: string(result.Severity),
			Verdict: string(result.Verdict), Note: result.Note, Cause: result.Cause, Key: result.Key,
			Remedy: result.Remedy, Docs: result.Docs, DurationMS: result.Duration.Milliseconds(),
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

func documentExchange(exchange hanko.Exchange) DocumentExchange {
	return DocumentExchange{
		Method: exchange.Method, URL: exchange.URL, RequestHeader: exchange.RequestHeader, RequestBody: string(exchange.RequestBody),
		Status: exchange.Status, ResponseHeader: exchange.ResponseHeader, ResponseBody: string(exchange.ResponseBody),
		DurationMS: exchange.Duration.Milliseconds(),
	}
}

// JSON writes a report as a Document.
func JSON(w io.Writer, report smoke.Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(NewDocument(report))
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Hostname  string      `xml:"hostname,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string       `xml:"name,attr"`
	Classname string       `xml:"classname,attr"`
	Time      string       `xml:"time,attr"`
	Skipped   *junitDetail `xml:"skipped,omitempty"`
	Error     *junitDetail `xml:"error,omitempty"`
	Failure   *junitDetail `xml:"failure,omitempty"`
}

type junitDetail struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes a report as JUnit XML: a test suite for each suite, a test case for each check. What is inconclusive is
// an error, in JUnit's sense of a test that could not be made.
func JUnit(w io.Writer, report smoke.Report) error {
	document := junitSuites{
		Name: "hankosim smoke", Tests: len(report.Results), Failures: report.Count(smoke.Failed),
		Errors: report.Count(smoke.Inconclusive), Time: seconds(report.Duration),
	}
	for _, suite := range smoke.Suites() {
		group := junitSuite{Name: string(suite), Timestamp: report.Started.UTC().Format("2006-01-02T15:04:05"), Hostname: printableXML(report.Tenant)}
		var took time.Duration
		for _, result := range report.Results {
			if result.Suite != suite {
				continue
			}
			took += result.Duration
			group.Tests++
			tested := junitCase{Name: result.ID, Classname: "hankosim." + string(suite), Time: seconds(result.Duration)}
			switch result.Verdict {
			case smoke.Failed:
				group.Failures++
				tested.Failure = &junitDetail{Message: printableXML(Headline(result)), Type: string(result.Severity), Text: printableXML(story(result))}
			case smoke.Inconclusive:
				group.Errors++
				tested.Error = &junitDetail{Message: printableXML(result.Note), Type: "inconclusive", Text: printableXML(story(result))}
			case smoke.Skipped:
				group.Skipped++
				tested.Skipped = &junitDetail{Message: printableXML(result.Note)}
			}
			group.Cases = append(group.Cases, tested)
		}
		group.Time = seconds(took)
		if group.Tests > 0 {
			document.Suites = append(document.Suites, group)
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// story is a result in a few lines.
func story(result smoke.Result) string {
	var b strings.Builder
	failure(&b, result)
	return b.String()
}

func printableXML(text string) string { return hanko.PrintableLines(text) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// TAP writes a report in the Test Anything Protocol, version 13.
func TAP(w io.Writer, report smoke.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 13\n1..%d\n", len(report.Results))
	for i, result := range report.Results {
		name := fmt.Sprintf("%d - %s %s", i+1, result.ID, tapText(result.Title))
		switch result.Verdict {
		case smoke.Passed:
			fmt.Fprintf(&b, "ok %s\n", name)
		case smoke.Skipped:
			fmt.Fprintf(&b, "ok %s # SKIP %s\n", name, tapText(result.Note))
		default:
			fmt.Fprintf(&b, "not ok %s\n  ---\n", name)
			for _, part := range [][2]string{
				{"verdict", string(result.Verdict)},
				{"severity", string(result.Severity)},
				{"message", result.Note},
				{"cause", result.Cause},
				{"key", result.Key},
				{"remedy", result.Remedy},
			} {
				if part[1] != "" {
					quoted, _ := json.Marshal(hanko.Printable(part[1])) // a JSON string is a YAML one
					fmt.Fprintf(&b, "  %s: %s\n", part[0], quoted)
				}
			}
			b.WriteString("  ...\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tapText keeps a text from being read as a directive.
func tapText(text string) string {
	return strings.ReplaceAll(hanko.Printable(text), "#", "no.")
}

// Annotations writes GitHub's workflow commands: an error for each critical failure, a warning for each other one and
// for what could not be judged.
func Annotations(w io.Writer, report smoke.Report) error {
	var b strings.Builder
	for _, result := range report.Results {
		switch {
		case result.Verdict == smoke.Failed && result.Severity == smoke.Critical:
			fmt.Fprintf(&b, "::error title=%s::%s\n", commandProperty(result.ID), commandText(Headline(result)))
		case result.Verdict == smoke.Failed:
			fmt.Fprintf(&b, "::warning title=%s::%s\n", commandProperty(result.ID), commandText(Headline(result)))
		case result.Verdict == smoke.Inconclusive:
			fmt.Fprintf(&b, "::warning title=%s::%s\n", commandProperty(result.ID), commandText(result.Note))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func commandText(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(hanko.Printable(text))
}

func commandProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(commandText(text))
}

// StepSummary writes a report as the Markdown of a GitHub step summary.
func StepSummary(w io.Writer, report smoke.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### hankosim smoke\n\n%s\n\n| | check | what was found |\n|---|---|---|\n", markdown(Summary(report)))
	for _, result := range report.Results {
		found := result.Note
		if result.Verdict == smoke.Failed {
			found = Headline(result)
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", marks[result.Verdict], result.ID, markdown(found))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown keeps a tenant's text from being read as markup.
func markdown(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`, "`", "'", "*", `\*`, "_", `\_`).Replace(hanko.Printable(text))
}
