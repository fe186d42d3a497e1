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

// connect asks the tenant at a URL what it is, within the time that one call may take. "" is the embedded tenant, which is
// not asked. It fails with a *hanko.Error or a *hanko.URLError.
func (c connector) connect(ctx context.Context, url string) (kit.Connection, error) {
	path := c.cfg.SavePath()
	if url == "" {
		return kit.Connection{Name: config.Embedded, Path: config.ShownPath(path)}, nil
	}
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
	base := client.BaseURL()
	return kit.Connection{URL: base, Survey: survey, Name: config.TenantName(path, base), Path: config.ShownPath(path)}, nil
}

// save writes a tenant into the configuration file, as the one to start on.
func (c connector) save(found kit.Connection) (kit.Saved, error) {
	path := c.cfg.SavePath()
	shown := config.ShownPath(path)
	if err := config.SaveTenant(path, c.exampleConfig, found.Name, found.URL); err != nil {
		return kit.Saved{}, fmt.Errorf("%s cannot be written: %w", shown, err)
	}
	return kit.Saved{Path: shown, OverriddenBy: config.Overrides(c.flags)}, nil
}

// targetOf returns the tenant to go on with after a run, and what the first screen says about it.
func (c connector) targetOf(next kit.Reconnect) (on target, notice string) {
	name, path := hanko.Printable(next.Name), hanko.Printable(next.Saved.Path)
	switch {
	case next.URL == "":
		return target{name: config.EmbeddedTitle, listen: c.cfg.Listen}, "" // it has a notice of its own
	case path == "":
		notice = fmt.Sprintf("Connected to %s, for this run only.", name)
	default:
		notice = fmt.Sprintf("Connected to %s, which is saved in %s. To go back to the embedded tenant, use the command “use the embedded tenant”.", name, path)
	}
	return target{url: next.URL, name: next.Name}, notice
}
