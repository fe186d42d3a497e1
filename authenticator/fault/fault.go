// Package fault is a catalogue of things that an authenticator or client can do wrong on purpose, each with the verdict
// that a careful relying party must give. A phone with a fault misbehaves in exactly one way. The rest of its response,
// including the signature, stays valid, so that the verdict is about the fault.
package fault

import (
	"fmt"
	"strings"

	"example.com/hankosim/authenticator"
)

// Verdict says what a careful relying party does with a response.
type Verdict string

// The verdicts.
const (
	// Reject means that the specification demands it, or that no honest client could have sent the response.
	Reject Verdict = "reject"
	// Accept means that the response is odd, but within the specification. Refusing it would lock out honest people.
	Accept Verdict = "accept"
	// Suspect means that the relying party decides, but must at least notice: the credential may have been cloned.
	Suspect Verdict = "suspect"
	// Either means that the specification leaves it to the relying party's policy.
	Either Verdict = "either"
)

// Fault is one way in which a phone can misbehave.
type Fault struct {
	Name     string                 // for flags, such as "wrong-origin"; unique within its ceremony
	Ceremony authenticator.Ceremony // the ceremony in which the phone misbehaves
	Does     string                 // what the phone does, as a phrase: "signs the origin of another site"
	Verdict  Verdict
	Why      string // the reason for the verdict, with the section of WebAuthn Level 3 if there is one
	// Asked is the userVerification option with which the verdict holds; "" means any.
	Asked string
	// FromCreation means that the misbehaving phone must also create the passkey.
	FromCreation bool

	tampering authenticator.Tampering
}

// ID returns the fault's unique name, such as "get/wrong-origin".
func (f Fault) ID() string { return string(f.Ceremony) + "/" + f.Name }

// Tampering returns the option that makes a phone commit the fault, only in its own ceremony unless FromCreation is set.
func (f Fault) Tampering() authenticator.Tampering { return f.tampering }

// On returns a phone with the same passkeys that commits the fault. It is honest in the other ceremony, so that one phone
// can register and then sign in with a fault.
func (f Fault) On(phone *authenticator.Phone) *authenticator.Phone {
	return phone.Tampered(f.tampering)
}

// Catalogue returns all faults, with those of the create ceremony first.
func Catalogue() []Fault {
	var all []Fault
	add := func(ceremony authenticator.Ceremony, faults []Fault) {
		for _, f := range faults {
			f.Ceremony = ceremony
			if !f.FromCreation {
				f.tampering.Only = ceremony
			}
			all = append(all, f)
		}
	}
	add(authenticator.Create, createFaults())
	add(authenticator.Get, getFaults())
	return all
}

// Named returns the fault with an ID, such as "create/wrong-origin".
func Named(id string) (Fault, error) {
	var same []string
	_, name, _ := strings.Cut(id, "/")
	for _, f := range Catalogue() {
		if f.ID() == id {
			return f, nil
		}
		if f.Name == id || f.Name == name {
			same = append(same, f.ID())
		}
	}
	if len(same) > 0 {
		return Fault{}, fmt.Errorf("there is no fault %q; did you mean %s?", id, strings.Join(same, " or "))
	}
	return Fault{}, fmt.Errorf("there is no fault %q in the catalogue", id)
}
