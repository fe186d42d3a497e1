package authenticator

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// Our encoding must match that of a widely used encoder in canonical mode.
func TestCBORIsCanonical(t *testing.T) {
	mode, err := cbor.CTAP2EncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	numbers := []int64{0, 1, 23, 24, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64, -1, -24, -25, -256, -257, -65536, -65537, math.MinInt64}
	for _, n := range numbers {
		want, err := mode.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendCBORInt(nil, n); !bytes.Equal(got, want) {
			t.Errorf("%d is %x, want %x", n, got, want)
		}
	}
	for _, size := range []int{0, 23, 24, 255, 256, 65536} {
		text := strings.Repeat("x", size)
		wantText, err := mode.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		wantBytes, err := mode.Marshal([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(appendCBORText(nil, text), wantText) || !bytes.Equal(appendCBORBytes(nil, []byte(text)), wantBytes) {
			t.Errorf("strings of %d bytes are encoded otherwise", size)
		}
	}
}

func TestAAGUID(t *testing.T) {
	const text = "fbfc3007-154e-4ecc-8c0b-6e020557d7bd"
	for _, in := range []string{text, strings.ToUpper(text), strings.ReplaceAll(text, "-", "")} {
		var a AAGUID
		if err := a.UnmarshalText([]byte(in)); err != nil || a != IPhone().AAGUID {
			t.Errorf("%s is %v, %v", in, a, err)
		}
	}
	if out, err := IPhone().AAGUID.MarshalText(); err != nil || string(out) != text {
		t.Errorf("written as %s, %v", out, err)
	}
	for _, bad := range []string{"", text[1:], text + "00", "x" + text[1:]} {
		if _, err := ParseAAGUID(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestAlgorithmNames(t *testing.T) {
	for _, a := range Algorithms() {
		if same, err := ParseAlgorithm(a.String()); err != nil || same != a {
			t.Errorf("%v is read as %v, %v", a, same, err)
		}
	}
	if _, err := ParseAlgorithm("ES256K"); err == nil {
		t.Error("ES256K is accepted")
	}
}

func TestKeysThatNoPasskeyHas(t *testing.T) {
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []any{p224, short, "key", nil} {
		if _, err := newKey(private); err == nil {
			t.Errorf("a %T is accepted", private)
		}
	}
	if _, err := generateKey(-47); err == nil {
		t.Error("a key was made for ES256K")
	}
}

func TestKeystoreErrorsSayWhatToDo(t *testing.T) {
	cause := errors.New("the cause")
	for reason, says := range map[KeystoreReason]string{
		KeystoreDamaged:    "a copy is kept as /aside",
		KeystoreNewer:      "another version",
		KeystoreUnreadable: "you own the file",
		KeystoreUnwritable: "the old content is still there",
		KeystoreSealed:     "passphrase",
		KeystoreLocked:     "/keystore.lock",
		KeystoreIrregular:  "can be read and replaced",
	} {
		err := &KeystoreError{What: "keystore", Path: "/keystore", KeptAs: "/aside", Reason: reason, Err: cause}
		for _, part := range []string{"/keystore", "the cause", says} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", reason, err, part)
			}
		}
		if !errors.Is(err, cause) {
			t.Errorf("%s hides its cause", reason)
		}
	}
}
