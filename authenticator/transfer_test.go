package authenticator

import (
	"encoding/binary"
	"path/filepath"
	"testing"
)

// A relying party that has seen a count of 7 takes the passkey for a clone if 8 does not follow.
func TestAnImportedCountGoesOn(t *testing.T) {
	made := NewMemoryKeystore()
	if _, err := NewPhone(SecurityKey("https://"+testRPID), made, AlwaysApprove).Create(t.Context(), testCreation()); err != nil {
		t.Fatal(err)
	}
	list, err := made.Export()
	if err != nil {
		t.Fatal(err)
	}
	list[0].SignCount, list[0].ServerSide = 7, false
	for _, profile := range []Profile{IPhone(), Android(testApp), SecurityKey("https://" + testRPID)} {
		phone := NewPhone(profile, NewMemoryKeystore(), AlwaysApprove)
		if err := phone.Import(list); err != nil {
			t.Fatal(err)
		}
		for want := uint32(8); want < 10; want++ {
			response, err := phone.Get(t.Context(), RequestOptions{RPID: testRPID, Challenge: testChallenge})
			if err != nil {
				t.Fatal(err)
			}
			if count := binary.BigEndian.Uint32(response.Response.AuthenticatorData[33:]); count != want {
				t.Errorf("%s counts %d, not %d", profile.Name, count, want)
			}
		}
	}
}

// The flag BE of a passkey never changes, on whatever phone it is.
func TestAnImportedPasskeyKeepsItsEligibility(t *testing.T) {
	for _, test := range []struct {
		profile Profile
		is      Eligibility
		want    Flags
		kept    Eligibility
	}{
		{IPhone(), EligibleAsPhone, BackupEligible | BackedUp, EligibleAsPhone},
		{IPhone(), BackupYes, BackupEligible | BackedUp, EligibleAsPhone},
		{IPhone(), BackupNo, 0, BackupNo},
		{SecurityKey("https://" + testRPID), EligibleAsPhone, 0, EligibleAsPhone},
		{SecurityKey("https://" + testRPID), BackupYes, BackupEligible | BackedUp, BackupYes},
		{SecurityKey("https://" + testRPID), BackupNo, 0, EligibleAsPhone},
	} {
		made := NewMemoryKeystore()
		if _, err := NewPhone(IPhone(), made, AlwaysApprove).Create(t.Context(), testCreation()); err != nil {
			t.Fatal(err)
		}
		list, err := made.Export()
		if err != nil {
			t.Fatal(err)
		}
		list[0].Eligibility = test.is
		store, err := OpenKeystore(filepath.Join(t.TempDir(), "passkeys.json"))
		if err != nil {
			t.Fatal(err)
		}
		phone := NewPhone(test.profile, store, AlwaysApprove)
		if err := phone.Import(list); err != nil {
			t.Fatal(err)
		}
		response, err := phone.Get(t.Context(), RequestOptions{RPID: testRPID, Challenge: testChallenge})
		if err != nil {
			t.Fatal(err)
		}
		if flags := Flags(response.Response.AuthenticatorData[32]) & (BackupEligible | BackedUp); flags != test.want {
			t.Errorf("%s with %q: flags %x, want %x", test.profile.Name, test.is, flags, test.want)
		}
		if again, err := store.Export(); err != nil || again[0].Eligibility != test.kept {
			t.Errorf("%s with %q: %+v is kept, %v", test.profile.Name, test.is, again, err)
		}
	}
}
