package setting

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSwitchValues sets each switch to each of its values, and reads it back.
func TestSwitchValues(t *testing.T) {
	for _, s := range Switches() {
		values := s.Values
		if values == nil {
			values = map[string][]string{
				"tenant-id": {MultitenantID, ""}, "origins": {"https://a.example,https://b.example", ""},
				"third-parties": {"google", "apple,custom_example", ""}, "third-party-redirects": {"com.example.app://callback", "http://127.0.0.1:8899/callback,https://*.example.com/"}, "third-party-issuer": {"http://127.0.0.1:9000", ""}, "third-party-secret": {"wrong", ""}, "third-party-callback": {"http://localhost:8000/thirdparty/callback", ""}, "third-party-error-page": {"https://example.com/error", ""}, "passcode-ttl": {"90s", "1h", "5m"},
				"passcodes-per-minute": {"1", "off", "9"}, "email-max-length": {"30"}, "username-min-length": {"1"}, "username-max-length": {"5"},
				"password-min-length": {"20"}, "passkey-limit": {"0", "1"}, "session-limit": {"1"}, "session-lifespan": {"30s", "12h"}, "passwords-per-minute": {"off"}, "otps-per-minute": {"7"}, "tokens-per-minute": {"1", "off"},
				"cookie-name": {"sid"}, "rp-id": {"login.example.com", "localhost"}, "cors": {"http://localhost:5173,https://app.example", ""},
			}[s.Name]
		}
		if len(values) == 0 || s.Meaning == "" || !strings.HasSuffix(s.Meaning, ".") {
			t.Errorf("the switch %+v is not documented", s)
		}
		if s.Values != nil && !slices.Contains(s.Values, s.Default) {
			t.Errorf("the default of %s is %q, none of %q", s.Name, s.Default, s.Values)
		}
		for _, value := range values {
			var settings Settings
			if err := settings.Set(s.Name, value); err != nil {
				t.Errorf("%s=%s: %v", s.Name, value, err)
				continue
			}
			want := value
			if value == "90s" {
				want = "1m30s"
			}
			if got := s.Value(settings); got != want {
				t.Errorf("%s is %q after it was set to %q", s.Name, got, value)
			}
			if err := settings.Set(s.Name, s.Default); err != nil {
				t.Errorf("%s cannot be set to its default %q: %v", s.Name, s.Default, err)
			}
		}
	}
}

// TestSwitchRefusals sets impossible values: the error says what is possible, and nothing changes.
func TestSwitchRefusals(t *testing.T) {
	for set, want := range map[string]string{
		"passwort=off":                `no switch "passwort": did you mean password?`,
		"nothing=on":                  `no switch "nothing": use one of rest, tenant-id, password`,
		"password=on":                 `password cannot be "on": use one of off, optional, required`,
		"rest=":                       `rest cannot be "": use one of on, off`,
		"tenant-id=7":                 "use a UUID",
		"passcode-ttl=soon":           "such as 5m",
		"passcode-ttl=1ms":            "a second or more",
		"passcodes-per-minute=0":      "above 0, or off",
		"session-limit=0":             "1 or more",
		"passkey-limit=-1":            "0 or more",
		"session-lifespan=0":          "such as 12h",
		"otps-per-minute=x":           "above 0, or off",
		"third-parties=me":            "use some of apple",
		"cookie-name=a b":             "letters, digits",
		"cookie-name=":                "letters, digits",
		"rp-id=https://a.example":     "without scheme",
		"rp-id=":                      "use a domain",
		"cors=*":                      "patterns are not possible",
		"cors=https://*.a.example":    "patterns are not possible",
		"cors=https://a.example/path": "patterns are not possible",
		"cors=android:apk-key-hash:a": "patterns are not possible",
	} {
		name, value, _ := strings.Cut(set, "=")
		s := Settings{PasscodeTTL: time.Hour, CookieName: "kept"}
		err := s.Set(name, value)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", set, err, want)
		}
		if s.PasscodeTTL != time.Hour || s.CookieName != "kept" {
			t.Errorf("%s: the settings have changed", set)
		}
	}
}
