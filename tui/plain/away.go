package plain

import (
	"context"
	"strconv"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/screen"
)

// take takes an action of the walk. Where that needs the person's browser, it says where the browser is to go, and waits; a
// line cancels. It fails with errLeft where the input has ended, or where that line is q.
func (p *conversation) take(ctx context.Context, action login.Action) (login.Step, error) {
	switch action.(type) {
	case login.SignInWithThirdParty, login.ConnectThirdParty, login.Retry:
	default:
		return p.walk.Take(ctx, action), nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	arrived := make(chan login.Step, 1)
	go func() { arrived <- p.walk.Take(ctx, action) }()
	var typed <-chan string // nobody is asked before a browser goes somewhere
	var late <-chan time.Time
	problem := make(chan error, 1)
	for {
		select {
		case step := <-arrived:
			p.drop()
			return step, nil
		case visit := <-p.visits:
			p.away(visit, problem)
			typed = p.lines.next
			if visit.ErrorsStray {
				timer := time.NewTimer(login.StrayAfter)
				defer timer.Stop()
				late = timer.C
			}
		case err := <-problem:
			p.say("%s", screen.Sentence(err))
		case <-late:
			p.say(screen.StrayText)
		case line, ok := <-typed:
			if ok {
				p.kept.typed(line, false)
			}
			cancel()
			step := <-arrived
			p.drop()
			if !ok || line == "q" {
				return nil, errLeft
			}
			return step, nil
		}
	}
}

// drop forgets a visit that nobody has heard of.
func (p *conversation) drop() {
	select {
	case <-p.visits:
	default:
	}
}

// away says where a browser is to go, and opens the person's; problem takes why it did not open.
func (p *conversation) away(visit login.Visit, problem chan<- error) {
	p.say("Continue with %s in your browser: %s", hanko.Printable(visit.Party.Name), hanko.Printable(visit.Link))
	if visit.OnlyHere() {
		p.say("The browser has to run on this computer.")
	}
	p.say("When it is back, this goes on by itself. A line cancels:")
	if open := p.options.OpenBrowser; open != nil {
		go func() {
			if err := open(visit.URL); err != nil {
				problem <- err
			}
		}()
	}
}

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}
