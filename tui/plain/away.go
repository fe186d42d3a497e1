package plain

import (
	"context"
	"strconv"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/screen"
)

// take takes an action of the walk. If it needs the person's browser, take says what the browser should open, and waits.
// A line cancels the action. take fails with errLeft if that line is q, or if the input has ended.
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
	return p.await(arrived, cancel)
}

// await waits for the step that an action leads to.
func (p *conversation) await(arrived <-chan login.Step, cancel func()) (login.Step, error) {
	defer p.dropVisit()
	var typed <-chan string // nil until there is a visit, which a line can cancel
	var stray <-chan time.Time
	problem := make(chan error, 1)
	for {
		select {
		case step := <-arrived:
			return step, nil
		case visit := <-p.visits:
			p.showVisit(visit, problem)
			typed = p.lines.next
			if visit.ErrorsStray {
				timer := time.NewTimer(login.StrayAfter)
				defer timer.Stop()
				stray = timer.C
			}
		case err := <-problem:
			p.say("%s", screen.Sentence(err))
		case <-stray:
			p.say(screen.StrayText)
		case line, ok := <-typed:
			if ok {
				p.transcript.typed(line, false)
			}
			cancel()
			step := <-arrived
			if !ok || line == "q" {
				return nil, errLeft
			}
			return step, nil
		}
	}
}

// dropVisit removes a visit that was not shown.
func (p *conversation) dropVisit() {
	select {
	case <-p.visits:
	default:
	}
}

// showVisit says what a browser should open, and opens it in the person's browser. If that fails, problem gets the error.
func (p *conversation) showVisit(visit login.Visit, problem chan<- error) {
	p.say("Continue with %s in your browser: %s", hanko.Printable(visit.Party.Name), hanko.Printable(visit.Link))
	if visit.OnlyHere() {
		p.say("The browser has to run on this computer.")
	}
	p.say("hankosim goes on when the browser comes back. Enter alone cancels, q quits:")
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
