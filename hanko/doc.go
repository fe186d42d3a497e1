// Package hanko is a client for the public API of a Hanko tenant (github.com/teamhanko/hanko), as a native mobile app has
// to use it, because Hanko has no mobile SDK: the REST API of backends v1.0 to v2.7, the Flow API, session tokens and their
// keys, and a record of every exchange with the tenant.
//
// Every call takes a context, has a deadline and a limit on what it reads, and fails with an *Error that says what was
// tried, what came back, what it probably means and what to do.
package hanko
