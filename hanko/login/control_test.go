package login_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/hankosim/hanko/login"
)

// TestControlCharacters puts escape sequences into every string of every answer, one at a time and all at once. None of them
// reaches a step's text, and the walk can be finished.
func TestControlCharacters(t *testing.T) {
	stage := newStage(t, unlimited)
	for _, at := range []struct {
		call  string
		place place
	}{
		{user, atEmailAgain},
		{users, atCreate},
		{initialize, atCreate},
		{finalize, atPasscode},
		{registerInitialize, atOffer},
		{registerFinalize, atOffer},
		{loginInitialize, atPasskey},
		{loginFinalize, atPasskey},
	} {
		t.Run(strings.ReplaceAll(at.call, "/", "_"), func(t *testing.T) {
			for which := -1; ; which++ { // -1: all of them
				p := stage.newPerson(t)
				at.place.before(p)
				stung := 0
				stage.wire.once(at.call, roundTrip(func(r *http.Request) (*http.Response, error) {
					response, err := http.DefaultTransport.RoundTrip(r)
					if err != nil {
						return nil, err
					}
					stung = poison(t, response, which)
					return response, nil
				}))
				step := p.take(at.place.action(p))
				drawable(t, step)
				if _, failed := step.(login.Failed); failed {
					drawable(t, p.take(login.Back{}))
				}
				drawable(t, p.finish())
				drawable(t, p.take(login.LogOut{}))
				if stung == 0 {
					t.Fatal("the answer has no strings")
				}
				if which == stung-1 {
					break
				}
			}
		})
	}
	for _, row := range badAnswers {
		t.Run(fmt.Sprintf("%s %d", strings.ReplaceAll(row.call, "/", "_"), row.status), func(t *testing.T) {
			p := stage.newPerson(t)
			row.place.before(p)
			stage.wire.once(row.call, served(t, body(row.status, `{"message":"`+jsonSting+row.message+`"}`)))
			step := p.take(row.place.action(p))
			drawable(t, step)
			if problem := problemOf(step); problem == nil || !strings.Contains(problem.Said, "␛]0;boo␇") {
				t.Errorf("it leads to %s, without the tenant's words made visible", described(step))
			}
			if _, failed := step.(login.Failed); failed {
				p.take(login.Back{})
			}
			p.finish()
		})
	}
}

// sting has what no text may bring to a screen: sequences for a title, a colour and clearing, a C1 sequence, and a change of
// direction.
const (
	sting     = "\x1b]0;boo\x07\x1b[31m\x1b[2J\u009b2J\u202e\r\n\x00\x7f"
	jsonSting = `\u001b]0;boo\u0007\u001b[31m\u001b[2J\u009b2J\u202e\r\n\u0000\u007f`
)

// poison adds sting to one or all strings of a response's JSON, and returns how many there are.
func poison(t *testing.T, response *http.Response, which int) int {
	t.Helper()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	_ = response.Body.Close()
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Errorf("not JSON: %q", data)
	}
	count := 0
	var walk func(any) any
	walk = func(value any) any {
		switch v := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				v[name] = walk(v[name])
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case string:
			count++
			if which < 0 || which == count-1 {
				return sting + v
			}
		}
		return value
	}
	data, err = json.Marshal(walk(value))
	if err != nil {
		t.Error(err)
	}
	response.Body = io.NopCloser(strings.NewReader(string(data)))
	response.ContentLength = int64(len(data))
	response.Header.Set("Content-Length", strconv.Itoa(len(data)))
	return count
}
