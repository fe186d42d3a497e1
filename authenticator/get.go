package authenticator

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
)

// Get proves possession of a passkey (WebAuthn Level 3 sections 5.1.4 and 6.3.3): one that allowCredentials names or, if
// that is empty, any discoverable one for the RP ID on this phone. For a discoverable credential, it returns the user
// handle. It fails with an *Error.
func (p *Phone) Get(ctx context.Context, options RequestOptions) (*AuthenticationResponse, error) {
	if err := p.begin(ctx, Get); err != nil {
		return nil, err
	}
	options.RPID = p.defaultRPID(options.RPID)
	if err := options.Check(); err != nil {
		return nil, err
	}
	if err := p.checkRP(ctx, Get, options.RPID); err != nil {
		return nil, err
	}
	if err := options.Extensions.check(options.AllowCredentials); err != nil {
		return nil, err
	}
	candidates, err := p.candidates(ctx, options)
	if err != nil {
		return nil, err
	}
	request := ConsentRequest{
		Ceremony:         Get,
		RP:               RelyingParty{ID: options.RPID, Name: candidates[0].RPName},
		UserVerification: verificationWish(options.UserVerification),
	}
	for _, c := range candidates {
		request.Accounts = append(request.Accounts, c.account())
	}
	decision, err := p.ask(ctx, request)
	if err != nil {
		return nil, err
	}
	chosen := candidates[0]
	if len(decision.CredentialID) > 0 {
		i := indexOf(candidates, decision.CredentialID)
		if i < 0 {
			return nil, broken(Get, "the consent sheet gave an invalid answer", errNotOffered)
		}
		chosen = candidates[i]
	}
	var (
		extensions map[string]any
		kept       ExtensionSecrets
	)
	chosen, err = p.store.update(ctx, chosen.CredentialID, func(c *credential) {
		c.LastUsedAt = p.now().UTC()
		// A passkey that counted before it was imported must continue, because a relying party that has seen a count takes it
		// for a clone otherwise (section 6.1.1).
		if p.profile.Counts || c.SignCount > 0 {
			c.SignCount++
		}
		extensions, kept = requestOutputs(options.Extensions, c, decision.UserVerified)
	})
	if err != nil {
		return nil, broken(Get, "the phone could not update the passkey", err)
	}
	response, err := p.prove(chosen, options, decision, extensions)
	if err != nil {
		return nil, broken(Get, "the phone could not sign", err)
	}
	response.Kept = kept
	return response, nil
}

// candidates returns the passkeys to choose from, the most recently used first.
func (p *Phone) candidates(ctx context.Context, options RequestOptions) ([]*credential, error) {
	own, err := p.own(ctx)
	if err != nil {
		return nil, broken(Get, "the phone could not read its passkeys", err)
	}
	found := slices.DeleteFunc(own, func(c *credential) bool { return c.RPID != options.RPID })
	none := &Error{
		Ceremony: Get,
		Name:     NotAllowedError,
		Platform: p.profile.Platform.words(refusedNoCredential, Get),
		Sentence: "there is no passkey for " + options.RPID + " on this phone",
		Hint:     "sign in another way, and create one",
	}
	if len(options.AllowCredentials) == 0 {
		found = slices.DeleteFunc(found, func(c *credential) bool { return c.ServerSide })
	} else if len(found) > 0 {
		none.Sentence = "this phone has none of the passkeys that " + options.RPID + " allows"
		found = matching(found, options.AllowCredentials)
	}
	if len(found) == 0 {
		return nil, none
	}
	newestFirst(found)
	return found, nil
}

// prove returns the response of an existing credential.
func (p *Phone) prove(c *credential, options RequestOptions, decision Decision, extensions map[string]any) (*AuthenticationResponse, error) {
	tampering := p.tamperingWith(Get)
	clientData := p.profile.clientData("webauthn.get", options.RPID, options.Challenge)
	change(tampering.ClientData, &clientData)
	clientDataJSON := replace(tampering.ClientDataJSON, clientData.JSON())

	data := AuthenticatorData{
		RPIDHash:  sha256.Sum256([]byte(options.RPID)),
		Flags:     p.profile.flags(decision.UserVerified, c.Eligibility),
		SignCount: c.SignCount,
	}
	change(tampering.AuthData, &data)
	authData := replace(tampering.AuthDataBytes, data.Bytes())

	signature, err := c.key.sign(rand.Reader, authData, clientDataJSON)
	if err != nil {
		return nil, err
	}
	response := &AuthenticationResponse{
		ID:         base64.RawURLEncoding.EncodeToString(c.CredentialID),
		RawID:      bytes.Clone(c.CredentialID),
		Type:       publicKeyType,
		Attachment: p.profile.Attachment,
		Response: AssertionResponse{
			ClientDataJSON:    clientDataJSON,
			AuthenticatorData: authData,
			Signature:         replace(tampering.Signature, signature),
		},
		Extensions: extensions,
	}
	// For a credential that is not discoverable, the relying party already knows the user.
	if !c.ServerSide {
		response.Response.UserHandle = bytes.Clone(c.UserHandle)
	}
	if p.profile.FullResponse && response.Extensions == nil {
		response.Extensions = map[string]any{}
	}
	change(tampering.Authentication, response)
	return response, nil
}
