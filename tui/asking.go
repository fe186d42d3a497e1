package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/tui/screen"
)

// consentFor is the authenticator.Consent of a phone or key whose holder sits in front of the screen. It is called
// outside the screen's loop and waits there for the sheet's answer.
func (a *App) consentFor(profile authenticator.Profile) authenticator.Consent {
	return func(ctx context.Context, request authenticator.ConsentRequest) (authenticator.Decision, error) {
		return a.consent(ctx, screen.ConsentRequest{
			Profile: profile, Request: request, Answer: make(chan screen.ConsentAnswer, 1), Done: ctx.Done(),
		})
	}
}

func (a *App) consent(ctx context.Context, ask screen.ConsentRequest) (authenticator.Decision, error) {
	select {
	case a.asks <- ask:
	case <-ctx.Done():
		return authenticator.Decision{}, ctx.Err()
	}
	select {
	case answer := <-ask.Answer:
		if answer.Left {
			return authenticator.Decision{}, screen.ErrSheetLeft
		}
		return answer.Decision, nil
	case <-ctx.Done():
		return authenticator.Decision{}, ctx.Err()
	}
}

// waitForAsk waits for the phone's next question.
func (a *App) waitForAsk() tea.Msg {
	select {
	case ask := <-a.asks:
		return ask
	case <-a.ctx.Done():
		return nil
	}
}
