package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/kit"
)

// otherPhone is the key that changes the phone.
func otherPhone(s kit.Situation, change func() tea.Msg) kit.Key {
	return kit.NewKey("other phone", change, "ctrl+d").
		Unless(kit.UnlessSo(s.MorePhones, "There is one phone only. The configuration can name others, under phones."))
}
