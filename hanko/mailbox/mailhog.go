package mailbox

import (
	"context"
	"net/url"
	"strconv"
	"time"
)

// mailhogMost is the largest number of mails that MailHog lists in one response.
const mailhogMost = 250

// mailhog reads MailHog (https://github.com/mailhog/MailHog, docs/APIv2).
type mailhog struct {
	unconnected
	server *httpServer
}

func newMailhog(s *httpServer) view { return mailhog{server: s} }

// mailhogList is the response of GET /api/v2/messages and /api/v2/search.
type mailhogList struct {
	Total int `json:"total"`
	Items []struct {
		ID      string
		Created time.Time
		Raw     struct {
			To   []string // of the SMTP envelope
			Data string   // the whole mail
		}
	} `json:"items"`
}

func (m mailhog) fetch(ctx context.Context, path string, query url.Values) (mailhogList, []letter, error) {
	var list mailhogList
	if err := m.server.json(ctx, path, query, &list); err != nil {
		return list, nil, err
	}
	letters := make([]letter, 0, len(list.Items))
	for _, item := range list.Items {
		letters = append(letters, letter{
			id: item.ID, to: item.Raw.To, at: item.Created, precision: time.Nanosecond, raw: []byte(item.Raw.Data),
		})
	}
	return list, letters, nil
}

func (m mailhog) held(ctx context.Context) (func(letter) bool, error) {
	list, letters, err := m.fetch(ctx, "api/v2/messages", url.Values{"limit": {strconv.Itoa(mailhogMost)}})
	if err != nil {
		return nil, err
	}
	return everything(letters, list.Total > len(letters)), nil
}

func (m mailhog) list(ctx context.Context, want Want) ([]letter, error) {
	_, letters, err := m.fetch(ctx, "api/v2/search", url.Values{"kind": {"to"}, "query": {want.To}, "limit": {strconv.Itoa(listed)}})
	return letters, err
}

func (m mailhog) read(_ context.Context, l letter) (*content, error) {
	return parseMail(l.raw).content(), nil
}
