package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
)

// Errors, panics and the faults of servers are told without what the process knows of secrets.
func TestStandardErrorHasNoSecrets(t *testing.T) {
	ctx := withSecrets(t.Context())
	secretsOf(ctx).LearnText(secret.Code, "843575")
	unknown := &hanko.Error{Kind: hanko.Refused, Call: "GET /me", Status: 401, Message: "the code 843575 is nobody's"}
	for name, tell := range map[string]func(stderr *strings.Builder){
		"an error":           func(stderr *strings.Builder) { exitCode(ctx, unknown, stderr) },
		"an error with code": func(stderr *strings.Builder) { _ = says(ctx, stderr, unknown, 3) },
		"a panic": func(stderr *strings.Builder) {
			exitCode(ctx, withoutPanic(ctx, func(context.Context) error { panic(unknown) }), stderr)
		},
		"a panic of a handler": func(stderr *strings.Builder) {
			var ended sync.WaitGroup
			ended.Add(1)
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(unknown) }))
			server.Config.ErrorLog = errorLog(ctx, stderr)
			server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateClosed {
					ended.Done()
				}
			}
			server.Start()
			defer server.Close()
			if response, err := server.Client().Get(server.URL); err == nil {
				response.Body.Close()
				t.Error("the handler answers")
			}
			ended.Wait()
		},
	} {
		var stderr strings.Builder
		tell(&stderr)
		if said := stderr.String(); strings.Contains(said, "843575") || !strings.Contains(said, "the code •••••• is nobody's") {
			t.Errorf("%s is told as %s", name, said)
		}
	}
	fault := withoutPanic(ctx, func(context.Context) error { panic("out of luck") })
	var kind *secret.Fault
	if !errors.As(fault, &kind) || kind.Cause != "out of luck" || !strings.Contains(kind.Stack, "TestStandardErrorHasNoSecrets") {
		t.Errorf("a panic is the error %v", fault)
	}
	if err := withoutPanic(ctx, func(context.Context) error { return unknown }); !errors.Is(err, unknown) {
		t.Errorf("an error becomes %v", err)
	}
}
