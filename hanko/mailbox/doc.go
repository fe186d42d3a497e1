// Package mailbox reads passcodes from the places where they arrive, so that a program can sign in without a person.
//
// Open opens a Box named by one of these specs. FromInbox makes one from the inbox of an embedded tenant.
//
//	spec                                              where the mails are
//	mailpit:http://host:8025                          Mailpit, by its HTTP API
//	mailslurper:http://host:8085                      MailSlurper, by its HTTP API (as in Hanko's own compose files)
//	mailhog:http://host:8025                          MailHog, by its HTTP API
//	inbox:http://host:port                            a "hankosim tenant" that runs elsewhere, by its GET /inbox.json
//	imaps://user@host:993/INBOX?password-env=NAME     a mailbox at a mail provider, by IMAP over TLS
//	smtp:127.0.0.1:1025                               a mail server that hankosim runs: the tenant delivers to it
//	webhook:127.0.0.1:9000?jwks=URL                   a receiver for the tenant's email.send webhook; URL is the tenant's
//	                                                  /.well-known/jwks.json, whose keys sign the webhook's token
//	command:./code.sh                                 a command that prints the code; HANKOSIM_TO is the recipient,
//	                                                  HANKOSIM_AFTER the time (RFC 3339) before which a mail is too old
//	ask                                               a person, asked by Options.Ask
//
// A spec never contains a password. An imaps: spec, or an http one with a user name in its URL (basic authentication),
// names the environment variable with the password (password-env). Without that name, Options.Password is called.
//
// # Which mail
//
// The recipient must be the wanted address, ignoring case; ada+1@example.com is not ada@example.com. The mail must have
// arrived after the wanted time. Because clocks differ, the first of these rules that applies decides:
//
//  1. A mail that was seen in the box before that time is old, whatever its date. Open looks into the box once, so a mail
//     that is there when the box is opened never answers a later request.
//  2. A mail that was missing in one look after that time, and is there in the next, is new, whatever its date.
//  3. Any other mail (one that is there in the first look after that time) is judged by the mail server's time stamp. The
//     Date header of each HTTP response limits how far the server's clock can be off. IMAP has no such header, so two
//     seconds either way are allowed. A mail is refused only if it is too old even then. MailSlurper shows only the mail's
//     own date, so such a mail counts as new there.
//
// Boxes that receive mails themselves (smtp, webhook, the embedded inbox) record the arrival with our own clock.
//
// The newest of these mails that has a code is used. If the newest have none, as with the mails that Hanko sends to
// unknown addresses, Passcode fails at once. It also fails if several numbers in the mail are equally likely to be the
// code, because a wrong guess uses up one of three tries. CodeIn describes how a code is told from other numbers.
package mailbox
