package association

import (
	"context"
	"encoding/json"
	"slices"
)

// Apple checks that an iOS app may use the RP id: that https://<RP id>/.well-known/apple-app-site-association
// lists its app id ("TEAMID.com.example.app") under webcredentials. iOS asks Apple's copy of the file, which
// can be a day old; this asks the domain. (Apple: "Supporting associated domains".) Errors are *Error.
func (c *Checker) Apple(ctx context.Context, appID, rpID string) error {
	url := "https://" + rpID + "/.well-known/apple-app-site-association"
	if appID == "" {
		return &Error{URL: url, Problem: "cannot be compared: the app has no app id", Hint: "configure it as TEAMID.com.example.app"}
	}
	file, err := c.fetch(ctx, url, noRedirect)
	if err != nil {
		return err
	}
	apps, err := webCredentialApps(file)
	if err != nil {
		return &Error{URL: url, Problem: "is not an apple-app-site-association file", Err: err}
	}
	if !slices.Contains(apps, appID) {
		return &Error{
			URL: url, Problem: "does not list " + appID + " under webcredentials",
			Hint: `add {"webcredentials":{"apps":["` + appID + `"]}}`,
		}
	}
	return nil
}

// webCredentialApps reads the file's list of app ids.
func webCredentialApps(file []byte) ([]string, error) {
	var in struct {
		WebCredentials struct {
			Apps []string `json:"apps"`
		} `json:"webcredentials"`
	}
	err := json.Unmarshal(file, &in)
	return in.WebCredentials.Apps, err
}
