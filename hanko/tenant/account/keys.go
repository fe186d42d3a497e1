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
	// signingKeys is how many keys are published. There are two, so that clients have to choose the right one.
	signingKeys = 2
	// keyBits is half of Hanko's key size, because the tenant must start at once.
	keyBits = 2048
)

// keyring signs and verifies session tokens. Its keys are in the store. If there are none, it creates them in the background
// from the start, so that nobody waits for them while signing in.
type keyring struct {
	store      store.Store
	make       func() ([]*rsa.PrivateKey, error)
	background sync.WaitGroup

	mu     sync.Mutex
	keys   []jose.JSONWebKey // private; the last one signs
	signer jose.Signer
}

func newKeyring(s store.Store, makeKeys func() ([]*rsa.PrivateKey, error)) *keyring {
	k := &keyring{store: s, make: makeKeys}
	k.background.Go(func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		_ = k.ready() // the next request that needs a key tries again, and gets the error
	})
	return k
}

// ready loads the keys, or creates and stores them. The caller holds mu.
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
		private, err := k.make()
		if err != nil {
			return fmt.Errorf("the tenant's signing keys cannot be made: %w", err)
		}
		for _, key := range private {
			keys = append(keys, jose.JSONWebKey{Key: key, KeyID: uuid.NewString(), Algorithm: string(jose.RS256), Use: "sig"})
		}
		if err := k.store.Update(func(tx store.Tx) error { return storeKeys(tx, keys) }); err != nil {
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

// NewKeys creates the keys at the same time, because each takes a while.
func NewKeys() ([]*rsa.PrivateKey, error) {
	keys := make([]*rsa.PrivateKey, signingKeys)
	failed := make([]error, signingKeys)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() { keys[i], failed[i] = rsa.GenerateKey(rand.Reader, keyBits) })
	}
	all.Wait()
	return keys, errors.Join(failed...)
}

func storeKeys(tx store.Tx, keys []jose.JSONWebKey) error {
	for i, key := range keys {
		if err := store.Save(tx, store.Signing, strconv.Itoa(i+1), key); err != nil {
			return err
		}
	}
	return nil
}

// public returns the public keys, oldest first.
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

// sign returns the claims as a compact JWS.
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

// errUnknownKey is the error for a token that another key has signed.
var errUnknownKey = errors.New("the token names no key of this tenant")

// verify verifies a compact JWS and returns its payload.
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
