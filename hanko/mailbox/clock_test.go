package mailbox

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	base := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return base.Add(time.Duration(ms) * time.Millisecond) }
	var c clock
	if _, _, known := c.ours(base, time.Second); known {
		t.Fatal("a clock that learned nothing knows the time")
	}

	// The server is 10.4 s ahead: at our 0.0 it shows 10, at 0.5 still 10, at 0.7 it shows 11.
	c.learn(at(10000), at(0), at(20))
	if c.low != 9980*time.Millisecond || c.high != 11*time.Second {
		t.Errorf("after one look %s to %s", c.low, c.high)
	}
	c.learn(at(10000), at(500), at(520))
	c.learn(at(11000), at(700), at(720))
	if c.low != 10280*time.Millisecond || c.high != 10500*time.Millisecond {
		t.Errorf("after three looks %s to %s, want them narrowed", c.low, c.high)
	}
	earliest, latest, known := c.ours(at(20400), time.Millisecond)
	if !known || !earliest.Equal(at(9900)) || !latest.Equal(at(10121)) {
		t.Errorf("its 20.4 is %s to %s, want 9.9 to 10.121", earliest, latest)
	}
	if _, _, known := c.ours(at(20400), 0); known {
		t.Error("a stamp that is not the server's is taken for its")
	}
	if _, _, known := c.ours(time.Time{}, time.Second); known {
		t.Error("no stamp is taken for one")
	}

	c.learn(at(1000), at(1000), at(1010)) // somebody set it right
	if c.low != -10*time.Millisecond || c.high != time.Second {
		t.Errorf("after it was set %s to %s", c.low, c.high)
	}
}

// TestJudge has the rules of the package's documentation, one by one.
func TestJudge(t *testing.T) {
	opened := time.Now().Add(-time.Minute)
	newBox := func() *polled {
		s := &httpServer{}
		s.time.allow(time.Second)
		return &polled{
			source: httpSource{server: s}, began: opened, ended: opened.Add(time.Second),
			held: func(l letter) bool { return l.id == "held" }, seen: make(map[string]sight), looked: make(map[string]time.Time),
		}
	}
	request := time.Now().Add(-10 * time.Second)
	stamped := func(id string, offset time.Duration) letter {
		return letter{id: id, at: request.Add(offset), precision: time.Millisecond}
	}
	tests := []struct {
		name   string
		before []letter  // what a look before the request saw
		empty  bool      // a look between the request and now saw nothing
		after  time.Time // zero means request
		mail   letter
		want   age
	}{
		{name: "held when opened, whatever its stamp", mail: stamped("held", time.Hour), want: seen},
		{name: "seen before the request, whatever its stamp", before: []letter{stamped("a", time.Hour)}, mail: stamped("a", time.Hour), want: seen},
		{name: "appeared while waiting, whatever its stamp", empty: true, mail: stamped("a", -time.Hour), want: fresh},
		{name: "stamped long before", mail: stamped("a", -3*time.Second), want: outdated},
		{name: "stamped long after", mail: stamped("a", 3*time.Second), want: fresh},
		{name: "stamped just before", mail: stamped("a", -500*time.Millisecond), want: unsure},
		{name: "stamped just after", mail: stamped("a", 500*time.Millisecond), want: unsure},
		{name: "without a stamp", mail: letter{id: "a"}, want: unsure},
		{name: "not held, and the request is older than the box", after: opened.Add(-time.Second), mail: letter{id: "a"}, want: fresh},
		{name: "held, and the request is older than the box", after: opened.Add(-time.Minute), mail: letter{id: "held", at: opened, precision: 1}, want: fresh},
		{name: "held, and older than a request that is older than the box", after: opened.Add(-time.Minute), mail: letter{id: "held", at: opened.Add(-time.Hour), precision: 1}, want: outdated},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			box := newBox()
			want := Want{To: "ada@example.com", After: request}
			if !test.after.IsZero() {
				want.After = test.after
			}
			if test.before != nil {
				box.judge(test.before, Want{To: "ADA@example.com"}, request.Add(-time.Second))
				want.After = time.Now()
			}
			if test.empty {
				box.judge(nil, want, request.Add(time.Second))
			}
			if got := box.judge([]letter{test.mail}, want, time.Now())[0]; got != test.want {
				t.Errorf("age %d, want %d", got, test.want)
			}
			if again := box.judge([]letter{test.mail}, want, time.Now())[0]; again != test.want {
				t.Errorf("looked at again its age is %d, want %d", again, test.want)
			}
		})
	}
}

// TestEverything: mails beyond those that the first look lists are known by their date.
func TestEverything(t *testing.T) {
	base := time.Now()
	listed := []letter{{id: "c", at: base}, {id: "b", at: base.Add(-time.Hour)}}
	older := letter{id: "a", at: base.Add(-2 * time.Hour)}
	if everything(listed, false)(older) {
		t.Error("a mail that was not there is held")
	}
	held := everything(listed, true)
	if !held(older) || !held(listed[1]) || held(letter{id: "d", at: base.Add(-time.Minute)}) || held(letter{id: "e"}) {
		t.Error("with more mails than are listed, the wrong ones are held")
	}
}
