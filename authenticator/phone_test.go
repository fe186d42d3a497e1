package authenticator

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

const (
	iosCanceled     = "ASAuthorizationError 1001 canceled"
	androidExcluded = "androidx.credentials.TYPE_CREATE_PUBLIC_KEY_CREDENTIAL_DOM_EXCEPTION/androidx.credentials.TYPE_INVALID_STATE_ERROR"
)

func answer(d Decision, err error) Consent {
	return func(context.Context, ConsentRequest) (Decision, error) { return d, err }
}

// wantRefusal fails the test unless err is an *Error with that name, and with those errors of both platforms.
func wantRefusal(t *testing.T, profile Profile, err error, name ErrorName, ios, android string) *Error {
	t.Helper()
	var refused *Error
	if !errors.As(err, &refused) {
		t.Fatalf("%s: error %v (%T), want an *Error", profile.Name, err, err)
	}
	words := map[Platform]string{IOS: ios, AndroidOS: android}[profile.Platform]
	if refused.Name != name || refused.Platform != words {
		t.Fatalf("%s: %s, platform %q, want %s and %q", profile.Name, refused.Name, refused.Platform, name, words)
	}
	return refused
}

func TestCreateRefusals(t *testing.T) {
	tests := []struct {
		name         string
		change       func(*CreationOptions)
		consent      Consent
		want         ErrorName
		ios, android string
		says         string
	}{
		{
			name: "refused", consent: answer(Decision{}, nil), want: NotAllowedError, says: "refused",
			ios: iosCanceled, android: "android.credentials.CreateCredentialException.TYPE_USER_CANCELED",
		},
		{
			name: "no consent at all", consent: nil, want: NotAllowedError, says: "refused",
			ios: iosCanceled, android: "android.credentials.CreateCredentialException.TYPE_USER_CANCELED",
		},
		{
			name: "left", consent: answer(Decision{Approved: true}, errors.New("the sheet was swiped away")), want: NotAllowedError, says: "swiped",
			ios: iosCanceled, android: "android.credentials.CreateCredentialException.TYPE_USER_CANCELED",
		},
		{
			name: "wrong finger, verification required", consent: answer(Decision{Approved: true}, nil), want: NotAllowedError, says: "requires user verification",
			change: func(o *CreationOptions) { o.Selection.UserVerification = "required" },
			ios:    iosCanceled, android: "android.credentials.CreateCredentialException.TYPE_USER_CANCELED",
		},
		{name: "no challenge", want: TypeError, says: "challenge", change: func(o *CreationOptions) { o.Challenge = nil }},
		{name: "no RP id", want: TypeError, says: "rp.id", change: func(o *CreationOptions) { o.RP.ID = "" }},
		{name: "no user id", want: TypeError, says: "user.id", change: func(o *CreationOptions) { o.User.ID = nil }},
		{name: "user id too long", want: TypeError, says: "65 bytes", change: func(o *CreationOptions) { o.User.ID = make([]byte, 65) }},
		{name: "empty excluded id", want: TypeError, says: "excludeCredentials[0].id", change: func(o *CreationOptions) { o.ExcludeCredentials = []Descriptor{{Type: publicKeyType}} }},
		{
			name: "public suffix", want: SecurityError, says: "public suffix", change: func(o *CreationOptions) { o.RP.ID = "co.uk" },
			ios: "ASAuthorizationError 1004 failed: not associated with domain", android: "[50152] RP ID cannot be validated",
		},
		{
			name: "only unknown algorithms", want: NotSupportedError, says: "COSE algorithm -47",
			change: func(o *CreationOptions) { o.Parameters = []Parameter{{publicKeyType, -47}} },
		},
		{
			name: "only unknown types", want: NotSupportedError, says: "algorithms",
			change: func(o *CreationOptions) { o.Parameters = []Parameter{{"smoke-signal", ES256}} },
		},
		{
			name: "security key asked", want: NotAllowedError, says: "cross-platform",
			change: func(o *CreationOptions) { o.Selection.Attachment = "cross-platform" },
			ios:    iosCanceled, android: "android.credentials.CreateCredentialException.TYPE_USER_CANCELED",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, profile := range []Profile{IPhone(), Android(testApp)} {
				consent := tt.consent
				if consent == nil && tt.name != "no consent at all" {
					consent = AlwaysApprove
				}
				phone := NewPhone(profile, NewMemoryKeystore(), consent)
				options := testCreation()
				if tt.change != nil {
					tt.change(&options)
				}
				_, err := phone.Create(t.Context(), options)
				refused := wantRefusal(t, profile, err, tt.want, tt.ios, tt.android)
				if !strings.Contains(refused.Error(), tt.says) {
					t.Errorf("error %q does not say %q", refused, tt.says)
				}
				if list, err := phone.Passkeys(); err != nil || len(list) != 0 {
					t.Errorf("passkeys %v, %v after a refusal, want none", list, err)
				}
			}
		})
	}
}

