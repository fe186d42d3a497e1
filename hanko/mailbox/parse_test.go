package mailbox

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// realMails are mails that Hanko's backends 2.7.0 and 3.0.4 sent, less the header fields that the mail server added. The
// code is read off the plain text part by other means than the package's.
func realMails(t testing.TB) map[string][]byte {
	paths, err := filepath.Glob("testdata/mails/*.eml")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d mails, %v; want 20", len(paths), err)
	}
	mails := make(map[string][]byte)
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		mails[filepath.Base(path)] = raw
	}
	return mails
}

var codeLine = regexp.MustCompile(`\r\n([0-9]{6})\r\n`)

func TestRealMails(t *testing.T) {
	for name, raw := range realMails(t) {
		t.Run(name, func(t *testing.T) {
			mail := parseMail(raw)
			if len(mail.to) != 1 || mail.to[0] != "ada@example.com" || mail.from != `"Hanko" <noreply@hanko.io>` {
				t.Errorf("to %q, from %q", mail.to, mail.from)
			}
			if strings.Contains(mail.subject, "=?") || strings.Contains(mail.text, "=E") || mail.subject == "" {
				t.Errorf("not decoded: %q, %q", mail.subject, mail.text)
			}
			line := codeLine.FindSubmatch(raw)
			want := ""
			if line != nil {
				want = string(line[1])
			}
			if strings.Contains(name, "unknown") != (want == "") {
				t.Fatalf("the fixture's code is %q", want)
			}
			if code, tied := CodeIn(mail.subject, mail.text, 0, ""); code != want || tied != nil {
				t.Errorf("the code is %q, %q, want %q", code, tied, want)
			}
			if code, tied := CodeIn(mail.subject, mail.text, 0, Alphanumeric); code != want || tied != nil {
				t.Errorf("as letters and digits, the code is %q, %q, want %q", code, tied, want)
			}
			if want == "" {
				return
			}
			for _, other := range []string{"aB3xY9", "k7PzQ2", "QwErTy"} {
				mail := parseMail(bytes.ReplaceAll(raw, line[1], []byte(other)))
				if code, _ := CodeIn(mail.subject, mail.text, 6, Alphanumeric); code != other {
					t.Errorf("as letters and digits, the code is %q, want %q", code, other)
				}
			}
		})
	}
}

func TestParseMail(t *testing.T) {
	const head = "From: a@example.com\r\nTo: Ada <ada@example.com>, \"B, C\" <b@example.com>\r\nCc: c@example.com\r\n"
	tests := []struct {
		name, raw     string
		subject, text string
	}{
		{"plain", head + "Subject: Hi\r\n\r\nText\r\n", "Hi", "Text\r\n\n"},
		{"bare line feeds", strings.ReplaceAll(head, "\r", "") + "Subject: Hi\n\nText\n", "Hi", "Text\n\n"},
		{"folded, encoded subject", head + "Subject: =?UTF-8?q?123456_f=C3=BCr?=\r\n =?UTF-8?B?IGRpY2g=?=\r\n\r\nx", "123456 für dich", "x\n"},
		{"Latin 1", head + "Subject: =?iso-8859-1?Q?Schl=FCssel?=\r\nContent-Type: text/plain; charset=iso-8859-1\r\n" +
			"Content-Transfer-Encoding: quoted-printable\r\n\r\nf=FCr\r\n", "Schlüssel", "für\r\n\n"},
		{"Chinese in GB 18030", head + "Subject: =?gb18030?B?0enWpMLr?=\r\nContent-Type: text/plain; charset=gb18030\r\n" +
			"Content-Transfer-Encoding: base64\r\n\r\n0enWpMLrMTIzNDU2\r\n", "验证码", "验证码123456\n"},
		{"an unknown charset", head + "Subject: Hi\r\nContent-Type: text/plain; charset=klingon\r\n\r\nCode 123456", "Hi", "Code 123456\n"},
		{"an unknown encoding", head + "Subject: Hi\r\nContent-Transfer-Encoding: rot13\r\n\r\nCode 123456", "Hi", "Code 123456\n"},
		{"HTML alone", head + "Subject: Hi\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" +
			"<html><head><title>No</title><style>.a{color:#123456}</style><script>654321</script></head>" +
			"<p>Code <b>123456</b> f&uuml;r</p><br/>dich<!-- 111111 --></html>", "Hi", "Code \f123456\f für"},
		{"a code cut by a soft line break", head + "Subject: Hi\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
			"<div style=3D\"font-size: 34px\">123=\r\n456</div>", "Hi", "\n123456\n"},
		{"alternatives and an attachment", head + "Subject: Hi\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n" +
			"--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\nOne\r\n" +
			"--i\r\nContent-Type: text/html\r\n\r\n<p>Two</p>\r\n--i--\r\n" +
			"--o\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=x.txt\r\n\r\n999999\r\n--o--\r\n", "Hi", "One\n\nTwo\n"},
		{
			"broken off", head + "Subject: Hi\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\nCode 123456",
			"Hi", "Code 123456\n",
		},
		{"a part in the preamble alone", head + "Subject: Hi\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\nnothing", "Hi", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := parseMail([]byte(test.raw))
			if got.subject != test.subject || !strings.HasPrefix(strings.TrimLeft(got.text, "\n"), strings.TrimLeft(test.text, "\n")) ||
				test.text == "" && got.text != "" {
				t.Errorf("parsed to %q, %q; want %q, %q", got.subject, got.text, test.subject, test.text)
			}
			if want := "[ada@example.com b@example.com c@example.com]"; fmt.Sprint(got.to) != want {
				t.Errorf("to %v, want %s", got.to, want)
			}
			for _, never := range []string{"999999", "654321", "111111", "#123456"} {
				if strings.Contains(got.text, never) {
					t.Errorf("the text %q has %s, which nobody reads", got.text, never)
				}
			}
		})
	}
}

func TestParseMailIsBounded(t *testing.T) {
	var raw strings.Builder
	raw.WriteString("Subject: Hi\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n")
	for range 20 {
		raw.WriteString("--i\r\nContent-Type: text/plain\r\n\r\n" + strings.Repeat("x", 2*longestText) + "\r\n")
	}
	if got := len(parseMail([]byte(raw.String())).text); got > longestMail {
		t.Errorf("%d bytes of text, want %d at most", got, longestMail)
	}
	deep := "Subject: Hi\r\n" + strings.Repeat("Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n", 5000) + "\r\n123456"
	if mail := parseMail([]byte(deep)); mail.subject != "Hi" {
		t.Errorf("parts in parts: %+v", mail)
	}
}

func FuzzParseMail(f *testing.F) {
	for _, raw := range realMails(f) {
		f.Add(raw)
	}
	f.Add([]byte("Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/html\r\n\r\n<b>1</b>\r\n--i--"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		mail := parseMail(raw)
		if limit := 2 * mostParts * longestText; len(mail.text) > limit {
			t.Fatalf("%d bytes of text", len(mail.text))
		}
		CodeIn(mail.subject, mail.text, 0, "")
	})
}
