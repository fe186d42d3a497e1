// Package tenant is an embedded Hanko tenant: the public REST API of Hanko backend v2.7.0 as a mobile app meets it,
// answered for real. Passkeys are verified by go-webauthn, session tokens are signed JWTs with published keys,
// passcodes expire, run out of tries and are limited in number. Mail goes to an inbox in memory, so it is for tests,
// for trying things out, and for building an app; never for real users.
//
// Statuses, messages, headers and JSON are those of Hanko, oddities included (an initialize without email_id for an
// unverified user is a 500; a wrong method is a 404). It differs where that serves its users:
//
//   - Session cookies are not Secure unless Settings says so, because it listens on plain http.
//   - Attestations and assertions are checked by go-webauthn v0.18, Hanko v2.7.0 has v0.10: BS without BE, a changed BE,
//     a crossOrigin of true, and an id that is not rawId are refused here.
//   - There is no password, no third-party sign-in, no adding of a second email, no CORS and no Flow API.
//   - GET /inbox (a page) and GET /inbox.json (an array of mailbox.Mail, newest first) show the mails sent; both take
//     ?to=ADDRESS. They are not Hanko's.
package tenant
