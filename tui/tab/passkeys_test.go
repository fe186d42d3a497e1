package tab

import (
	"errors"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/tui/internal/pagetest"
	"example.com/hankosim/tui/internal/sample"
	"example.com/hankosim/tui/kit"
)

// A delete that waits for its second word stays with its passkey, wherever that stands in the list.
func TestDeleteStaysWithItsPasskey(t *testing.T) {
	list := sample.Passkeys(sample.OrdinaryWords())
	passkeys := &Passkeys{}
	app := pagetest.Show(t, passkeys)
	app.Send(kit.PasskeysMsg{Passkeys: list})
	app.Press("down", "d")
	app.Send(kit.PasskeysMsg{Passkeys: []authenticator.Passkey{list[1], list[0], list[2]}})
	if !passkeys.confirming || string(passkeys.passkeys[passkeys.choice].CredentialID) != string(list[1].CredentialID) {
		t.Error("the passkey to be deleted is another one after the list has moved")
	}
	app.Send(kit.PasskeysMsg{Passkeys: []authenticator.Passkey{list[0], list[2]}})
	if passkeys.confirming {
		t.Error("another passkey would be deleted in place of one that is gone")
	}
	app.Send(kit.PasskeysMsg{Err: errors.New("damaged")})
	app.Press("d", "y")
	if passkeys.confirming {
		t.Error("there is nothing to delete, and it is asked for")
	}
}
