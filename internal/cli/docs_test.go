package cli

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
	"example.com/hankosim/hanko/tenant"
)

var update = flag.Bool("update", false, "rewrite the tables of the documentation")

// The tables of the documentation are what the program does. After a change on purpose: go test ./internal/cli -run Docs -update.
func TestDocsTables(t *testing.T) {
	for path, tables := range map[string]map[string]string{
		"../../docs/phone.md":  {"profiles": profilesTable(), "faults": faultsTable()},
		"../../docs/tenant.md": {"presets": presetsTable(t), "switches": switchesTable()},
	} {
		checkTables(t, path, tables)
	}
}

func checkTables(t *testing.T, path string, tables map[string]string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A checkout on Windows may have other line ends.
	page := strings.ReplaceAll(string(content), "\r\n", "\n")
	for name, table := range tables {
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

// presetsTable is how the presets differ from the first one, in Markdown.
func presetsTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| `--preset` | is | the same as |\n|---|---|---|\n")
	about := map[tenant.Preset]string{
		tenant.PresetGuide:          "v2.7.0 as the mobile guide describes it: REST, no passwords, MFA off. The default",
		tenant.PresetV2MFA:          "v2.7.0 with its defaults: passwords and MFA, and so no passcodes over REST",
		tenant.PresetV3:             "v3.0.4 with its defaults: only flows, passwords, MFA optional",
		tenant.PresetV3Passwordless: "v3.0.4 without passwords and MFA, and with hints about accounts",
		tenant.PresetV3MFA:          "v3.0.4 whose users must have a second factor",
		tenant.PresetV3Multitenant:  "v3.0.4 as one tenant of several, with its own path",
	}
	for _, preset := range tenant.Presets() {
		settings, err := preset.Settings()
		if err != nil || about[preset] == "" {
			t.Fatalf("the preset %q: %v", preset, err)
		}
		var same []string
		for _, s := range tenant.Switches() {
			if value := s.Value(settings); value != s.Default {
				same = append(same, "`--set "+s.Name+"="+value+"`")
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", preset, about[preset], strings.Join(same, " "))
	}
	return b.String()
}

// switchesTable is what can be set, in Markdown.
func switchesTable() string {
	var b strings.Builder
	b.WriteString("| `--set` | values | default | Hanko's key | meaning |\n|---|---|---|---|---|\n")
	for _, s := range tenant.Switches() {
		values := "text"
		if len(s.Values) > 0 {
			values = "`" + strings.Join(s.Values, "` `") + "`"
		}
		key := s.Key
		if key != "" {
			key = "`" + strings.ReplaceAll(key, ", ", "` `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.Name, values, s.Default, key, s.Meaning)
	}
	return b.String()
}

// profilesTable is what tells the profiles apart, in Markdown.
func profilesTable() string {
	var b strings.Builder
	row := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	row("`--device`", "is", "origin", "AAGUID", "algorithms", "synced", "verifies", "counts", "attestation, where asked", "extensions", "transports")
	row(strings.Split(strings.Repeat("---|", 10)+"---", "|")...)
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
		row("`"+name+"`", profile.Label, "`"+profile.Origin("<RP ID>")+"`", "`"+profile.AAGUID.String()+"`",
			strings.Trim(fmt.Sprint(profile.Algorithms), "[]"), yesNo[profile.Synced], yesNo[!profile.NoScreenLock], yesNo[profile.Counts],
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
