// Package hanko speaks the public API of a Hanko tenant (github.com/teamhanko/hanko) the way a native mobile app
// must, since Hanko has no mobile SDK: the REST API of backends v1.0 to v2.7, session tokens and their keys, and a
// record of every exchange with the tenant.
//
// It knows HTTP, not screens. Every call takes a context, has a deadline and a limit on what it reads, and fails with
// an *Error that says what was tried, what came back, what it probably means and what to do.
package hanko
