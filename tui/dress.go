package tui

import "example.com/hankosim/tui/kit"

// dressIn changes the theme.
func (a *App) dressIn(wanted kit.ThemeName) {
	a.options.Theme = wanted
	*a.theme = *kit.NewTheme(a.options.Renderer, wanted, a.dark) // the pages share it
}
