package cli

import (
	"context"
	"io"
	"log"

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

// withoutPanic does something, and makes an error of its panic. Go itself would tell what was panicked with as it is.
func withoutPanic(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = secretsOf(ctx).Fault(recovered)
		}
	}()
	return do(ctx)
}

// errorLog is where a server in this process tells its faults, the panics of its handlers among them.
func errorLog(ctx context.Context, stderr io.Writer) *log.Logger {
	return log.New(hiding{stderr, secretsOf(ctx)}, "", log.LstdFlags)
}

// hiding writes each piece that is written to it without secrets.
type hiding struct {
	out     io.Writer
	secrets *secret.Keeper
}

func (h hiding) Write(p []byte) (int, error) {
	if _, err := io.WriteString(h.out, h.secrets.Text(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
