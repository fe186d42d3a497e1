package report_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"example.com/hankosim/hanko/hankoconfig"
	"example.com/hankosim/hanko/smoke/report"
)

// TestHTML shows that the page is well-formed and loads nothing, whatever a tenant says.
func TestHTML(t *testing.T) {
	loads := regexp.MustCompile(`(?i)<(script|img|link|iframe|object|embed|base|form|meta http-equiv)|<\w[^>]*\s(src|style|srcset|on\w+)=|@import|url\(`)
	for name, said := range map[string]string{"plain": "what was found", "hostile": hostile} {
		page := write(t, report.HTML, sample(said))
		if found := loads.FindString(page); found != "" {
			t.Errorf("%s: the page has %q", name, found)
		}
		for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if link[1] != "https://docs.hanko.io/quickstarts/mobile" {
				t.Errorf("%s: the page links to %q", name, link[1])
			}
		}
		if !strings.HasPrefix(page, "<!doctype html>") {
			t.Errorf("%s: the page begins with %.40q", name, page)
		}
		if err := wellFormed(page); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, id := range []string{"reach.tenant", "guide.signup", "account.allow_signup"} {
			if !strings.Contains(page, id) {
				t.Errorf("%s: %s is not on the page", name, id)
			}
		}
	}
}

// wellFormed holds the page's tags to each other: with the void elements closed it is XML.
func wellFormed(page string) error {
	page = regexp.MustCompile(`<(meta|br)\b([^>]*)>`).ReplaceAllString(strings.TrimPrefix(page, "<!doctype html>"), "<$1$2/>")
	page = regexp.MustCompile(`(<details[^>]*) open>`).ReplaceAllString(page, "$1>")
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.Entity = xml.HTMLEntity
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestHTMLShows shows what is on the page for a person: failures first, each cause once, the decisive exchange open, JSON
// indented and in its order.
func TestHTMLShows(t *testing.T) {
	judged := unaware()
	judged.Results[2].Evidence[0].ResponseBody = []byte(`{"message":"no","code":400,"list":["a",1,{}]}`)
	page := write(t, report.HTML, judged)
	rest := page
	for _, part := range []string{
		"<h1>https://hanko.example.com</h1>", `<li class="failed"><b>3</b>failed</li>`, `<article class="card failed">`,
		"<code>android:apk-key-hash:gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg</code>", "<code>passkey.register.android</code>",
		"<code>passkey.register.device</code>", "<dd>The tenant does not know the app&#39;s origin.</dd>", "3 other checks, which were skipped",
		"<details open><summary><code>POST /webauthn/registration/finalize</code>", "400 Bad Request",
		`<span class="name">&#34;message&#34;</span>: <span class="string">&#34;no&#34;</span>,`,
		`  <span class="name">&#34;code&#34;</span>: <span class="number">400</span>,`, `    <span class="string">&#34;a&#34;</span>,`,
		"<h2>All checks</h2>", "it is plain http",
	} {
		_, after, found := strings.Cut(rest, part)
		if !found {
			t.Fatalf("the page lacks %s, or has it too early:\n%s", part, page)
		}
		rest = after
	}
	if n := strings.Count(page, "The tenant does not know the app"); n != 1 {
		t.Errorf("one cause is told %d times", n)
	}
}

// TestHTMLNumbersLines shows the numbers of the file's lines beside the YAML to write, and none without a file.
func TestHTMLNumbersLines(t *testing.T) {
	judged := unaware()
	judged.Results[2].Settings = []hankoconfig.Setting{{Key: "webauthn.relying_party.origins", Value: []string{"https://example.com"}}}
	page := write(t, report.HTML, judged)
	const first = "<span>webauthn:\n</span>"
	if !strings.Contains(page, first) || strings.Contains(page, `class="placed"`) {
		t.Errorf("without a file the YAML is not there, or has numbers:\n%s", page)
	}
	file, err := hankoconfig.Parse("config.yaml", []byte("webauthn:\n\n  relying_party: {id: example.com}\n"))
	if err != nil {
		t.Fatal(err)
	}
	judged.Results[2].Places = []hankoconfig.Place{file.Find("webauthn.relying_party.origins")}
	page = write(t, report.HTML, judged)
	const numbered = `<pre class="placed"><span><b>1</b>webauthn:
</span><span><b>3</b>  relying_party:
</span><span class="new"><b>+</b>    origins:
</span><span><b></b>      - https://example.com
</span></pre>`
	if !strings.Contains(page, numbered) || !strings.Contains(page, "config.yaml:3: add webauthn.relying_party.origins") {
		t.Errorf("the numbers are missing:\n%s", page)
	}
}
