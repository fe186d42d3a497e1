package terminal

import (
	"os"
	"reflect"
	"testing"
)

// The background's answer is taken out of what is typed, however it comes; nothing else is.
func TestBackgroundInput(t *testing.T) {
	const dark, light = "\x1b]11;rgb:1a1a/1b1b/1c1c", "\x1b]11;rgb:ffff/ffff/f0f0"
	for _, test := range []struct {
		name  string
		reads []string
		typed string
		dark  []bool // what is said of the background
	}{
		{"typed", []string{"ada@example.com\r"}, "ada@example.com\r", nil},
		{"a dark one, ended by BEL", []string{dark + "\a"}, "", []bool{true}},
		{"a light one, ended by ST", []string{light + "\x1b\\"}, "", []bool{false}},
		{"two digits", []string{"\x1b]11;rgb:ff/ff/ff\a"}, "", []bool{false}},
		{"between keys", []string{"ad" + light + "\aa"}, "ada", []bool{false}},
		{"in two reads", []string{"a" + light[:9], light[9:] + "\ada"}, "ada", []bool{false}},
		{"its end in a read of its own", []string{light + "\x1b", "\\a"}, "a", []bool{false}},
		{"followed by a key with an escape", []string{light + "\a\x1b[A"}, "\x1b[A", []bool{false}},
		{"escape alone", []string{"\x1b"}, "\x1b", nil},
		{"a beginning that never ends", []string{"\x1b]11;" + string(make([]byte, 100))}, "\x1b]11;" + string(make([]byte, 100)), nil},
		{"no colour", []string{"\x1b]11;beautiful\a"}, "", []bool{true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			input, ok := newBackgroundInput(read, "xterm-256color")
			if !ok {
				t.Fatal("a file is not taken for a terminal")
			}
			typed := ""
			buffer := make([]byte, 256)
			for _, text := range test.reads {
				if _, err := write.WriteString(text); err != nil {
					t.Fatal(err)
				}
				n, err := input.Read(buffer)
				if err != nil {
					t.Fatal(err)
				}
				typed += string(buffer[:n])
			}
			write.Close()
			var said []bool
			select {
			case dark := <-input.answers:
				said = append(said, dark)
			default:
			}
			if typed != test.typed || !reflect.DeepEqual(said, test.dark) {
				t.Errorf("%q was typed and %v said; that should be %q and %v", typed, said, test.typed, test.dark)
			}
		})
	}
}

// A terminal's answer may be anything, and may be cut anywhere.
func FuzzBackgroundInput(f *testing.F) {
	f.Add("a\x1b]11;rgb:ffff/ffff/ffff\x07b", 4)
	f.Add("\x1b]11;rgb:0000/0000/0000\x1b\\", 23)
	f.Add("\x1b]11;\x1b]11;", 5)
	f.Fuzz(func(t *testing.T, came string, cut int) {
		if cut < 0 || cut > len(came) {
			return
		}
		input := &backgroundInput{answers: make(chan bool, 1)}
		first := input.without([]byte(came[:cut]))
		second := input.without([]byte(came[cut:]))
		if got := len(first) + len(second) + len(input.held); got > len(came) {
			t.Errorf("%q, cut at %d, becomes %q and %q, and %q is held back", came, cut, first, second, input.held)
		}
		if len(input.held) > len(backgroundAnswer)+longestAnswer+1 {
			t.Errorf("%d bytes are held back", len(input.held))
		}
	})
}
