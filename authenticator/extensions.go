package authenticator

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
)

// CreationExtensions are the client extensions of a create ceremony that this package supports (WebAuthn Level 3 section
// 10.1). Others are ignored, as the specification requires.
type CreationExtensions struct {
	CredProps bool
	PRF       *PRFRequest
	LargeBlob string // support: "", "preferred" or "required"
}

// RequestExtensions are the client extensions of a get ceremony.
type RequestExtensions struct {
	PRF            *PRFRequest
	LargeBlobRead  bool
	LargeBlobWrite []byte // nil: nothing to write
}

// PRFRequest asks for pseudo-random values that depend on the credential (section 10.1.4). On create, without inputs, it asks
// whether the credential supports that.
type PRFRequest struct {
	Eval             *PRFValues
	EvalByCredential map[string]PRFValues // by base64url credential ID; only on get
}

// PRFValues are one or two inputs or outputs of the function.
type PRFValues struct {
	First  Bytes `json:"first"`
	Second Bytes `json:"second,omitempty"`
}

// ExtensionSecrets are the outputs of extensions that a client gives only to the page or app, because they can decrypt what
// is encrypted with them. They are not part of the JSON for the relying party.
type ExtensionSecrets struct {
	PRF       *PRFValues // the results of prf; nil for none
	LargeBlob []byte     // the large blob that was read; nil for none
}

// maxLargeBlob is the size limit of a credential's large blob, in bytes. CTAP 2.1 requires authenticators to hold at least
// that much, for all their credentials together.
const maxLargeBlob = 1024

func unsupported(ceremony Ceremony, name ErrorName, sentence string) error {
	return &Error{Ceremony: ceremony, Name: name, Sentence: sentence, Hint: "see the extension's definition in WebAuthn Level 3 section 10.1"}
}

// check refuses what the extensions' client processing refuses on create.
func (x CreationExtensions) check(p Profile) error {
	if x.PRF != nil && len(x.PRF.EvalByCredential) > 0 {
		return unsupported(Create, NotSupportedError, "prf.evalByCredential cannot be used for a new credential")
	}
	if x.LargeBlob == "required" && !p.LargeBlob {
		return unsupported(Create, NotAllowedError, "largeBlob is required, but this authenticator does not support it")
	}
	return nil
}

// check refuses what the extensions' client processing refuses on get.
func (x RequestExtensions) check(allowed []Descriptor) error {
	if x.LargeBlobRead && x.LargeBlobWrite != nil {
		return unsupported(Get, NotSupportedError, "largeBlob cannot be read and written at the same time")
	}
	if x.LargeBlobWrite != nil && len(allowed) != 1 {
		return unsupported(Get, NotSupportedError, "largeBlob can be written only with exactly one allowed credential")
	}
	if x.PRF == nil || len(x.PRF.EvalByCredential) == 0 {
		return nil
	}
	if len(allowed) == 0 {
		return unsupported(Get, NotSupportedError, "prf.evalByCredential needs allowCredentials")
	}
	for id := range x.PRF.EvalByCredential {
		raw, err := base64.RawURLEncoding.DecodeString(id)
		named := slices.ContainsFunc(allowed, func(d Descriptor) bool { return string(d.ID) == string(raw) })
		if err != nil || !named {
			return unsupported(Get, SyntaxError, fmt.Sprintf("prf.evalByCredential names %q, which is not an allowed credential", id))
		}
	}
	return nil
}

// creationOutputs runs the extensions on a new credential. It returns the outputs for the relying party, or nil if it asked
// for none, and those that only the app gets.
func (p Profile) creationOutputs(x CreationExtensions, c *credential, userVerified bool) (map[string]any, ExtensionSecrets) {
	out, kept := map[string]any{}, ExtensionSecrets{}
	if x.CredProps {
		out["credProps"] = map[string]any{"rk": !c.ServerSide}
	}
	if x.PRF != nil {
		if p.PRF {
			c.prfSecret = make([]byte, sha256.Size)
			rand.Read(c.prfSecret) // never fails
			if x.PRF.Eval != nil && userVerified {
				kept.PRF = c.prf(*x.PRF.Eval)
			}
		}
		out["prf"] = map[string]any{"enabled": p.PRF}
	}
	if x.LargeBlob != "" {
		out["largeBlob"] = map[string]any{"supported": p.LargeBlob}
		c.hasLargeBlob = p.LargeBlob
	}
	if len(out) == 0 {
		return nil, kept
	}
	return out, kept
}

