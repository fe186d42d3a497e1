package mailbox

import (
	"context"
	"net/url"
	"os"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
)

// account is the user who signs in to a mailbox.
type account struct{ user, password string }

// parseLocation splits the URL in a spec into the URL without user and query, and the account.
func parseLocation(ctx context.Context, kind, location string, schemes []string, options Options) (*url.URL, account, error) {
	bad := func(problem, hint string) (*url.URL, account, error) {
		return nil, account{}, &Error{Kind: BadSpec, Box: kind, Problem: problem, Hint: hint}
	}
	base, err := url.Parse(location)
	if err != nil {
		return bad("The URL in the "+kind+" spec cannot be read", "It looks like "+schemes[0]+"://host:port.")
	}
	// A slash in a password would end the host, and the name of an IMAP folder may contain an @.
	if !slices.Contains(schemes, base.Scheme) || base.Hostname() == "" || base.Scheme != "imaps" && strings.Contains(base.Path, "@") {
		return bad(quoted(hanko.MaskUserinfo(location))+" is not a URL that begins with "+strings.Join(schemes, ":// or ")+"://",
			"Such a spec looks like "+specs[kind]+".")
	}
	user := base.User.Username()
	if _, has := base.User.Password(); has {
		return bad("The "+kind+" spec contains a password, and others can see it there",
			"Put it into an environment variable, and name the variable with ?password-env=NAME.")
	}
	query, err := url.ParseQuery(base.RawQuery)
	if err != nil {
		return bad("The query of the "+kind+" spec cannot be read", "Only ?password-env=NAME can follow the URL.")
	}
	variable := query.Get("password-env")
	for key := range query {
		if key != "password-env" {
			if strings.Contains(key, "@") {
				key = "such key" // a question mark in a password starts the query
			} else {
				key = quoted(key)
			}
			return bad("The "+kind+" spec knows no "+key, "Only ?password-env=NAME can follow the URL.")
		}
	}
	base.User, base.RawQuery, base.Fragment = nil, "", ""
	base.Path, base.RawPath = strings.TrimRight(base.Path, "/"), ""
	who := account{user: user}
	if user != "" {
		if who.password, err = password(ctx, kind, user+"@"+base.Hostname(), variable, options); err != nil {
			return nil, account{}, err
		}
	}
	return base, who, nil
}

// password returns the password of an account, from the environment variable that the spec names, or else by asking.
func password(ctx context.Context, kind, account, variable string, options Options) (string, error) {
	refuse := func(problem string, err error) (string, error) {
		return "", &Error{
			Kind: CredentialsRefused, Box: kind, Problem: problem, Err: err,
			Hint: "Name the environment variable that has the password with ?password-env=NAME at the end of the spec.",
		}
	}
	switch {
	case variable != "":
		value := os.Getenv(variable)
		if value == "" {
			return refuse("The environment variable "+variable+", which the "+kind+" spec names for the password of "+account+
				", is not set", nil)
		}
		return value, nil
	case options.Password != nil:
		value, err := options.Password(ctx, account)
		if err != nil {
			return refuse("There is no password for "+account, err)
		}
		return value, nil
	}
	return refuse("There is no password for "+account, nil)
}
