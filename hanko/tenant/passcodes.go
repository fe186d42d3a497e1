package tenant

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"math/big"
	"time"

	"github.com/google/uuid"

	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// Hanko's, which are no switches here.
const (
	passcodeTries  = 3
	passcodeLength = 6
)

func passcodeDigest(id, code string) []byte {
	sum := sha256.Sum256([]byte(id + " " + code))
	return sum[:]
}

func (p *passcode) expires() time.Time { return p.Created.Add(time.Duration(p.TTL) * time.Second) }

// minutes is how long the passcode is valid, as mails say it.
func (p *passcode) minutes() float64 { return (time.Duration(p.TTL) * time.Second).Minutes() }

// newPasscode makes a passcode and stores it. The code, which is what somebody is to be sent, is stored nowhere. The
// passcode of a flow, which knows by itself whose it is, has no ids.
func (a *accounts) newPasscode(tx store.Tx, userID, emailID string) (p *passcode, code string, err error) {
	if code, err = newCode(a.Settings.PasscodeCharset); err != nil {
		return nil, "", err
	}
	p = &passcode{
		ID: uuid.NewString(), UserID: userID, EmailID: emailID,
		TTL: int(a.Settings.PasscodeTTL / time.Second), Created: a.now(),
	}
	p.Code = passcodeDigest(p.ID, code)
	return p, code, store.Save(tx, store.Passcodes, p.ID, p)
}

// findPasscode finds a passcode by its id, nil when there is none.
func findPasscode(tx store.Tx, id string) (*passcode, error) {
	return store.Load[passcode](tx, store.Passcodes, id)
}

// removePasscode deletes a passcode.
func removePasscode(tx store.Tx, p *passcode) error { return tx.Delete(store.Passcodes, p.ID) }

// good reports whether the passcode can still be answered.
func (a *accounts) good(p *passcode) bool {
	return p.Tries < passcodeTries && !p.expires().Before(a.now())
}

// tried is how the try of a code ends.
type tried int

const (
	triedRight  tried = iota // the passcode is used up
	triedWrong               // there are tries left
	triedTooOff              // it was the last try, or there was none left
	triedLate                // the passcode has expired
)

// try answers a passcode with a code, and stores what that changes.
func (a *accounts) try(tx store.Tx, p *passcode, code string) (tried, error) {
	switch {
	case p.expires().Before(a.now()):
		return triedLate, nil
	case p.Tries >= passcodeTries:
		return triedTooOff, nil
	case subtle.ConstantTimeCompare(p.Code, passcodeDigest(p.ID, code)) == 1:
		return triedRight, removePasscode(tx, p)
	}
	p.Tries++
	if err := store.Save(tx, store.Passcodes, p.ID, p); err != nil {
		return triedWrong, err
	}
	if p.Tries >= passcodeTries {
		return triedTooOff, nil
	}
	return triedWrong, nil
}

// alphanumerics are the letters and digits that cannot be mistaken for one another.
const alphanumerics = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

func newCode(charset string) (string, error) {
	characters := "0123456789"
	if charset == setting.CharsetAlphanumeric {
		characters = alphanumerics
	}
	code := make([]byte, passcodeLength)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(characters))))
		if err != nil {
			return "", fmt.Errorf("no passcode can be drawn: %w", err)
		}
		code[i] = characters[n.Int64()]
	}
	return string(code), nil
}
