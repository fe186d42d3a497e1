// Package fault is a catalogue of things an authenticator or client can get wrong on purpose, each with the
// verdict that a careful relying party must give. It makes a phone misbehave in exactly one way; everything
// else about the response stays valid, signature included, so that the verdict is about the fault itself.
package fault

import (
	"fmt"
	"strings"

	"example.com/hankosim/authenticator"
)

// Verdict is what a careful relying party does with a response.
type Verdict string

// The verdicts.
const (
	// Reject: the specification says so, or the response could not have come from an honest client.
	Reject Verdict = "reject"
	// Accept: odd, but within the specification. Refusing it would lock honest people out.
	Accept Verdict = "accept"
	// Suspect: the specification leaves the decision to the relying party, which must at least notice: the
	// credential may have been cloned.
	Suspect Verdict = "suspect"
	// Either: the specification leaves it to policy, and both answers are fine.
	Either Verdict = "either"
)

// Fault is one way to misbehave.
type Fault struct {
	Name     string                 // for flags: "wrong-origin"; unique within its ceremony
	Ceremony authenticator.Ceremony // where the misbehaviour is
	Does     string                 // what the phone does, as half a sentence: "signs the origin of another site"
	Verdict  Verdict
	Why      string // why that is the verdict, with the section of WebAuthn Level 3 where there is one
	// Asked is the userVerification that must have been asked for the verdict to hold; "" is any.
	Asked string
	// FromCreation says that the passkey must have been made by the misbehaving phone too.
	FromCreation bool

	tampering authenticator.Tampering
}

// ID names a fault among all: "get/wrong-origin".
func (f Fault) ID() string { return string(f.Ceremony) + "/" + f.Name }

// Tampering is how the fault takes hold of a phone's response: in its own ceremony alone, unless FromCreation.
func (f Fault) Tampering() authenticator.Tampering { return f.tampering }

// On returns the phone, with its passkeys, committing the fault. In the other ceremony it is honest, so that one phone
// can register and then sign in with a fault.
func (f Fault) On(phone *authenticator.Phone) *authenticator.Phone {
	return phone.Tampered(f.tampering)
}

// Catalogue returns all faults, those of create first.
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

// Named returns the fault with that ID, such as "create/wrong-origin".
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
