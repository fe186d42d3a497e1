package export

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/hankosim/hanko"
)

// HAR writes exchanges as an HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/), which browsers and
// proxies open. version is this program's. Secrets are dots unless the options ask for them. A call that got no answer
// has the status 0 and a member "_error"; one that the person's browser made has a comment. It fails when the archive cannot be written as JSON.
func HAR(exchanges []hanko.Exchange, version string, o Options) ([]byte, error) {
	archive := harFile{Log: harLog{
		Version: "1.2", Creator: harCreator{Name: "hankosim", Version: version}, Entries: []harEntry{},
	}}
	o = o.knowing(exchanges)
	for _, e := range exchanges {
		if !o.Secrets {
			e = o.Known.Exchange(e)
		}
		archive.Log.Entries = append(archive.Log.Entries, harEntryOf(e))
	}
	sort.SliceStable(archive.Log.Entries, func(i, j int) bool { // the specification wants the oldest first
		return archive.Log.Entries[i].Started.Before(archive.Log.Entries[j].Started)
	})
	return json.MarshalIndent(archive, "", "  ")
}

type harFile struct {
	Log harLog `json:"log"`
}

type harLog struct {
	Version string     `json:"version"`
	Creator harCreator `json:"creator"`
	Entries []harEntry `json:"entries"`
}

type harCreator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type harEntry struct {
	Started  time.Time   `json:"startedDateTime"`
	Time     float64     `json:"time"` // milliseconds
	Request  harRequest  `json:"request"`
	Response harResponse `json:"response"`
	Cache    struct{}    `json:"cache"`
	Timings  harTimings  `json:"timings"`
	Comment  string      `json:"comment,omitempty"`
}

// harTimings must be there; only the whole was measured.
type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

type harRequest struct {
	Method      string       `json:"method"`
	URL         string       `json:"url"`
	HTTPVersion string       `json:"httpVersion"`
	Cookies     []harCookie  `json:"cookies"`
	Headers     []harPair    `json:"headers"`
	Query       []harPair    `json:"queryString"`
	PostData    *harPostData `json:"postData,omitempty"`
	HeadersSize int          `json:"headersSize"` // -1: not known
	BodySize    int          `json:"bodySize"`
}

type harResponse struct {
	Status      int         `json:"status"`
	StatusText  string      `json:"statusText"`
	HTTPVersion string      `json:"httpVersion"`
	Cookies     []harCookie `json:"cookies"`
	Headers     []harPair   `json:"headers"`
	Content     harContent  `json:"content"`
	RedirectURL string      `json:"redirectURL"`
	HeadersSize int         `json:"headersSize"`
	BodySize    int         `json:"bodySize"`
	Error       string      `json:"_error,omitempty"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harPostData struct {
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

type harCookie struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Path     string `json:"path,omitempty"`
	Domain   string `json:"domain,omitempty"`
	Expires  string `json:"expires,omitempty"`
	HTTPOnly bool   `json:"httpOnly,omitempty"`
	Secure   bool   `json:"secure,omitempty"`
}

func harEntryOf(e hanko.Exchange) harEntry {
	took := float64(e.Duration.Microseconds()) / 1000
	entry := harEntry{
		Started: e.Start.UTC().Truncate(time.Microsecond), Time: took, Timings: harTimings{Wait: took},
		Request: harRequest{
			Method: e.Method, URL: e.URL, HTTPVersion: "HTTP/1.1", Headers: harHeaders(e.RequestHeader), Query: harQuery(e.URL),
			Cookies: []harCookie{}, HeadersSize: -1, BodySize: len(e.RequestBody),
		},
		Response: harResponse{
			Status: e.Status, StatusText: http.StatusText(e.Status), HTTPVersion: "HTTP/1.1", Headers: harHeaders(e.ResponseHeader),
			Cookies: []harCookie{}, Content: harContentOf(e), RedirectURL: e.ResponseHeader.Get("Location"),
			HeadersSize: -1, BodySize: len(e.ResponseBody),
		},
	}
	if e.Browser {
		entry.Comment = "The person's browser made this request. The app does not see its headers."
	}
	if e.Err != nil && e.Err.Kind != hanko.Refused {
		entry.Response.Error = e.Err.Error()
	}
	if e.RequestBody != nil {
		entry.Request.PostData = &harPostData{
			MimeType: e.RequestHeader.Get("Content-Type"), Text: strings.ToValidUTF8(string(e.RequestBody), "�"),
		}
	}
	for _, line := range e.RequestHeader.Values("Cookie") {
		for _, pair := range strings.Split(line, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			entry.Request.Cookies = append(entry.Request.Cookies, harCookie{Name: name, Value: value})
		}
	}
	for _, line := range e.ResponseHeader.Values("Set-Cookie") {
		entry.Response.Cookies = append(entry.Response.Cookies, harSetCookie(line))
	}
	return entry
}

func harContentOf(e hanko.Exchange) harContent {
	content := harContent{Size: len(e.ResponseBody), MimeType: e.ResponseHeader.Get("Content-Type"), Text: string(e.ResponseBody)}
	if content.MimeType == "" {
		content.MimeType = "x-unknown" // the specification's word for it
	}
	if !utf8.Valid(e.ResponseBody) {
		content.Text, content.Encoding = base64.StdEncoding.EncodeToString(e.ResponseBody), "base64"
	}
	return content
}

func harHeaders(header http.Header) []harPair {
	pairs := []harPair{}
	for name, values := range header {
		for _, value := range values {
			pairs = append(pairs, harPair{name, value})
		}
	}
	sort.SliceStable(pairs, func(i, j int) bool { return pairs[i].Name < pairs[j].Name })
	return pairs
}

func harQuery(address string) []harPair {
	pairs := []harPair{}
	_, query, _ := strings.Cut(address, "?")
	for _, part := range strings.Split(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, harPair{unescaped(name), unescaped(value)})
	}
	return pairs
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// harSetCookie takes a Set-Cookie header apart. net/http does not read one whose value is masked.
func harSetCookie(line string) harCookie {
	parts := strings.Split(line, ";")
	name, value, _ := strings.Cut(strings.TrimSpace(parts[0]), "=")
	cookie := harCookie{Name: name, Value: value}
	for _, part := range parts[1:] {
		attribute, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(attribute) {
		case "path":
			cookie.Path = value
		case "domain":
			cookie.Domain = value
		case "expires":
			if at, err := http.ParseTime(value); err == nil {
				cookie.Expires = at.UTC().Format(time.RFC3339)
			}
		case "httponly":
			cookie.HTTPOnly = true
		case "secure":
			cookie.Secure = true
		}
	}
	return cookie
}
