package authenticator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// Create creates a passkey (WebAuthn Level 3 sections 5.1.3 and 6.3.2). It checks what a real phone checks, asks for
// consent, and keeps the new key. As on real phones, the new passkey replaces one of the same account. If the phone has a
// passkey that excludeCredentials names, Create fails with InvalidStateError, but only after consent, so that a relying
// party cannot probe for it. It fails with an *Error.
func (p *Phone) Create(ctx context.Context, options CreationOptions) (*RegistrationResponse, error) {
	if err := p.begin(ctx, Create); err != nil {
		return nil, err
	}
	options.RP.ID = p.defaultRPID(options.RP.ID)
	if err := options.Check(); err != nil {
		return nil, err
	}
	if err := p.checkRP(ctx, Create, options.RP.ID); err != nil {
		return nil, err
	}
	if err := p.checkAttestation(options.Attestation); err != nil {
		return nil, err
	}
	algorithm, err := p.chooseAlgorithm(options.Parameters)
	if err != nil {
		return nil, err
	}
	if err := p.checkAttachment(options.Selection.Attachment); err != nil {
		return nil, err
	}
	if err := options.Extensions.check(p.profile); err != nil {
		return nil, err
	}

	decision, err := p.ask(ctx, ConsentRequest{
		Ceremony: Create,
		RP:       options.RP,
		Accounts: []Account{{
			UserHandle:  options.User.ID,
			Name:        options.User.Name,
			DisplayName: options.User.DisplayName,
		}},
		UserVerification: verificationWish(options.Selection.UserVerification),
	})
	if err != nil {
		return nil, err
	}
	if err := p.checkExcluded(ctx, options); err != nil {
		return nil, err
	}

	k, err := generateKey(algorithm)
	if err != nil {
		return nil, broken(Create, "the phone could not create a key", err)
	}
	fresh := &credential{
		Passkey: Passkey{
			CredentialID: p.profile.newCredentialID(k),
			RPID:         options.RP.ID,
			RPName:       options.RP.Name,
			UserHandle:   slices.Clone(options.User.ID),
			UserName:     options.User.Name,
			DisplayName:  options.User.DisplayName,
			Algorithm:    algorithm,
			Keychain:     p.profile.Keychain,
			Profile:      p.profile.Name,
			ServerSide:   !p.profile.discoverable(options.Selection),
			CreatedAt:    p.now().UTC(),
		},
		key: k,
	}
	response, err := p.register(fresh, options, decision)
	if err != nil {
		return nil, broken(Create, "the phone could not encode the new passkey", err)
	}
	if err := p.store.put(ctx, fresh); err != nil {
		return nil, broken(Create, "the phone could not store the new passkey", err)
	}
	return response, nil
}

// register returns the response for a new credential.
func (p *Phone) register(c *credential, options CreationOptions, decision Decision) (*RegistrationResponse, error) {
	tampering := p.tamperingWith(Create)
	clientData := p.profile.clientData("webauthn.create", options.RP.ID, options.Challenge)
	change(tampering.ClientData, &clientData)
	clientDataJSON := replace(tampering.ClientDataJSON, clientData.JSON())

	data := AuthenticatorData{
		RPIDHash:  sha256.Sum256([]byte(options.RP.ID)),
		Flags:     p.profile.flags(decision.UserVerified, c.Eligibility) | AttestedData,
		SignCount: c.SignCount,
		Attested: &AttestedCredential{
			AAGUID:       p.profile.revealedAAGUID(options.Attestation),
			CredentialID: c.CredentialID,
			PublicKey:    c.key.cose(),
		},
	}
	change(tampering.AuthData, &data)
	authData := replace(tampering.AuthDataBytes, data.Bytes())

	statement, err := p.profile.attest(options.Attestation, c.key, authData, clientDataJSON)
	if err != nil {
		return nil, err
	}
	change(tampering.Statement, &statement)
	response := &RegistrationResponse{
		ID:         base64.RawURLEncoding.EncodeToString(c.CredentialID),
		RawID:      slices.Clone(c.CredentialID),
		Type:       publicKeyType,
		Attachment: p.profile.Attachment,
		Response: AttestationResponse{
			ClientDataJSON:    clientDataJSON,
			AttestationObject: replace(tampering.AttestationObject, attestationObject(statement, authData)),
			Transports:        slices.Clone(p.profile.Transports),
		},
	}
	response.Extensions, response.Kept = p.profile.creationOutputs(options.Extensions, c, decision.UserVerified)
	if p.profile.FullResponse {
		spki, err := c.key.spki()
		if err != nil {
			return nil, err
		}
		response.Response.AuthenticatorData = authData
		response.Response.PublicKeyAlgorithm = c.Algorithm
		response.Response.PublicKey = spki
		if response.Extensions == nil {
			response.Extensions = map[string]any{}
		}
	}
	change(tampering.Registration, response)
	return response, nil
}

