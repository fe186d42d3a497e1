package cli

import (
	"context"

	"example.com/hankosim/hanko/secret"
)

type secretsKey struct{}

// withSecrets returns a context whose sessions share what they know of secrets, so that it can be hidden from whatever
// the process tells.
func withSecrets(ctx context.Context) context.Context {
	return context.WithValue(ctx, secretsKey{}, &secret.Keeper{})
}

// secretsOf returns what the context's sessions know; a Keeper that knows nothing where they share nothing.
func secretsOf(ctx context.Context) *secret.Keeper {
	if secrets, shared := ctx.Value(secretsKey{}).(*secret.Keeper); shared {
		return secrets
	}
	return &secret.Keeper{}
}
