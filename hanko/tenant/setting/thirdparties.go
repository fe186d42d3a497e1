package setting

import (
	"fmt"
	"strings"

	"example.com/hankosim/hanko"
)

// ThirdPartyName is what Hanko shows for a provider that it knows.
func ThirdPartyName(id string) string {
	for _, p := range thirdParties {
		if p.Value == id {
			return p.Text
		}
	}
	return id
}

// thirdParties are those that Hanko has built in (third_party.providers).
var thirdParties = []hanko.FlowValue{
	{Value: "apple", Text: "Apple"},
	{Value: "discord", Text: "Discord"},
	{Value: "facebook", Text: "Facebook"},
	{Value: "github", Text: "GitHub"},
	{Value: "google", Text: "Google"},
	{Value: "linkedin", Text: "LinkedIn"},
	{Value: "microsoft", Text: "Microsoft"},
}

func providerIDs() string {
	ids := make([]string, len(thirdParties))
	for i, p := range thirdParties {
		ids[i] = fmt.Sprint(p.Value)
	}
	return strings.Join(ids, ", ")
}
