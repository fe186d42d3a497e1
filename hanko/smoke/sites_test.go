package smoke_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const (
	siteHost   = "app.example.test"
	tenantHost = "hanko.example.test"
)

// authority signs the certificates of the test's servers.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	encoded, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return authority{certificate, key}
}

// issue makes a server's certificate for a name.
func (a authority) issue(t testing.TB, name string, from, until time.Time) tls.Certificate {
	t.Helper()
	encoded, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: from, NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.certificate, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{encoded}, PrivateKey: a.key}
}

// serveTLS serves a handler over TLS, and returns a transport that ends up there whatever the host, and trusts one
// authority.
func serveTLS(t testing.TB, handler http.Handler, certificate tls.Certificate, trusted authority) *http.Transport {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	roots := x509.NewCertPool()
	roots.AddCert(trusted.certificate)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.Close()
	})
	return transport
}

// tenantOverTLS serves a tenant with a certificate of some kind.
func tenantOverTLS(t testing.TB, handler http.Handler, kind string) http.RoundTripper {
	t.Helper()
	signer := newAuthority(t)
	trusted, name, from, until := signer, tenantHost, time.Now().Add(-30*24*time.Hour), time.Now().Add(90*24*time.Hour)
	switch kind {
	case "right":
	case "5-days":
		until = time.Now().Add(5*24*time.Hour + time.Hour)
	case "ended":
		until = time.Now().Add(-time.Hour)
	case "untrusted":
		trusted = newAuthority(t)
	case "other-name":
		name = "other.example.test"
	case "early":
		from = time.Now().Add(time.Hour)
	default:
		t.Fatalf("there is no certificate %q", kind)
	}
	return serveTLS(t, handler, signer.issue(t, name, from, until), trusted)
}

// site is what the domain of the RP ID has below /.well-known; "" is the right file.
type site struct{ assetLinks, apple string }

const (
	assetLinksPath = "/.well-known/assetlinks.json"
	applePath      = "/.well-known/apple-app-site-association"
)

// serve serves the site for app.example.test, and returns a client that finds it.
func (s site) serve(t testing.TB) *http.Client {
	t.Helper()
	signer := newAuthority(t)
	mux := http.NewServeMux()
	for path, file := range map[string]http.Handler{assetLinksPath: s.assetLinksFile(t), applePath: s.appleFile(t)} {
		if file != nil {
			mux.Handle(path, file)
		}
	}
	certificate := signer.issue(t, siteHost, time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour))
	return &http.Client{Transport: serveTLS(t, mux, certificate, signer)}
}

const asJSON = "application/json"

func (s site) assetLinksFile(t testing.TB) http.Handler {
	hash, err := base64.RawURLEncoding.DecodeString(app.APKKeyHash)
	if err != nil {
		t.Fatal(err)
	}
	pairs := make([]string, len(hash))
	for i, b := range hash {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	right := fmt.Sprintf(`[{"relation":["delegate_permission/common.handle_all_urls","delegate_permission/common.get_login_creds"],
		"target":{"namespace":"android_app","package_name":%q,"sha256_cert_fingerprints":[%q]}}]`, app.PackageName, strings.Join(pairs, ":"))
	switch s.assetLinks {
	case "":
		return answers(200, asJSON, right)
	case "missing":
		return nil
	case "redirects":
		return http.RedirectHandler("https://www.example.test"+assetLinksPath, http.StatusMovedPermanently)
	case "other-package":
		return answers(200, asJSON, strings.Replace(right, app.PackageName, "com.example.other", 1))
	case "other-fingerprint":
		return answers(200, asJSON, strings.Replace(right, pairs[0]+":"+pairs[1], "00:11", 1))
	case "lower-case":
		return answers(200, asJSON, strings.Replace(right, strings.Join(pairs, ":"), strings.ToLower(strings.Join(pairs, ":")), 1))
	case "other-relation":
		return answers(200, asJSON, strings.Replace(right, "get_login_creds", "share_location", 1))
	case "as-text":
		return answers(200, "text/plain", right)
	case "website":
		return answers(200, asJSON, "<!doctype html>")
	case "fails":
		return answers(500, asJSON, `{}`)
	case "empty":
		return answers(200, asJSON, `[]`)
	}
	t.Fatalf("there is no assetlinks.json %q", s.assetLinks)
	return nil
}

func (s site) appleFile(t testing.TB) http.Handler {
	right := fmt.Sprintf(`{"webcredentials":{"apps":[%q]}}`, appleID)
	switch s.apple {
	case "":
		return answers(200, asJSON, right)
	case "missing":
		return nil
	case "redirects":
		return http.RedirectHandler("https://www.example.test"+applePath, http.StatusMovedPermanently)
	case "other-app":
		return answers(200, asJSON, strings.Replace(right, appleID, "ZZZZZ12345.com.example.app", 1))
	case "miscased":
		return answers(200, asJSON, strings.Replace(right, "webcredentials", "webCredentials", 1))
	case "links-alone":
		return answers(200, asJSON, fmt.Sprintf(`{"applinks":{"details":[{"appIDs":[%q]}]}}`, appleID))
	case "as-text":
		return answers(200, "text/plain", right)
	case "fails":
		return answers(500, asJSON, `{}`)
	case "website":
		return answers(200, asJSON, "<!doctype html>")
	}
	t.Fatalf("there is no apple-app-site-association %q", s.apple)
	return nil
}
