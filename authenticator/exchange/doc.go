// Package exchange writes and reads passkeys in the formats of others: as credentials of the virtual
// authenticators of Chromium (DevTools protocol, domain WebAuthn) and WebDriver, and in FIDO's Credential
// Exchange Format. It also reads those of Playwright, Bitwarden and KeePassXC. What it writes contains private
// keys: it is for files only their owner can read.
package exchange
