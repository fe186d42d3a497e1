package authenticator

// RegistrationResponse is the response for a new passkey. It marshals to RegistrationResponseJSON (WebAuthn Level 3 section
// 5.1), with only the members that the profile's apps send.
type RegistrationResponse struct {
	ID         string              `json:"id,omitempty"`    // base64url
	RawID      Bytes               `json:"rawId,omitempty"` // raw here, base64url in JSON
	Type       string              `json:"type,omitempty"`
	Attachment string              `json:"authenticatorAttachment,omitempty"`
	Response   AttestationResponse `json:"response"`
	Extensions map[string]any      `json:"clientExtensionResults,omitzero"` // nil: the member is left out
	Kept       ExtensionSecrets    `json:"-"`                               // for the app alone
}

// AttestationResponse is the authenticator's part of a RegistrationResponse.
type AttestationResponse struct {
	ClientDataJSON     Bytes     `json:"clientDataJSON"`
	AttestationObject  Bytes     `json:"attestationObject"`
	Transports         []string  `json:"transports,omitempty"`
	AuthenticatorData  Bytes     `json:"authenticatorData,omitempty"`
	PublicKeyAlgorithm Algorithm `json:"publicKeyAlgorithm,omitempty"`
	PublicKey          Bytes     `json:"publicKey,omitempty"` // SubjectPublicKeyInfo, DER
}

// AuthenticationResponse is the response of an existing passkey. It marshals to AuthenticationResponseJSON.
type AuthenticationResponse struct {
	ID         string            `json:"id,omitempty"`    // base64url
	RawID      Bytes             `json:"rawId,omitempty"` // raw here, base64url in JSON
	Type       string            `json:"type,omitempty"`
	Attachment string            `json:"authenticatorAttachment,omitempty"`
	Response   AssertionResponse `json:"response"`
	Extensions map[string]any    `json:"clientExtensionResults,omitzero"` // nil: the member is left out
	Kept       ExtensionSecrets  `json:"-"`                               // for the app alone
}

// AssertionResponse is the authenticator's part of an AuthenticationResponse.
type AssertionResponse struct {
	ClientDataJSON    Bytes `json:"clientDataJSON"`
	AuthenticatorData Bytes `json:"authenticatorData"`
	Signature         Bytes `json:"signature"`
	UserHandle        Bytes `json:"userHandle,omitempty"`
}
