package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
)

var update = flag.Bool("update", false, "rewrite the tables of docs/phone.md")

// The tables of docs/phone.md are what the program does. After a change on purpose: go test . -run Docs -update.
func TestDocsTables(t *testing.T) {
	const path = "docs/phone.md"
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A checkout on Windows may have other line ends.
	page := strings.ReplaceAll(string(content), "\r\n", "\n")
	for name, table := range map[string]string{"profiles": profilesTable(), "faults": faultsTable()} {
		begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
		before, rest, found := strings.Cut(page, begin)
		got, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Fatalf("%s has no table %q", path, name)
		}
		if *update {
			page = before + begin + table + end + after
			continue
		}
		if diff := cmp.Diff(strings.Split(table, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("the table %q of %s is not what the program does (-program +page):\n%s", name, path, diff)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// profilesTable is what tells the profiles apart, in Markdown.
func profilesTable() string {
	var b strings.Builder
	row := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	row("`--device`", "is", "origin", "AAGUID", "algorithms", "synced", "counts", "attestation, where asked", "extensions", "transports")
	row(strings.Split(strings.Repeat("---|", 9)+"---", "|")...)
	yesNo := map[bool]string{true: "yes", false: "no"}
	for _, name := range authenticator.ProfileNames() {
		profile, err := authenticator.NamedProfile(name, authenticator.AndroidApp{APKKeyHash: "<hash>"}, "<page_origin>")
		if err != nil {
			panic(err) // it is one of the names
		}
		extensions := "credProps"
		if profile.PRF {
			extensions += ", prf"
		}
		if profile.LargeBlob {
			extensions += ", largeBlob"
		}
		attestation := profile.Attestation
		if attestation == "" {
			attestation = authenticator.NoAttestation
		}
		row("`"+name+"`", profile.Label, "`"+profile.Origin("<RP id>")+"`", "`"+profile.AAGUID.String()+"`",
			strings.Trim(fmt.Sprint(profile.Algorithms), "[]"), yesNo[profile.Synced], yesNo[profile.Counts],
			string(attestation), extensions, strings.Join(profile.Transports, ", "))
	}
	return b.String()
}

// faultsTable is the catalogue, in Markdown.
func faultsTable() string {
	var b strings.Builder
	b.WriteString("| fault | the phone | verdict | why |\n| --- | --- | --- | --- |\n")
	for _, f := range fault.Catalogue() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.ID(), f.Does, f.Verdict, strings.ReplaceAll(whyVerdict(f), "|", "\\|"))
	}
	return b.String()
}
