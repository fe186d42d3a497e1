package tab

import "example.com/hankosim/tui/kit"

// secretsKey is the key that shows secrets, and masks them.
func secretsKey(s kit.Situation, show string) kit.Key {
	if s.Secrets {
		show = "mask secrets"
	}
	return kit.NewKey(show, kit.PressFor(kit.ToggleSecretsMsg{}), "m")
}
