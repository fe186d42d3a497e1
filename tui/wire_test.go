package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The walk is saved as a script and an archive, readable by their owner alone, without its secrets.
func TestWalkIsSaved(t *testing.T) {
	app := testApp(t, ordinaryWords())
	app.options.Folder = t.TempDir()
	app.wire.add(exchanges(ordinaryWords(), 4))
	app.focus = tabWire
	cmd := app.press("s")
	if cmd == nil {
		t.Fatal("s does nothing")
	}
	if told, ok := cmd().(toastMsg); !ok || !strings.HasPrefix(told.text, "Saved ") {
		t.Fatalf("s tells %+v", told)
	}
	files, err := filepath.Glob(filepath.Join(app.options.Folder, "hankosim-*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("saved are %v, %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v, %v", file, info.Mode(), err)
		}
		content, err := os.ReadFile(file)
		for _, secret := range []string{`"123456"`, "secretsecret"} {
			if err != nil || strings.Contains(string(content), secret) {
				t.Errorf("%s holds %s, %v", file, secret, err)
			}
		}
	}
}
