package hanko

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// Replay sends a recorded request again, unchanged, with its token, and records the new exchange, too. If the answer has a
// session, it returns it. It fails with an *Error.
func (c *Client) Replay(ctx context.Context, recorded Exchange) (*Session, error) {
	token, _ := strings.CutPrefix(recorded.RequestHeader.Get("Authorization"), "Bearer ")
	replayed := call{method: recorded.Method, path: recorded.Path, token: token}
	if recorded.RequestBody != nil {
		replayed.body = json.RawMessage(recorded.RequestBody)
	}
	header, err := c.do(ctx, replayed)
	if session, found := sessionFrom(header); found {
		return &session, err
	}
	return nil, err
}

// Alive asks whether the tenant is up: GET /health/alive.
func (c *Client) Alive(ctx context.Context) error {
	var health struct {
		Alive bool `json:"alive"`
	}
	_, err := c.do(ctx, call{
		method: http.MethodGet, path: "/health/alive", out: &health,
		check: func(http.Header) *Error {
			if !health.Alive {
				return missing("alive")
			}
			return nil
		},
	})
	return err
}
