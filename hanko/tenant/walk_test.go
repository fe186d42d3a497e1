package tenant

import (
	"net/http"
	"testing"
)

func TestWalk(t *testing.T) {
	stores(t, func(t *testing.T, options Options) {
		for _, phone := range []struct {
			name string
			key  func(testing.TB) *testKey
		}{{"phone", newPhoneKey}, {"packed self attestation", newTestKey}} {
			t.Run(phone.name, func(t *testing.T) {
				a := openTenant(t, options)
				a.call(http.MethodPost, "/user", map[string]string{"email": "Ada@example.com"}).
					want(t, http.StatusNotFound, "Not Found")
				userID, emailID := a.signUp("ada@example.com")
				known := a.post("/user", map[string]string{"email": "Ada@Example.com"})
				if known.text(t, "id") != userID || known.text(t, "email_id") != emailID {
					t.Errorf("POST /user says %s, want id %s and email_id %s", known.raw, userID, emailID)
				}
				key := phone.key(t)
				handle := a.addPasskey(key)
				a.call(http.MethodPost, "/logout", nil).want(t, http.StatusNoContent, "")
				a.call(http.MethodGet, "/me", nil).want(t, http.StatusUnauthorized, "Unauthorized")
				a.token = ""
				a.takeToken(a.usePasskey(key, handle).want(t, http.StatusOK, ""))
				if me := a.call(http.MethodGet, "/me", nil); me.text(t, "id") != userID {
					t.Errorf("GET /me says %s, want the id %s", me.raw, userID)
				}
				a.call(http.MethodDelete, "/user", nil).want(t, http.StatusNoContent, "")
				a.call(http.MethodPost, "/user", map[string]string{"email": "ada@example.com"}).
					want(t, http.StatusNotFound, "Not Found")
			})
		}
	})
}
