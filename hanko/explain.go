package hanko

import (
	"fmt"
	"net/http"
)

// explanation says what an error status of one endpoint means, and what to do about it.
type explanation struct{ means, do string }

// explanations is what Hanko's REST endpoints mean by their error statuses, read off backend v2.7.0's handlers. The
// key is "METHOD path status"; a key with "*" for the endpoint stands for all that have none of their own.
var explanations = map[string]explanation{
	"POST /user 400": {
		"The tenant does not take this for an email address.", "Correct the address.",
	},
	"POST /user 404": {
		"No user has this address yet.", "Create the user, or try another address.",
	},
	"POST /users 400": {
		"The tenant does not take this for an email address.", "Correct the address.",
	},
	"POST /users 403": {
		"The tenant takes no new users: sign-up is switched off.",
		"Sign in with an address that has a user, or set `account.allow_signup: true` in the tenant's configuration.",
	},
	"POST /users 404": {
		"The tenant has no such route: a Hanko v3 backend, which removed the REST API of the mobile guide, or not a Hanko at all.",
		"Check the URL. A v3 tenant can only be reached through the Flow API.",
	},
	"POST /users 409": {
		"The address has a user after all.", "Sign in with it.",
	},

	"POST /passcode/login/initialize 400": {
		"The tenant does not know this user or this address any more.", "Start again with the email.",
	},
	"POST /passcode/login/initialize 403": {
		"The tenant does not let this address receive passcodes for this user.", "Start again with the email.",
	},
	"POST /passcode/login/initialize 404": {
		"Passcodes over REST are not routed while the tenant has MFA on (`mfa.enabled`, Hanko's default since v1.2), or with `email.use_for_authentication` off.",
		"Set `mfa.enabled: false` and `email.use_for_authentication: true` on the tenant, or use its Flow API.",
	},
	"POST /passcode/login/initialize 429": {
		"Too many passcodes were asked for: three a minute for each user and network address, unless the tenant is configured otherwise.",
		"Wait, then ask again.",
	},
	"POST /passcode/login/initialize 500": {
		"The tenant could not send the mail, or the address is not verified yet and was asked for without its email_id.",
		"Check the tenant's mail settings (`email_delivery.smtp`) and its log.",
	},

	"POST /passcode/login/finalize 400": {
		"The tenant could not read the code or its id.", "Ask for a new code.",
	},
	"POST /passcode/login/finalize 401": {
		"The code is wrong, was used already, or belongs to another request.", "Use the code of the newest mail, or ask for a new one.",
	},
	"POST /passcode/login/finalize 403": {
		"The address belongs to somebody else by now, or the passcode is another user's.", "Start again with the email.",
	},
	"POST /passcode/login/finalize 404": {
		"Passcodes over REST are not routed on this tenant: MFA is on, or `email.use_for_authentication` is off.",
		"Set `mfa.enabled: false` on the tenant, or use its Flow API.",
	},
	"POST /passcode/login/finalize 408": {
		"The code is too old.", "Ask for a new one.",
	},
	"POST /passcode/login/finalize 410": {
		"Too many wrong codes: this passcode is dead.", "Ask for a new one.",
	},
	"POST /passcode/login/finalize 500": {
		"The tenant failed while checking the code.", "Try again; look at the tenant's log.",
	},

	"POST /webauthn/registration/initialize 400": {
		"The tenant does not know this session's user any more.", "Sign in again, then register the passkey.",
	},
	"POST /webauthn/registration/initialize 401": {
		"The session is gone: it has ended, was logged out or was revoked.", "Sign in again, then register the passkey.",
	},
	"POST /webauthn/registration/initialize 404": {
		"Passkeys are switched off on this tenant.", "Set `passkey.enabled: true` in the tenant's configuration.",
	},
	"POST /webauthn/registration/finalize 400": {
		"The tenant does not accept the attestation: usually the app's origin is not among its origins, or the challenge was used already.",
		"Add the app's origin to `webauthn.relying_party.origins` (an Android app's is android:apk-key-hash:…, see `hankosim apk-key-hash`) and check `webauthn.relying_party.id`.",
	},
	"POST /webauthn/registration/finalize 401": {
		"The session is gone: it has ended, was logged out or was revoked.", "Sign in again, then register the passkey.",
	},
	"POST /webauthn/registration/finalize 404": {
		"Passkeys are switched off on this tenant.", "Set `passkey.enabled: true` in the tenant's configuration.",
	},
	"POST /webauthn/registration/finalize 422": {
		"The tenant requires user verification, and the phone did not verify its user.",
		"Approve with biometrics or the screen lock, or relax `passkey.user_verification` on the tenant.",
	},

	"POST /webauthn/registration/finalize 500": {
		"The tenant failed while keeping the passkey; Hanko answers so to a credential id that it has already.",
		"Try again with a new passkey; look at the tenant's log.",
	},

	"POST /webauthn/login/initialize 400": {
		"The tenant cannot offer a passkey sign-in to this user.", "Sign in with a passcode instead.",
	},
	"POST /webauthn/login/initialize 404": {
		"Passkeys are switched off on this tenant.", "Sign in with a passcode, or set `passkey.enabled: true` in the tenant's configuration.",
	},
	"POST /webauthn/login/finalize 400": {
		"The tenant could not read the assertion, its challenge was used already, or the passkey looks like a copy (its sign count did not rise).",
		"Try again from the start of the sign-in; a passkey that was copied is good in one place only.",
	},
	"POST /webauthn/login/finalize 401": {
		"The tenant does not accept the assertion: the passkey is unknown to it (deleted there, or made on another tenant of the same domain), or the app's origin is not among its origins.",
		"Try another passkey or a passcode; check `webauthn.relying_party.origins` and `webauthn.relying_party.id`.",
	},
	"POST /webauthn/login/finalize 404": {
		"Passkeys are switched off on this tenant.", "Sign in with a passcode, or set `passkey.enabled: true` in the tenant's configuration.",
	},

	"GET /me 401":      {"The session is gone: it has ended, was logged out or was revoked.", "Sign in again."},
	"POST /logout 401": {"The session was gone already.", "Nothing is left to do."},
	"GET /.well-known/config 404": {
		"The tenant is a Hanko v3 backend, which removed this and the whole REST API of the mobile guide, or not a Hanko at all.",
		"Check the URL.",
	},
	"GET /webauthn/credentials 401":         {"The session is gone.", "Sign in again."},
	"DELETE /webauthn/credentials/{id} 401": {"The session is gone.", "Sign in again."},
	"DELETE /webauthn/credentials/{id} 404": {"The tenant does not have this passkey.", "List the passkeys again."},

	"POST /emails 400":                     {"A user has this address already, this one or another.", "Choose another address."},
	"POST /emails 409":                     {"The user has as many addresses as the tenant allows.", "Delete one first, or raise `email.limit` on the tenant."},
	"POST /emails 500":                     {"Hanko answers so to what is no email address.", "Correct the address."},
	"DELETE /emails/{id} 409":              {"The primary address cannot be deleted.", "Make another address the primary one first."},
	"PATCH /webauthn/credentials/{id} 404": {"The tenant does not have this passkey.", "List the passkeys again."},
	"DELETE /user 404":                     {"The tenant does not let users delete their accounts.", "Set `account.allow_deletion: true` in the tenant's configuration."},

	"* 400": {"The tenant could not make sense of the request.", "Open the exchange to see what was sent."},
	"* 401": {"The session is not valid, or the request was not accepted.", "Sign in again."},
	"* 403": {"The tenant forbids this.", "Open the exchange for its own words."},
	"* 404": {"The tenant has no such route or no such thing.", "Check the tenant's URL and version."},
	"* 421": {
		"The server takes no requests for the host name in the URL.",
		"Use a name that is the tenant's own. hankosim's tenant takes further ones with `--allow-host`.",
	},
	"* 429": {"The tenant finds the app too eager.", "Wait, then try again."},
	"* 500": {"The tenant failed on its own side.", "Try again; look at the tenant's log, the X-Request-Id of the exchange is in it."},
	"* 502": {"A proxy in front does not reach the tenant.", "See whether the tenant is running, then try again."},
	"* 503": {"The tenant, or a proxy in front of it, is not taking requests.", "Try again in a moment."},
	"* 504": {"A proxy in front gave up waiting for the tenant.", "See whether the tenant is running, then try again."},
	"* 507": {"The tenant has no room on its disk for what was to be stored.", "Free some space there, then try again."},
}

// explain fills in what a refusal means and what to do, where judge has not said so already.
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
