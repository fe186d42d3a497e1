package hanko

// Hanko's vocabulary: every state, action, input and error code of the Flow API in backends v1.0.0 to v3.0.4
// (backend/flow_api/flow/shared and backend/flowpilot/errors.go), with the names from Hanko's own source. A constant without
// a version has existed since v1.0.0, and none has been removed. A tenant may still answer with an unknown word, because
// newer backends have new ones.

// State is the name of a flow's state: Flow.Name.
type State string

// The states.
const (
	StatePreflight State = "preflight" // always the first: the app says what it supports
	StateSuccess   State = "success"   // the end of a login or a registration, with a session
	StateError     State = "error"     // the flow cannot go on

	StateLoginInit             State = "login_init"              // asks who signs in
	StateLoginMethodChooser    State = "login_method_chooser"    // lets the person choose how to sign in
	StateLoginPasskey          State = "login_passkey"           // waits for the passkey's assertion
	StateLoginPassword         State = "login_password"          // asks for the password
	StateLoginPasswordRecovery State = "login_password_recovery" // asks for a new password, after a passcode
	StateLoginOTP              State = "login_otp"               // asks for the authenticator app's code; since v1.2.0
	StateLoginSecurityKey      State = "login_security_key"      // waits for the security key as the second factor; since v1.2.0
	StateDeviceTrust           State = "device_trust"            // asks whether to trust the device; since v1.3.0
	StatePasscodeConfirmation  State = "passcode_confirmation"   // waits for the passcode from the mail
	StateThirdParty            State = "thirdparty"              // waits for the person to return from a third party

	StateRegistrationInit                   State = "registration_init"                     // asks for an address or a username to register
	StateOnboardingUsername                 State = "onboarding_username"                   // asks for a username
	StateOnboardingEmail                    State = "onboarding_email"                      // asks for an email address
	StateCredentialOnboardingChooser        State = "credential_onboarding_chooser"         // offers a passkey or a password
	StateOnboardingCreatePasskey            State = "onboarding_create_passkey"             // offers to create a passkey
	StateOnboardingVerifyPasskeyAttestation State = "onboarding_verify_passkey_attestation" // waits for the new credential's attestation
	StatePasswordCreation                   State = "password_creation"                     // asks for a password for the account
	StateMFAMethodChooser                   State = "mfa_method_chooser"                    // offers the second factors; since v1.2.0
	StateMFAOTPSecretCreation               State = "mfa_otp_secret_creation"               // shows a secret for an authenticator app; since v1.2.0
	StateMFASecurityKeyCreation             State = "mfa_security_key_creation"             // offers to register a security key; since v1.2.0

	StateProfileInit                    State = "profile_init"                     // lists what the account has
	StateWebAuthnCredentialVerification State = "webauthn_credential_verification" // waits for a new credential's attestation, in the profile flow
	StateAccountDeleted                 State = "account_deleted"                  // the end of a profile flow that deleted the account
)

// ActionName is the name of an action that a state offers: a key of Flow.Actions.
type ActionName string

