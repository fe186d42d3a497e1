package fault

import (
	"bytes"
	"crypto/elliptic"
	"encoding/asn1"
	"encoding/base64"
	"math/big"

	"example.com/hankosim/authenticator"
)

type authentication = authenticator.AuthenticationResponse

// getFaults returns all faults of the get ceremony.
func getFaults() []Fault {
	data := func(edit func(*authData)) tampering { return tampering{AuthData: edit} }
	signature := func(edit func([]byte) []byte) tampering { return tampering{Signature: edit} }
	response := func(edit func(*authentication)) tampering { return tampering{Authentication: edit} }
	own := []Fault{
		{
			Name: "bogus-signature", Does: "sends an invalid signature", Verdict: Reject,
			Why:       "7.2: the signature must verify",
			tampering: signature(func([]byte) []byte { return []byte("\x30\x06\x02\x01\x01\x02\x01\x01") }),
		},
		{
			Name: "flipped-signature", Does: "flips one bit of the signature", Verdict: Reject,
			Why: "7.2: the signature must verify",
			tampering: signature(func(s []byte) []byte {
				s = bytes.Clone(s)
				s[len(s)-1] ^= 1
				return s
			}),
		},
		{
			Name: "raw-signature", Does: "sends an ECDSA signature as r‖s instead of DER", Verdict: Reject,
			Why:       "6.5.5: ECDSA signatures are DER",
			tampering: signature(rawSignature),
		},
		{
			Name: "trailing-signature", Does: "appends bytes to the signature", Verdict: Reject,
			Why:       "6.5.5: nothing may follow the DER",
			tampering: signature(func(s []byte) []byte { return append(bytes.Clone(s), 0xde, 0xad) }),
		},
		{
			Name: "high-s", Does: "sends the one of the two equivalent signatures with the higher s (P-256)", Verdict: Accept,
			Why:       "both are valid in ECDSA, and authenticators need not choose the lower one",
			tampering: signature(highS),
		},
		{
			Name: "no-longer-backup-eligible", Does: "is no longer eligible for backup (BE)", Verdict: Reject,
			Why:       "7.2: this never changes for a credential",
			tampering: data(func(d *authData) { d.Flags &^= authenticator.BackupEligible | authenticator.BackedUp }),
		},
		{
			Name: "no-longer-backed-up", Does: "is no longer backed up (BS)", Verdict: Accept,
			Why:       "6.1.3: people can turn off the backup",
			tampering: data(func(d *authData) { d.Flags &^= authenticator.BackedUp }),
		},
		{
			Name: "no-user-handle", Does: "sends no user handle, and no allowCredentials were given", Verdict: Reject,
			Why:       "7.2: without allowCredentials the user handle is required",
			tampering: response(func(r *authentication) { r.Response.UserHandle = nil }),
		},
		{
			Name: "wrong-user-handle", Does: "sends another user's handle", Verdict: Reject,
			Why:       "7.2: the handle must belong to the credential's owner",
			tampering: response(func(r *authentication) { r.Response.UserHandle = authenticator.Bytes("somebody else...") }),
		},
		{
			Name: "id-not-raw-id", Does: "sends an id that differs from its rawId", Verdict: Reject,
			Why:       "5.1: id is rawId in base64url; a server that stores one and looks up the other gets confused",
			tampering: response(func(r *authentication) { r.ID = "YW5vdGhlciBjcmVkZW50aWFs" }),
		},
		{
			Name: "unknown-credential", Does: "names a credential that was never registered", Verdict: Reject,
			Why: "7.2: there is no public key to verify with",
			tampering: response(func(r *authentication) {
				r.RawID = authenticator.Bytes("never registered")
				r.ID = base64.RawURLEncoding.EncodeToString(r.RawID)
			}),
		},
		{
			Name: "attested-data-flag-without-data", Does: "announces a new credential (AT) and sends none", Verdict: Reject,
			Why:       "6.1: the announced data is missing",
			tampering: data(func(d *authData) { d.Flags |= authenticator.AttestedData }),
		},
		{
			Name: "unsolicited-prf", Does: "answers prf without being asked", Verdict: Either,
			Why: "7.2: the relying party decides about unsolicited outputs",
			tampering: response(func(r *authentication) {
				r.Extensions = members(r.Extensions, "prf", `{"results":{"first":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}`)
			}),
		},
		{
			Name: "counter-back", Does: "counts 10 when registering and 5 when signing in", Verdict: Suspect, FromCreation: true,
			Why:       "7.2: a counter that goes back is a sign of a cloned authenticator",
			tampering: counts(10, 5),
		},
		{
			Name: "counter-reset", Does: "counts 10 when registering and 0 when signing in", Verdict: Suspect, FromCreation: true,
			Why:       "7.2: if either count is not 0, the new one must be greater",
			tampering: counts(10, 0),
		},
		{
			Name: "counter-still", Does: "is a clone: it counts 10 when registering and 10 again when signing in", Verdict: Suspect, FromCreation: true,
			Why:       "7.2: the new count must be greater, not equal",
			tampering: counts(10, 10),
		},
	}
	all := append(clientFaults("webauthn.create"), dataFaults()...)
	return append(all, own...)
}

func counts(create, get uint32) tampering {
	return tampering{AuthData: func(d *authData) {
		if d.SignCount = get; d.Attested != nil {
			d.SignCount = create
		}
	}}
}

type ecdsaSignature struct{ R, S *big.Int }

// rawSignature returns signatures that are not ECDSA unchanged, because they are raw already.
func rawSignature(der []byte) []byte {
	var s ecdsaSignature
	if _, err := asn1.Unmarshal(der, &s); err != nil {
		return der
	}
	size := (max(s.R.BitLen(), s.S.BitLen()) + 7) / 8
	raw := make([]byte, 2*size)
	s.R.FillBytes(raw[:size])
	s.S.FillBytes(raw[size:])
	return raw
}

func highS(der []byte) []byte {
	var s ecdsaSignature
	if _, err := asn1.Unmarshal(der, &s); err != nil {
		return der
	}
	n := elliptic.P256().Params().N
	if twin := new(big.Int).Sub(n, s.S); twin.Cmp(s.S) > 0 {
		s.S = twin
	}
	high, err := asn1.Marshal(s)
	if err != nil {
		return der
	}
	return high
}
