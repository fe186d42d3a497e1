// Package authenticator is a phone that makes passkeys and signs in with them: a software WebAuthn
// authenticator together with the client that drives it, faithful to the bytes real iPhones and Android phones
// send. It knows WebAuthn and nothing of any particular relying party.
//
// A Phone has a Profile (what kind of phone it is), a Keystore (where its passkeys are) and a Consent (how the
// person in front of it is asked). Create and Get take the options that came over the wire, as parsed by
// ParseCreationOptions and ParseRequestOptions, and give back what goes over the wire.
//
// What a real phone refuses, this one refuses, with an Error that has WebAuthn's name and the platform's own
// words. Options of NewPhone make it Strict, and let it ask domains about apps and pages.
//
// Beside it are the packages fault (ways to misbehave on purpose, with the verdict each deserves), exchange
// (passkeys in the formats of others) and association (what platforms ask a domain before they show a sheet).
//
// Section numbers are those of Web Authentication Level 3, https://www.w3.org/TR/webauthn-3/.
package authenticator
