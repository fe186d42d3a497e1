package association

import (
	"context"
	"slices"

	"example.com/hankosim/internal/exactjson"
)

// Apple checks that an iOS app may use the RP ID: https://<RP ID>/.well-known/apple-app-site-association must list its app
// ID ("TEAMID.com.example.app") under webcredentials. iOS uses Apple's copy of the file, which can be a day old; this asks
// the domain. (Apple: "Supporting associated domains".) It fails with an *Error.
func (c *Checker) Apple(ctx context.Context, appID, rpID string) error {
	url := "https://" + rpID + "/.well-known/apple-app-site-association"
	if appID == "" {
		return &Error{URL: url, Problem: "cannot be compared: the app has no app id", Hint: "configure it as TEAMID.com.example.app"}
	}
	file, err := c.fetch(ctx, url, noRedirect)
	if err != nil {
		return err
	}
	apps, miscased, err := webCredentialApps(file)
	if slices.Contains(apps, appID) { // then wrong entries of other apps do not matter
		return nil
	}
	if err != nil && len(apps) == 0 {
		return &Error{URL: url, Problem: "is not an apple-app-site-association file", Err: err}
	}
	problem := "does not list " + appID + " under webcredentials"
	if hint := exactjson.Hint(miscased); hint != "" {
		problem += ": " + hint
	}
	return &Error{URL: url, Problem: problem, Hint: `add {"webcredentials":{"apps":["` + appID + `"]}}`}
}

// webCredentialApps returns the file's list of app IDs. With an error, it returns those that it could read.
func webCredentialApps(file []byte) ([]string, []exactjson.Miscased, error) {
	var in struct {
		WebCredentials struct {
			Apps []string `json:"apps"`
		} `json:"webcredentials"`
	}
	miscased, err := exactjson.Unmarshal(file, &in)
	return in.WebCredentials.Apps, miscased, err
}
