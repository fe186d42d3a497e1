package mailbox

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// mailpit reads Mailpit (https://mailpit.axllent.org/docs/api-v1/). It fetches raw mails, so that they stay unread for
// people who look at the same Mailpit.
type mailpit struct {
	unconnected
	server *httpServer
}

func newMailpit(s *httpServer) view { return mailpit{server: s} }

// mailpitList is the response of GET /api/v1/messages and /api/v1/search.
type mailpitList struct {
	Count    int `json:"messages_count"` // of all that match, listed or not
	Messages []struct {
		ID          string
		To, Cc, Bcc []struct{ Address string }
		Created     time.Time
	} `json:"messages"`
}

func (l mailpitList) letters() []letter {
	letters := make([]letter, 0, len(l.Messages))
	for _, m := range l.Messages {
		one := letter{id: m.ID, at: m.Created, precision: time.Millisecond}
		for _, all := range [][]struct{ Address string }{m.To, m.Cc, m.Bcc} {
			for _, a := range all {
				one.to = append(one.to, a.Address)
			}
		}
		letters = append(letters, one)
	}
	return letters
}

func (m mailpit) held(ctx context.Context) (func(letter) bool, error) {
	var all mailpitList
	if err := m.server.json(ctx, "api/v1/messages", url.Values{"limit": {strconv.Itoa(remembered)}}, &all); err != nil {
		return nil, err
	}
	return everything(all.letters(), all.Count > len(all.Messages)), nil
}

func (m mailpit) list(ctx context.Context, want Want) ([]letter, error) {
	var some mailpitList
	err := m.server.json(ctx, "api/v1/search", url.Values{
		"query": {`to:"` + strings.ReplaceAll(want.To, `"`, "") + `"`}, "limit": {strconv.Itoa(listed)},
	}, &some)
	return some.letters(), err
}

func (m mailpit) read(ctx context.Context, l letter) (*content, error) {
	raw, err := m.server.get(ctx, "api/v1/message/"+url.PathEscape(l.id)+"/raw", nil)
	if err != nil {
		return nil, err
	}
	return parseMail(raw).content(), nil
}
