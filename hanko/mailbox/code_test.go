package mailbox

import (
	"fmt"
	"strings"
	"testing"
)

func TestCodeIn(t *testing.T) {
	const en = "Enter the following passcode to verify your identity:\n\n%\n\nThe passcode is valid for 5 minutes.\n"
	mailWith := func(code string) string { return strings.ReplaceAll(en, "%", code) }
	tests := []struct {
		name          string
		subject, text string
		length        int
		charset       Charset
		want          string
	}{
		{name: "as Hanko sends it", subject: "123456 is your passcode for Hanko", text: mailWith("123456"), want: "123456"},
		{name: "leading zeros", subject: "000123 is your passcode", text: mailWith("000123"), want: "000123"},
		{name: "in the text alone", subject: "Your passcode", text: mailWith("123456"), want: "123456"},
		{name: "in the subject alone", subject: "Use passcode 123456 to login to your account", text: "See the subject.", want: "123456"},
		{name: "Chinese, without spaces", subject: "您 Hanko 的验证码为123456 ", text: "请输入以下验证码：\n123456\n", want: "123456"},
		{name: "Chinese sentence", text: "您的验证码是：123456，请勿泄露。", want: "123456"},
		{name: "Bengali", subject: "আপনার ইমেল ঠিকানা যাচাই করতে পাসকোড 123456 ব্যবহার করুন", want: "123456"},
		{name: "comma after it", subject: "Verwenden Sie den Passcode 123456, um sich einzuloggen", want: "123456"},
		{name: "after a colon", text: "Your code:123456.", want: "123456"},
		{name: "in brackets", text: "Your code (123456) is valid.", want: "123456"},
		{name: "bold in Markdown", text: "Your code is **123456**", want: "123456"},
		{name: "windows lines", text: "Hello\r\n\r\n  123456\t\r\n\r\nBye", want: "123456"},

		{name: "the subject's before another alone", subject: "123456 is your code", text: "Order\n654321\n", want: "123456"},
		{name: "alone before running text", text: "Your order 654321 of 2026:\n\n123456\n\nCall 654322", want: "123456"},
		{name: "of two in the subject the one that is alone too", subject: "Studio 654321: 123456 is your code", text: mailWith("123456"), want: "123456"},
		{name: "phone number", text: "Questions? +49 30 654321 or 030/654322.\nCode: 123456", want: "123456"},
		{name: "Russian address", text: "ул. Ленина 1, 654321 Москва\n\n123456\n", want: "123456"},
		{name: "years", text: "The code, 2024-2026 © 2026.\nIt is 123456", want: "123456"},
		{name: "the first of equals", text: "Code 123456, not 654321", want: "123456"},

		{name: "no code at all", subject: "Provided email address is not recognized", text: "Please create an account first."},
		{name: "longer numbers", text: "1234567 12345678901 12345"},
		{name: "an amount", text: "1.234567 and 123456,78 and 123456.50 and 1,123456"},
		{name: "a date and a time", text: "2026-123456 12/123456"},
		{name: "an address", text: "123456@example.com and ada+123456@example.com and <123456@example.com>"},
		{name: "a link", text: "https://example.com/?ticket=123456 and (https://example.com/123456)"},
		{name: "a colour", text: "#123456"},
		{name: "part of a word", text: "abc123456 123456abc ID_123456 A-123456"},
		{name: "other digits", text: "The code is ١٢٣٤٥٦ and １２３４５６ and ১২৩৪৫৬ and 𝟏𝟐𝟑𝟒𝟓𝟔 and 1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣", want: "123456"},
		{name: "empty"},

		{name: "four digits", subject: "4711 is your code", text: "© 2026\n4711\n", length: 4, want: "4711"},
		{name: "eight digits", text: "12345678\n", length: 8, want: "12345678"},
		{name: "alphanumeric found without being told", subject: "aB3xY9 is your passcode", text: mailWith("aB3xY9"), want: "aB3xY9"},
		{name: "alphanumeric", subject: "Use passcode aB3xY9 to verify your email address", text: mailWith("aB3xY9"), charset: Alphanumeric, want: "aB3xY9"},
		{name: "alphanumeric without a digit", subject: "Use passcode aBcxYz to verify your email address", text: mailWith("aBcxYz"), charset: Alphanumeric, want: "aBcxYz"},
		{name: "alphanumeric of digits", text: mailWith("123456"), charset: Alphanumeric, want: "123456"},
		{name: "alphanumeric beside a name of six letters", subject: "aB3xY9 is your passcode for Studio", text: "Studio\n" + mailWith("aB3xY9"), charset: Alphanumeric, want: "aB3xY9"},
		{name: "words are no codes", subject: "Please verify", text: "Studio\nPlease verify your email. GitHub iPhone andere", charset: Alphanumeric},
		{name: "numeric only", subject: "aB3xY9 is your passcode", text: mailWith("aB3xY9"), charset: Numeric},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, tied := CodeIn(test.subject, test.text, test.length, test.charset)
			if got != test.want || tied != nil {
				t.Errorf("CodeIn = %q, %q; want %q", got, tied, test.want)
			}
		})
	}
}

