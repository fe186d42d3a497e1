package smoke

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"
)

func reachChecks() []Check {
	return []Check{
		{
			ID: "reach.tenant", Suite: Reach, Severity: Critical, Title: "A Hanko tenant answers at the URL",
			Proves: "the URL is right, and which API an app must use", run: reachTenant,
			Docs: "https://docs.hanko.io/api-reference",
		},
		{
			ID: "reach.tls", Suite: Reach, Severity: Critical, Title: "The connection is secure",
			Proves: "the certificate is valid for the host, for two weeks at least", run: reachTLS, Needs: []string{"reach.tenant"},
		},
		{
			ID: "reach.health", Suite: Reach, Severity: Warning, Title: "The tenant says that it is alive",
			Proves: "GET /health/alive answers, for the load balancer's sake", run: reachHealth, Needs: []string{"reach.tenant"},
		},
		{
			ID: "reach.latency", Suite: Reach, Severity: Info, Title: "How quickly the tenant answers",
			Proves: "nothing; it is for comparison", run: reachLatency, Needs: []string{"reach.tenant"},
		},
	}
}

func reachTenant(ctx context.Context, r *run) Outcome {
	found, err := r.client.Recognise(ctx)
	if err != nil {
		return diagnose(err)
	}
	if r.API != "" {
		found.API = r.API
		found.Because = "the " + string(r.API) + " API was chosen"
	}
	r.recognised = found
	return pass("%s", found)
}

func reachTLS(ctx context.Context, r *run) Outcome {
	base, err := url.Parse(r.client.BaseURL())
	if err != nil {
		return diagnose(err)
	}
	if base.Scheme == "http" {
		if host := base.Hostname(); host == "localhost" || net.ParseIP(host).IsLoopback() {
			return pass("plain http, which is fine on your own machine")
		}
		return fail("The tenant is reached by plain http.", "Everybody on the way can read the tokens, and phones refuse passkeys.",
			"server.public.address", "Put a TLS proxy in front of the tenant and give its https:// URL.")
	}
	host := base.Host
	if base.Port() == "" {
		host = net.JoinHostPort(base.Hostname(), "443")
	}
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: 10 * time.Second}}
	connection, err := dialer.DialContext(ctx, "tcp", host)
	if err != nil {
		return fail("The TLS handshake failed: "+err.Error(), "The certificate is not one that phones trust.", "", "Mend the certificate chain of the server.")
	}
	defer connection.Close()
	state := connection.(*tls.Conn).ConnectionState()
	left := state.PeerCertificates[0].NotAfter.Sub(r.now())
	days := int(left.Hours() / 24)
	if days < 14 {
		return fail(fmt.Sprintf("The certificate ends in %d days.", days), "Its renewal does not work, or is late.", "", "Renew it.")
	}
	return pass("%s, the certificate is valid for another %d days", tls.VersionName(state.Version), days)
}

func reachHealth(ctx context.Context, r *run) Outcome {
	if err := r.client.Alive(ctx); err != nil {
		return diagnose(err)
	}
	return pass("GET /health/alive says alive")
}

func reachLatency(ctx context.Context, r *run) Outcome {
	var took []time.Duration
	for range 5 {
		start := time.Now()
		if err := r.client.Alive(ctx); err != nil {
			return diagnose(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return pass("GET /health/alive takes %s, the median of five", took[len(took)/2].Round(time.Millisecond))
}
