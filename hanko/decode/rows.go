package decode

import "example.com/hankosim/hanko"

// rows is the one table of what an app does over either API. The endpoints are those of backend v2.7, the actions those
// of v3.0.
var rows = []Row{
	{
		What: "which tenant is it", REST: []string{"GET /.well-known/config"},
		Note:   "Up to v2.7 alone; a v3 tenant answers 404, and that tells the two apart.",
		did:    "The tenant told how it is configured: it has the REST API that the mobile guide describes.",
		failed: "The tenant's configuration could not be read",
		no:     404,
		status: map[int]string{404: "The tenant has no REST API of the mobile guide: it is a Hanko v3, and the app uses the Flow API."},
	},
	{
		What: "open a login or a registration", Flow: []string{"POST /login", "POST /registration"},
		Note: "Over REST there is nothing to open: the app decides what comes next. In a flow each answer says what can be done.",
		did:  "The app opened a flow", failed: "The flow could not be opened",
	},
	{
		What: "say what the phone can do", Flow: actions(hanko.ActionRegisterClientCapabilities),
		Note:   "Without it no passkey is ever offered. Over REST the app simply calls /webauthn.",
		did:    "The app said that this phone can do passkeys",
		failed: "The app could not say what the phone can do",
	},
	{
		Step: "1", What: "is there a user", REST: []string{"POST /user"}, Flow: actions(hanko.ActionContinueWithLoginIdentifier),
		Note:   "A flow does not say whether an address has a user, unless the tenant allows it to.",
		did:    "The app gave the tenant the email address",
		failed: "The address did not lead to a login",
		no:     404,
		status: map[int]string{
			200: "The tenant knows this address, so the app can have a passcode mailed to it.",
			404: "No user has this address yet, so the app offers to create an account. (A Hanko v3, which has no such call, would answer the same.)",
		},
	},
	{
		Step: "2", What: "create the user", REST: []string{"POST /users"}, Flow: actions(hanko.ActionRegisterLoginIdentifier),
		Note:   "A flow makes the user only when the passcode was right.",
		did:    "The app asked for an account for this address",
		failed: "No account was created",
		status: map[int]string{
			200: "A user was created for this address; it is theirs once they prove it with a passcode.",
			409: "The address has a user after all, so the app signs in with it instead of creating one.",
		},
	},
	{
		Step: "3", What: "mail a passcode", REST: []string{"POST /passcode/login/initialize"},
		Flow:   actions(hanko.ActionContinueToPasscodeConfirmation, hanko.ActionResendPasscode),
		Note:   "A flow mails the first passcode by itself where there is nothing to choose.",
		did:    "The tenant mailed a passcode to the person",
		failed: "No passcode was mailed",
	},
	{
		Step: "3", What: "check the passcode", REST: []string{"POST /passcode/login/finalize"}, Flow: actions(hanko.ActionVerifyPasscode),
		Note:   "Over REST the session comes with this answer; a flow may ask for more before it gives one.",
		did:    "The passcode was right",
		failed: "The passcode was not accepted",
		status: map[int]string{410: "That was one wrong passcode too many: this one is dead, and only a new one helps."},
	},
	{
		Step: "4", What: "begin a passkey", REST: []string{"POST /webauthn/registration/initialize"},
		Flow:   actions(hanko.ActionWebAuthnGenerateCreationOptions, hanko.ActionWebAuthnCredentialCreate),
		Note:   "The first is for somebody who is signing in, the second, of the profile flow, for somebody who is signed in.",
		did:    "The tenant gave a challenge to make a passkey with; the phone asks the person and makes a key pair",
		failed: "No passkey could be begun",
	},
	{
		Step: "4", What: "hand in the passkey", REST: []string{"POST /webauthn/registration/finalize"},
		Flow:   actions(hanko.ActionWebAuthnVerifyAttestationResponse),
		Note:   "The same attestation, but as the action's input public_key; the state after it says what is next.",
		did:    "The tenant keeps the passkey's public key; the private one never left the phone",
		failed: "The tenant did not accept the passkey",
	},
	{
		Step: "5", What: "begin a sign-in by passkey", REST: []string{"POST /webauthn/login/initialize"},
		Flow:   actions(hanko.ActionWebAuthnGenerateRequestOptions),
		Note:   "The same options, but in the state's payload (request_options) instead of being the answer.",
		did:    "The tenant gave a challenge to sign; the phone asks the person which passkey to use",
		failed: "No sign-in by passkey could be begun",
	},
	{
		Step: "5", What: "prove the passkey", REST: []string{"POST /webauthn/login/finalize"},
		Flow:   actions(hanko.ActionWebAuthnVerifyAssertionResponse),
		Note:   "The same assertion, but as the action's input assertion_response; a flow may ask for more before it gives a session.",
		did:    "The phone signed the challenge and the tenant checked it with the public key: nothing secret was sent",
		failed: "The tenant did not accept the passkey's signature",
	},

	{
		What: "who am I", REST: []string{"GET /me"}, Flow: []string{"GET /me", "POST /profile"},
		Note: "GET /me is there on every version; the profile flow lists more.",
		did:  "The tenant told whose session this is", failed: "The tenant did not tell whose session this is",
	},
	{
		What: "read the user", REST: []string{"GET /users/{id}"}, Flow: []string{"POST /profile"},
		Note: "No user is asked for by id any more: the profile flow tells of the session's own.",
		did:  "The tenant told about the session's user", failed: "The tenant did not tell about this user",
	},
	{
		What: "is the session alive", REST: []string{"GET /sessions/validate", "POST /sessions/validate"}, Flow: []string{"GET /sessions/validate", "POST /sessions/validate"},
		Note: "The same on every version.", did: "The tenant was asked whether the session still stands",
		failed: "The session could not be checked",
	},
	{
		What: "log out", REST: []string{"POST /logout"}, Flow: []string{"POST /logout"}, Note: "The same on every version.",
		did: "The session was ended at the tenant: its token is of no use any more.", failed: "The session was not ended",
		no:     401,
		status: map[int]string{401: "The session had ended already, so there was nothing left to do."},
	},
	{
		What: "list the passkeys", REST: []string{"GET /webauthn/credentials"}, Flow: []string{"POST /profile"},
		Note: "The profile flow's first state lists them in its payload, with all else that there is of the person.",
		did:  "The tenant listed the user's passkeys", failed: "The passkeys could not be listed",
	},
	{
		What: "rename a passkey", REST: []string{"PATCH /webauthn/credentials/{id}"}, Flow: actions(hanko.ActionWebAuthnCredentialRename),
		Note: "The id is an input of the action instead of a part of the path.",
		did:  "The passkey has a new name at the tenant", failed: "The passkey was not renamed",
	},
	{
		What: "delete a passkey", REST: []string{"DELETE /webauthn/credentials/{id}"}, Flow: actions(hanko.ActionWebAuthnCredentialDelete),
		Note: "The id is an input of the action instead of a part of the path.",
		did:  "The tenant forgot the passkey; the phone still has its half, which is of no use now", failed: "The passkey was not deleted",
	},
	{
		What: "list the addresses", REST: []string{"GET /emails"}, Flow: []string{"POST /profile"},
		Note: "The profile flow's first state lists them in its payload, with all else that there is of the person.",
		did:  "The tenant listed the user's addresses", failed: "The addresses could not be listed",
	},
	{
		What: "add an address", REST: []string{"POST /emails"}, Flow: actions(hanko.ActionEmailCreate, hanko.ActionEmailAddressSet),
		Note: "A flow has the address proved with a passcode first.",
		did:  "An address was added to the account", failed: "The address was not added",
	},
	{
		What: "prove an address", Flow: actions(hanko.ActionEmailVerify),
		did: "The tenant has the address proved with a passcode", failed: "The address could not be proved",
	},
	{
		What: "choose the primary address", REST: []string{"POST /emails/{id}/set_primary"}, Flow: actions(hanko.ActionEmailSetPrimary),
		Note: "The id is an input of the action instead of a part of the path.",
		did:  "The account has another primary address", failed: "The primary address stays what it was",
	},
	{
		What: "delete an address", REST: []string{"DELETE /emails/{id}"}, Flow: actions(hanko.ActionEmailDelete),
		Note: "The id is an input of the action instead of a part of the path.",
		did:  "The address was taken from the account", failed: "The address was not deleted",
	},
	{
		What: "delete the account", REST: []string{"DELETE /user"}, Flow: actions(hanko.ActionAccountDelete),
		Note: "The profile flow offers it only where the tenant lets people delete their accounts.",
		did:  "The account was deleted, with all that belonged to it", failed: "The account was not deleted",
	},
	{
		What: "fetch the signing keys", REST: []string{"GET /.well-known/jwks.json"}, Flow: []string{"GET /.well-known/jwks.json"}, Note: "The same on every version.",
		did:    "The tenant gave its public keys, with which anybody can check a session token without asking the tenant",
		failed: "The tenant's public keys could not be fetched",
	},
	{
		What: "is the tenant up", REST: []string{"GET /health/alive", "GET /health/ready"}, Flow: []string{"GET /health/alive", "GET /health/ready"}, Note: "The same on every version.",
		did: "The tenant is up", failed: "The tenant does not say that it is up",
	},

	{What: "end a session", Flow: actions(hanko.ActionSessionDelete), did: "One of the person's sessions was ended", failed: "The session was not ended"},
	{What: "sign in with a password", Flow: actions(hanko.ActionContinueToPasswordLogin), did: "The person chose to sign in with a password", failed: "The password could not be chosen"},
	{What: "check the password", Flow: actions(hanko.ActionPasswordLogin), did: "The password was right", failed: "The password was not accepted"},
	{What: "recover a password", Flow: actions(hanko.ActionContinueToPasscodeConfirmationRecovery), did: "The person has forgotten the password, so the tenant mailed a passcode", failed: "No passcode was mailed"},
	{
		What: "set a password", Flow: actions(hanko.ActionRegisterPassword, hanko.ActionPasswordRecovery, hanko.ActionPasswordCreate, hanko.ActionPasswordUpdate),
		did: "The account has a new password", failed: "The password was not set",
	},
	{What: "delete the password", Flow: actions(hanko.ActionPasswordDelete), did: "The account has no password any more", failed: "The password was not deleted"},
	{What: "choose a username", Flow: actions(hanko.ActionUsernameCreate, hanko.ActionUsernameUpdate), did: "The account has a new username", failed: "The username was not set"},
	{What: "delete the username", Flow: actions(hanko.ActionUsernameDelete), did: "The account has no username any more", failed: "The username was not deleted"},
	{What: "choose to make a passkey", Flow: actions(hanko.ActionContinueToPasskeyRegistration), did: "The person chose to make a passkey", failed: "The passkey could not be chosen"},
	{What: "choose to make a password", Flow: actions(hanko.ActionContinueToPasswordRegistration), did: "The person chose to make a password", failed: "The password could not be chosen"},
	{What: "set up an authenticator app", Flow: actions(hanko.ActionContinueToOTPSecretCreation), did: "The tenant made a secret for an authenticator app", failed: "No authenticator app could be set up"},
	{What: "prove the authenticator app", Flow: actions(hanko.ActionOTPCodeVerify), did: "The authenticator app is set up", failed: "The app's code was not accepted"},
	{What: "remove the authenticator app", Flow: actions(hanko.ActionOTPSecretDelete), did: "The account has no authenticator app any more", failed: "The authenticator app was not removed"},
	{What: "use the authenticator app", Flow: actions(hanko.ActionContinueToLoginOTP), did: "The person chose the authenticator app for the second step", failed: "The authenticator app could not be chosen"},
	{What: "check the app's code", Flow: actions(hanko.ActionOTPCodeValidate), did: "The authenticator app's code was right", failed: "The app's code was not accepted"},
	{
		What: "make a security key the second step", Flow: actions(hanko.ActionContinueToSecurityKeyCreation, hanko.ActionSecurityKeyCreate),
		did: "The tenant gave a challenge to register a security key with", failed: "No security key could be begun",
	},
	{What: "remove a security key", Flow: actions(hanko.ActionSecurityKeyDelete), did: "The tenant forgot the security key", failed: "The security key was not removed"},
	{What: "use the security key", Flow: actions(hanko.ActionContinueToLoginSecurityKey), did: "The person chose the security key for the second step", failed: "The security key could not be chosen"},
	{What: "trust this device", Flow: actions(hanko.ActionTrustDevice), did: "The tenant will not ask this device for the second step again", failed: "The device is not trusted"},
	{What: "stay signed in", Flow: actions(hanko.ActionRememberMe), did: "The person said whether to stay signed in", failed: "The wish was not taken"},
	{What: "change the metadata", Flow: actions(hanko.ActionPatchMetadata), did: "What the app keeps about the user was changed", failed: "The metadata was not changed"},
	{What: "sign in at a third party", Flow: actions(hanko.ActionThirdPartyOAuth), did: "The tenant sends the person to a third party to sign in", failed: "The third party could not be used"},
	{What: "come back from a third party", Flow: actions(hanko.ActionExchangeToken), did: "The person came back from the third party", failed: "What the third party gave was not accepted"},
	{What: "connect a third party", Flow: actions(hanko.ActionConnectThirdPartyOAuthProvider), did: "The tenant sends the person to a third party to connect the account there with this one", failed: "The third party could not be connected"},
	{What: "disconnect a third party", Flow: actions(hanko.ActionDisconnectThirdPartyOAuthProvider), did: "The account at the third party does not belong to this one any more", failed: "The third party was not disconnected"},
	{What: "pass over an offer", Flow: actions(hanko.ActionSkip), Note: "Over REST the app just goes on.", did: "The person passed over what was offered", failed: "This cannot be passed over"},
	{What: "go back", Flow: actions(hanko.ActionBack), Note: "Over REST the app just goes back.", did: "The person went back", failed: "There is no way back from here"},
}

// actions are the names of a row's actions as its text.
func actions(names ...hanko.ActionName) []string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return texts
}
