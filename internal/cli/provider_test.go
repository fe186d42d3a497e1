package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"

	"go.yaml.in/yaml/v3"

	"example.com/hankosim/internal/config"
)

// What the command prints is YAML that a tenant can be started with, and what it names is served.
func TestServeProvider(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	printed, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- serveProvider(ctx, config.Config{URL: "http://tenant.test/"}, "127.0.0.1:0", "", stdout, io.Discard)
		_ = stdout.Close()
	}()
	var block struct {
		ThirdParty struct {
			RedirectURL      string `yaml:"redirect_url"`
			ErrorRedirectURL string `yaml:"error_redirect_url"`
			CustomProviders  map[string]struct {
				Issuer string `yaml:"issuer"`
			} `yaml:"custom_providers"`
		} `yaml:"third_party"`
	}
	buffer := make([]byte, 1<<16)
	n, err := printed.Read(buffer) // all of it, as it is written at once
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(buffer[:n])).Decode(&block); err != nil {
		t.Fatal(err)
	}
	if block.ThirdParty.RedirectURL != "http://tenant.test/thirdparty/callback" {
		t.Errorf("the redirect URL is %q", block.ThirdParty.RedirectURL)
	}
	for _, address := range []string{
		block.ThirdParty.CustomProviders["hankosim"].Issuer + "/",
		block.ThirdParty.CustomProviders["hankosim"].Issuer + "/.well-known/openid-configuration", block.ThirdParty.ErrorRedirectURL,
	} {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d", address, response.StatusCode)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
