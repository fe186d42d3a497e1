package smoke

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"net/url"
	"slices"
	"time"

	"example.com/hankosim/hanko"
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
			Proves: "the certificate is valid for the host, for at least two weeks", run: reachTLS, Needs: []string{"reach.tenant"},
		},
		{
			ID: "reach.health", Suite: Reach, Severity: Warning, Title: "The tenant reports that it is alive",
			Proves: "GET /health/alive answers, as load balancers expect", run: reachHealth, Needs: []string{"reach.tenant"},
		},
		{
			ID: "reach.latency", Suite: Reach, Severity: Info, Title: "How fast the tenant answers",
			Proves: "nothing; for comparison", run: reachLatency, Needs: []string{"reach.tenant"},
		},
	}
}

func reachTenant(ctx context.Context, r *run) Outcome {
	found, err := r.client.Recognise(ctx)
	if err != nil {
		return unreached(err)
	}
	if r.API == hanko.REST && found.Config == nil {
		return fail("The REST API was chosen, and the tenant has none: "+found.String()+".",
			"The REST API of the mobile guide is there up to v2.7; v3.0 took it away.", KeyAPI,
			"Leave --api out, or give --api flow; in the configuration that is `api`.")
	}
	if r.API != "" {
		found.API = r.API
		found.Because = "the " + string(r.API) + " API was chosen"
	}
	r.recognised = found
	return pass("%s", found)
}

// unreached is the outcome when no tenant was recognised. What answers instead, or does not, is seldom the tenant's
// configuration.
func unreached(err error) Outcome {
	err = &NoTenantError{err}
	outcome := diagnose(err)
	api, ok := asAPI(err)
	if !ok || ExitCode(err) != ExitUnreachable {
		return outcome
	}
	outcome.Verdict = Failed
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &untrusted):
		outcome.Key = KeyCertificate
	case api.Kind == hanko.Refused && api.Status >= 500, api.Kind == hanko.Broken, api.Kind == hanko.TooLarge:
		outcome.Key = ""
	default:
		outcome.Key = KeyURL
	}
	return outcome
}

// reachTLS looks at the connection that the calls themselves go over, proxies included.
func reachTLS(ctx context.Context, r *run) Outcome {
	base, err := url.Parse(r.client.BaseURL())
	if err != nil {
		return diagnose(err)
	}
	if base.Scheme == "http" {
		if host := base.Hostname(); host == "localhost" || net.ParseIP(host).IsLoopback() {
			return skip("it is plain http, which is fine on your own machine")
		}
		return fail("The tenant's URL is plain http.", "Everybody on the network path can read the tokens, and phones refuse passkeys.",
			KeyURL, "Put a TLS proxy in front of the tenant, and use its https:// URL.")
	}
	var used *tls.Conn
	_ = r.client.Alive(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{ // what it answers is the next check's
		GotConn: func(info httptrace.GotConnInfo) { used, _ = info.Conn.(*tls.Conn) },
	}))
	if used == nil || len(used.ConnectionState().PeerCertificates) == 0 {
		return unknown("the connection could not be examined")
	}
	state := used.ConnectionState()
	left := time.Until(state.PeerCertificates[0].NotAfter)
	days := int(left.Hours() / 24)
	if days < 14 {
		return fail(fmt.Sprintf("The certificate expires in %d days.", days), "Its renewal failed, or is late.", KeyCertificate,
			"Renew the server's certificate, and find out why it was not renewed automatically.")
	}
	return pass("%s, the certificate is valid for another %d days", tls.VersionName(state.Version), days)
}

func reachHealth(ctx context.Context, r *run) Outcome {
	if err := r.client.Alive(ctx); err != nil {
		outcome := diagnose(err)
		if api, ok := asAPI(err); ok && api.Kind == hanko.Refused && !rateLimited(err) {
			outcome.Verdict = Failed // whatever the status: that it is not alive is what it says
		}
		return outcome
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
	return pass("GET /health/alive takes %s, the median of five", twoDigits(took[len(took)/2]))
}

// twoDigits rounds to two digits, whatever the unit.
func twoDigits(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 100 {
		unit *= 10
	}
	return d.Round(unit)
}
