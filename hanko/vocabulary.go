package hanko

// Hanko's vocabulary: every state, action, input and error code that the Flow API of backends v1.0.0 to v3.0.4 has
// (backend/flow_api/flow/shared and backend/flowpilot/errors.go), under the names that Hanko's own source gives them.
// A constant without a version has been there since v1.0.0; none has been taken away since. A tenant may still answer
// with a word that is not here: newer backends have new ones.

// State is the name of a state of a flow, as it stands in Flow.Name.
type State string

// The states.
const (
	StatePreflight State = "preflight" // always the first: the app says what it can do
	StateSuccess   State = "success"   // the end of a login or a registration, with a session
	StateError     State = "error"     // the flow cannot go on

	StateLoginInit             State = "login_init"              // asks who is there
	StateLoginMethodChooser    State = "login_method_chooser"    // lets the person choose how to sign in
	StateLoginPasskey          State = "login_passkey"           // waits for the passkey's assertion
	StateLoginPassword         State = "login_password"          // asks for the password
	StateLoginPasswordRecovery State = "login_password_recovery" // asks for a new password, after a passcode
	StateLoginOTP              State = "login_otp"               // asks for the authenticator app's code; since v1.2.0
	StateLoginSecurityKey      State = "login_security_key"      // waits for the security key as the second factor; since v1.2.0
	StateDeviceTrust           State = "device_trust"            // asks whether to trust the device; since v1.3.0
	StatePasscodeConfirmation  State = "passcode_confirmation"   // waits for the passcode from the mail
	StateThirdParty            State = "thirdparty"              // waits for the person to come back from a third party

	StateRegistrationInit                   State = "registration_init"                     // asks for an address or a username to register
	StateOnboardingUsername                 State = "onboarding_username"                   // asks for a username
	StateOnboardingEmail                    State = "onboarding_email"                      // asks for an email address
	StateCredentialOnboardingChooser        State = "credential_onboarding_chooser"         // offers a passkey or a password
	StateOnboardingCreatePasskey            State = "onboarding_create_passkey"             // offers to make a passkey
	StateOnboardingVerifyPasskeyAttestation State = "onboarding_verify_passkey_attestation" // waits for the new credential's attestation
	StatePasswordCreation                   State = "password_creation"                     // asks for a password for the account
	StateMFAMethodChooser                   State = "mfa_method_chooser"                    // offers the second factors; since v1.2.0
	StateMFAOTPSecretCreation               State = "mfa_otp_secret_creation"               // shows a secret for an authenticator app; since v1.2.0
	StateMFASecurityKeyCreation             State = "mfa_security_key_creation"             // offers to register a security key; since v1.2.0

	StateProfileInit                    State = "profile_init"                     // lists what the tenant keeps of the person
	StateWebAuthnCredentialVerification State = "webauthn_credential_verification" // waits for a new credential's attestation, in the profile flow
	StateAccountDeleted                 State = "account_deleted"                  // the end of a profile flow that deleted the account
)

// ActionName is the name of something that can be done in a state: a key of Flow.Actions.
type ActionName string