func TestGetRefusals(t *testing.T) {
	stranger := []Descriptor{{Type: publicKeyType, ID: []byte("some other credential")}}
	tests := []struct {
		name         string
		change       func(*RequestOptions)
		consent      Consent
		want         ErrorName
		ios, android string
	}{
		{
			name: "refused", consent: answer(Decision{}, nil), want: NotAllowedError,
			ios: iosCanceled, android: "android.credentials.GetCredentialException.TYPE_USER_CANCELED",
		},
		{
			name: "left", consent: answer(Decision{}, context.Canceled), want: NotAllowedError,
			ios: iosCanceled, android: "android.credentials.GetCredentialException.TYPE_USER_CANCELED",
		},
		{
			name: "not verified", consent: answer(Decision{Approved: true}, nil), want: NotAllowedError,
			change: func(o *RequestOptions) { o.UserVerification = "required" },
			ios:    iosCanceled, android: "android.credentials.GetCredentialException.TYPE_USER_CANCELED",
		},
		{
			name: "no passkey for this RP", want: NotAllowedError, change: func(o *RequestOptions) { o.RPID = "other.example" },
			ios: iosCanceled, android: "android.credentials.GetCredentialException.TYPE_NO_CREDENTIAL",
		},
		{
			name: "none allowed is here", want: NotAllowedError, change: func(o *RequestOptions) { o.AllowCredentials = stranger },
			ios: iosCanceled, android: "android.credentials.GetCredentialException.TYPE_NO_CREDENTIAL",
		},
		{name: "no challenge", want: TypeError, change: func(o *RequestOptions) { o.Challenge = []byte{} }},
		{name: "no RP ID", want: TypeError, change: func(o *RequestOptions) { o.RPID = "" }},
		{
			name: "an IP address", want: SecurityError, change: func(o *RequestOptions) { o.RPID = "127.0.0.1" },
			ios: "ASAuthorizationError 1004 failed: not associated with domain", android: "[50152] RP ID cannot be validated",
		},
		{name: "impossible choice", consent: answer(Decision{Approved: true, CredentialID: []byte("x")}, nil), want: UnknownError},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, profile := range []Profile{IPhone(), Android(testApp)} {
				phone := NewPhone(profile, NewMemoryKeystore(), AlwaysApprove)
				if _, err := phone.Create(t.Context(), testCreation()); err != nil {
					t.Fatal(err)
				}
				if tt.consent != nil {
					phone.consent = tt.consent
				}
				options := testRequest()
				if tt.change != nil {
					tt.change(&options)
				}
				_, err := phone.Get(t.Context(), options)
				wantRefusal(t, profile, err, tt.want, tt.ios, tt.android)
			}
		})
	}
}

func TestACancelledContextEndsTheCeremony(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	asked := false
	phone := NewPhone(IPhone(), NewMemoryKeystore(), func(ctx context.Context, _ ConsentRequest) (Decision, error) {
		asked = true
		cancel()
		<-ctx.Done()
		return Decision{Approved: true, UserVerified: true}, nil // a careless sheet that answers all the same
	})
	for _, wantAsked := range []bool{true, false} { // cancelled while asking, then before
		asked = false
		_, err := phone.Create(ctx, testCreation())
		wantRefusal(t, phone.Profile(), err, NotAllowedError, iosCanceled, "")
		if !errors.Is(err, context.Canceled) || asked != wantAsked {
			t.Errorf("error %v, asked %v, want context.Canceled and %v", err, asked, wantAsked)
		}
	}
}

