package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/tui/kit"
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

// visit brings to the screen where the person's browser is to go.
func (a *App) visit(visit login.Visit) {
	select {
	case a.visits <- visit:
	case <-a.ctx.Done():
	}
}

// visitMsg says where the person's browser is to go.
type visitMsg struct{ login.Visit }

// waitForVisit waits until a browser is to go somewhere.
func (a *App) waitForVisit() tea.Msg {
	select {
	case visit := <-a.visits:
		return visitMsg{visit}
	case <-a.ctx.Done():
		return nil
	}
}

// bring brings up a sheet over the page. chapter is what it is called in a recording.
func (a *App) bring(sheet kit.Page, chapter string) tea.Cmd {
	a.sheet, a.shownAt, a.focus, a.palette, a.chapter = sheet, a.now(), onPhone, nil, chapter
	a.sheets++
	return tea.Batch(a.raise(), a.answer(sheet.Init(a.situation(onPhone))))
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
