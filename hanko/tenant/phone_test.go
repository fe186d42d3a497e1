package tenant

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// Authenticator data flags (WebAuthn, section "Authenticator Data").
const (
	flagUP = 0x01
	flagUV = 0x04
	flagBE = 0x08
	flagBS = 0x10
	flagAT = 0x40
)

// testKey is a minimal authenticator with one credential. It does not use the package authenticator, so that the two do not
// share mistakes.
type testKey struct {
	private    *ecdsa.PrivateKey
	id         []byte
	aaguid     []byte
	flags      byte // of an assertion; a registration adds AT
	counter    uint32
	origin     string
	rpID       string
	packed     bool // packed self attestation instead of none
	transports []string
}

// newTestKey returns a credential like that of the recorded run: not synced, with packed self attestation.
func newTestKey(t testing.TB) *testKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return &testKey{
		private: private, id: id, flags: flagUP | flagUV, origin: "http://localhost:8888", rpID: "localhost", packed: true,
		aaguid: []byte{0x9a, 0x18, 0x2e, 0x03, 0x91, 0xb8, 0x9e, 0x9d, 0x10, 0x09, 0x98, 0xf4, 0x60, 0x56, 0xe4, 0xc2},
	}
}

// newPhoneKey returns a credential like a phone's: synced, without attestation.
func newPhoneKey(t testing.TB) *testKey {
	t.Helper()
	k := newTestKey(t)
	k.packed = false
	k.flags = flagUP | flagUV | flagBE | flagBS
	k.transports = []string{"internal", "hybrid"}
	k.aaguid = []byte{0xfb, 0xfc, 0x30, 0x07, 0x15, 0x4e, 0x4e, 0xcc, 0x8c, 0x0b, 0x6e, 0x02, 0x05, 0x57, 0xd7, 0xbd}
	return k
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func mustCBOR(t testing.TB, v any) []byte {
	t.Helper()
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	data, err := mode.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (k *testKey) clientData(t testing.TB, kind, challenge string) []byte {
	t.Helper()
	data, err := json.Marshal(map[string]string{"type": kind, "challenge": challenge, "origin": k.origin})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (k *testKey) authData(flags byte) []byte {
	hash := sha256.Sum256([]byte(k.rpID))
	data := append(hash[:], flags)
	return binary.BigEndian.AppendUint32(data, k.counter)
}

func (k *testKey) sign(t testing.TB, authData, clientData []byte) []byte {
	t.Helper()
	clientHash := sha256.Sum256(clientData)
	digest := sha256.Sum256(append(append([]byte{}, authData...), clientHash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// register answers creation options with a credential.
func (k *testKey) register(t testing.TB, challenge string) map[string]any {
	t.Helper()
	clientData := k.clientData(t, "webauthn.create", challenge)
	authData := k.authData(k.flags | flagAT)
	authData = append(authData, k.aaguid...)
	authData = binary.BigEndian.AppendUint16(authData, uint16(len(k.id)))
	authData = append(authData, k.id...)
	point, err := k.private.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	authData = append(authData, mustCBOR(t, map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})...)
	format, statement := "none", map[string]any{}
	if k.packed {
		format, statement = "packed", map[string]any{"alg": -7, "sig": k.sign(t, authData, clientData)}
	}
	response := map[string]any{
		"attestationObject": b64(mustCBOR(t, map[string]any{"fmt": format, "attStmt": statement, "authData": authData})),
		"clientDataJSON":    b64(clientData),
	}
	answer := map[string]any{"id": b64(k.id), "rawId": b64(k.id), "type": "public-key", "response": response}
	if k.transports != nil { // a phone, which says more than it was asked
		spki, err := x509.MarshalPKIXPublicKey(&k.private.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		response["transports"] = k.transports
		response["authenticatorData"] = b64(authData)
		response["publicKey"] = b64(spki)
		response["publicKeyAlgorithm"] = -7
		answer["authenticatorAttachment"] = "platform"
		answer["clientExtensionResults"] = map[string]any{"credProps": map[string]any{"rk": true}}
	}
	return answer
}

// assert answers request options for the user whose handle (base64url) it was registered with.
func (k *testKey) assert(t testing.TB, challenge, userHandle string) map[string]any {
	t.Helper()
	clientData := k.clientData(t, "webauthn.get", challenge)
	authData := k.authData(k.flags)
	return map[string]any{"id": b64(k.id), "rawId": b64(k.id), "type": "public-key", "response": map[string]any{
		"authenticatorData": b64(authData),
		"clientDataJSON":    b64(clientData),
		"signature":         b64(k.sign(t, authData, clientData)),
		"userHandle":        userHandle,
	}}
}