// The actions.
const (
	ActionRegisterClientCapabilities ActionName = "register_client_capabilities" // says what the app can do
	ActionBack                       ActionName = "back"                         // goes back to the state before
	ActionSkip                       ActionName = "skip"                         // passes over what the state offers
	ActionRememberMe                 ActionName = "remember_me"                  // says whether to stay signed in, with `session.cookie.retention: prompt`; since v1.3.0

	ActionContinueWithLoginIdentifier            ActionName = "continue_with_login_identifier"             // says who wants to sign in
	ActionContinueToPasscodeConfirmation         ActionName = "continue_to_passcode_confirmation"          // has a passcode mailed to sign in with
	ActionContinueToPasscodeConfirmationRecovery ActionName = "continue_to_passcode_confirmation_recovery" // has a passcode mailed to set a new password with
	ActionContinueToPasswordLogin                ActionName = "continue_to_password_login"                 // chooses the password
	ActionVerifyPasscode                         ActionName = "verify_passcode"                            // hands in the code from the mail
	ActionResendPasscode                         ActionName = "resend_passcode"                            // has a new passcode mailed
	ActionPasswordLogin                          ActionName = "password_login"                             // hands in the password
	ActionPasswordRecovery                       ActionName = "password_recovery"                          // sets a new password in place of a forgotten one
	ActionWebAuthnGenerateRequestOptions         ActionName = "webauthn_generate_request_options"          // asks for a challenge to sign in with
	ActionWebAuthnVerifyAssertionResponse        ActionName = "webauthn_verify_assertion_response"         // hands in the assertion
	ActionContinueToLoginOTP                     ActionName = "continue_to_login_otp"                      // chooses the authenticator app as the second factor; since v1.2.0
	ActionContinueToLoginSecurityKey             ActionName = "continue_to_login_security_key"             // chooses the security key as the second factor; since v1.2.0
	ActionOTPCodeValidate                        ActionName = "otp_code_validate"                          // hands in the authenticator app's code; since v1.2.0
	ActionTrustDevice                            ActionName = "trust_device"                               // has the tenant trust this device; since v1.3.0
	ActionThirdPartyOAuth                        ActionName = "thirdparty_oauth"                           // goes to a third party to sign in
	ActionExchangeToken                          ActionName = "exchange_token"                             // hands in the token that the third party's way back brought

	ActionRegisterLoginIdentifier           ActionName = "register_login_identifier"            // says who wants an account
	ActionContinueToPasskeyRegistration     ActionName = "continue_to_passkey_registration"     // chooses to make a passkey
	ActionContinueToPasswordRegistration    ActionName = "continue_to_password_registration"    // chooses to set a password
	ActionRegisterPassword                  ActionName = "register_password"                    // sets the account's first password
	ActionWebAuthnGenerateCreationOptions   ActionName = "webauthn_generate_creation_options"   // asks for a challenge to make a credential with
	ActionWebAuthnVerifyAttestationResponse ActionName = "webauthn_verify_attestation_response" // hands in the new credential's attestation
	ActionEmailAddressSet                   ActionName = "email_address_set"                    // gives the account an address, while signing in
	ActionContinueToOTPSecretCreation       ActionName = "continue_to_otp_secret_creation"      // chooses to set up an authenticator app; since v1.2.0
	ActionContinueToSecurityKeyCreation     ActionName = "continue_to_security_key_creation"    // chooses to register a security key; since v1.2.0
	ActionOTPCodeVerify                     ActionName = "otp_code_verify"                      // hands in the first code of a new authenticator app; since v1.2.0

	// The profile flow's actions. The state onboarding_username has username_create, too.
	ActionAccountDelete                     ActionName = "account_delete"                       // deletes the account
	ActionEmailCreate                       ActionName = "email_create"                         // adds an address
	ActionEmailDelete                       ActionName = "email_delete"                         // deletes an address
	ActionEmailSetPrimary                   ActionName = "email_set_primary"                    // makes an address the first one
	ActionEmailVerify                       ActionName = "email_verify"                         // has a passcode mailed to an address that is not verified
	ActionUsernameCreate                    ActionName = "username_create"                      // gives the account a username
	ActionUsernameUpdate                    ActionName = "username_update"                      // changes the username
	ActionUsernameDelete                    ActionName = "username_delete"                      // deletes the username
	ActionPasswordCreate                    ActionName = "password_create"                      // sets the account's first password
	ActionPasswordUpdate                    ActionName = "password_update"                      // changes the password
	ActionPasswordDelete                    ActionName = "password_delete"                      // deletes the password
	ActionWebAuthnCredentialCreate          ActionName = "webauthn_credential_create"           // asks for a challenge to add a passkey with
	ActionWebAuthnCredentialRename          ActionName = "webauthn_credential_rename"           // renames a passkey
	ActionWebAuthnCredentialDelete          ActionName = "webauthn_credential_delete"           // deletes a passkey
	ActionSecurityKeyCreate                 ActionName = "security_key_create"                  // asks for a challenge to add a security key with; since v1.2.0
	ActionSecurityKeyDelete                 ActionName = "security_key_delete"                  // deletes a security key; since v1.2.0
	ActionOTPSecretDelete                   ActionName = "otp_secret_delete"                    // removes the authenticator app; since v1.2.0
	ActionSessionDelete                     ActionName = "session_delete"                       // ends one of the person's sessions; since v1.1.0
	ActionPatchMetadata                     ActionName = "patch_metadata"                       // changes the user's metadata; since v2.1.0
	ActionConnectThirdPartyOAuthProvider    ActionName = "connect_thirdparty_oauth_provider"    // goes to a third party to connect its account; since v2.3.0
	ActionDisconnectThirdPartyOAuthProvider ActionName = "disconnect_thirdparty_oauth_provider" // takes a third party's account off this one; since v2.3.0
)

// InputName is the name of a field of an action: a key of FlowAction.Inputs and of FlowInputs.InputData.
type InputName string

