package authenticator

// Tampering has the functions with which a phone misbehaves on purpose: each changes one stage of its response, in the order
// below, unless it is nil. Changes before the signature are signed, so that the relying party sees the fault itself, not a
// bad signature.
type Tampering struct {
	Only              Ceremony                      // the ceremony to tamper with; "" means both
	ClientData        func(*ClientData)             // before it is serialised
	ClientDataJSON    func([]byte) []byte           // before it is signed
	AuthData          func(*AuthenticatorData)      // before it is encoded
	AuthDataBytes     func([]byte) []byte           // before it is signed
	Statement         func(*AttestationStatement)   // create: before the attestation object
	AttestationObject func([]byte) []byte           // create: before the response
	Signature         func([]byte) []byte           // get: before the response
	Registration      func(*RegistrationResponse)   // create: last
	Authentication    func(*AuthenticationResponse) // get: last
}

// Tampered returns a phone with the same passkeys that misbehaves as t says.
func (p *Phone) Tampered(t Tampering) *Phone {
	misbehaving := *p
	misbehaving.tampering = t
	return &misbehaving
}

// tamperingWith returns the tampering for a ceremony, which is empty if the phone misbehaves only in the other one.
func (p *Phone) tamperingWith(ceremony Ceremony) Tampering {
	if p.tampering.Only != "" && p.tampering.Only != ceremony {
		return Tampering{}
	}
	return p.tampering
}

// change applies one stage that edits in place.
func change[T any](edit func(*T), value *T) {
	if edit != nil {
		edit(value)
	}
}

// replace applies one stage that works on bytes.
func replace(edit func([]byte) []byte, value []byte) []byte {
	if edit == nil {
		return value
	}
	return edit(value)
}