// TestCodeInIsBounded: what lies beyond 256 KiB is not read, and the cut harms no character.
func TestCodeInIsBounded(t *testing.T) {
	padding := strings.Repeat("ü\n", searched/3)
	if got, tied := CodeIn("", "123456\n"+padding, 0, Numeric); tied != nil || got != "123456" {
		t.Errorf("at the beginning of a long text: %q, %q", got, tied)
	}
	if got, _ := CodeIn("", padding+padding+"123456\n", 0, Numeric); got != "" {
		t.Errorf("at the end of a text that is too long: %q", got)
	}
}

// What a person pastes is the code in any shape, or the whole mail.
func TestPastedCode(t *testing.T) {
	for _, test := range []struct{ pasted, want string }{
		{"482913", "482913"},
		{" 482 913\n", "482913"},
		{"482-913", "482913"},
		{"48-2913", "482913"},
		{"4 8 2 9 1 3", "482913"},
		{"4\n8\n2\n9\n1\n3\n", "482913"},
		{"4\u200b8\u200b2\u200b9\u200b1\u200b3", "482913"},
		{"G-482913", "482913"},
		{"４８２９１３", "482913"},
		{"٤٨٢ ٩١٣", "482913"},
		{"“482913”.", "482913"},
		{"Your code is 482 913 (order 704112).", "482913"},
		{"Code: 482913\r\n\r\n> Code: 704112", "482913"},
		{"aB3dE9", "aB3dE9"},
		{"aB3 dE9", "aB3dE9"},
		{"K7P-Q2X", "K7PQ2X"},
		{"abcdef", "abcdef"},
		{"", ""},
		{"12345", ""},
		{"1234567", ""},
		{"No code", ""},
		{"482913 704112", ""},
		{"482913\n704112", ""},
		{"Order 704112", ""},
		{"+49 30 704112", ""},
		{"try 482913", "482913"},
	} {
		if got, ok := PastedCode(test.pasted); got != test.want || ok != (test.want != "") {
			t.Errorf("%q has the code %q, %v; want %q", test.pasted, got, ok, test.want)
		}
	}
}

// A mail with nothing but numbers, one without line breaks and one that is no UTF-8 are read to an end.
func TestCodeInEnds(t *testing.T) {
	var numbers strings.Builder
	for n := range searched / 7 {
		fmt.Fprintf(&numbers, "%06d\n", n)
	}
	for name, text := range map[string]string{
		"numbers": numbers.String(), "one line": strings.ReplaceAll(numbers.String(), "\n", ", "), "no UTF-8": strings.Repeat("\x80", searched),
	} {
		code, tied := CodeIn("", text, 0, "")
		if code != "" || len(tied) > mostNumbers {
			t.Errorf("%s: the code is %q, tied are %d", name, code, len(tied))
		}
	}
	if code, _ := CodeIn("", strings.Repeat("ü", longestLine)+" code 482913", 0, ""); code != "482913" {
		t.Errorf("at the end of a long line: %q", code)
	}
}

func FuzzCodeIn(f *testing.F) {
	for _, mail := range corpus(f) {
		parsed := parseMail(mail.raw)
		f.Add(parsed.subject, parsed.text, 0, "")
	}
	f.Add("123456 is your passcode for Hanko", "Enter it:\n\n123456\n", 6, "numeric")
	f.Add("您 Hanko 的验证码为123456 ", "请输入", 0, "")
	f.Add("aB3xY9", "aB3xY9 +49 30 123456", 6, "alphanumeric")
	f.Add("\xff\xfe", "\x00123456\x00", 4, "x")
	f.Fuzz(func(t *testing.T, subject, text string, length int, charset string) {
		code, tied := CodeIn(subject, text, length, Charset(charset))
		if code != "" && tied != nil || len(tied) == 1 {
			t.Fatalf("the code is %q, and tied are %q", code, tied)
		}
		want := Want{Length: length, Charset: Charset(charset)}
		if length == 0 {
			want.Length = defaultLength
		}
		read := bare(subject) + " " + bare(text)
		for _, code := range append(tied, code) {
			if code != "" && !want.isCode(code) {
				t.Fatalf("%q is not a code of %d", code, want.Length)
			}
			if !strings.Contains(read, code) {
				t.Fatalf("%q is neither in the subject nor in the text", code)
			}
		}
		if pasted, ok := PastedCode(text); ok != (pasted != "") || ok && !strings.Contains(bare(text), pasted) {
			t.Fatalf("pasted is %q, %v", pasted, ok)
		}
	})
}

// bare is a text without all that may split a code.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if !letterOrDigit(r) {
			return -1
		}
		return r
	}, fold(text))
}
