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

// The plain walk tells the same, and its phone misbehaves, too.
func TestPlainTellsHowThePhoneIs(t *testing.T) {
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
	for _, told := range []string{
		"The phone misbehaves on purpose: it signs the origin of another site (create/wrong-origin; verdict: reject).",
		"There is no passkey for you on Ada's iPhone yet.",
		"A real phone would refuse (--strict does): SecurityError: the app is not associated with the domain localhost: nobody knows it",
		"Problem: It was not possible to register a passkey.",
	} {
		if !strings.Contains(said.String(), told) {
			t.Errorf("%q is not said in:\n%s", told, &said)
		}
	}
}
