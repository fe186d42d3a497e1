package fault

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"example.com/hankosim/authenticator"
)

type registration = authenticator.RegistrationResponse

// createFaults returns all faults of the create ceremony.
func createFaults() []Fault {
	data := func(edit func(*authData)) tampering { return tampering{AuthData: edit} }
	key := func(edit func(cose []byte) []byte) tampering {
		return data(func(d *authData) { d.Attested.PublicKey = edit(bytes.Clone(d.Attested.PublicKey)) })
	}
	statement := func(format, cbor string) tampering {
		return tampering{Statement: func(s *authenticator.AttestationStatement) {
			s.Format, s.CBOR = format, []byte(cbor)
		}}
	}
	response := func(edit func(*registration)) tampering { return tampering{Registration: edit} }
	own := []Fault{
		{
			Name: "no-attested-data-flag", Does: "sends the new credential without its flag (AT)", Verdict: Reject,
			Why:       "6.1: without the flag there is no credential, and its bytes are left over",
			tampering: data(func(d *authData) { d.Flags &^= authenticator.AttestedData }),
		},
		{
			Name: "reserved-flags", Does: "sets the reserved flag bits", Verdict: Accept,
			Why:       "6.1: they are reserved, and have no meaning yet",
			tampering: data(func(d *authData) { d.Flags |= 0x22 }),
		},
		{
			Name: "extension-flag-without-data", Does: "announces extension data (ED) and sends none", Verdict: Reject,
			Why:       "6.1: the announced map is missing",
			tampering: data(func(d *authData) { d.Flags |= authenticator.ExtensionData }),
		},
		{
			Name: "unsolicited-extension-data", Does: "sends the authenticator extension credProtect without being asked", Verdict: Accept,
			Why: "9: security keys do; unsolicited extensions are ignored",
			tampering: data(func(d *authData) {
				d.Flags |= authenticator.ExtensionData
				d.Extensions = []byte("\xa1\x6bcredProtect\x02")
			}),
		},
		{
			Name: "trailing-attestation-object", Does: "appends bytes to the attestation object", Verdict: Reject,
			Why:       "7.1: it must be one well-formed CBOR item",
			tampering: tampering{AttestationObject: func(b []byte) []byte { return append(b, 0xde, 0xad) }},
		},
		{
			Name: "none-with-statement", Does: "sends format none with a statement", Verdict: Reject,
			Why:       "8.7: the statement of none is the empty map",
			tampering: statement("none", "\xa1\x63alg\x26"),
		},
		{
			Name: "packed-bogus-signature", Does: "sends packed self attestation with an invalid signature", Verdict: Reject,
			Why:       "8.2: the signature must verify; some older servers crash instead",
			tampering: statement("packed", "\xa2\x63alg\x26\x63sig\x48\x30\x06\x02\x01\x01\x02\x01\x01"),
		},
		{
			Name: "unknown-format", Does: "sends an unknown attestation format", Verdict: Reject,
			Why:       "7.1: an unknown format cannot be verified",
			tampering: statement("carrier-pigeon", "\xa0"),
		},
		{
			Name: "id-not-raw-id", Does: "sends an id that differs from its rawId", Verdict: Reject,
			Why:       "5.1: id is rawId in base64url; a server that stores one and looks up the other gets confused",
			tampering: response(func(r *registration) { r.ID = "YW5vdGhlciBjcmVkZW50aWFs" }),
		},
		{
			Name: "credential-id-1023", Does: "creates a credential ID of 1023 bytes", Verdict: Accept,
			Why:       "6.5.1, 7.1: the longest that is allowed",
			tampering: credentialIDOf(1023),
		},
		{
			Name: "credential-id-1024", Does: "creates a credential ID of 1024 bytes", Verdict: Reject,
			Why:       "7.1: more than 1023 bytes must be refused",
			tampering: credentialIDOf(1024),
		},
		{
			Name: "short-coordinate", Does: "drops the first byte of the public key's x coordinate", Verdict: Reject,
			Why: "RFC 9053 7.1.1: coordinates have their full length; emulators that drop leading zeros create such keys",
			tampering: key(func(cose []byte) []byte {
				cose[9]-- // 58 20, the head of x: see the encoder
				return append(cose[:10], cose[11:]...)
			}),
		},
		{
			Name: "point-not-on-curve", Does: "sends a public key that is not on the curve", Verdict: Reject,
			Why: "5.8.5: ES256 keys must be points on P-256; no signature will ever verify",
			tampering: key(func(cose []byte) []byte {
				cose[len(cose)-1] ^= 1
				return cose
			}),
		},
		{
			Name: "unrequested-algorithm", Does: "creates a key for an algorithm that was not requested (ES256K)", Verdict: Reject,
			Why:       "7.1: the algorithm must be one of pubKeyCredParams",
			tampering: key(func([]byte) []byte { return es256k() }),
		},
		{
			Name: "no-type", Does: "leaves out the response's type", Verdict: Reject,
			Why:       "5.1: type is required, and must be public-key",
			tampering: response(func(r *registration) { r.Type = "" }),
		},
		{
			Name: "no-raw-id", Does: "leaves out rawId", Verdict: Reject,
			Why:       "5.1: rawId is required",
			tampering: response(func(r *registration) { r.RawID = nil }),
		},
		{
			Name: "unsolicited-cred-props", Does: "answers credProps without being asked", Verdict: Either,
			Why:       "7.1: the relying party decides about unsolicited outputs",
			tampering: response(func(r *registration) { r.Extensions = members(r.Extensions, "credProps", `{"rk":true}`) }),
		},
		{
			Name: "unsolicited-unknown-output", Does: "answers an unknown extension", Verdict: Either,
			Why:       "7.1: the relying party decides about unsolicited outputs",
			tampering: response(func(r *registration) { r.Extensions = members(r.Extensions, "weatherForecast", `{"rain":true}`) }),
		},
		{
			Name: "unknown-attachment", Does: "names an unknown authenticatorAttachment", Verdict: Accept,
			Why:       "5.4.5: unknown values are ignored",
			tampering: response(func(r *registration) { r.Attachment = "telepathic" }),
		},
	}
	all := append(clientFaults("webauthn.get"), dataFaults()...)
	return append(all, own...)
}

// credentialIDOf sets a credential ID of the given number of bytes everywhere in the response.
func credentialIDOf(size int) tampering {
	id := bytes.Repeat([]byte{0xc5}, size)
	return tampering{
		AuthData: func(d *authData) { d.Attested.CredentialID = id },
		Registration: func(r *registration) {
			r.RawID = id
			r.ID = base64.RawURLEncoding.EncodeToString(id)
		},
	}
}

// es256k is a COSE key on secp256k1 (RFC 8812): the curve's generator, whose private key is 1.
func es256k() []byte {
	cose, err := hex.DecodeString("a50102" + "03382e" + "2008" +
		"215820" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" +
		"225820" + "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")
	if err != nil {
		panic(err) // cannot happen: the constant above is valid
	}
	return cose
}
