package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/natefinch/atomic"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui"
)

// connector connects another tenant from within the app, and writes it into the configuration file.
type connector struct {
	config Config
	flags  *pflag.FlagSet
}

// path is the configuration file to be written: the one that was read, or the one in the XDG configuration directory.
func (c connector) path() string {
	if c.config.File != "" {
		return c.config.File
	}
	return filepath.Join(xdg.ConfigHome, "hankosim", "hankosim.yaml")
}

// connect asks a tenant what it is, within the time that one call may take. It fails with a *hanko.Error or a
// *hanko.URLError.
func (c connector) connect(ctx context.Context, url string) (tui.Connection, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	c.config.URL = url
	client, closeLog, err := newClient(c.config)
	if err != nil {
		return tui.Connection{}, err
	}
	defer closeLog()
	survey, err := client.Survey(ctx)
	if err != nil {
		return tui.Connection{}, err
	}
	base := client.BaseURL()
	return tui.Connection{URL: base, Survey: survey, Name: c.nameFor(base), Path: c.shownPath()}, nil
}

// nameFor is the name that the file has for a URL, or one that is free there.
func (c connector) nameFor(url string) string {
	var values map[string]any
	content, err := os.ReadFile(c.path())
	if err == nil {
		_ = yaml.Unmarshal(content, &values) // a file that cannot be read is told when it is to be written
	}
	_, held := member(values, "tenants")
	tenants, _ := held.(map[string]any)
	for _, name := range sortedKeys(tenants) {
		if is, _ := urlOf(tenants, name); is == url && tenantName.MatchString(strings.ToLower(name)) {
			return strings.ToLower(name)
		}
	}
	return freeName(tenants, nameFor(url))
}

// shownPath is the file as people write it.
func (c connector) shownPath() string {
	path := c.path()
	if below, ok := strings.CutPrefix(path, xdg.Home+string(filepath.Separator)); ok && xdg.Home != "" {
		return "~" + string(filepath.Separator) + below
	}
	return path
}

// save writes a tenant into the configuration file, as the one to start on: at once or not at all, and with everything
// that was there. A new file is readable by its owner alone.
func (c connector) save(found tui.Connection) (tui.Saved, error) {
	path := c.path()
	content, err := os.ReadFile(path)
	name := strings.ToLower(strings.TrimSpace(found.Name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		content, err = newConfig(name, found.URL)
	case err == nil:
		content, err = withTenant(content, name, found.URL)
	}
	if err == nil {
		err = replaceFile(path, content)
	}
	if err != nil {
		return tui.Saved{}, fmt.Errorf("%s cannot be written: %w", c.shownPath(), err)
	}
	return tui.Saved{Path: c.shownPath(), Beaten: c.beaten()}, nil
}

// replaceFile puts a file into the place of another, whose mode it takes. Where the path is a link, as people have who
// keep such files elsewhere, what it leads to is replaced.
func replaceFile(path string, content []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return atomic.WriteFile(path, strings.NewReader(string(content))) // a new file is made with mode 0600
}

// beaten is the flag or the variable that says which tenant it is before the file is asked; "" where none does.
func (c connector) beaten() string {
	given := &loader{file: viper.New(), flags: c.flags}
	byURL, url := given.source(bySetting("url"))
	byName, name := given.source(bySetting("tenant"))
	switch {
	case byURL > fromFile && byURL >= byName:
		return url
	case byName > fromFile:
		return name
	}
	return ""
}

// noticeOf is what the first screen says after a tenant was connected.
func noticeOf(next tui.Reconnect) string {
	if next.Saved.Path == "" {
		return fmt.Sprintf("This is %s, for this run only.", hanko.Printable(next.Name))
	}
	return fmt.Sprintf("This is %s, as %s has it from now on. `hankosim --tenant %s` leads back to the embedded tenant.",
		hanko.Printable(next.Name), hanko.Printable(next.Saved.Path), embeddedName)
}
