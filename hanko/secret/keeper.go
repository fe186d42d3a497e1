package secret

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"example.com/hankosim/hanko"
)

// Keeper learns secrets and hides them wherever they appear: a tenant may repeat one in an error's text, and a screen may
// show one. It is safe for concurrent use. The zero Keeper and nil have learned nothing yet; they hide the values of secret
// fields, and text that looks like a token.
type Keeper struct {
	mu    sync.RWMutex
	known []known
	at    map[string]int // index in known, by secret
}

// known is a secret that the Keeper has learned.
type known struct {
	kind   Kind
	forms  []string // the ways to write it; the first is the secret itself
	alone  bool     // hidden only if it is not part of a longer word or number
	pieces bool     // pieces of it can be recognised
}

// How many characters a secret needs to be recognised in other text. Hiding shorter ones would hide half of a page.
const (
	shortest      = 4
	shortestToken = 8 // of a token or a key, or of a piece of one. A masked token shows six in a row
)

// Learn learns the secrets of an exchange: the values of secret fields, and text that looks like a token.
func (k *Keeper) Learn(e hanko.Exchange) {
	places{
		secret: func(kind Kind, value string) string {
			// Somebody may have tried a wrong passcode such as 000000, which is part of other numbers.
			k.learn(kind, value, kind == Code)
			return value
		},
		text: func(text string) string {
			for _, token := range jwt.FindAllString(text, -1) {
				k.learn(Token, token, false)
			}
			return text
		},
	}.exchange(e)
}

// LearnText learns a secret from another source: a mail, a person's typing, or a new key.
func (k *Keeper) LearnText(kind Kind, value string) { k.learn(kind, value, false) }

func (k *Keeper) learn(kind Kind, value string, alone bool) {
	switch kind {
	case Token:
		value = strings.Trim(value, ` "`) // a cookie may have quotes around it
	case Key:
		if set, err := url.Parse(value); err == nil && set.Scheme == "otpauth" {
			value = set.Query().Get("secret") // the rest of it is public
		}
	case Password:
		alone = true
	case Code: // as it is
	}
	least := shortest
	if kind == Token || kind == Key {
		least = shortestToken
	}
	if len(value) < least || IsMasked(value) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if at, has := k.at[value]; has {
		k.known[at].alone = k.known[at].alone && alone
		return
	}
	if k.at == nil {
		k.at = map[string]int{}
	}
	k.at[value] = len(k.known)
	k.known = append(k.known, known{
		kind: kind, forms: forms(kind, value), alone: alone, pieces: (kind == Token || kind == Key) && base64Text.MatchString(value),
	})
}

// base64Text matches random-looking values, of which no piece occurs elsewhere by chance. A cookie, for example, may
// contain the name of a host.
var base64Text = regexp.MustCompile(`^[A-Za-z0-9_.+/=-]+$`)

// forms returns the ways to write a secret: in JSON, in a URL, and a code with a gap in the middle, as in some mails.
func forms(kind Kind, value string) []string {
	all := []string{value}
	add := func(form string) {
		for _, other := range all {
			if form == other {
				return
			}
		}
		all = append(all, form)
	}
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) == nil {
		text := strings.TrimSuffix(quoted.String(), "\n")
		add(text[1 : len(text)-1])
	}
	add(url.QueryEscape(value))
	add(url.PathEscape(value))
	if kind == Code {
		for _, gap := range []string{" ", "\u00a0", "-"} {
			add(value[:len(value)/2] + gap + value[len(value)/2:])
		}
	}
	return all
}

// Exchange returns a copy of an exchange without secrets: the values of secret fields are masked as by Masked, and known
// secrets are hidden everywhere.
func (k *Keeper) Exchange(e hanko.Exchange) hanko.Exchange {
	return places{secret: shown, text: k.Text}.exchange(e)
}

// Text returns text without known secrets, and without anything that looks like a token.
func (k *Keeper) Text(text string) string {
	found := k.find(text, false, nil)
	if len(found) == 0 {
		return text
	}
	var hidden strings.Builder
	at := 0
	for _, span := range found {
		hidden.WriteString(text[at:span.From])
		hidden.WriteString(shown(span.kind, text[span.From:span.To]))
		at = span.To
	}
	hidden.WriteString(text[at:])
	return hidden.String()
}
