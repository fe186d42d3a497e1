package decode

import (
	"net/url"
	"slices"
	"strings"

	"example.com/hankosim/hanko"
)

// Call is which of Hanko's calls an exchange made.
type Call struct {
	Endpoint string           // "POST /passcode/login/finalize", an id in the path written {id}; of a flow "POST /login"
	Flow     hanko.FlowName   // "" for REST
	Action   hanko.ActionName // of a flow; "" for the call that opens it
}

// CallOf reads an exchange's method and path.
func CallOf(e hanko.Exchange) Call {
	path, query, _ := strings.Cut(e.Path, "?")
	call := Call{Endpoint: e.Method + " " + endpoint(path)}
	flow := hanko.FlowName(strings.TrimPrefix(path, "/"))
	if e.Method != "POST" || flow != hanko.LoginFlow && flow != hanko.RegistrationFlow && flow != hanko.ProfileFlow {
		return call
	}
	call.Flow = flow
	if values, err := url.ParseQuery(query); err == nil {
		action, _, _ := strings.Cut(values.Get("action"), "@") // what follows is the flow's id
		call.Action = hanko.ActionName(action)
	}
	return call
}

// endpoint writes a path as the guide does.
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

// Row is one thing that an app does, in both of Hanko's APIs: a line of the migration from the REST API of the mobile
// guide to the Flow API.
type Row struct {
	Step string   // the guide's step, "1" to "5"; "" for what the guide does not have
	What string   // what is done, in a few words
	REST []string // the endpoints; none for what only flows have
	Flow []string // the actions, the flows that are opened ("POST /login"), and the calls that stay; none where nothing is left
	Note string   // how the two differ for an app; may be "" where there is no REST

	did    string         // what has happened, after a success
	failed string         // what has not, as the beginning of a sentence
	status map[int]string // the whole explanation, for statuses that need one of their own
	no     int            // the status that is an answer too, and no refusal: "there is none"; 0 for none
}

// Rows is the whole table, in the order of the guide.
func Rows() []Row { return slices.Clone(rows) }

// RowOf is the place in Rows of what an exchange did; ok is false for what is in no row.
func RowOf(e hanko.Exchange) (place int, ok bool) {
	place = placeOf(CallOf(e))
	return place, place >= 0
}

// Refused tells that an exchange did not do what it was for. A question that was answered with no was answered.
func Refused(e hanko.Exchange) bool {
	row, _ := rowOf(CallOf(e))
	return (e.Status == 0 || e.Status >= 400) && (row.no == 0 || e.Status != row.no)
}

// GuideStep says which call of the mobile guide an exchange was, or would have been, and which action of a flow it is
// today, or was. A side that does not exist is "".
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

// rowOf finds a call's row.
func rowOf(call Call) (Row, bool) {
	place := placeOf(call)
	if place < 0 {
		return Row{}, false
	}
	return rows[place], true
}

// placeOf finds a call's row by the action, by the flow that it opens, or by the endpoint; it is -1 for a call without
// one.
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
