package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"

	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/config"
)

// embedded is the embedded tenant, being served in this process.
type embedded struct {
	cfg    config.Config // what it is served by: in memory where it had to be
	url    string        // of its API
	tenant *tenant.Tenant
	server *http.Server
	notice string
}

// startEmbedded opens the embedded tenant and serves it. If another hankosim has its file open, this tenant and its phone are
// in memory.
func startEmbedded(ctx context.Context, cfg config.Config, listen string) (*embedded, error) {
	started := &embedded{cfg: cfg, notice: "This is the embedded tenant: it runs inside hankosim and has a mailbox of its own."}
	opened, err := openTenant(cfg, listen, slog.New(slog.DiscardHandler))
	var store *tenant.StoreError
	if errors.As(err, &store) && store.Problem == tenant.StoreLocked {
		started.cfg = cfg.InMemory()
		started.notice = "Another hankosim is using the embedded tenant's data. This one starts empty and keeps nothing, not even passkeys, as with --ephemeral."
		opened, err = openTenant(started.cfg, listen, slog.New(slog.DiscardHandler))
	}
	if err != nil {
		return nil, err
	}
	if opened.StartedEmpty() {
		started.notice = startedEmpty(cfg.Data)
	}
	listener, err := net.Listen("tcp", cmp.Or(listen, "127.0.0.1:0"))
	if err != nil {
		return nil, errors.Join(listenError("the embedded tenant", err), opened.Close())
	}
	started.tenant, started.server, started.url = opened, opened.Server(), localURL(listener.Addr())+opened.BasePath()
	started.server.ErrorLog = errorLog(ctx, os.Stderr)
	go func() { _ = started.server.Serve(listener) }() // ends with close
	return started, nil
}

// startedEmpty says that the embedded tenant's file was empty.
func startedEmpty(path string) string {
	return fmt.Sprintf("The embedded tenant's file %s was empty. If it had users and passkeys, they are gone.", path)
}

func (e *embedded) close() {
	_ = e.server.Close()
	_ = e.tenant.Close()
}

// openTenant opens the embedded tenant for a server that listens on an address, host:port, which may be "".
func openTenant(cfg config.Config, listen string, log *slog.Logger) (*tenant.Tenant, error) {
	options := tenant.Options{
		Path:     cfg.Data,
		Origins:  origins(cfg),
		Hosts:    slices.Clone(cfg.Hosts),
		Inbox:    mailbox.NewInbox(),
		Log:      log,
		Settings: cfg.Settings,
	}
	options.AndroidApps, options.AppleApps = apps(cfg)
	if cfg.Ephemeral {
		options.Path = ""
	}
	if host, _, _ := net.SplitHostPort(listen); host != "" { // listening reports an invalid address
		options.Hosts = append(options.Hosts, host)
	}
	return tenant.Open(options)
}

// localURL is how a listener is reached from this machine. It says localhost where it can, as that is the relying
// party's id.
func localURL(addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String()) // an address of our own listener
	if ip := net.ParseIP(host); ip == nil || ip.Equal(net.IPv4(127, 0, 0, 1)) || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func listenError(who string, err error) error {
	return fmt.Errorf("%s cannot listen: %w. Choose another address with --listen; port 0 is any free one", who, err)
}
