package kit

import (
	"fmt"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/fact"
	"example.com/hankosim/hanko/login"
)

// Unexpected says in one line how the tenant differs from what is expected of it, or returns "". It knows what the tenant
// was recognised as, what the exchanges have shown, and the last session, which may be nil.
func (o Options) Unexpected(found hanko.Recognition, in *login.SignedIn) string {
	if len(o.Expect) == 0 {
		return ""
	}
	exchanges := o.Client.Log().From(0)
	known := fact.Walks(exchanges)
	if found.API != "" && o.API == "" {
		known = append(known, fact.OfAPI(found))
	}
	if in != nil {
		known = append(known, fact.OfSession(in.Session, in.Token)...)
	}
	differences := fact.Differences(o.Expect, known, exchanges)
	switch len(differences) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("Not as expected: %s.", differences[0])
	default:
		return fmt.Sprintf("Not as expected: %s, and %d more. `hankosim smoke` lists all.", differences[0], len(differences)-1)
	}
}
