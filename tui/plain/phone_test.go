package plain

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/authenticator/fault"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
	"example.com/hankosim/tui/kit"
)

// A plain walk says how its phone misbehaves on purpose, and what a real phone would refuse.
func TestPlainDescribesThePhone(t *testing.T) {
	wrong, err := fault.Named("create/wrong-origin")
	if err != nil {
		t.Fatal(err)
	}
	served := tenanttest.Serve(t, tenant.Options{})
	var said bytes.Buffer
	_, err = Run(t.Context(), kit.Options{
		Client: served.Client(t, hanko.Options{}), Profile: authenticator.IPhone().Owned("Ada's iPhone", "ada"), Store: authenticator.NewMemoryKeystore(),
		Tenant: "embedded tenant", Inbox: served.Inbox(), Fault: &wrong,
		Association: func(context.Context, authenticator.Profile, string) error { return errors.New("nobody knows it") },
	}, ReadLines(t.Context(), strings.NewReader("ada@example.com\ny\nf\ny\ny\n")), &said)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"The phone misbehaves on purpose: it signs the origin of another site (create/wrong-origin; verdict: reject).",
		"There is no passkey for you on Ada's iPhone yet.",
		"A real phone would refuse (--strict does): SecurityError: the app is not associated with the domain localhost: nobody knows it",
		"Problem: It was not possible to register a passkey.",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is not said in:\n%s", want, &said)
		}
	}
}
