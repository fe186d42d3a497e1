package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/tui/kit"
)

// otherPhone returns the key that switches to another phone.
func otherPhone(s kit.Situation, change func() tea.Msg) kit.Key {
	return kit.NewKey("other phone", change, "ctrl+d").
		Unless(kit.UnlessSo(s.MorePhones, "There is only one phone. Start with --device for another, or add phones to the configuration under `phones`."))
}
