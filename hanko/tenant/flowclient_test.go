package tenant

import (
	"net/http/httptest"
	"testing"

	"example.com/hankosim/hanko"
)

// TestClientKnowsPresets lets hanko.Client recognise each preset and begin a login there.
func TestClientKnowsPresets(t *testing.T) {
	for _, preset := range Presets() {
		t.Run(string(preset), func(t *testing.T) {
			a := openTenant(t, Options{Settings: settingsOf(t, preset, "password=required")})
			server := httptest.NewServer(a.tenant.Handler())
			t.Cleanup(server.Close)
			client, err := hanko.NewClient(server.URL+a.tenant.BasePath(), hanko.Options{})
			if err != nil {
				t.Fatal(err)
			}
			found, err := client.Recognise(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := hanko.FlowAPI
			if preset == PresetGuide {
				want = hanko.REST
			}
			if found.API != want {
				t.Errorf("the client takes it for %v, which speaks %s, want %s", found, found.API, want)
			}
			flow, err := client.StartFlow(t.Context(), hanko.LoginFlow, "")
			if err != nil {
				t.Fatal(err)
			}
			flow, err = client.Act(t.Context(), flow, "continue_with_login_identifier", map[hanko.InputName]any{"email": "no"}, "")
			if err != nil {
				t.Fatal(err)
			}
			email := flow.Actions["continue_with_login_identifier"].Inputs["email"]
			if flow.Name != hanko.StateLoginInit || email.Error == nil || *email.MinLength != 3 || *email.MaxLength != 120 || !email.Required {
				t.Errorf("the client reads %+v", flow)
			}
		})
	}
}
