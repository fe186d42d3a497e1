package decode

import (
	"net/http"

	"example.com/hankosim/hanko"
)

// Expected returns a word for a refusal that is normal: "probe" if the request only finds out what kind of tenant this is,
// and "new" if it asks, as in the guide, whether an address has a user. For every other exchange it returns "".
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