func TestExcludedCredentialIsRefusedOnlyAfterConsent(t *testing.T) {
	for _, profile := range []Profile{IPhone(), Android(testApp)} {
		asked := 0
		phone := NewPhone(profile, NewMemoryKeystore(), func(ctx context.Context, r ConsentRequest) (Decision, error) {
			asked++
			return AlwaysApprove(ctx, r)
		})
		created, err := phone.Create(t.Context(), testCreation())
		if err != nil {
			t.Fatal(err)
		}
		again := testCreation()
		again.User.ID = []byte("another user")
		again.ExcludeCredentials = []Descriptor{{Type: "unknown", ID: created.RawID}}
		if _, err := phone.Create(t.Context(), again); err != nil {
			t.Fatalf("a descriptor of unknown type must be ignored: %v", err)
		}
		again.ExcludeCredentials = []Descriptor{{Type: publicKeyType, ID: created.RawID}}
		_, err = phone.Create(t.Context(), again)
		wantRefusal(t, profile, err, InvalidStateError, "ASAuthorizationError 1006 matchedExcludedCredential", androidExcluded)
		if asked != 3 {
			t.Errorf("asked %d times, want 3: the refusal must not come before consent", asked)
		}
		phone.consent = answer(Decision{}, nil)
		_, err = phone.Create(t.Context(), again)
		wantRefusal(t, profile, err, NotAllowedError, iosCanceled, "android.credentials.CreateCredentialException.TYPE_USER_CANCELED")
	}
}

func TestAnotherRelyingPartysCredentialIsNotExcluded(t *testing.T) {
	phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
	created, err := phone.Create(t.Context(), testCreation())
	if err != nil {
		t.Fatal(err)
	}
	other := testCreation()
	other.RP.ID = "other.example"
	other.ExcludeCredentials = []Descriptor{{Type: publicKeyType, ID: created.RawID}}
	if _, err := phone.Create(t.Context(), other); err != nil {
		t.Errorf("refused: %v", err)
	}
}

func TestTheSameAccountsPasskeyIsReplaced(t *testing.T) {
	phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
	first, _ := walk(t, phone)
	second, got := walk(t, phone)
	if list, err := phone.Passkeys(); err != nil || len(list) != 1 {
		t.Fatalf("passkeys %v, %v, want one", list, err)
	}
	if bytes.Equal(first.RawID, second.RawID) || !bytes.Equal(got.RawID, second.RawID) {
		t.Errorf("created %x then %x, signed in with %x", first.RawID, second.RawID, got.RawID)
	}
}

