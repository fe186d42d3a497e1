package tab

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// fold breaks the lines of code that are wider than a window where the language may break, so that what is selected on the
// screen is code as well. A line that has no such place stays as it is.
func fold(code string, view wireView, width int) string {
	places := placesInApp
	if view == asCurl {
		places = placesInShell
	}
	var rows []string
	for line := range strings.SplitSeq(code, "\n") {
		text := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(text)]
		if token := commentToken(text, view); token != "" {
			rows = append(rows, foldAt(line, blanks(line, len(indent)+len(token)), width, indent+token)...)
		} else {
			rows = append(rows, foldAt(line, places(line), width, indent+"    ")...)
		}
	}
	return strings.Join(rows, "\n")
}

// foldPlace is where a line may be broken.
type foldPlace struct {
	at  int    // in bytes
	end string // what the row before it is ended with
}

// foldAt breaks a line at places, each row as long as it may be. The rows behind the first begin with a margin.
func foldAt(line string, places []foldPlace, width int, margin string) []string {
	var rows []string
	begin, lead := 0, ""
	for ansi.StringWidth(lead+line[begin:]) > width {
		best := foldPlace{}
		for _, p := range places {
			if p.at <= begin || strings.TrimSpace(line[begin:p.at]) == "" || strings.TrimSpace(line[p.at:]) == "" {
				continue
			}
			if best.at > 0 && ansi.StringWidth(lead+strings.TrimRight(line[begin:p.at], " ")+p.end) > width {
				break
			}
			best = p
		}
		if best.at == 0 {
			break
		}
		rows = append(rows, lead+strings.TrimRight(line[begin:best.at], " ")+best.end)
		begin, lead = best.at, margin
	}
	return append(rows, lead+line[begin:])
}

// commentToken is what each row of a comment begins with, "" for a line that is none.
func commentToken(text string, view wireView) string {
	tokens := []string{"/// ", "// ", "* "}
	if view == asCurl {
		tokens = []string{"# "}
	}
	for _, token := range tokens {
		if strings.HasPrefix(text, token) {
			return token
		}
	}
	return ""
}

// blanks are the places behind the blanks of a text from a byte on.
func blanks(text string, from int) []foldPlace {
	var all []foldPlace
	for i := from; i < len(text); i++ {
		if text[i] == ' ' {
			all = append(all, foldPlace{at: i + 1})
		}
	}
	return all
}

// placesInApp are the places where both Swift and Kotlin may break a line: behind a comma, an opening bracket or an operator,
// before a member, and before a comment.
func placesInApp(line string) []foldPlace {
	var all []foldPlace
	quoted := false
	for i := 1; i < len(line); i++ {
		switch c, before := line[i], line[i-1]; {
		case before == '"' && (i < 2 || line[i-2] != '\\'):
			quoted = !quoted
			if !quoted {
				i-- // look at this byte again, as one behind a string
				line = line[:i] + "_" + line[i+1:]
			}
		case quoted:
		case strings.HasPrefix(line[i:], "//") && before == ' ':
			return append(all, foldPlace{at: i})
		case before == '(', before == ' ' && endsInOperator(line[:i-1]):
			all = append(all, foldPlace{at: i})
		case c == '.' && isLetter(line, i+1) && (before == ')' || isLetter(line, i-1)):
			all = append(all, foldPlace{at: i})
		}
	}
	return all
}

// endsInOperator reports whether code goes on behind a text: it ends in a comma, an opening brace or an operator that
// stands between two values.
func endsInOperator(text string) bool {
	for _, operator := range []string{",", " {", " =", " ->", " &&", " ||", " ??", " ?:", " else"} {
		if strings.HasSuffix(text, operator) {
			return true
		}
	}
	return false
}

func isLetter(text string, i int) bool {
	return i < len(text) && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z')
}

// placesInShell are the places where a shell's command may be broken: between its words, with a backslash, and between the
// members of JSON in single quotes.
func placesInShell(line string) []foldPlace {
	var (
		all                 []foldPlace
		quote               byte // the shell's, 0 outside of quotes
		body, text, escaped bool // in a word that is JSON, in a string of that JSON, behind a backslash
	)
	for i := range len(line) {
		c := line[i]
		switch {
		case escaped:
			escaped = false
		case c == '\\' && (quote == 0 || quote == '"' || body):
			escaped = true
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
			body = body || c == '\'' && i+1 < len(line) && (line[i+1] == '{' || line[i+1] == '[')
		case quote == 0 && c == ' ':
			body, text = false, false
			if rest := strings.TrimLeft(line[i:], " "); rest != "" && rest != `\` {
				all = append(all, foldPlace{i + 1, ` \`})
			}
		case c == quote:
			quote = 0
		case quote != '\'' || !body:
		case c == '"':
			text = !text
		case c == ',' && !text:
			all = append(all, foldPlace{at: i + 1})
		}
	}
	return all
}
