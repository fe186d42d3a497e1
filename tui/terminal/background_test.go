package terminal

import (
	"os"
	"reflect"
	"testing"
)

// The answer is removed from what is typed, however it arrives. Nothing else is removed.
func TestBackgroundInput(t *testing.T) {
	const dark, light = "\x1b]11;rgb:1a1a/1b1b/1c1c", "\x1b]11;rgb:ffff/ffff/f0f0"
	for _, test := range []struct {
		name  string
		reads []string
		typed string
		dark  []bool // the answers
	}{
		{"typed", []string{"ada@example.com\r"}, "ada@example.com\r", nil},
		{"dark, ended by BEL", []string{dark + "\a"}, "", []bool{true}},
		{"light, ended by ST", []string{light + "\x1b\\"}, "", []bool{false}},
		{"two digits for each part", []string{"\x1b]11;rgb:ff/ff/ff\a"}, "", []bool{false}},
		{"between keys", []string{"ad" + light + "\aa"}, "ada", []bool{false}},
		{"in two reads", []string{"a" + light[:9], light[9:] + "\ada"}, "ada", []bool{false}},
		{"half of ST in a second read", []string{light + "\x1b", "\\a"}, "a", []bool{false}},
		{"followed by an arrow key", []string{light + "\a\x1b[A"}, "\x1b[A", []bool{false}},
		{"escape alone", []string{"\x1b"}, "\x1b", nil},
		{"a beginning without an end", []string{"\x1b]11;" + string(make([]byte, 100))}, "\x1b]11;" + string(make([]byte, 100)), nil},
		{"not a colour", []string{"\x1b]11;beautiful\a"}, "", []bool{true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			input, ok := newBackgroundInput(read, "xterm-256color")
			if !ok {
				t.Fatal("newBackgroundInput refuses a file")
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
			var answers []bool
			select {
			case dark := <-input.answers:
				answers = append(answers, dark)
			default:
			}
			if typed != test.typed || !reflect.DeepEqual(answers, test.dark) {
				t.Errorf("the typed text is %q and the answers are %v, not %q and %v", typed, answers, test.typed, test.dark)
			}
		})
	}
}

// Whatever a terminal sends, and wherever it is cut, nothing is added to it, and only a short part is kept back.
func FuzzBackgroundInput(f *testing.F) {
	f.Add("a\x1b]11;rgb:ffff/ffff/ffff\x07b", 4)
	f.Add("\x1b]11;rgb:0000/0000/0000\x1b\\", 23)
	f.Add("\x1b]11;\x1b]11;", 5)
	f.Fuzz(func(t *testing.T, came string, cut int) {
		if cut < 0 || cut > len(came) {
			return
		}
		input := &backgroundInput{answers: make(chan bool, 1)}
		first := input.removeAnswer([]byte(came[:cut]))
		second := input.removeAnswer([]byte(came[cut:]))
		if got := len(first) + len(second) + len(input.partial); got > len(came) {
			t.Errorf("%q, cut at %d, becomes %q and %q, and %q is kept back", came, cut, first, second, input.partial)
		}
		if len(input.partial) > len(backgroundAnswer)+longestAnswer+1 {
			t.Errorf("%d bytes are kept back", len(input.partial))
		}
	})
}
