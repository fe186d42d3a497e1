package login_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// wishing adds requests for the extensions prf and largeBlob to all passkey options of a tenant.
var wishing = roundTrip(func(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	var value any
	if json.Unmarshal(content, &value) == nil {
		wish(value)
		if content, err = json.Marshal(value); err != nil {
			return nil, err
		}
	}
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
	return response, nil
})

func wish(value any) {
	switch v := value.(type) {
	case map[string]any:
		_, creates := v["user"]
		if _, isOptions := v["challenge"]; isOptions && creates {
			v["extensions"] = map[string]any{
				"prf":       map[string]any{"eval": map[string]any{"first": "Zmlyc3Q", "second": "c2Vjb25k"}},
				"largeBlob": map[string]any{"support": "required"},
			}
		} else if isOptions {
			v["extensions"] = map[string]any{
				"prf":       map[string]any{"eval": map[string]any{"first": "Zmlyc3Q"}},
				"largeBlob": map[string]any{"read": true},
			}
		}
		for _, inner := range v {
			wish(inner)
		}
	case []any:
		for _, inner := range v {
			wish(inner)
		}
	}
}

// TestExtensionSecretsAreNotPosted checks that a tenant that requests prf or a large blob gets an answer without the secret.
func TestExtensionSecretsAreNotPosted(t *testing.T) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3Passwordless} {
		t.Run(string(preset), func(t *testing.T) {
			w := walkWith(t, tenanttest.Settings(t, preset), hanko.Options{Transport: wishing})
			w.walk.Take(t.Context(), login.SubmitEmail{Email: ada, Create: true})
			if _, unknown := w.walk.Step().(login.ConfirmAccount); unknown {
				take[login.EnterPasscode](w, login.CreateAccount{})
			}
			take[login.OfferPasskey](w, login.SubmitPasscode{Code: w.code()})
			take[login.SignedIn](w, login.RegisterPasskey{})
			take[login.EnterEmail](w, login.LogOut{})
			take[login.SignedIn](w, login.SignInWithPasskey{})

			answered := 0
			for _, exchange := range w.client.Log().From(0) {
				sent := string(exchange.RequestBody)
				if strings.Contains(sent, "clientDataJSON") && strings.Contains(sent, `"prf":{`) && strings.Contains(sent, `"largeBlob":{`) {
					answered++
				}
				for _, secret := range []string{`"results"`, `"blob"`, `"first"`, `"second"`} {
					if strings.Contains(sent, secret) {
						t.Errorf("%s %s sends %s", exchange.Method, exchange.Path, sent)
					}
				}
			}
			if answered != 2 {
				t.Errorf("%d of 2 requests were answered", answered)
			}
		})
	}
}
