// Package authenticator is a phone that creates passkeys and signs in with them. It is a software WebAuthn authenticator
// together with the client that uses it, and sends the same bytes as real iPhones and Android phones. It implements WebAuthn,
// and works with any relying party.
//
// A Phone has a Profile (what kind of phone it is), a Keystore (where its passkeys are) and a Consent (how to ask the person
// in front of it). Create and Get take a relying party's options, as parsed by ParseCreationOptions and ParseRequestOptions,
// and return the response to send.
//
// The phone refuses what a real phone refuses, with an Error that has WebAuthn's name and the platform's own words. Options
// of NewPhone make it Strict, and let it ask domains about apps and pages.
//
// Related packages are fault (ways to misbehave on purpose, with the right verdict on each), exchange (passkeys in other
// programs' formats) and association (what platforms ask a domain before they show a sheet).
//
// Section numbers are those of Web Authentication Level 3, https://www.w3.org/TR/webauthn-3/.
package authenticator
