package tui

import "example.com/hankosim/tui/kit"

// State returns the state of the app.
func (a *App) State() kit.State {
	exchanges, chosen, open := a.wire.Shown()
	state := kit.State{
		Title: a.page.Title(), Screens: a.screens, Sheets: a.sheets, Waiting: a.busy != nil, Busy: a.phoneIsBusy(),
		Checked: a.session != nil && a.session.Inspection != nil,
		Mails:   a.mails, Log: a.options.Client.Log(), Exchanges: exchanges, Chosen: chosen, Open: open,
		Dark: a.dark, Theme: a.options.Theme,
	}
	if a.below == nil {
		state.Step = a.step
	}
	if a.sheet != nil {
		state.Sheet = a.sheet.Title()
	}
	for i, part := range a.parts() {
		state.Parts = append(state.Parts, partName[part])
		if part == a.focus {
			state.Focus = i
		}
	}
	return state
}

// Theme returns the app's theme. The pointer stays the same when the colours change.
func (a *App) Theme() *kit.Theme { return a.theme }

// Focused draws the page that has the focus in a box.
func (a *App) Focused(width, height int) (title, view string) {
	page := a.focused()
	return page.Title(), page.View(a.situation(a.focus), width, height)
}

// place puts a page on the phone. below is the page to return to; nil for none.
func (a *App) place(page, below kit.Page) {
	a.page, a.below, a.shownAt = page, below, a.now()
	a.screens++
}
