// Package exchange writes and reads passkeys in the formats of other programs: credentials of the virtual authenticators
// of Chromium (DevTools protocol, domain WebAuthn) and WebDriver, and FIDO's Credential Exchange Format. It also reads
// those of Playwright, Bitwarden and KeePassXC. Its output contains private keys, so write it only to files that nobody
// else can read.
package exchange
