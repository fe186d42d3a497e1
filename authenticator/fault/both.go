package fault

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"strings"

	"example.com/hankosim/authenticator"
)

type (
	tampering  = authenticator.Tampering
	clientData = authenticator.ClientData
	authData   = authenticator.AuthenticatorData
)

// clientFaults returns the faults of the client data, the same in both ceremonies. wrongType is the type of the other one.
func clientFaults(wrongType string) []Fault {
	client := func(edit func(*clientData)) tampering { return tampering{ClientData: edit} }
	yes, no := true, false
	return []Fault{
		{
			Name: "wrong-type", Does: "claims to have done the other ceremony", Verdict: Reject,
			Why:       "7.1, 7.2: a response must not serve for another ceremony",
			tampering: client(func(c *clientData) { c.Type = wrongType }),
		},
		{
			Name: "wrong-challenge", Does: "signs another challenge", Verdict: Reject,
			Why:       "7.1, 7.2: otherwise responses could be replayed",
			tampering: client(func(c *clientData) { c.Challenge = "QW5vdGhlciBjaGFsbGVuZ2UsIG5ldmVyIGlzc3VlZC4" }),
		},
		{
			Name: "padded-challenge", Does: "pads the challenge's base64url with =", Verdict: Reject,
			Why:       "the challenge is compared with base64url without padding (5.8.1)",
			tampering: client(func(c *clientData) { c.Challenge += "=" }),
		},
		{
			Name: "wrong-origin", Does: "signs the origin of another site", Verdict: Reject,
			Why:       "7.1, 7.2: this is what stops phishing",
			tampering: client(func(c *clientData) { c.Origin = "https://phishing.example" }),
		},
		{
			Name: "cross-origin", Does: "claims to be in a frame on another site", Verdict: Reject,
			Why:       "7.1, 7.2: allowed only if the relying party expects to be in a frame",
			tampering: client(func(c *clientData) { c.CrossOrigin = &yes }),
		},
		{
			Name: "same-origin", Does: "claims not to be in a frame on another site", Verdict: Accept,
			Why:       "web pages always say so (5.8.1)",
			tampering: client(func(c *clientData) { c.CrossOrigin = &no }),
		},
		{
			Name: "origin-upper-case", Does: "writes the origin in upper case", Verdict: Reject,
			Why:       "clients write each origin in one way, so it is compared as a string (13.4.9)",
			tampering: client(func(c *clientData) { c.Origin = strings.ToUpper(c.Origin) }),
		},
		{
			Name: "origin-with-path", Does: "adds a path to the origin", Verdict: Reject,
			Why:       "an origin has no path, and no client sends one (13.4.9)",
			tampering: client(func(c *clientData) { c.Origin += "/login" }),
		},
		{
			Name: "origin-with-port", Does: "adds the default port to the origin", Verdict: Reject,
			Why:       "clients leave out the default port, and origins are compared as strings (13.4.9)",
			tampering: client(func(c *clientData) { c.Origin += ":443" }),
		},
		{
			Name: "unknown-android-origin", Does: "is an Android app with an unknown signing certificate", Verdict: Reject,
			Why: "anybody can build an app; only the hashes of configured certificates are expected origins",
			tampering: client(func(c *clientData) {
				c.Origin = "android:apk-key-hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			}),
		},
		{
			Name: "android-package-name", Does: "adds androidPackageName to the client data", Verdict: Accept,
			Why:       "Android does; unknown members are ignored (5.8.1)",
			tampering: client(func(c *clientData) { c.AndroidPackageName = "com.example.app" }),
		},
		{
			Name: "extra-member", Does: "adds an unknown member to the client data", Verdict: Accept,
			Why:       "Chrome does so at random, to keep servers from comparing with a template (5.8.1)",
			tampering: client(func(c *clientData) { c.Extra = `,"other_keys_can_be_added_here":"do not compare"` }),
		},
		{
			Name: "escaped-slashes", Does: "writes the origin's slashes as \\/", Verdict: Accept,
			Why: "the same JSON string; some platforms' JSON writers do it",
			tampering: tampering{ClientDataJSON: func(b []byte) []byte {
				return bytes.ReplaceAll(b, []byte("/"), []byte(`\/`))
			}},
		},
		{
			Name: "byte-order-mark", Does: "starts the client data with a UTF-8 byte order mark", Verdict: Either,
			Why:       "7.1, 7.2: UTF-8 decode removes it, but no client writes one, and JSON parsers refuse it",
			tampering: tampering{ClientDataJSON: func(b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) }},
		},
	}
}

// dataFaults returns the faults of the authenticator data, the same in both ceremonies.
func dataFaults() []Fault {
	data := func(edit func(*authData)) tampering { return tampering{AuthData: edit} }
	return []Fault{
		{
			Name: "wrong-rp-id-hash", Does: "signs for another RP ID", Verdict: Reject,
			Why:       "7.1, 7.2: otherwise a proof for one site would work on another",
			tampering: data(func(d *authData) { d.RPIDHash = sha256.Sum256([]byte("phishing.example")) }),
		},
		{
			Name: "user-not-present", Does: "says that no person was present", Verdict: Reject,
			Why:       "7.1, 7.2: user presence is always required here",
			tampering: data(func(d *authData) { d.Flags &^= authenticator.UserPresent }),
		},
		{
			Name: "user-not-verified", Does: "did not verify the person, although that was required", Verdict: Reject, Asked: "required",
			Why:       "7.1, 7.2: a requirement must be checked",
			tampering: data(func(d *authData) { d.Flags &^= authenticator.UserVerified }),
		},
		{
			Name: "user-not-verified-though-preferred", Does: "did not verify the person, which was only preferred", Verdict: Accept, Asked: "preferred",
			Why:       "5.8.6: preferred means optional",
			tampering: data(func(d *authData) { d.Flags &^= authenticator.UserVerified }),
		},
		{
			Name: "backed-up-but-not-eligible", Does: "is backed up (BS) without being eligible for it (BE)", Verdict: Reject,
			Why:       "7.1, 7.2, 6.1.3: the combination is not allowed",
			tampering: data(func(d *authData) { d.Flags = d.Flags&^authenticator.BackupEligible | authenticator.BackedUp }),
		},
		{
			Name: "trailing-auth-data", Does: "appends bytes to the authenticator data", Verdict: Reject,
			Why:       "6.1: its length follows from its flags; nothing may follow",
			tampering: tampering{AuthDataBytes: func(b []byte) []byte { return append(b, 0xde, 0xad) }},
		},
	}
}

// members edits the JSON of a whole response, for faults that the Go types cannot express.
func members(extensions map[string]any, name, outputs string) map[string]any {
	edited := map[string]any{}
	for k, v := range extensions {
		edited[k] = v
	}
	edited[name] = json.RawMessage(outputs)
	return edited
}
