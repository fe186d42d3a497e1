package hanko

import (
	"fmt"
	"net/http"
)

// explanation is what an error status of one endpoint means, and what to do.
type explanation struct{ means, do string }

// explanations explains the error statuses of Hanko's REST endpoints, from the handlers of backend v2.7.0. The key is
// "METHOD path status", or "* status" for endpoints without their own entry.
var explanations = map[string]explanation{
	"POST /user 400": {
		"The tenant does not accept this as an email address.", "Correct the address.",
	},
	"POST /user 404": {
		"No user has this address yet.", "Create the user, or try another address.",
	},
	"POST /users 400": {
		"The tenant does not accept this as an email address.", "Correct the address.",
	},
	"POST /users 403": {
		"The tenant accepts no new users: sign-up is switched off.",
		"Sign in with an address that has a user, or set `account.allow_signup: true` in the tenant's configuration.",
	},
	"POST /users 404": {
		"The tenant has no such route: a Hanko v3 backend, which removed the REST API of the mobile guide, or is not Hanko at all.",
		"Check the URL. A v3 tenant can only be reached through the Flow API.",
	},
	"POST /users 409": {
		"The address already has a user.", "Sign in with it.",
	},

	"POST /token 400": {
		"The tenant could not read the token that the browser brought back.", "Sign in with the third party again.",
	},
	"GET /sessions/validate 404": {
		"Backends have had this endpoint since v1.1.0, so this tenant is probably older.",
		"There, GET /me says whether a session is valid.",
	},
	"POST /token 404": {
		"The token was already used, the tenant never issued it, or the backend is a v3, which has no such route.",
		"Sign in with the third party again.",
	},
	"POST /token 422": {
		"The token is older than a minute.", "Sign in with the third party again.",
	},
	"POST /token 429": {
		"Too many tokens were sent: the limit is three a minute for each network address, unless the tenant is configured otherwise.",
		"Wait, then sign in with the third party again.",
	},

	"POST /passcode/login/initialize 400": {
		"The tenant no longer knows this user or this address.", "Start again with the email address.",
	},
	"POST /passcode/login/initialize 403": {
		"The tenant does not let this address receive passcodes for this user.", "Start again with the email address.",
	},
	"POST /passcode/login/initialize 404": {
		"The tenant has no passcodes over REST while MFA is on (`mfa.enabled`, Hanko's default since v1.2) or `email.use_for_authentication` is off.",
		"Set `mfa.enabled: false` and `email.use_for_authentication: true` on the tenant, or use its Flow API.",
	},
	"POST /passcode/login/initialize 429": {
		"Too many passcodes were requested: the limit is three a minute for each user and network address, unless the tenant is configured otherwise.",
		"Wait, then ask again.",
	},
	"POST /passcode/login/initialize 500": {
		"The tenant could not send the mail, or the address is not verified yet and the request has no email_id.",
		"Check the tenant's mail settings (`email_delivery.smtp`) and its log.",
	},

	"POST /passcode/login/finalize 400": {
		"The tenant could not read the code or its ID.", "Ask for a new code.",
	},
	"POST /passcode/login/finalize 401": {
		"The code is wrong, was already used, or belongs to another request.", "Use the code of the newest mail, or ask for a new one.",
	},
	"POST /passcode/login/finalize 403": {
		"The address now belongs to somebody else, or the passcode belongs to another user.", "Start again with the email address.",
	},
	"POST /passcode/login/finalize 404": {
		"This tenant has no passcodes over REST: MFA is on, or `email.use_for_authentication` is off.",
		"Set `mfa.enabled: false` on the tenant, or use its Flow API.",
	},
	"POST /passcode/login/finalize 408": {
		"The code is too old.", "Ask for a new one.",
	},
	"POST /passcode/login/finalize 410": {
		"There were too many wrong codes: this passcode is no longer valid.", "Ask for a new one.",
	},
	"POST /passcode/login/finalize 500": {
		"The tenant failed while checking the code.", "Try again; look at the tenant's log.",
	},

	"POST /webauthn/registration/initialize 400": {
		"The tenant no longer knows this session's user.", "Sign in again, then register the passkey.",
	},
	"POST /webauthn/registration/initialize 401": {
		"The session is no longer valid: it has expired, was logged out or was revoked.", "Sign in again, then register the passkey.",
	},
	"POST /webauthn/registration/initialize 404": {
		"Passkeys are switched off on this tenant.", "Set `passkey.enabled: true` in the tenant's configuration.",
	},
	"POST /webauthn/registration/finalize 400": {
		"The tenant does not accept the attestation: usually, the app's origin is not one of its origins, or the challenge was already used.",
		"Add the app's origin to `webauthn.relying_party.origins` (an Android app's is android:apk-key-hash:…, see `hankosim apk-key-hash`) and check `webauthn.relying_party.id`.",
	},
	"POST /webauthn/registration/finalize 401": {
		"The session is no longer valid: it has expired, was logged out or was revoked.", "Sign in again, then register the passkey.",
	},
	"POST /webauthn/registration/finalize 404": {
		"Passkeys are switched off on this tenant.", "Set `passkey.enabled: true` in the tenant's configuration.",
	},
	"POST /webauthn/registration/finalize 422": {
		"The tenant requires user verification, but the phone did not verify its user.",
		"Approve with biometrics or the screen lock, or relax `passkey.user_verification` on the tenant.",
	},

	"POST /webauthn/registration/finalize 500": {
		"The tenant failed to store the passkey. Hanko answers this way if it already has the credential ID.",
		"Try again with a new passkey; look at the tenant's log.",
	},

	"POST /webauthn/login/initialize 400": {
		"The tenant cannot offer a passkey sign-in to this user.", "Sign in with a passcode instead.",
	},
	"POST /webauthn/login/initialize 404": {
		"Passkeys are switched off on this tenant.", "Sign in with a passcode, or set `passkey.enabled: true` in the tenant's configuration.",
	},
	"POST /webauthn/login/finalize 400": {
		"The tenant could not read the assertion, its challenge was already used, or the passkey looks like a copy (its sign count did not rise).",
		"Try again from the start of the sign-in. A copied passkey works in only one place.",
	},
	"POST /webauthn/login/finalize 401": {
		"The tenant does not accept the assertion: it does not know the passkey (deleted there, or created on another tenant with the same domain), or the app's origin is not one of its origins.",
		"Try another passkey or a passcode; check `webauthn.relying_party.origins` and `webauthn.relying_party.id`.",
	},
	"POST /webauthn/login/finalize 404": {
		"Passkeys are switched off on this tenant.", "Sign in with a passcode, or set `passkey.enabled: true` in the tenant's configuration.",
	},

	"GET /me 401":      {"The session is no longer valid: it has expired, was logged out or was revoked.", "Sign in again."},
	"POST /logout 401": {"The session had already ended.", "There is nothing left to do."},
	"GET /.well-known/config 404": {
		"The tenant is a Hanko v3 backend, which removed this and the whole REST API of the mobile guide, or is not Hanko at all.",
		"Check the URL.",
	},
	"GET /webauthn/credentials 401":         {"The session is no longer valid.", "Sign in again."},
	"DELETE /webauthn/credentials/{id} 401": {"The session is no longer valid.", "Sign in again."},
	"DELETE /webauthn/credentials/{id} 404": {"The tenant does not have this passkey.", "List the passkeys again."},

	"POST /emails 400":                     {"A user already has this address, this one or another.", "Choose another address."},
	"POST /emails 409":                     {"The user has as many addresses as the tenant allows.", "Delete one first, or raise `email.limit` on the tenant."},
	"POST /emails 500":                     {"Hanko answers this way to something that is not an email address.", "Correct the address."},
	"DELETE /emails/{id} 409":              {"The primary address cannot be deleted.", "Make another address the primary one first."},
	"PATCH /webauthn/credentials/{id} 404": {"The tenant does not have this passkey.", "List the passkeys again."},
	"DELETE /user 404":                     {"The tenant does not let users delete their accounts.", "Set `account.allow_deletion: true` in the tenant's configuration."},

	"* 400": {"The tenant could not make sense of the request.", "Open the exchange to see what was sent."},
	"* 401": {"The session is not valid, or the request was not accepted.", "Sign in again."},
	"* 403": {"The tenant forbids this.", "Open the exchange to read its message."},
	"* 404": {"The tenant has no such route, or no such object.", "Check the tenant's URL and version."},
	"* 421": {
		"The server does not accept requests for the host name in the URL.",
		"Use one of the tenant's own names. hankosim's tenant accepts more with `--allow-host`.",
	},
	"* 429": {"The app has sent too many requests.", "Wait, then try again."},
	"* 500": {"The tenant failed with an internal error.", "Try again. If it happens again, look for the exchange's X-Request-Id in the tenant's log."},
	"* 502": {"A proxy in front of the tenant cannot reach it.", "Check that the tenant is running, then try again."},
	"* 503": {"The tenant, or a proxy in front of it, does not accept requests.", "Try again in a moment."},
	"* 504": {"A proxy in front of the tenant gave up waiting for it.", "Check that the tenant is running, then try again."},
	"* 507": {"The tenant's disk is full.", "Free some disk space there, then try again."},
}

// explain sets what a refusal means and what to do, unless judge has done so.
func explain(failure *Error, call call) {
	if failure.Means != "" {
		return
	}
	path := call.name
	if path == "" {
		path = call.path
	}
	found, ok := explanations[key(call.method+" "+path, failure.Status)]
	if !ok {
		found, ok = explanations[key("*", failure.Status)]
	}
	switch {
	case ok:
	case failure.Status >= 500:
		found = explanations[key("*", http.StatusInternalServerError)]
	default:
		found = explanations[key("*", http.StatusBadRequest)]
	}
	failure.Means, failure.Do = found.means, found.do
}

func key(endpoint string, status int) string {
	return fmt.Sprintf("%s %d", endpoint, status)
}
