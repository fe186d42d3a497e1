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
	Keychain     string // where it is kept: the Keychain of the profile that created it
	Profile      string // the Name of the profile that created it
	SignCount    uint32 // of the last assertion; 0 on phones, unless the passkey was imported with a count
	ServerSide   bool   // not discoverable: usable only if allowCredentials names it
	Eligibility  Eligibility
	CreatedAt    time.Time // UTC
	LastUsedAt   time.Time // UTC; zero if never used
}

// Eligibility says whether a passkey may be backed up (the flag BE). It never changes: relying parties refuse a passkey whose
// flag differs from that at its creation.
type Eligibility string

// The eligibilities.
const (
	EligibleAsPhone Eligibility = ""       // like the phone's other passkeys: it was created there, or it is not known
	BackupYes       Eligibility = "backup" // it was created with BE
	BackupNo        Eligibility = "bound"  // it was created without BE
)

// credential is a passkey with its key. In a keystore, it is never changed, only replaced by a changed copy, so readers need
// no lock.
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

// lastSeen returns when the passkey was created or last used.
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
