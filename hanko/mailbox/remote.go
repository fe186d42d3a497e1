package mailbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"time"
)

// remoteInbox reads the inbox of a "hankosim tenant" in another process: GET /inbox.json, an array of Mail.
type remoteInbox struct {
	unconnected
	server *httpServer
}

func newRemoteInbox(s *httpServer) view { return remoteInbox{server: s} }

func (r remoteInbox) fetch(ctx context.Context, to string) ([]letter, error) {
	query := url.Values{}
	if to != "" {
		query.Set("to", to)
	}
	var mails []Mail
	if err := r.server.json(ctx, "inbox.json", query, &mails); err != nil {
		return nil, err
	}
	letters := make([]letter, 0, len(mails))
	for _, m := range mails {
		// The inbox has no IDs, but each mail has its own time.
		id := sha256.Sum256([]byte(m.At.Format(time.RFC3339Nano) + "\n" + m.To + "\n" + m.Subject + "\n" + m.Body))
		letters = append(letters, letter{
			id: hex.EncodeToString(id[:]), to: []string{m.To}, at: m.At, precision: time.Microsecond,
			content: &content{subject: m.Subject, text: m.Body, code: m.Code},
		})
	}
	return letters, nil
}

func (r remoteInbox) held(ctx context.Context) (func(letter) bool, error) {
	letters, err := r.fetch(ctx, "")
	if err != nil {
		return nil, err
	}
	return everything(letters, false), nil
}

func (r remoteInbox) list(ctx context.Context, want Want) ([]letter, error) {
	return r.fetch(ctx, want.To)
}

func (r remoteInbox) read(_ context.Context, l letter) (*content, error) { return l.content, nil }
