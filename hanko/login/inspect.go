package login

import (
	"context"
	"sync"

	"example.com/hankosim/hanko"
)

// Inspection is what can be found out about a session: the checks that an app's own backend would make, and the tenant's
// answers. Each part has its own error.
type Inspection struct {
	KeyIDs       []string // the IDs of the tenant's published keys
	SignatureErr error    // nil if the signature is valid; *hanko.SignatureError, or *hanko.Error if the keys could not be fetched

	Me    hanko.Me
	MeErr error // *hanko.Error

	Validation    hanko.Validation
	ValidationErr error // *hanko.Error
}

// Inspect checks a session token against the tenant's keys and asks the tenant about it: GET /.well-known/jwks.json,
// GET /me and GET /sessions/validate, all at once.
func Inspect(ctx context.Context, client *hanko.Client, token hanko.Token) Inspection {
	var (
		found Inspection
		all   sync.WaitGroup
	)
	all.Go(func() {
		keys, err := client.Keys(ctx)
		if err == nil {
			found.KeyIDs = keys.IDs()
			err = keys.Verify(token)
		}
		found.SignatureErr = err
	})
	all.Go(func() { found.Me, found.MeErr = client.Me(ctx, token.Raw) })
	all.Go(func() { found.Validation, found.ValidationErr = client.ValidateSession(ctx, token.Raw) })
	all.Wait()
	return found
}
