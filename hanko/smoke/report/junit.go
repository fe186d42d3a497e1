package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/smoke"
)

// The elements and attributes of the JUnit XML that Jenkins reads (its junit-4.xsd).

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
	Skipped   *junitText   `xml:"skipped,omitempty"`
	Error     *junitDetail `xml:"error,omitempty"`
	Failure   *junitDetail `xml:"failure,omitempty"`
	Out       string       `xml:"system-out,omitempty"`
}

// junitText is an element without attributes: the schema gives <skipped> none.
type junitText struct {
	Text string `xml:",chardata"`
}

type junitDetail struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes a report as JUnit XML: a test suite for each suite, a test case for each check. What was observed in a
// check that has passed is its output. What is inconclusive is
// an error, in JUnit's sense of a test that could not be made, except for an info check, which is skipped.
func JUnit(w io.Writer, report smoke.Report) error {
	document := junitSuites{
		Name: "hankosim smoke", Tests: len(report.Results), Failures: report.Count(smoke.Failed), Time: seconds(report.Duration),
	}
	for _, suite := range smoke.Suites() {
		group := junitSuite{Name: string(suite), Timestamp: report.Started.UTC().Format("2006-01-02T15:04:05"), Hostname: hostname(report.Tenant)}
		var took time.Duration
		for _, result := range report.Results {
			if result.Suite != suite {
				continue
			}
			took += result.Duration
			group.Tests++
			tested := junitCase{Name: result.ID, Classname: "hankosim." + string(suite), Time: seconds(result.Duration)}
			switch {
			case result.Verdict == smoke.Failed:
				group.Failures++
				tested.Failure = &junitDetail{Message: Headline(result), Type: string(result.Severity), Text: storyText(result)}
			case result.Verdict == smoke.Skipped, informs(result):
				group.Skipped++
				tested.Skipped = &junitText{plain(result.Note)}
			case result.Verdict == smoke.Inconclusive:
				group.Errors++
				document.Errors++
				tested.Error = &junitDetail{Message: Headline(result), Type: "inconclusive", Text: storyText(result)}
			default:
				tested.Out = plain(result.Note)
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

func hostname(tenant string) string {
	base, err := url.Parse(tenant)
	if err != nil {
		return ""
	}
	return hanko.Printable(base.Host)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
