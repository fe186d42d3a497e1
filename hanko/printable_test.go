package hanko_test

import (
	"testing"

	"example.com/hankosim/hanko"
)

func TestPrintable(t *testing.T) {
	for _, test := range []struct{ text, line, lines string }{
		{"plain, ünïcödé 字 🔑", "plain, ünïcödé 字 🔑", "plain, ünïcödé 字 🔑"},
		{"\x1b[31mred\x1b[0m", "␛[31mred␛[0m", "␛[31mred␛[0m"},
		{"\x1b]0;title\x07", "␛]0;title␇", "␛]0;title␇"},
		{"a\nb\tc\r\nd\re", "a b c  d e", "a\nb  c\nd␍e"},
		{"\x00\x7f", "␀␡", "␀␡"},
		{"\u0085\u009b31m", "��31m", "��31m"},
		{"user\u202egnp.exe\u2066x\u200f", "user�gnp.exe�x�", "user�gnp.exe�x�"},
		{"a\u2028b\u2029c\ufeff", "a�b�c�", "a�b�c�"},
		{"\xff\xfe", "�", "�"},
		{"", "", ""},
	} {
		if got := hanko.Printable(test.text); got != test.line {
			t.Errorf("Printable(%q) is %q, want %q", test.text, got, test.line)
		}
		if got := hanko.PrintableLines(test.text); got != test.lines {
			t.Errorf("PrintableLines(%q) is %q, want %q", test.text, got, test.lines)
		}
	}
}