// The inputs.
const (
	InputEmail       InputName = "email"        // an address
	InputUsername    InputName = "username"     // a username
	InputIdentifier  InputName = "identifier"   // an address or a username, where the tenant has both
	InputCode        InputName = "code"         // the passcode from the mail
	InputPassword    InputName = "password"     // the password, to sign in or, in the profile flow, to set
	InputNewPassword InputName = "new_password" // a password to set, while signing in
	InputOTPCode     InputName = "otp_code"     // the authenticator app's code; since v1.2.0
	InputRememberMe  InputName = "remember_me"  // whether to stay signed in, a boolean; since v1.3.0

	InputPublicKey         InputName = "public_key"         // a new credential's attestation, JSON
	InputAssertionResponse InputName = "assertion_response" // a passkey's or security key's assertion, JSON

	InputWebAuthnAvailable                      InputName = "webauthn_available"                        // the app can do WebAuthn, a boolean: else no passkey is ever offered
	InputWebAuthnConditionalMediationAvailable  InputName = "webauthn_conditional_mediation_available"  // the app can offer passkeys in the email field, a boolean
	InputWebAuthnPlatformAuthenticatorAvailable InputName = "webauthn_platform_authenticator_available" // the device has an authenticator of its own, a boolean; since v1.2.0

	InputProvider     InputName = "provider"      // the third party's id
	InputRedirectTo   InputName = "redirect_to"   // where the third party's way back leads
	InputCodeVerifier InputName = "code_verifier" // ties the way back to this app (RFC 7636); since v2.2.0
	InputToken        InputName = "token"         // the one-time token that the way back brings

	// What the profile flow's actions are about.
	InputEmailID       InputName = "email_id"        // a UUID
	InputPasskeyID     InputName = "passkey_id"      // a credential id, base64url
	InputPasskeyName   InputName = "passkey_name"    // the name to give to a passkey
	InputSecurityKeyID InputName = "security_key_id" // a credential id, base64url; since v1.2.0
	InputSessionID     InputName = "session_id"      // a UUID; since v1.1.0
	InputIdentityID    InputName = "identity_id"     // a connected third party's account, a UUID; since v2.3.0
	InputPatchMetadata InputName = "patch_metadata"  // the changes (RFC 7396), JSON; since v2.1.0
)

// ErrorCode is the code of what a state or a field says went wrong: FlowError.Code.
type ErrorCode string

// The error codes. FlowError.Explain says what each means to a person.
const (
	// Of states, with the HTTP status that they are answered with.
	CodeTechnicalError                   ErrorCode = "technical_error"                      // 500: the tenant failed on its own side
	CodeFlowExpiredError                 ErrorCode = "flow_expired_error"                   // 410: the flow is older than a day
	CodeFlowDiscontinuityError           ErrorCode = "flow_discontinuity_error"             // 500: the flow and what is stored of it do not fit together
	CodeOperationNotPermittedError       ErrorCode = "operation_not_permitted_error"        // 403: the flow is over or unknown, the csrf token stale, or the action not offered
	CodeFormDataInvalidError             ErrorCode = "form_data_invalid_error"              // 400: a field is wrong; most often it has an error of its own
	CodeNotFound                         ErrorCode = "not_found"                            // 404: the tenant does not have what the input names
	CodeUnauthorized                     ErrorCode = "unauthorized"                         // 401: the profile flow's session is not valid
	CodeForbidden                        ErrorCode = "forbidden"                            // 403: SAML is off, on POST /token_exchange; since v3.0.0
	CodeRateLimitExceeded                ErrorCode = "rate_limit_exceeded"                  // 429: too many attempts
	CodePasscodeMaxAttemptsReached       ErrorCode = "passcode_max_attempts_reached"        // 401: the passcode was entered wrong three times
	CodePasskeyInvalid                   ErrorCode = "passkey_invalid"                      // 401: the attestation or the assertion was not accepted
	CodeWebAuthnCredentialInvalidMFAOnly ErrorCode = "webauthn_credential_invalid_mfa_only" // 401: a security key for the second factor cannot be the first; since v1.2.0
	CodePlatformAuthenticatorRequired    ErrorCode = "platform_authenticator_required"      // 401: the tenant wants an authenticator in the device; since v1.2.0

	// Of fields, beside form_data_invalid_error.
	CodeValueMissingError     ErrorCode = "value_missing_error"     // a required field is empty
	CodeValueInvalidError     ErrorCode = "value_invalid_error"     // the value is not accepted: a wrong password, too
	CodeValueTooLongError     ErrorCode = "value_too_long_error"    // longer than max_length
	CodeValueTooShortError    ErrorCode = "value_too_short_error"   // shorter than min_length
	CodePasscodeInvalid       ErrorCode = "passcode_invalid"        // a passcode that is wrong, used or expired; up to v3.0.4 a wrong code of an authenticator app, too; up to v1.5.2 of a state
	CodeOTPCodeInvalid        ErrorCode = "otp_code_invalid"        // a wrong code of an authenticator app; after v3.0.4
	CodeOTPCodeAlreadyUsed    ErrorCode = "otp_code_already_used"   // a code of an authenticator app that was used before; after v3.0.4
	CodeUnknownEmailError     ErrorCode = "unknown_email_error"     // no user has the address, where the tenant says so; since v1.5.0
	CodeUnknownUsernameError  ErrorCode = "unknown_username_error"  // no user has the name
	CodeEmailAlreadyExists    ErrorCode = "email_already_exists"    // a user has the address
	CodeUsernameAlreadyExists ErrorCode = "username_already_exists" // a user has the name
	CodeInvalidUsernameError  ErrorCode = "invalid_username_error"  // the name has characters that names do not have
	CodeInvalidMetadataError  ErrorCode = "invalid_metadata_error"  // the metadata is no object, or too long; since v2.1.0
)
