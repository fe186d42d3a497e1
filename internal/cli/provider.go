package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/internal/config"
)

func providerCommand(load loadFunc) *cobra.Command {
	var listen, issuer string
	command := &cobra.Command{
		Use:   "provider",
		Short: "Serve a third party to sign in with, for trying out a tenant",
		Long: `provider serves an OpenID Connect provider with a consent page and invented people until you interrupt it, and prints what
to put into the tenant's configuration. The tenant and the browser must reach it at the same address: if the tenant runs in a
container, use --listen and --issuer. Anybody who reaches the provider can sign in to that tenant as one of the two people
or as somebody new, so use it only with tenants for development.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			if issuer != "" && !isIssuer(issuer) {
				return &usageError{fmt.Errorf("--issuer is %q, which is no URL of a provider: it looks like http://provider.local:9000", hanko.Printable(issuer))}
			}
			return serveProvider(cmd.Context(), cfg, listen, strings.TrimSuffix(issuer, "/"), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().StringVar(&listen, "listen", "127.0.0.1:9000", "listen on `HOST:PORT`; port 0 is any free one")
	command.Flags().StringVar(&issuer, "issuer", "", "the provider's `URL`, if it is not http:// and the address that it listens on")
	return command
}

func serveProvider(ctx context.Context, cfg config.Config, listen, issuer string, stdout, stderr io.Writer) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return listenError("the provider", err)
	}
	issuer = cmp.Or(issuer, "http://"+listener.Addr().String())
	fmt.Fprint(stdout, customProvider(issuer, cmp.Or(cfg.URL, "http://127.0.0.1:8000")))
	serving := &http.Server{
		Handler:           provider.New(provider.Options{Issuer: issuer}),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
		ErrorLog: errorLog(ctx, stderr),
	}
	stop := context.AfterFunc(ctx, func() { _ = serving.Close() })
	defer stop()
	if err := serving.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// isIssuer reports whether a text is the URL of a provider (OpenID Connect Discovery 1.0, section 3): without query and fragment.
// Plain http is allowed here.
func isIssuer(text string) bool {
	address, err := url.Parse(text)
	return err == nil && (address.Scheme == "http" || address.Scheme == "https") && address.Host != "" && address.User == nil &&
		address.RawQuery == "" && address.Fragment == ""
}

// customProvider returns the YAML that makes the provider known to a tenant.
func customProvider(issuer, tenantURL string) string {
	return fmt.Sprintf(`# The provider is at %[1]s
# Put this into the tenant's configuration, and restart the tenant:
third_party:
  redirect_url: %[2]s/thirdparty/callback # the tenant's own URL, as the browser reaches it
  error_redirect_url: %[1]s/error
  allowed_redirect_urls:
    - http://127.0.0.1:*/callback # hankosim's address; your app has its own
  custom_providers:
    hankosim:
      enabled: true
      display_name: Example
      client_id: %[3]s
      secret: %[4]s
      scopes: [openid, email, profile]
      use_discovery: true
      issuer: %[1]s
      allow_linking: true # with false, nobody can connect it to an account that exists
`, issuer, strings.TrimSuffix(tenantURL, "/"), provider.ClientID, provider.ClientSecret)
}
