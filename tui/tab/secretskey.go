package tab

import "example.com/hankosim/tui/kit"

// secretsKey returns the key that shows and masks secrets.
func secretsKey(s kit.Situation, show string) kit.Key {
	if s.Secrets {
		show = "mask secrets"
	}
	return kit.NewKey(show, kit.PressFor(kit.ToggleSecretsMsg{}), "m")
}
