// Package tenant is an embedded Hanko tenant: the public REST API of Hanko backend v2.7.0 and the Flow API of v2.7.0 and
// v3.0.4 as a mobile app meets them, on the same users, answered for real. Passkeys are verified by go-webauthn, session
// tokens are signed JWTs with published keys, passcodes expire, run out of tries and are limited in number. Mail goes to an
// inbox in memory, so it is for tests, for trying things out, and for building an app; never for real users.
//
// Statuses, messages, headers and JSON are those of Hanko, oddities included (an initialize without email_id for an
// unverified user is a 500; a wrong method is a 404 in v3.0 and at some paths of v2.7). It differs where that serves its users:
//
//   - Session cookies are not Secure unless Settings says so, because it listens on plain http.
//   - Attestations and assertions are checked by go-webauthn v0.18, Hanko v2.7.0 has v0.10: BS without BE, a changed BE,
//     a crossOrigin of true, and an id that is not rawId are refused here.
//   - A flow belongs to the endpoint that opened it; with Hanko the others take its actions too.
//   - The profile's username_update works; v3.0.4 answers it with a technical_error. So do email_create and a new passkey
//     of a user who has no address yet, over which v3.0.4 drops the connection.
//   - What anybody can have stored without end is bounded: see sweep. A body of more than 1 MiB is refused, with 413, and
//     a full disk is told, with 507.
//   - One provider with two invented people (package provider) stands for every third party; the tenant serves it below
//     /provider, and at /error the page that stands for a team's error page. There is no SAML, no language other than
//     English, and over REST no password.
//   - It takes requests for its own hosts alone (see Options.Hosts), and none by which a web page of another site would
//     change something or read the inbox (see Options.Origins). CORS is off unless Settings.CORS says otherwise, and
//     knows no wildcards.
//   - It serves the files by which its domain vouches for apps and for pages of other domains (see Options.AndroidApps).
//   - GET /inbox (a page) and GET /inbox.json (an array of mailbox.Mail, newest first) show the mails sent; both take
//     ?to=ADDRESS. They are not Hanko's.
//
// What tenants differ in is in Settings, field by field; Switches lists the same by name, for flags and configuration, and
// a Preset is a set of switches that is met in the field.
//
// Below it are its rooms: store has the records, setting the switches, account what REST and flows both do with users, and
// flow the flows. The package itself is HTTP, the REST API and what puts them together.
package tenant