func TestChoosingAmongAccounts(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var asked ConsentRequest
	var choose []byte
	phone := NewPhone(IPhone(), NewMemoryKeystore(), func(_ context.Context, r ConsentRequest) (Decision, error) {
		asked = r
		return Decision{Approved: true, UserVerified: true, CredentialID: choose}, nil
	})
	phone.now = func() time.Time { now = now.Add(time.Second); return now }
	ids := map[string][]byte{}
	for _, name := range []string{"ada", "bob", "eve"} {
		options := testCreation()
		options.User = User{ID: []byte(name), Name: name, DisplayName: strings.ToUpper(name)}
		created, err := phone.Create(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		if asked.Ceremony != Create || len(asked.Accounts) != 1 || asked.Accounts[0].Name != name || asked.RP != options.RP {
			t.Errorf("asked %+v for %s", asked, name)
		}
		ids[name] = created.RawID
	}
	steps := []struct {
		choose, allow string // space separated
		offered, used string
	}{
		{"", "", "eve bob ada", "eve"},
		{"ada", "", "eve bob ada", "ada"},
		{"", "", "ada eve bob", "ada"},
		{"bob", "bob eve", "eve bob", "bob"},
		{"", "", "bob ada eve", "bob"},
	}
	for _, step := range steps {
		options := testRequest()
		for name := range strings.FieldsSeq(step.allow) {
			options.AllowCredentials = append(options.AllowCredentials, Descriptor{Type: publicKeyType, ID: ids[name]})
		}
		choose = ids[step.choose]
		got, err := phone.Get(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		var offered []string
		for _, a := range asked.Accounts {
			offered = append(offered, a.Name)
			if !bytes.Equal(a.CredentialID, ids[a.Name]) || string(a.UserHandle) != a.Name || a.CreatedAt.IsZero() {
				t.Errorf("account %+v", a)
			}
		}
		if asked.Ceremony != Get || asked.RP != (RelyingParty{testRPID, "Example"}) || asked.UserVerification != "preferred" {
			t.Errorf("asked %+v", asked)
		}
		if s := strings.Join(offered, " "); s != step.offered || string(got.Response.UserHandle) != step.used {
			t.Errorf("%+v: offered %s, signed in as %s", step, s, got.Response.UserHandle)
		}
	}
}

func TestUserVerifiedFlagFollowsTheDecision(t *testing.T) {
	phone := NewPhone(Android(testApp), NewMemoryKeystore(), answer(Decision{Approved: true}, nil))
	created, got := walk(t, phone)
	if f := created.Response.AuthenticatorData[32]; f != 0x59 {
		t.Errorf("create flags %02x, want 59", f)
	}
	if f := got.Response.AuthenticatorData[32]; f != 0x19 {
		t.Errorf("get flags %02x, want 19", f)
	}
}

func TestPhonesOfDifferentKeychainsDoNotShare(t *testing.T) {
	store := NewMemoryKeystore()
	iphone := NewPhone(IPhone(), store, AlwaysApprove)
	android := NewPhone(Android(testApp), store, AlwaysApprove)
	created, err := iphone.Create(t.Context(), testCreation())
	if err != nil {
		t.Fatal(err)
	}
	if list, err := android.Passkeys(); err != nil || len(list) != 0 {
		t.Errorf("on the Android phone: %v, %v", list, err)
	}
	if err := android.Delete(created.RawID); !errors.Is(err, ErrUnknownPasskey) {
		t.Errorf("deleting it there: %v", err)
	}
	if _, err := android.Create(t.Context(), testCreation()); err != nil {
		t.Fatal(err)
	}
	if list, err := store.Passkeys(); err != nil || len(list) != 2 {
		t.Errorf("in the keystore: %v, %v, want two", list, err)
	}
	if err := iphone.Delete(created.RawID); err != nil {
		t.Fatal(err)
	}
	if list, err := iphone.Passkeys(); err != nil || len(list) != 0 {
		t.Errorf("after deleting: %v, %v", list, err)
	}
}

func TestSignaturesAreRandomised(t *testing.T) {
	phone := NewPhone(IPhone(), NewMemoryKeystore(), AlwaysApprove)
	_, first := walk(t, phone)
	second, err := phone.Get(t.Context(), testRequest())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.RawID, second.RawID) || bytes.Equal(first.Response.Signature, second.Response.Signature) {
		t.Error("two signatures of the same data are equal, as no phone's are")
	}
}

func TestCheckRPID(t *testing.T) {
	good := []string{"localhost", "example.com", "login.example.co.uk", "a.b.example.test", "ada.github.io", "xn--bcher-kva.example", "tenant.localhost", "0.example.com", "10.example.com"}
	for _, id := range good {
		if err := CheckRPID(id); err != nil {
			t.Errorf("%q is refused: %v", id, err)
		}
	}
	bad := []string{
		"", "com", "co.uk", "github.io", "tenant", "127.0.0.1", "::1", "[::1]", "0x7f.1", "127.1", "2130706433", "1.2.3.0x4",
		"example.com.", ".example.com", "a..example.com", "Example.com", "bücher.example", "https://example.com", "example.com:443",
		"example.com/path", "under_score.example.com", "-a.example.com", "exa mple.com", "*.example.com", "%65xample.com", strings.Repeat("a", 64) + ".com",
		strings.Repeat("abcdefg.", 32) + "com", "exa\x00mple.com", "\xff.com",
	}
	for _, id := range bad {
		if err := CheckRPID(id); err == nil {
			t.Errorf("%q is accepted", id)
		}
	}
}
