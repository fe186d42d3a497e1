package decode

import (
	"net/url"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
)

// Call names the call to Hanko that an exchange made.
type Call struct {
	Endpoint string           // "POST /passcode/login/finalize", with {id} for an ID in the path; for a flow "POST /login"
	Flow     hanko.FlowName   // "" for REST
	Action   hanko.ActionName // the flow's action; "" for the call that opens it
}

// CallOf returns the call of an exchange, from its method and path.
func CallOf(e hanko.Exchange) Call {
	path, query, _ := strings.Cut(e.Path, "?")
	call := Call{Endpoint: e.Method + " " + endpoint(path)}
	flow := hanko.FlowName(strings.TrimPrefix(path, "/"))
	if e.Method != "POST" || flow != hanko.LoginFlow && flow != hanko.RegistrationFlow && flow != hanko.ProfileFlow {
		return call
	}
	call.Flow = flow
	if values, err := url.ParseQuery(query); err == nil {
		action, _, _ := strings.Cut(values.Get("action"), "@") // the rest is the flow's ID
		call.Action = hanko.ActionName(action)
	}
	return call
}

// endpoint returns a path as the guide writes it, with {id} for an ID.
func endpoint(path string) string {
	for _, prefix := range []string{"/users/", "/webauthn/credentials/", "/emails/"} {
		if id, ok := strings.CutPrefix(path, prefix); ok && id != "" {
			_, after, more := strings.Cut(id, "/")
			if more {
				after = "/" + after
			}
			return prefix + "{id}" + after
		}
	}
	return path
}

// Row is something that an app does, in both of Hanko's APIs. The rows are a table for migrating from the REST API of the
// mobile guide to the Flow API.
type Row struct {
	Step string   // the guide's step, "1" to "5"; "" if it is not in the guide
	What string   // what the app does, in a few words
	REST []string // the endpoints; none if only flows can do it
	Flow []string // the actions, the flows to open ("POST /login"), and the calls that still exist; none if nothing is left
	Note string   // how the two differ for an app; may be "" without REST

	did    string         // says what happened, after a success
	failed string         // says what did not happen, as the start of a sentence
	status map[int]string // the whole explanation, for statuses that need their own
	no     int            // the status that means "there is none", which is not a refusal; 0 for none
}

// Rows returns the whole table in the order of the guide.
func Rows() []Row { return slices.Clone(rows) }

// RowOf returns the index in Rows of what an exchange did. ok is false if there is none.
func RowOf(e hanko.Exchange) (place int, ok bool) {
	place = placeOf(CallOf(e))
	return place, place >= 0
}

// Refused reports whether an exchange failed. "There is none" is not a failure, and neither is a browser's that was opened.
func Refused(e hanko.Exchange) bool {
	if e.Browser {
		_, err := returned(e)
		return err != nil
	}
	row, _ := rowOf(CallOf(e))
	return (e.Status == 0 || e.Status >= 400) && (row.no == 0 || e.Status != row.no)
}

// GuideStep returns the call of the mobile guide and the action of a flow that an exchange stands for. A side that does not
// exist is "".
func GuideStep(e hanko.Exchange) (guide, flow string) {
	call := CallOf(e)
	row, ok := rowOf(call)
	if !ok {
		return "", ""
	}
	rest, today := row.REST, row.Flow
	switch {
	case call.Flow == "":
		rest = []string{call.Endpoint}
		if slices.Contains(today, call.Endpoint) {
			today = rest // the same call, on every version
		}
	case call.Action == "":
		today = []string{call.Endpoint}
	default:
		today = []string{string(call.Flow) + " · " + string(call.Action)}
	}
	guide = strings.Join(rest, " or ")
	if guide != "" && row.Step != "" {
		guide = row.Step + " · " + guide
	}
	return guide, strings.Join(today, " or ")
}

// rowOf returns the row of a call.
func rowOf(call Call) (Row, bool) {
	place := placeOf(call)
	if place < 0 {
		return Row{}, false
	}
	return rows[place], true
}

// placeOf returns the index of a call's row, by its action, the flow that it opens or its endpoint, or -1.
func placeOf(call Call) int {
	return slices.IndexFunc(rows, func(row Row) bool {
		switch {
		case call.Action != "":
			return slices.Contains(row.Flow, string(call.Action))
		case call.Flow != "":
			return slices.Contains(row.Flow, call.Endpoint)
		default:
			return slices.Contains(row.REST, call.Endpoint)
		}
	})
}
