package account

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"

	"example.com/hankosim/hanko/tenant/store"
)

const (
	// signingKeys is how many keys are published: two, so that clients are made to look for the right one.
	signingKeys = 2
	// keyBits is half of what Hanko uses: the tenant must be there at once.
	keyBits = 2048
)

// keyring signs and checks session tokens. The keys are made when the first token or the key set is asked for, and kept
// in the store.
type keyring struct {
	store store.Store

	mu     sync.Mutex
	keys   []jose.JSONWebKey // private; the last one signs
	signer jose.Signer
}

// ready loads the keys, or makes and stores them. mu is held.
func (k *keyring) ready() error {
	if k.signer != nil {
		return nil
	}
	var keys []jose.JSONWebKey
	err := k.store.View(func(tx store.Tx) error {
		for _, name := range tx.Keys(store.Signing, "") {
			key, err := store.Load[jose.JSONWebKey](tx, store.Signing, name)
			if err != nil {
				return err
			}
			keys = append(keys, *key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		if keys, err = NewKeys(); err != nil {
			return err
		}
		if err := k.store.Update(func(tx store.Tx) error { return StoreKeys(tx, keys) }); err != nil {
			return err
		}
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: keys[len(keys)-1]},
		(&jose.SignerOptions{}).WithType("JWT"),
	)
	if err != nil {
		return fmt.Errorf("the tenant's signing key cannot be used: %w", err)
	}
	k.keys, k.signer = keys, signer
	return nil
}

// NewKeys makes the keys side by side, since each takes a moment.
func NewKeys() ([]jose.JSONWebKey, error) {
	keys := make([]jose.JSONWebKey, signingKeys)
	failed := make([]error, signingKeys)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			private, err := rsa.GenerateKey(rand.Reader, keyBits)
			keys[i] = jose.JSONWebKey{Key: private, KeyID: uuid.NewString(), Algorithm: string(jose.RS256), Use: "sig"}
			failed[i] = err
		})
	}
	all.Wait()
	return keys, errors.Join(failed...)
}

func StoreKeys(tx store.Tx, keys []jose.JSONWebKey) error {
	for i, key := range keys {
		if err := store.Save(tx, store.Signing, strconv.Itoa(i+1), key); err != nil {
			return err
		}
	}
	return nil
}

// public is the key set to publish, oldest first.
func (k *keyring) public() (jose.JSONWebKeySet, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.ready(); err != nil {
		return jose.JSONWebKeySet{}, err
	}
	var set jose.JSONWebKeySet
	for _, key := range k.keys {
		set.Keys = append(set.Keys, key.Public())
	}
	return set, nil
}

// sign makes a compact JWS of the claims.
func (k *keyring) sign(claims any) (string, error) {
	k.mu.Lock()
	err := k.ready()
	signer := k.signer
	k.mu.Unlock()
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("the claims of a session token cannot be encoded: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("a session token cannot be signed: %w", err)
	}
	return signed.CompactSerialize()
}

// errUnknownKey is a token signed by a key that is not ours.
var errUnknownKey = errors.New("the token names no key of this tenant")

// verify checks a compact JWS and returns what was signed.
func (k *keyring) verify(token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, err
	}
	set, err := k.public()
	if err != nil {
		return nil, err
	}
	for _, key := range set.Key(signed.Signatures[0].Header.KeyID) {
		return signed.Verify(key)
	}
	return nil, errUnknownKey
}
