package cli

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"example.com/hankosim/hanko"
	"example.com/hankosim/internal/config"
	"example.com/hankosim/tui/kit"
)

// connector connects another tenant from within the app, and writes it into the configuration file.
type connector struct {
	cfg           config.Config
	flags         *pflag.FlagSet
	exampleConfig string
}

// connect asks a tenant what it is, within the time that one call may take. It fails with a *hanko.Error or a
// *hanko.URLError.
func (c connector) connect(ctx context.Context, url string) (kit.Connection, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	client, closeLog, err := newClient(ctx, c.cfg, url)
	if err != nil {
		return kit.Connection{}, err
	}
	defer closeLog()
	survey, err := client.Survey(ctx)
	if err != nil {
		return kit.Connection{}, err
	}
	path, base := c.cfg.SavePath(), client.BaseURL()
	return kit.Connection{URL: base, Survey: survey, Name: config.TenantName(path, base), Path: config.ShownPath(path)}, nil
}

// save writes a tenant into the configuration file, as the one to start on.
func (c connector) save(found kit.Connection) (kit.Saved, error) {
	path := c.cfg.SavePath()
	shown := config.ShownPath(path)
	if err := config.SaveTenant(path, c.exampleConfig, found.Name, found.URL); err != nil {
		return kit.Saved{}, fmt.Errorf("%s cannot be written: %w", shown, err)
	}
	return kit.Saved{Path: shown, Beaten: config.Overrides(c.flags)}, nil
}

// noticeOf is what the first screen says after a tenant was connected.
func noticeOf(next kit.Reconnect) string {
	if next.Saved.Path == "" {
		return fmt.Sprintf("Connected to %s, for this run only.", hanko.Printable(next.Name))
	}
	return fmt.Sprintf("Connected to %s, which is saved in %s. `hankosim --tenant %s` takes you back to the embedded tenant.",
		hanko.Printable(next.Name), hanko.Printable(next.Saved.Path), config.Embedded)
}
