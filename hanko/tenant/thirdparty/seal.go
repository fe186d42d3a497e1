package thirdparty

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
)

// sealer encrypts attempts into states, so that nobody can read or change them. Its key is lost when the process ends,
// because a state is valid for only five minutes.
type sealer struct{ aead cipher.AEAD }

func newSealer() (sealer, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return sealer{aead}, err
}

func (s sealer) close(a Attempt) (string, error) {
	a.Nonce = rand.Text()
	plain, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	return base64.URLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, nil)), nil
}

func (s sealer) open(state string) (Attempt, error) {
	sealed, err := base64.URLEncoding.DecodeString(state)
	if err != nil {
		return Attempt{}, err
	}
	plain, err := s.aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return Attempt{}, errors.New("could not decrypt with any key")
	}
	var a Attempt
	err = json.Unmarshal(plain, &a)
	return a, err
}
