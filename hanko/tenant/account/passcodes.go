package account

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

// Hanko's values, which are not switches here.
const (
	passcodeTries  = 3
	passcodeLength = 6
)

func passcodeDigest(id, code string) []byte {
	sum := sha256.Sum256([]byte(id + " " + code))
	return sum[:]
}

func (p *Passcode) expires() time.Time { return p.Created.Add(time.Duration(p.TTL) * time.Second) }

// Minutes returns how long the passcode is valid, as mails say it.
func (p *Passcode) Minutes() float64 { return (time.Duration(p.TTL) * time.Second).Minutes() }

// NewPasscode creates and stores a passcode. It returns the code for the mail, and stores only a digest of it. A flow's
// passcode has no IDs, because the flow knows the user.
func (a *Accounts) NewPasscode(tx store.Tx, userID, emailID string) (p *Passcode, code string, err error) {
	if fixed := a.FixedPasscode.Load(); fixed != nil && *fixed != "" {
		code = *fixed
	} else if code, err = newCode(a.Settings.PasscodeCharset); err != nil {
		return nil, "", err
	}
	p = &Passcode{
		ID: uuid.NewString(), UserID: userID, EmailID: emailID,
		TTL: int(a.Settings.PasscodeTTL / time.Second), Created: a.Now(),
	}
	p.Code = passcodeDigest(p.ID, code)
	return p, code, store.Save(tx, store.Passcodes, p.ID, p)
}

// FindPasscode returns the passcode with an ID, or nil.
func FindPasscode(tx store.Tx, id string) (*Passcode, error) {
	return store.Load[Passcode](tx, store.Passcodes, id)
}

// RemovePasscode deletes a passcode.
func RemovePasscode(tx store.Tx, p *Passcode) error { return tx.Delete(store.Passcodes, p.ID) }

// Good reports whether the passcode can still be used.
func (a *Accounts) Good(p *Passcode) bool {
	return p.Tries < passcodeTries && !p.expires().Before(a.Now())
}

// Outcome is the result of trying a code.
type Outcome int

// The outcomes.
const (
	Right Outcome = iota // the passcode is used up
	Wrong                // there are tries left
	Spent                // it was the last try, or there was none left
	Late                 // the passcode has expired
)

// Try tries a code, and stores the changed passcode.
func (a *Accounts) Try(tx store.Tx, p *Passcode, code string) (Outcome, error) {
	switch {
	case p.expires().Before(a.Now()):
		return Late, nil
	case p.Tries >= passcodeTries:
		return Spent, nil
	case subtle.ConstantTimeCompare(p.Code, passcodeDigest(p.ID, code)) == 1:
		return Right, RemovePasscode(tx, p)
	}
	p.Tries++
	if err := store.Save(tx, store.Passcodes, p.ID, p); err != nil {
		return Wrong, err
	}
	if p.Tries >= passcodeTries {
		return Spent, nil
	}
	return Wrong, nil
}

// alphanumerics are letters and digits that are not easily confused.
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
