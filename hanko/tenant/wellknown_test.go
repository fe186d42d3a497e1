package tenant

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/apk"
	"example.com/hankosim/authenticator/association"
)

// TestAppFiles checks that the files for platforms name the configured apps and pages, and no others, on a multi-tenant
// server, too.
func TestAppFiles(t *testing.T) {
	const (
		domain = "example.com" // which is in httptest's certificate
		hash   = "gSnqIn4sSJUNXfgEIPwr-LUXfJwIGEnN-Rdh4gPHGdg"
		apple  = "ABCDE12345.com.example.app"
	)
	parsed, err := apk.ParseFingerprint(hash)
	if err != nil {
		t.Fatal(err)
	}
	settings := settingsOf(t, PresetV3Multitenant)
	settings.RPID, settings.Origins = domain, []string{"https://shop.example", "https://login.example.com", parsed.Origin()}
	a := openTenant(t, Options{
		Settings:    settings,
		AndroidApps: []AndroidApp{{PackageName: "com.example.app", Fingerprints: []string{parsed.Fingerprint()}}},
		AppleApps:   []string{apple},
	})
	server := httptest.NewTLSServer(a.tenant.Handler())
	t.Cleanup(server.Close)
	client := server.Client()
	client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	domainSays := association.New(client)
	app := authenticator.AndroidApp{PackageName: "com.example.app", APKKeyHash: hash}
	other := authenticator.AndroidApp{PackageName: "com.example.other", APKKeyHash: hash}
	if err := domainSays.Android(t.Context(), app, domain); err != nil {
		t.Error(err)
	}
	if domainSays.Android(t.Context(), other, domain) == nil {
		t.Error("another Android app is vouched for")
	}
	if err := domainSays.Apple(t.Context(), apple, domain); err != nil {
		t.Error(err)
	}
	if domainSays.Apple(t.Context(), "OTHER12345.com.example.app", domain) == nil {
		t.Error("another Apple app is vouched for")
	}
	if err := domainSays.RelatedOrigin(t.Context(), domain, "https://shop.example"); err != nil {
		t.Error(err)
	}
	if domainSays.RelatedOrigin(t.Context(), domain, "https://evil.example") == nil {
		t.Error("another page is vouched for")
	}
	related := a.call("GET", a.tenant.BasePath()+relatedPath, nil).want(t, 200, "")
	if related.raw != `{"origins":["https://shop.example"]}`+"\n" {
		t.Errorf("the file names %s", related.raw)
	}
}

// TestNoAppFiles checks that there are no such files if nothing is configured, as in Hanko.
func TestNoAppFiles(t *testing.T) {
	a := openTenant(t, Options{})
	for _, path := range []string{assetLinksPath, applePath, relatedPath} {
		a.call("GET", path, nil).want(t, 404, "Not Found")
	}
}
