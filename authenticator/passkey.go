package authenticator

import (
	"bytes"
	"slices"
	"time"
)

// Passkey is a credential without its private key.
type Passkey struct {
	CredentialID []byte // raw
	RPID         string
	RPName       string
	UserHandle   []byte // raw, as the relying party chose it
	UserName     string
	DisplayName  string
	Algorithm    Algorithm
	Keychain     string // where it is kept: the Keychain of the profile that made it
	Profile      string // the Name of the profile that made it
	SignCount    uint32 // of the last assertion; 0 on phones, unless it counted elsewhere before
	ServerSide   bool   // not discoverable: found only through an allow list
	Eligibility  Eligibility
	CreatedAt    time.Time // UTC
	LastUsedAt   time.Time // UTC; zero when never used
}

// Eligibility is whether a passkey may be backed up (the flag BE), which never changes: relying parties refuse one whose
// flag is not what it was when it was made.
type Eligibility string

// The eligibilities.
const (
	EligibleAsPhone Eligibility = ""       // as the phone's passkeys are: it was made there, or nobody knows
	BackupYes       Eligibility = "backup" // it was made to be backed up
	BackupNo        Eligibility = "bound"  // it was made to stay on one device
)

// credential is a passkey with its key. It is never changed once it is in a keystore: a change puts a copy
// in its place, so that whoever holds one needs no lock.
type credential struct {
	Passkey
	key          *key
	prfSecret    []byte // nil unless the relying party asked for prf on create
	hasLargeBlob bool
	largeBlob    []byte
}

func (c *credential) account() Account {
	return Account{
		CredentialID: bytes.Clone(c.CredentialID),
		UserHandle:   bytes.Clone(c.UserHandle),
		Name:         c.UserName,
		DisplayName:  c.DisplayName,
		CreatedAt:    c.CreatedAt,
		LastUsedAt:   c.LastUsedAt,
	}
}

// lastSeen is when the passkey was last made or used.
func (c *credential) lastSeen() time.Time {
	if c.LastUsedAt.After(c.CreatedAt) {
		return c.LastUsedAt
	}
	return c.CreatedAt
}

func newestFirst(list []*credential) {
	slices.SortStableFunc(list, func(a, b *credential) int { return b.lastSeen().Compare(a.lastSeen()) })
}

// public returns a copy that shares no memory.
func (p Passkey) public() Passkey {
	p.CredentialID = bytes.Clone(p.CredentialID)
	p.UserHandle = bytes.Clone(p.UserHandle)
	return p
}