// chooseAlgorithm returns the first algorithm in the relying party's order that this phone supports. An empty list means
// ES256 and RS256 (section 5.1.3 step 9).
func (p *Phone) chooseAlgorithm(parameters []Parameter) (Algorithm, error) {
	if len(parameters) == 0 {
		parameters = []Parameter{{publicKeyType, ES256}, {publicKeyType, RS256}}
	}
	var asked []string
	for _, want := range parameters {
		if want.Type == publicKeyType && slices.Contains(p.profile.Algorithms, want.Algorithm) {
			return want.Algorithm, nil
		}
		asked = append(asked, want.Algorithm.String())
	}
	return 0, &Error{
		Ceremony: Create,
		Name:     NotSupportedError,
		Sentence: "this phone supports none of the requested algorithms",
		Hint:     fmt.Sprintf("requested: %s; this phone supports %v", strings.Join(asked, ", "), p.profile.Algorithms),
	}
}

// checkAttestation refuses what iOS refuses to native apps. That is a real trap, because browsers answer relying parties
// that ask for "direct". A phone that is not strict ignores it.
func (p *Phone) checkAttestation(asked string) error {
	if !p.strict || p.profile.Platform != IOS || asked == "" || asked == "none" {
		return nil
	}
	return &Error{
		Ceremony: Create,
		Name:     NotSupportedError,
		Platform: IOS.words(refusedAttestation, Create),
		Sentence: fmt.Sprintf("the relying party asks for %s attestation, which iOS does not give to apps", asked),
		Hint:     "set attestation to none, at the relying party or in the app",
	}
}

// checkAttachment refuses if the relying party asks for another kind of authenticator. A real phone would offer a security
// key or another phone instead, and the person would have to close that sheet.
func (p *Phone) checkAttachment(attachment string) error {
	other := attachment == "platform" || attachment == "cross-platform"
	if !other || attachment == p.profile.Attachment {
		return nil
	}
	return &Error{
		Ceremony: Create,
		Name:     NotAllowedError,
		Platform: p.profile.Platform.words(refusedCanceled, Create),
		Sentence: fmt.Sprintf("the relying party asks for a %s authenticator, but this is a %s one", attachment, p.profile.Attachment),
		Hint:     "authenticatorSelection.authenticatorAttachment decides this",
	}
}

func (p *Phone) checkExcluded(ctx context.Context, options CreationOptions) error {
	if len(options.ExcludeCredentials) == 0 {
		return nil
	}
	own, err := p.own(ctx)
	if err != nil {
		return broken(Create, "the phone could not read its passkeys", err)
	}
	for _, c := range matching(own, options.ExcludeCredentials) {
		if c.RPID == options.RP.ID {
			return &Error{
				Ceremony: Create,
				Name:     InvalidStateError,
				Platform: p.profile.Platform.words(refusedExcluded, Create),
				Sentence: fmt.Sprintf("this phone already has a passkey for %s", cmp.Or(c.UserName, c.RPID)),
				Hint:     "sign in with it, or delete it first",
			}
		}
	}
	return nil
}