// requestOutputs is creationOutputs for an assertion. It may change the credential's large blob.
func requestOutputs(x RequestExtensions, c *credential, userVerified bool) (map[string]any, ExtensionSecrets) {
	out, kept := map[string]any{}, ExtensionSecrets{}
	if x.PRF != nil {
		if input := x.PRF.input(c.CredentialID); input != nil && c.prfSecret != nil && userVerified {
			kept.PRF = c.prf(*input)
		}
		out["prf"] = map[string]any{}
	}
	switch {
	case x.LargeBlobRead:
		if c.hasLargeBlob {
			kept.LargeBlob = slices.Clone(c.largeBlob)
		}
		out["largeBlob"] = map[string]any{}
	case x.LargeBlobWrite != nil:
		written := c.hasLargeBlob && len(x.LargeBlobWrite) <= maxLargeBlob
		if written {
			c.largeBlob = slices.Clone(x.LargeBlobWrite)
		}
		out["largeBlob"] = map[string]any{"written": written}
	}
	if len(out) == 0 {
		return nil, kept
	}
	return out, kept
}

// input returns the input for a credential: its own entry, or else the common one.
func (r *PRFRequest) input(credentialID []byte) *PRFValues {
	if own, ok := r.EvalByCredential[base64.RawURLEncoding.EncodeToString(credentialID)]; ok {
		return &own
	}
	return r.Eval
}

// prf returns HMAC-SHA-256 of the salt that the client derives from each input (section 10.1.4, CTAP's hmac-secret).
func (c *credential) prf(in PRFValues) *PRFValues {
	evaluate := func(input Bytes) Bytes {
		salt := sha256.Sum256(append([]byte("WebAuthn PRF\x00"), input...))
		mac := hmac.New(sha256.New, c.prfSecret)
		mac.Write(salt[:])
		return mac.Sum(nil)
	}
	out := &PRFValues{First: evaluate(in.First)}
	if in.Second != nil {
		out.Second = evaluate(in.Second)
	}
	return out
}

type extensionsJSON struct {
	CredProps bool `json:"credProps"`
	PRF       *struct {
		Eval             *PRFValues           `json:"eval"`
		EvalByCredential map[string]PRFValues `json:"evalByCredential"`
	} `json:"prf"`
	LargeBlob struct {
		Support string `json:"support"`
		Read    bool   `json:"read"`
		Write   *Bytes `json:"write"`
	} `json:"largeBlob"`
}

func (x extensionsJSON) prf() *PRFRequest {
	if x.PRF == nil {
		return nil
	}
	return &PRFRequest{Eval: x.PRF.Eval, EvalByCredential: x.PRF.EvalByCredential}
}

func (x extensionsJSON) forCreate() (CreationExtensions, error) {
	if x.LargeBlob.Read || x.LargeBlob.Write != nil {
		return CreationExtensions{}, errors.New("largeBlob cannot be read or written on create")
	}
	return CreationExtensions{CredProps: x.CredProps, PRF: x.prf(), LargeBlob: x.LargeBlob.Support}, nil
}

func (x extensionsJSON) forGet() (RequestExtensions, error) {
	if x.LargeBlob.Support != "" {
		return RequestExtensions{}, errors.New("largeBlob.support belongs to create")
	}
	out := RequestExtensions{PRF: x.prf(), LargeBlobRead: x.LargeBlob.Read}
	if x.LargeBlob.Write != nil {
		out.LargeBlobWrite = append([]byte{}, *x.LargeBlob.Write...)
	}
	return out, nil
}
