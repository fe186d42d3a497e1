package decode

import (
	"net/http"

	"example.com/hankosim/hanko"
)

// Expected says in a word why a refusal is part of the way, and no fault: "probe" for one that only finds out what the
// tenant is, "new" for the guide's question whether an address has a user. It is "" for every other exchange.
func Expected(e hanko.Exchange) string {
	switch call := CallOf(e); {
	case call.Endpoint == "GET /.well-known/config" && e.Status == http.StatusNotFound:
		return "probe"
	case call.Endpoint == "POST /passcode/login/initialize" && string(e.RequestBody) == "{}" && (e.Status == http.StatusBadRequest || e.Status == http.StatusNotFound):
		return "probe"
	case call.Endpoint == "POST /user" && e.Status == http.StatusNotFound:
		return "new"
	}
	return ""
}