// The actions.
const (
	ActionRegisterClientCapabilities ActionName = "register_client_capabilities" // says what the app supports
	ActionBack                       ActionName = "back"                         // returns to the previous state
	ActionSkip                       ActionName = "skip"                         // skips the state
	ActionRememberMe                 ActionName = "remember_me"                  // says whether to stay signed in, with `session.cookie.retention: prompt`; since v1.3.0

	ActionContinueWithLoginIdentifier            ActionName = "continue_with_login_identifier"             // says who wants to sign in
	ActionContinueToPasscodeConfirmation         ActionName = "continue_to_passcode_confirmation"          // requests a passcode by mail to sign in with
	ActionContinueToPasscodeConfirmationRecovery ActionName = "continue_to_passcode_confirmation_recovery" // requests a passcode by mail to set a new password
	ActionContinueToPasswordLogin                ActionName = "continue_to_password_login"                 // chooses to sign in with the password
	ActionVerifyPasscode                         ActionName = "verify_passcode"                            // sends the code from the mail
	ActionResendPasscode                         ActionName = "resend_passcode"                            // requests a new passcode by mail
	ActionPasswordLogin                          ActionName = "password_login"                             // sends the password
	ActionPasswordRecovery                       ActionName = "password_recovery"                          // replaces a forgotten password
	ActionWebAuthnGenerateRequestOptions         ActionName = "webauthn_generate_request_options"          // requests a challenge to sign in with
	ActionWebAuthnVerifyAssertionResponse        ActionName = "webauthn_verify_assertion_response"         // sends the assertion
	ActionContinueToLoginOTP                     ActionName = "continue_to_login_otp"                      // chooses the authenticator app as the second factor; since v1.2.0
	ActionContinueToLoginSecurityKey             ActionName = "continue_to_login_security_key"             // chooses the security key as the second factor; since v1.2.0
	ActionOTPCodeValidate                        ActionName = "otp_code_validate"                          // sends the authenticator app's code; since v1.2.0
	ActionTrustDevice                            ActionName = "trust_device"                               // lets the tenant trust this device; since v1.3.0
	ActionThirdPartyOAuth                        ActionName = "thirdparty_oauth"                           // goes to a third party to sign in
	ActionExchangeToken                          ActionName = "exchange_token"                             // sends the one-time token with which the browser returned from a third party

	ActionRegisterLoginIdentifier           ActionName = "register_login_identifier"            // says who wants an account
	ActionContinueToPasskeyRegistration     ActionName = "continue_to_passkey_registration"     // chooses to create a passkey
	ActionContinueToPasswordRegistration    ActionName = "continue_to_password_registration"    // chooses to set a password
	ActionRegisterPassword                  ActionName = "register_password"                    // sets the account's first password
	ActionWebAuthnGenerateCreationOptions   ActionName = "webauthn_generate_creation_options"   // requests a challenge for a new credential
	ActionWebAuthnVerifyAttestationResponse ActionName = "webauthn_verify_attestation_response" // sends the new credential's attestation
	ActionEmailAddressSet                   ActionName = "email_address_set"                    // adds an address, while signing in
	ActionContinueToOTPSecretCreation       ActionName = "continue_to_otp_secret_creation"      // chooses to set up an authenticator app; since v1.2.0
	ActionContinueToSecurityKeyCreation     ActionName = "continue_to_security_key_creation"    // chooses to register a security key; since v1.2.0
	ActionOTPCodeVerify                     ActionName = "otp_code_verify"                      // sends the first code of a new authenticator app; since v1.2.0

	// The profile flow's actions. The state onboarding_username has username_create, too.
	ActionAccountDelete                     ActionName = "account_delete"                       // deletes the account
	ActionEmailCreate                       ActionName = "email_create"                         // adds an address
	ActionEmailDelete                       ActionName = "email_delete"                         // deletes an address
	ActionEmailSetPrimary                   ActionName = "email_set_primary"                    // makes an address the primary one
	ActionEmailVerify                       ActionName = "email_verify"                         // requests a passcode for an address that is not verified
	ActionUsernameCreate                    ActionName = "username_create"                      // adds a username
	ActionUsernameUpdate                    ActionName = "username_update"                      // changes the username
	ActionUsernameDelete                    ActionName = "username_delete"                      // deletes the username
	ActionPasswordCreate                    ActionName = "password_create"                      // sets the account's first password
	ActionPasswordUpdate                    ActionName = "password_update"                      // changes the password
	ActionPasswordDelete                    ActionName = "password_delete"                      // deletes the password
	ActionWebAuthnCredentialCreate          ActionName = "webauthn_credential_create"           // requests a challenge to add a passkey
	ActionWebAuthnCredentialRename          ActionName = "webauthn_credential_rename"           // renames a passkey
	ActionWebAuthnCredentialDelete          ActionName = "webauthn_credential_delete"           // deletes a passkey
	ActionSecurityKeyCreate                 ActionName = "security_key_create"                  // requests a challenge to add a security key; since v1.2.0
	ActionSecurityKeyDelete                 ActionName = "security_key_delete"                  // deletes a security key; since v1.2.0
	ActionOTPSecretDelete                   ActionName = "otp_secret_delete"                    // removes the authenticator app; since v1.2.0
	ActionSessionDelete                     ActionName = "session_delete"                       // ends one of the person's sessions; since v1.1.0
	ActionPatchMetadata                     ActionName = "patch_metadata"                       // changes the user's metadata; since v2.1.0
	ActionConnectThirdPartyOAuthProvider    ActionName = "connect_thirdparty_oauth_provider"    // goes to a third party to link an account there; since v2.3.0
	ActionDisconnectThirdPartyOAuthProvider ActionName = "disconnect_thirdparty_oauth_provider" // unlinks a third party's account; since v2.3.0
)

// InputName is the name of a field of an action: a key of FlowAction.Inputs and of FlowInputs.InputData.
type InputName string

