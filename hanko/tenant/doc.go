// Package tenant is an embedded Hanko tenant. It has the public REST API of Hanko backend v2.7.0, and the Flow API of v2.7.0
// and v3.0.4, as a mobile app sees them, with the same users. Passkeys are verified by go-webauthn, and session tokens are
// signed JWTs with published keys. Passcodes expire, allow a few tries, and are limited in number. Mail goes to an inbox in
// memory, so the tenant is for tests, for trying things out, and for building an app, but never for real users.
//
// Statuses, messages, headers and JSON are Hanko's, with their oddities: an initialize without email_id for an unverified
// user is a 500, and a wrong method is a 404 in v3.0 and at some paths of v2.7. The differences are deliberate:
//
//   - Session cookies are not Secure unless Settings says so, because the tenant listens on plain http.
//   - Attestations and assertions are checked by go-webauthn v0.18, where Hanko v2.7.0 has v0.10. So BS without BE, a
//     changed BE, a crossOrigin of true, and an id that differs from rawId are refused.
//   - A flow belongs to the endpoint that opened it. In Hanko, the other endpoints accept its actions, too.
//   - The profile's username_update works; v3.0.4 answers it with a technical_error. For a user without an address,
//     email_create and creating a passkey work, too; there, v3.0.4 drops the connection.
//   - What anybody can make the tenant store is limited: see sweep. A body of more than 1 MiB gets 413, and a request that
//     finds no room on the disk gets 507.
//   - One provider with two invented people (package provider) stands for every third party. The tenant serves it below
//     /provider, and serves at /error a page that stands for a team's error page. There is no SAML, no language but
//     English, and no password over REST.
//   - The tenant accepts requests only for its own hosts (see Options.Hosts). It refuses requests with which a web page of
//     another site would change something or read the inbox (see Options.Origins). CORS is off unless Settings.CORS names
//     origins, without wildcards.
//   - It serves the files in which its domain names the apps, and the pages of other domains, that may use its passkeys
//     (see Options.AndroidApps).
//   - GET /inbox (a page) and GET /inbox.json (an array of mailbox.Mail, newest first) show the mails that were sent. Both
//     take ?to=ADDRESS. Hanko has neither.
//
// Settings has a field for each thing in which tenants differ. Switches returns them by name, for flags and configuration.
// A Preset is a common combination of switches.
//
// The packages below have the parts: store the records, setting the switches, account what REST and flows both do with
// users, flow the flows, and thirdparty the way to third parties. This package has HTTP, the REST API, and the assembly.
package tenant
