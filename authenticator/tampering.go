package authenticator

// Tampering is where a phone that misbehaves on purpose takes hold of its own response. Each function changes
// one stage, in the order below; a nil one leaves it alone. What comes before a signature is signed as changed:
// the relying party meets the fault itself, not a bad signature.
type Tampering struct {
	Only              Ceremony                      // the ceremony that is tampered with; "" is both
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

// Tampered returns the same phone, with the same passkeys, misbehaving as t says.
func (p *Phone) Tampered(t Tampering) *Phone {
	misbehaving := *p
	misbehaving.tampering = t
	return &misbehaving
}

// tamperingWith is what takes hold of a ceremony's response: nothing, when the phone misbehaves in the other alone.
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
