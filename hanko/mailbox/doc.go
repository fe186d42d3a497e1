// Package mailbox knows the places where a passcode arrives, so that a program can log in without a person.
//
// Open makes a Box from one of these specs; FromInbox makes one from the inbox of an embedded tenant.
//
//	spec                                              where the mails are
//	mailpit:http://host:8025                          Mailpit, by its HTTP API
//	mailslurper:http://host:8085                      MailSlurper, by its HTTP API (Hanko's own compose files run it there)
//	mailhog:http://host:8025                          MailHog, by its HTTP API
//	inbox:http://host:port                            a "hankosim tenant" that runs elsewhere, by its GET /inbox.json
//	imaps://user@host:993/INBOX?password-env=NAME     a mailbox at a mail provider, by IMAP over TLS
//	smtp:127.0.0.1:1025                               a mail server of our own: the tenant delivers to it
//	webhook:127.0.0.1:9000?jwks=URL                   a receiver for the tenant's email.send webhook; URL is the tenant's
//	                                                  /.well-known/jwks.json, whose keys sign the webhook's token
//	command:./code.sh                                 a command that prints the code; HANKOSIM_TO is the recipient,
//	                                                  HANKOSIM_AFTER the moment before which a mail is too old (RFC 3339)
//	ask                                               a person, asked by Options.Ask
//
// A spec never holds a password. An imaps: spec, and an http one with a user name in its URL (basic authentication), name
// the environment variable that has it (password-env), or else Options.Password is asked.
//
// # Which mail
//
// The recipient must be the address asked for, but for upper and lower case; ada+1@example.com is not ada@example.com.
// The mail must have arrived after the moment asked for, and clocks differ, so a mail is judged by the first of these
// that decides:
//
//  1. What had been seen in the box before that moment is old. Open looks for the first time, so whatever lies in the box
//     when it is opened never answers a later request, whatever its date.
//  2. What was not there at a look after that moment, and is at the next one, is new, whatever its date.
//  3. What is left (a mail already there at the first look after the moment) is judged by the mail server's own time
//     stamp. How far its clock is off is bounded by the Date header of each of its HTTP answers. IMAP has no such
//     header: two seconds either way are allowed for. Only a mail that is too old by every such reckoning is refused.
//     MailSlurper shows the mail's own date and no more, so there such a mail counts as new.
//
// Boxes to which mails are delivered (smtp, webhook, the embedded inbox) note the arrival by our own clock.
//
// The newest such mail that has a code gives it. When the newest ones have none, as with the mails Hanko sends to unknown
// addresses, Passcode says so at once. So it does when there are several numbers in the mail that are equally likely the
// code: a guess would cost one of three tries. CodeIn says how a code is told from other numbers.
package mailbox
