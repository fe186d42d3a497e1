// Package authenticator is a phone that makes passkeys and signs in with them: a software WebAuthn
// authenticator together with the client that drives it, faithful to the bytes real iPhones and Android phones
// send. It knows WebAuthn and nothing of any particular relying party.
//
// A Phone has a Profile (what kind of phone it is), a Keystore (where its passkeys are) and a Consent (how the
// person in front of it is asked). Create and Get take the options that came over the wire, as parsed by
// ParseCreationOptions and ParseRequestOptions, and give back what goes over the wire.
package authenticator