// The inputs.
const (
	InputEmail       InputName = "email"        // an address
	InputUsername    InputName = "username"     // a username
	InputIdentifier  InputName = "identifier"   // an address or a username, if the tenant accepts both
	InputCode        InputName = "code"         // the passcode from the mail
	InputPassword    InputName = "password"     // the password, to sign in or, in the profile flow, to set
	InputNewPassword InputName = "new_password" // a password to set, while signing in
	InputOTPCode     InputName = "otp_code"     // the authenticator app's code; since v1.2.0
	InputRememberMe  InputName = "remember_me"  // whether to stay signed in, a boolean; since v1.3.0

	InputPublicKey         InputName = "public_key"         // a new credential's attestation, JSON
	InputAssertionResponse InputName = "assertion_response" // a passkey's or security key's assertion, JSON

	InputWebAuthnAvailable                      InputName = "webauthn_available"                        // the app supports WebAuthn, a boolean; if not, the tenant never offers a passkey
	InputWebAuthnConditionalMediationAvailable  InputName = "webauthn_conditional_mediation_available"  // the app can offer passkeys in the email field, a boolean
	InputWebAuthnPlatformAuthenticatorAvailable InputName = "webauthn_platform_authenticator_available" // the device has an authenticator of its own, a boolean; since v1.2.0

	InputProvider     InputName = "provider"      // the third party's id
	InputRedirectTo   InputName = "redirect_to"   // where the browser returns to from the third party
	InputCodeVerifier InputName = "code_verifier" // proves that the app that returns is the one that left (RFC 7636); since v2.2.0
	InputToken        InputName = "token"         // the one-time token with which the browser returned from a third party

	// Of the profile flow's actions.
	InputEmailID       InputName = "email_id"        // a UUID
	InputPasskeyID     InputName = "passkey_id"      // a credential id, base64url
	InputPasskeyName   InputName = "passkey_name"    // the name to give to a passkey
	InputSecurityKeyID InputName = "security_key_id" // a credential id, base64url; since v1.2.0
	InputSessionID     InputName = "session_id"      // a UUID; since v1.1.0
	InputIdentityID    InputName = "identity_id"     // a linked account at a third party, a UUID; since v2.3.0
	InputPatchMetadata InputName = "patch_metadata"  // the changes (RFC 7396), JSON; since v2.1.0
)

// ErrorCode is the code of an error of a state or a field: FlowError.Code.
type ErrorCode string

// The error codes. FlowError.Explain explains them to a person.
const (
	// Of states, with the HTTP status of the answer.
	CodeTechnicalError                   ErrorCode = "technical_error"                      // 500: the tenant failed
	CodeFlowExpiredError                 ErrorCode = "flow_expired_error"                   // 410: the flow is older than a day
	CodeFlowDiscontinuityError           ErrorCode = "flow_discontinuity_error"             // 500: the flow does not match what is stored
	CodeOperationNotPermittedError       ErrorCode = "operation_not_permitted_error"        // 403: the flow has ended or is unknown, the CSRF token is stale, or the action is not offered
	CodeFormDataInvalidError             ErrorCode = "form_data_invalid_error"              // 400: a field is wrong; usually it has its own error
	CodeNotFound                         ErrorCode = "not_found"                            // 404: the tenant does not have what an input names
	CodeUnauthorized                     ErrorCode = "unauthorized"                         // 401: the profile flow's session is not valid
	CodeForbidden                        ErrorCode = "forbidden"                            // 403: SAML is off, on POST /token_exchange; since v3.0.0
	CodeRateLimitExceeded                ErrorCode = "rate_limit_exceeded"                  // 429: too many attempts
	CodePasscodeMaxAttemptsReached       ErrorCode = "passcode_max_attempts_reached"        // 401: the passcode was entered wrong three times
	CodePasskeyInvalid                   ErrorCode = "passkey_invalid"                      // 401: the attestation or the assertion was not accepted
	CodeWebAuthnCredentialInvalidMFAOnly ErrorCode = "webauthn_credential_invalid_mfa_only" // 401: a security key is only a second factor; since v1.2.0
	CodePlatformAuthenticatorRequired    ErrorCode = "platform_authenticator_required"      // 401: the tenant requires an authenticator that is part of the device; since v1.2.0

	// Of fields, in addition to form_data_invalid_error.
	CodeValueMissingError     ErrorCode = "value_missing_error"     // a required field is empty
	CodeValueInvalidError     ErrorCode = "value_invalid_error"     // the value is not accepted; also for a wrong password
	CodeValueTooLongError     ErrorCode = "value_too_long_error"    // longer than max_length
	CodeValueTooShortError    ErrorCode = "value_too_short_error"   // shorter than min_length
	CodePasscodeInvalid       ErrorCode = "passcode_invalid"        // the passcode is wrong, used or expired; up to v3.0.4 also for a wrong code of an authenticator app; up to v1.5.2 an error of a state
	CodeOTPCodeInvalid        ErrorCode = "otp_code_invalid"        // the code of an authenticator app is wrong; after v3.0.4
	CodeOTPCodeAlreadyUsed    ErrorCode = "otp_code_already_used"   // the code of an authenticator app was used before; after v3.0.4
	CodeUnknownEmailError     ErrorCode = "unknown_email_error"     // no user has the address, if the tenant reveals that; since v1.5.0
	CodeUnknownUsernameError  ErrorCode = "unknown_username_error"  // no user has the username
	CodeEmailAlreadyExists    ErrorCode = "email_already_exists"    // a user has the address
	CodeUsernameAlreadyExists ErrorCode = "username_already_exists" // a user has the username
	CodeInvalidUsernameError  ErrorCode = "invalid_username_error"  // the username has characters that are not allowed
	CodeInvalidMetadataError  ErrorCode = "invalid_metadata_error"  // the metadata is not an object, or too long; since v2.1.0
)
