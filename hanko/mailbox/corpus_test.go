package mailbox

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// corpusMail is one of the made-up mails of other templates than Hanko's.
type corpusMail struct {
	name string // of its language and what is special about it
	raw  []byte
	code string   // "" where there is none, or no single one
	tied []string // what is equally good
}

// corpus reads testdata/corpus: a file for each language, in which each mail is named by what is special about it and by
// its code.
func corpus(t testing.TB) []corpusMail {
	paths, err := filepath.Glob("testdata/corpus/*.txtar")
	if err != nil || len(paths) < 10 {
		t.Fatalf("the corpus has %d languages, %v; want 10", len(paths), err)
	}
	var mails []corpusMail
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		language := strings.TrimSuffix(filepath.Base(path), ".txtar")
		for _, file := range archive.Files {
			name, label, _ := strings.Cut(file.Name, " ")
			mail := corpusMail{name: language + "/" + name, raw: file.Data}
			switch kind, tied, _ := strings.Cut(label, " "); kind {
			case "":
				t.Fatalf("%s has no label", mail.name)
			case "none":
			case "tie":
				mail.tied = strings.Split(tied, ",")
			default:
				mail.code = label
			}
			mails = append(mails, mail)
		}
	}
	return mails
}

func TestCorpus(t *testing.T) {
	mails := corpus(t)
	if len(mails) < 60 {
		t.Errorf("the corpus has %d mails, want 60", len(mails))
	}
	for _, test := range mails {
		t.Run(test.name, func(t *testing.T) {
			mail := parseMail(test.raw)
			if mail.subject == "" || mail.text == "" {
				t.Fatalf("it is read as %+v", mail)
			}
			code, tied := CodeIn(mail.subject, mail.text, 0, "")
			if code != test.code || !slices.Equal(tied, test.tied) {
				t.Errorf("the code is %q, tied are %q; want %q, %q\n%s", code, tied, test.code, test.tied, mail.text)
			}
		})
	}
}
