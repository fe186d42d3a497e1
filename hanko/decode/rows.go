package decode

import "example.com/hankosim/hanko"

// rows lists what an app does over either API. The endpoints are those of backend v2.7, the actions those of v3.0.
var rows = []Row{
	{
		What: "identify the tenant", REST: []string{"GET /.well-known/config"},
		Note:   "Only up to v2.7. A v3 tenant answers 404, which tells the two apart.",
		did:    "The tenant returned its configuration: it has the REST API of the mobile guide.",
		failed: "The tenant's configuration could not be read",
		no:     404,
		status: map[int]string{404: "The tenant has no REST API of the mobile guide: it is a Hanko v3, and the app uses the Flow API."},
	},
	{
		What: "start a login or a registration", Flow: []string{"POST /login", "POST /registration"},
		Note: "Over REST there is nothing to start: the app decides what comes next. In a flow, each answer says what can be done next.",
		did:  "The app started a flow", failed: "The flow could not be started",
	},
	{
		What: "say what the phone can do", Flow: actions(hanko.ActionRegisterClientCapabilities),
		Note:   "Without it, the tenant never offers a passkey. Over REST, the app just calls /webauthn.",
		did:    "The app said that this phone supports passkeys",
		failed: "The app could not say what the phone supports",
	},
	{
		Step: "1", What: "look up the user", REST: []string{"POST /user"}, Flow: actions(hanko.ActionContinueWithLoginIdentifier),
		Note:   "A flow does not say whether an address has a user, unless the tenant allows it to.",
		did:    "The app sent the email address",
		failed: "The tenant did not accept the address",
		no:     404,
		status: map[int]string{
			200: "The tenant knows this address, so the app can ask for a passcode.",
			404: "No user has this address yet, so the app offers to create an account. (A Hanko v3, which has no such call, would answer the same.)",
		},
	},
	{
		Step: "2", What: "create the user", REST: []string{"POST /users"}, Flow: actions(hanko.ActionRegisterLoginIdentifier),
		Note:   "A flow creates the user only after the right passcode.",
		did:    "The app asked for a new account",
		failed: "No account was created",
		status: map[int]string{
			200: "A user was created. The address belongs to them once they enter the passcode sent to it.",
			409: "The address already has a user, so the app signs in instead of creating an account.",
		},
	},
	{
		Step: "3", What: "send a passcode", REST: []string{"POST /passcode/login/initialize"},
		Flow:   actions(hanko.ActionContinueToPasscodeConfirmation, hanko.ActionResendPasscode),
		Note:   "A flow sends the first passcode by itself if there is nothing to choose.",
		did:    "The tenant sent a passcode by mail",
		failed: "No passcode was sent",
	},
	{
		Step: "3", What: "check the passcode", REST: []string{"POST /passcode/login/finalize"}, Flow: actions(hanko.ActionVerifyPasscode),
		Note:   "Over REST, this answer has the session. A flow may ask for more before it gives one.",
		did:    "The passcode was right",
		failed: "The passcode was not accepted",
		status: map[int]string{410: "That was one wrong passcode too many: this one is no longer valid, and a new one is needed."},
	},
	{
		Step: "4", What: "start creating a passkey", REST: []string{"POST /webauthn/registration/initialize"},
		Flow:   actions(hanko.ActionWebAuthnGenerateCreationOptions, hanko.ActionWebAuthnCredentialCreate),
		Note:   "The first is for somebody who is signing in. The second belongs to the profile flow, for somebody who is signed in.",
		did:    "The tenant sent a challenge for a new passkey; the phone asks the person and creates a key pair",
		failed: "The tenant did not start a new passkey",
	},
	{
		Step: "4", What: "register the passkey", REST: []string{"POST /webauthn/registration/finalize"},
		Flow:   actions(hanko.ActionWebAuthnVerifyAttestationResponse),
		Note:   "The same attestation, but as the action's input public_key. The next state says what comes next.",
		did:    "The tenant stored the passkey's public key; the private key never left the phone",
		failed: "The tenant did not accept the passkey",
	},
	{
		Step: "5", What: "start a passkey sign-in", REST: []string{"POST /webauthn/login/initialize"},
		Flow:   actions(hanko.ActionWebAuthnGenerateRequestOptions),
		Note:   "The same options, but in the state's payload (request_options) instead of the whole answer.",
		did:    "The tenant sent a challenge to sign; the phone asks the person which passkey to use",
		failed: "The tenant did not start a sign-in with a passkey",
	},
	{
		Step: "5", What: "sign in with the passkey", REST: []string{"POST /webauthn/login/finalize"},
		Flow:   actions(hanko.ActionWebAuthnVerifyAssertionResponse),
		Note:   "The same assertion, but as the action's input assertion_response. A flow may ask for more before it gives a session.",
		did:    "The phone signed the challenge, and the tenant verified the signature with the public key: nothing secret was sent",
		failed: "The tenant did not accept the passkey's signature",
	},

	{
		What: "see who is signed in", REST: []string{"GET /me"}, Flow: []string{"GET /me", "POST /profile"},
		Note: "GET /me exists in every version. The profile flow lists more.",
		did:  "The tenant said whose session this is", failed: "The tenant did not say whose session this is",
	},
	{
		What: "read the user", REST: []string{"GET /users/{id}"}, Flow: []string{"POST /profile"},
		Note: "Users cannot be read by ID any more: the profile flow shows the session's own user.",
		did:  "The tenant returned the session's user", failed: "The tenant did not return this user",
	},
	{
		What: "check the session", REST: []string{"GET /sessions/validate", "POST /sessions/validate"}, Flow: []string{"GET /sessions/validate", "POST /sessions/validate"},
		Note: "The same in every version.", did: "The app asked whether the session is valid",
		failed: "The session could not be checked",
	},
	{
		What: "log out", REST: []string{"POST /logout"}, Flow: []string{"POST /logout"}, Note: "The same in every version.",
		did: "The tenant ended the session: its token is no longer valid.", failed: "The session was not ended",
		no:     401,
		status: map[int]string{401: "The session had already ended, so there was nothing to do."},
	},
	{
		What: "sign in at a third party", REST: []string{"GET /thirdparty/auth"}, Flow: actions(hanko.ActionThirdPartyOAuth),
		Note: "Over REST, the person's browser makes this call. In a flow, the app takes the action and has the browser open the answer's redirect_url.",
		did:  "The tenant sends the person to a third party to sign in", failed: "The third party could not be used",
	},
	{
		What: "return from a third party", REST: []string{"POST /token"}, Flow: actions(hanko.ActionExchangeToken),
		Note: "Both take the token that the browser brings back. A flow compares the code verifier too, if it was given one.",
		did:  "The person returned from the third party, and the app sent the browser's token to the tenant", failed: "The tenant did not accept the token that the browser brought",
		status: map[int]string{
			404: "The token was used already, or the tenant does not know it.",
			422: "The token is older than a minute.",
		},
	},
	{
		What: "list the passkeys", REST: []string{"GET /webauthn/credentials"}, Flow: []string{"POST /profile"},
		Note: "The profile flow's first state lists them in its payload, with everything else about the person.",
		did:  "The tenant listed the user's passkeys", failed: "The passkeys could not be listed",
	},
	{
		What: "rename a passkey", REST: []string{"PATCH /webauthn/credentials/{id}"}, Flow: actions(hanko.ActionWebAuthnCredentialRename),
		Note: "The ID is an input of the action instead of a part of the path.",
		did:  "The passkey has a new name at the tenant", failed: "The passkey was not renamed",
	},
	{
		What: "delete a passkey", REST: []string{"DELETE /webauthn/credentials/{id}"}, Flow: actions(hanko.ActionWebAuthnCredentialDelete),
		Note: "The ID is an input of the action instead of a part of the path.",
		did:  "The tenant deleted the passkey's public key; the private key on the phone is useless now", failed: "The passkey was not deleted",
	},
	{
		What: "list the addresses", REST: []string{"GET /emails"}, Flow: []string{"POST /profile"},
		Note: "The profile flow's first state lists them in its payload, with everything else about the person.",
		did:  "The tenant listed the user's addresses", failed: "The addresses could not be listed",
	},
	{
		What: "add an address", REST: []string{"POST /emails"}, Flow: actions(hanko.ActionEmailCreate, hanko.ActionEmailAddressSet),
		Note: "A flow verifies the address with a passcode first.",
		did:  "An address was added to the account", failed: "The address was not added",
	},
	{
		What: "verify an address", Flow: actions(hanko.ActionEmailVerify),
		did: "The tenant verifies the address with a passcode", failed: "The address could not be verified",
	},
	{
		What: "choose the primary address", REST: []string{"POST /emails/{id}/set_primary"}, Flow: actions(hanko.ActionEmailSetPrimary),
		Note: "The ID is an input of the action instead of a part of the path.",
		did:  "The account has another primary address", failed: "The primary address was not changed",
	},
	{
		What: "delete an address", REST: []string{"DELETE /emails/{id}"}, Flow: actions(hanko.ActionEmailDelete),
		Note: "The ID is an input of the action instead of a part of the path.",
		did:  "The address was removed from the account", failed: "The address was not deleted",
	},
	{
		What: "delete the account", REST: []string{"DELETE /user"}, Flow: actions(hanko.ActionAccountDelete),
		Note: "The profile flow offers it only if the tenant lets people delete their accounts.",
		did:  "The account was deleted, with everything in it", failed: "The account was not deleted",
	},
	{
		What: "fetch the signing keys", REST: []string{"GET /.well-known/jwks.json"}, Flow: []string{"GET /.well-known/jwks.json"}, Note: "The same in every version.",
		did:    "The tenant returned its public keys, with which anybody can verify a session token without asking the tenant",
		failed: "The tenant's public keys could not be fetched",
	},
	{
		What: "check the tenant's health", REST: []string{"GET /health/alive", "GET /health/ready"}, Flow: []string{"GET /health/alive", "GET /health/ready"}, Note: "The same in every version.",
		did: "The tenant is up", failed: "The tenant did not say that it is up",
	},

	{What: "end a session", Flow: actions(hanko.ActionSessionDelete), did: "One of the person's sessions was ended", failed: "The session was not ended"},
	{What: "sign in with a password", Flow: actions(hanko.ActionContinueToPasswordLogin), did: "The person chose to sign in with a password", failed: "The password could not be chosen"},
	{What: "check the password", Flow: actions(hanko.ActionPasswordLogin), did: "The password was right", failed: "The password was not accepted"},
	{What: "recover a password", Flow: actions(hanko.ActionContinueToPasscodeConfirmationRecovery), did: "The person forgot the password, so the tenant sent a passcode", failed: "No passcode was sent"},
	{
		What: "set a password", Flow: actions(hanko.ActionRegisterPassword, hanko.ActionPasswordRecovery, hanko.ActionPasswordCreate, hanko.ActionPasswordUpdate),
		did: "The account has a new password", failed: "The password was not set",
	},
	{What: "delete the password", Flow: actions(hanko.ActionPasswordDelete), did: "The account no longer has a password", failed: "The password was not deleted"},
	{What: "choose a username", Flow: actions(hanko.ActionUsernameCreate, hanko.ActionUsernameUpdate), did: "The account has a new username", failed: "The username was not set"},
	{What: "delete the username", Flow: actions(hanko.ActionUsernameDelete), did: "The account no longer has a username", failed: "The username was not deleted"},
	{What: "choose to create a passkey", Flow: actions(hanko.ActionContinueToPasskeyRegistration), did: "The person chose to create a passkey", failed: "The passkey could not be chosen"},
	{What: "choose to create a password", Flow: actions(hanko.ActionContinueToPasswordRegistration), did: "The person chose to create a password", failed: "The password could not be chosen"},
	{What: "set up an authenticator app", Flow: actions(hanko.ActionContinueToOTPSecretCreation), did: "The tenant created a secret for an authenticator app", failed: "No authenticator app could be set up"},
	{What: "confirm the authenticator app", Flow: actions(hanko.ActionOTPCodeVerify), did: "The authenticator app is set up", failed: "The app's code was not accepted"},
	{What: "remove the authenticator app", Flow: actions(hanko.ActionOTPSecretDelete), did: "The account no longer has an authenticator app", failed: "The authenticator app was not removed"},
	{What: "use the authenticator app", Flow: actions(hanko.ActionContinueToLoginOTP), did: "The person chose the authenticator app for the second step", failed: "The authenticator app could not be chosen"},
	{What: "check the app's code", Flow: actions(hanko.ActionOTPCodeValidate), did: "The authenticator app's code was right", failed: "The app's code was not accepted"},
	{
		What: "register a security key", Flow: actions(hanko.ActionContinueToSecurityKeyCreation, hanko.ActionSecurityKeyCreate),
		did: "The tenant sent a challenge for a new security key", failed: "The tenant did not start a new security key",
	},
	{What: "remove a security key", Flow: actions(hanko.ActionSecurityKeyDelete), did: "The security key was removed", failed: "The security key was not removed"},
	{What: "use the security key", Flow: actions(hanko.ActionContinueToLoginSecurityKey), did: "The person chose the security key for the second step", failed: "The security key could not be chosen"},
	{What: "trust this device", Flow: actions(hanko.ActionTrustDevice), did: "The tenant will not ask for the second step on this device again", failed: "The device is not trusted"},
	{What: "stay signed in", Flow: actions(hanko.ActionRememberMe), did: "The person said whether to stay signed in", failed: "The choice was not accepted"},
	{What: "change the metadata", Flow: actions(hanko.ActionPatchMetadata), did: "The app's metadata about the user was changed", failed: "The metadata was not changed"},
	{What: "connect a third party", Flow: actions(hanko.ActionConnectThirdPartyOAuthProvider), did: "The tenant sends the person to a third party to connect an account there", failed: "The third party could not be connected"},
	{What: "disconnect a third party", Flow: actions(hanko.ActionDisconnectThirdPartyOAuthProvider), did: "The account at the third party is disconnected", failed: "The third party was not disconnected"},
	{What: "skip an offer", Flow: actions(hanko.ActionSkip), Note: "Over REST, the app just continues.", did: "The person skipped the offer", failed: "This cannot be skipped"},
	{What: "go back", Flow: actions(hanko.ActionBack), Note: "Over REST, the app just goes back.", did: "The app took the flow back to an earlier state", failed: "There is no way back from here"},
}

// actions returns action names as text.
func actions(names ...hanko.ActionName) []string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return texts
}
