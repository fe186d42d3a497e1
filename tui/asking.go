package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/tui/screen"
)

// consentFor returns the authenticator.Consent of a phone or a security key: a sheet on the screen asks the person. It is
// called outside the event loop, and waits for the answer.
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

// waitForAsk waits until the phone asks for consent.
func (a *App) waitForAsk() tea.Msg {
	select {
	case ask := <-a.asks:
		return ask
	case <-a.ctx.Done():
		return nil
	}
}
