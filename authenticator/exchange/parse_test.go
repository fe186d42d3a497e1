package exchange

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	endian "encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"example.com/hankosim/authenticator"
)

// goWords are words of Go's errors that no person should see.
var goWords = []string{"Go ", "json:", "asn1", "x509", "struct", "*", "exchange.", "strconv", "int64", "uint32", "illegal base64"}

func wantPlainWords(t *testing.T, err error) {
	t.Helper()
	for _, word := range goWords {
		if err != nil && strings.Contains(err.Error(), word) {
			t.Errorf("%q is no word for people: %v", word, err)
		}
	}
}

// Files of other programs. All passkeys are for localhost.
func TestFieldCases(t *testing.T) {
	type passkey struct {
		ID, User, RPName string
		Count            uint32
	}
	for name, test := range map[string]struct {
		want    passkey
		skipped string // id and reason
	}{
		"cxf-android-app.json":                 {want: passkey{"6669656c642d303030303032892380ca80d8", "ada@example.com", "Example", 0}},
		"cxf-float-time.json":                  {want: passkey{"6669656c642d30303030313245997062bd50", "ada@example.com", "Example", 0}},
		"devtools-getcredentials-message.json": {want: passkey{"8234f8571a7a65f7209e7c1d843c0a335614ca9f6ff9f77f83650f3f2d71c40f", "localhost", "", 1}},
		"webdriver-response.json":              {want: passkey{"57b910c2f12bbabb007131eccb01a12103153bdd19223a99c8e73cba5eea8816", "localhost", "", 1}},
		"devtools-pem.json":                    {want: passkey{"a0c828718303f68ace726c0465705ee34969fab75125a740cbe1e7703bb4da81", "localhost", "", 1}},
		"playwright-credentials.json":          {want: passkey{"0102030405060708090a0b0c0d0e0f10", "localhost", "", 0}},
		"bitwarden-export.json":                {want: passkey{"9f1e4f7a6b9b4a538d7c0a5e3f7f1b2d", "ada@example.com", "Example", 0}},
		"keepassxc-export.passkey":             {want: passkey{"a83a7420ca677bdbe79def99612df0d401b3dd3a9d1c3e70fae6751a735b3b13", "ada@example.com", "", 0}},
		"cxf-one-bad-of-two.json": {
			want:    passkey{"6669656c642d3030303030387d0ee2864c26", "ada@example.com", "Example", 0},
			skipped: `6669656c642d303030303039e2451b50fd94: its secret for the prf extension is for "sha-256", not for hmac-sha256`,
		},
		"devtools-one-bad-of-two.json": {
			want:    passkey{"0102030405060708090a0b0c0d0e0f12", "localhost", "", 1},
			skipped: "0102030405060708090a0b0c0d0e0f11: its signCount is 1789355108123, greater than any",
		},
	} {
		t.Run(name, func(t *testing.T) {
			document, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			found, err := Parse(document)
			if err != nil || len(found.Passkeys) != 1 || found.Others != 0 {
				t.Fatalf("found %+v, %v", found, err)
			}
			p := found.Passkeys[0]
			got := passkey{hex.EncodeToString(p.CredentialID), p.UserName, p.RPName, p.SignCount}
			if diff := cmp.Diff(test.want, got); diff != "" || p.RPID != "localhost" || string(p.UserHandle) != "0123456789abcdef" || p.ServerSide {
				t.Errorf("%+v\n%s", p.Passkey, diff)
			}
			skipped := ""
			for _, s := range found.Skipped {
				skipped += hex.EncodeToString(s.Passkey.CredentialID) + ": " + s.Err.Error()
			}
			if skipped != test.skipped {
				t.Errorf("skipped %s, want %s", skipped, test.skipped)
			}
			phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
			if err := phone.Import(found.Passkeys); err != nil {
				t.Error(err)
			}
			if _, err := phone.Get(t.Context(), authenticator.RequestOptions{RPID: "localhost", Challenge: []byte("challenge")}); err != nil {
				t.Errorf("signing in with it: %v", err)
			}
		})
	}
}

// Credentials alone, in lists, and inside messages.
func TestEnvelopes(t *testing.T) {
	_, list := exported(t)
	key := base64.StdEncoding.EncodeToString(list[0].PrivateKey)
	one := `{"credentialId":"-_8=","isResidentCredential":true,"rpId":"example.com","privateKey":"` + key + `","userHandle":"+/8","signCount":7.0}`
	for _, in := range []string{
		one, "[" + one + "]", `{"credentials":[` + one + `]}`, ` {"credential":` + one + `}`, "\xef\xbb\xbf" + one,
		`{"id":1,"result":{"credentials":[` + one + `]}}`, `{"id":1,"result":{"credential":` + one + `}}`, `{"value":[` + one + `]}`,
		`{"method":"WebAuthn.credentialAdded","params":{"authenticatorId":"a","credential":` + one + `}}`,
		`{"cookies":[],"origins":[],"credentials":[` + one + `]}`, `{"passkeys":[` + one + `]}`,
		strings.Replace(one, `"isResidentCredential":true,`, "", 1),
	} {
		found, err := Parse([]byte(in))
		if err != nil || len(found.Passkeys) != 1 {
			t.Errorf("%s: %+v, %v", in, found, err)
			continue
		}
		p := found.Passkeys[0]
		if string(p.CredentialID) != "\xfb\xff" || string(p.UserHandle) != "\xfb\xff" || p.SignCount != 7 || p.ServerSide || p.UserName != "example.com" || p.DisplayName != "example.com" {
			t.Errorf("%s gives %+v", in, p.Passkey)
		}
	}
	for flag, want := range map[string]authenticator.Eligibility{"true": authenticator.BackupYes, "false": authenticator.BackupNo, "null": authenticator.EligibleAsPhone} {
		found, err := Parse([]byte(strings.Replace(one, `"rpId"`, `"backupEligibility":`+flag+`,"rpId"`, 1)))
		if err != nil || len(found.Passkeys) != 1 || found.Passkeys[0].Eligibility != want {
			t.Errorf("backupEligibility %s: %+v, %v", flag, found, err)
		}
	}
	for _, order := range []endian.AppendByteOrder{endian.LittleEndian, endian.BigEndian} {
		document := order.AppendUint16(nil, 0xfeff)
		for _, unit := range utf16.Encode([]rune(one)) {
			document = order.AppendUint16(document, unit)
		}
		if found, err := Parse(document); err != nil || len(found.Passkeys) != 1 {
			t.Errorf("in UTF-16: %+v, %v", found, err)
		}
	}
	log := `[{"method":"Page.loaded","params":{}},{"id":2,"error":{"message":"no"}},{"id":3,"result":{"credentials":[` + one + "," + strings.Replace(one, `true`, `false`, 1) + `]}}]`
	found, err := Parse([]byte(log))
	if err != nil || len(found.Passkeys) != 2 || found.Others != 2 || !found.Passkeys[1].ServerSide {
		t.Errorf("a log: %+v, %v", found, err)
	}
}

// Documents without passkeys: the error says what they are, and what to do.
func TestDocumentsWithoutPasskeys(t *testing.T) {
	const knows = "passkeys are read from FIDO's Credential Exchange Format 1.0, Bitwarden's .json, KeePassXC's .passkey,"
	for in, want := range map[string]struct {
		reason Reason
		says   string
	}{
		``:      {Unknown, "it is not JSON: unexpected end of JSON input (" + knows},
		`<cxf>`: {Unknown, "it is not JSON: invalid character '<' looking for beginning of value (" + knows},
		`{} {}`: {Unknown, "it is not JSON"},
		`{}`:    {Unknown, "it is JSON, but of no format that is known (" + knows},
		`7`:     {Unknown, "of no format that is known"},
		`null`:  {Unknown, "of no format that is known"},
		`[]`:    {Empty, "there are no passkeys in it"},

		`{"credentials":[]}`:          {Empty, "there are no passkeys in it"},
		`{"id":1,"result":{}}`:        {Unknown, "of no format that is known"},
		`{"vaults":{},"version":"1"}`: {Unknown, "of no format that is known"},
		`{"id":1,"error":{"code":-32000,"message":"Could not find a Virtual Authenticator"}}`:      {Unknown, "it is an error that the browser answered with"},
		`{"value":{"error":"invalid argument","message":"no such authenticator","stacktrace":""}}`: {Unknown, "it is an error that the browser answered with"},

		`{"encrypted":true,"passwordProtected":true,"data":"2.x"}`:  {Encrypted, "it is an encrypted export of Bitwarden (export again with the file format .json, not .json (Encrypted))"},
		`{"encrypted":true,"items":[]}`:                             {Encrypted, "it is an encrypted export of Bitwarden"},
		`{"version":0,"hpke":{},"payload":"x"}`:                     {Encrypted, "it is encrypted for the password manager that asked for it (export to a file that is not encrypted)"},
		`{"version":1,"passkeys":[{"keychain":"iCloud Keychain"}]}`: {Unknown, "it is a keystore of hankosim"},
		"age-encryption.org/v1\n-> scrypt":                          {Encrypted, "it is encrypted with age (decrypt it first: age -d"},
		"-----BEGIN AGE ENCRYPTED FILE-----\n":                      {Encrypted, "it is encrypted with age"},
		"\n-----BEGIN PGP MESSAGE-----\n":                           {Encrypted, "it is encrypted with PGP"},
		"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5":                          {Encrypted, "it is a KeePass database (KeePassXC exports passkeys"},
		"PK\x03\x04":                                                {Unknown, "it is a ZIP archive (unpack it"},
		"-----BEGIN PRIVATE KEY-----\n":                             {Unknown, "it is a key alone, and a passkey has more"},

		`{"encrypted":false,"items":[{"type":2}]}`:             {Empty, "there are no passkeys in it"},
		`{"encrypted":false,"items":{}}`:                       {Unknown, "it is no export of Bitwarden: its items: it is an object, not a list"},
		`{"accounts":7}`:                                       {Unknown, "it is no document of the Credential Exchange Format: accounts is a number, not a list"},
		`{"version":{"major":2,"minor":0},"accounts":[]}`:      {Unknown, "it has version 2 of the Credential Exchange Format, and 1 is read"},
		`{"version":{"major":1,"minor":0},"accounts":[]}`:      {Empty, "there are no passkeys in it"},
		`{"items":[{"credentials":[{"type":"note"}, 7, {}]}]}`: {Empty, "there are no passkeys in it"},
	} {
		_, err := Parse([]byte(in))
		var wrong *Error
		if !errors.As(err, &wrong) || wrong.Reason != want.reason || !strings.HasPrefix(err.Error(), want.says) && !strings.Contains(err.Error(), want.says) {
			t.Errorf("%s: %v, want %s: %s", in, err, want.reason, want.says)
		}
		wantPlainWords(t, err)
	}
}

// An unusable passkey does not affect others in the document.
func TestSkipped(t *testing.T) {
	_, list := exported(t)
	encoded := base64.RawURLEncoding.EncodeToString(list[0].PrivateKey)
	virtual := `{"credentialId":"AQID","isResidentCredential":true,"rpId":"example.com","privateKey":"` + encoded + `","userHandle":"AQ","signCount":0}`
	cxf := `{"type":"passkey","credentialId":"AQID","rpId":"example.com","username":"ada","userDisplayName":"Ada","userHandle":"AQ","key":"` + encoded + `"}`
	bitwarden := `{"credentialId":"b64.AQID","keyValue":"` + encoded + `","rpId":"example.com","userHandle":"AQ","counter":"0","discoverable":"true"}`
	keepass := `{"credentialId":"AQID","relyingParty":"example.com","privateKey":"` + encoded + `","userHandle":"AQ","username":"ada"}`
	playwright := `{"id":"AQID","rpId":"example.com","userHandle":"AQ","privateKey":"` + encoded + `"}`
	plain := func(c string) string { return "[" + c + "," + virtual + "]" }
	inCXF := func(c string) string {
		return `{"version":{"major":1,"minor":0},"accounts":[{"items":[{"title":"A","credentials":[` + c + `]},{"title":"B","credentials":[` + cxf + `]}]}]}`
	}
	inBitwarden := func(c string) string {
		return `{"encrypted":false,"items":[{"login":{"username":"ada","fido2Credentials":[` + c + `]}},{"login":{"fido2Credentials":[` + bitwarden + `]}}]}`
	}
	for name, test := range map[string]struct {
		in       func(string) string
		one      string
		old, new string
		says     string // "" for one that is taken
	}{
		"virtual":            {plain, virtual, ``, ``, ""},
		"no id":              {plain, virtual, `"credentialId":"AQID",`, ``, "it has no credential id"},
		"miscased id":        {plain, virtual, `credentialId`, `credentialID`, `it has no credential id: "credentialID" should be "credentialId", and upper and lower case count`},
		"bad id":             {plain, virtual, `AQID`, `*`, "credentialId: it is neither base64 nor base64url"},
		"id of another kind": {plain, virtual, `"AQID"`, `7`, "credentialId is a number, not text"},
		"miscased RP id":     {plain, virtual, `"rpId"`, `"rpid"`, `it has no RP id: "rpid" should be "rpId"`},
		"no key":             {plain, virtual, encoded, ``, "it has no private key"},
		"bad key":            {plain, virtual, encoded, `a+-*`, "privateKey: it is neither base64 nor base64url"},
		"no PEM":             {plain, virtual, encoded, `-----BEGIN PRIVATE KEY-----`, "privateKey: it has no private key in PEM"},
		"sealed PEM":         {plain, virtual, encoded, `-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n`, "privateKey: it is encrypted; openssl pkey decrypts it"},
		"old sealed PEM":     {plain, virtual, encoded, `-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n`, "privateKey: it is encrypted"},
		"no handle":          {plain, virtual, `"AQ"`, `null`, "it has no user handle"},
		"server side":        {plain, strings.Replace(virtual, "true", "false", 1), `"AQ"`, `null`, ""},
		"sign count":         {plain, virtual, `"signCount":0`, `"signCount":1.5`, "signCount is not a whole number"},
		"no sign count":      {plain, virtual, `"signCount":0`, `"signCount":-1`, ""},
		"odd members":        {plain, virtual, `"signCount":0`, `"signCount":0,"backupState":"perhaps","url":7,"ID":{}`, ""},

		"CXF":            {inCXF, cxf, ``, ``, ""},
		"CXF members":    {inCXF, cxf, `"rpId"`, `"fido2Extensions":{"payments":7},"more":[],"rpId"`, ""},
		"CXF bad id":     {inCXF, cxf, `AQID`, `A`, "credentialId: it is neither base64 nor base64url"},
		"CXF no RP id":   {inCXF, cxf, `"rpId"`, `"rpID"`, `it has no RP id: "rpID" should be "rpId"`},
		"CXF prf":        {inCXF, cxf, `"rpId"`, `"fido2Extensions":{"hmacCredentials":{"algorithm":"rot13"}},"rpId"`, `its secret for the prf extension is for "rot13", not for hmac-sha256`},
		"CXF large blob": {inCXF, cxf, `"rpId"`, `"fido2Extensions":{"largeBlob":{"uncompressedSize":4,"data":"AAAA"}},"rpId"`, "its large blob does not inflate"},
		"CXF blob size":  {inCXF, cxf, `"rpId"`, `"fido2Extensions":{"largeBlob":{"uncompressedSize":4.0,"data":"AwA"}},"rpId"`, "its large blob inflates to 0 bytes, not 4"},
		"CXF item":       {inCXF, cxf + `]},{"credentials":7},{"credentials":[`, ``, ``, "its item: credentials is a number, not a list"},

		"Bitwarden":             {inBitwarden, bitwarden, ``, ``, ""},
		"Bitwarden id":          {inBitwarden, bitwarden, `b64.AQID`, `9f1e4f7a-6b9b-4a53-8d7c`, `its credentialId is neither a UUID nor base64url after "b64."`},
		"Bitwarden base64":      {inBitwarden, bitwarden, `b64.AQID`, `b64.*`, "it is neither base64 nor base64url"},
		"Bitwarden no id":       {inBitwarden, bitwarden, `b64.AQID`, ``, "it has no credential id"},
		"Bitwarden counter":     {inBitwarden, bitwarden, `"counter":"0"`, `"counter":7`, ""},
		"Bitwarden bad counter": {inBitwarden, bitwarden, `"counter":"0"`, `"counter":"many"`, `its counter is "many", which is no sign count`},
		"Bitwarden odd counter": {inBitwarden, bitwarden, `"counter":"0"`, `"counter":{}`, "counter: it is neither text nor a number"},
		"Bitwarden hidden":      {inBitwarden, bitwarden, `"discoverable":"true"`, `"discoverable":false,"creationDate":"yesterday"`, ""},

		"KeePassXC":         {plain, keepass, ``, ``, ""},
		"KeePassXC no key":  {plain, keepass, `"privateKey"`, `"PrivateKey"`, `it has no private key: "PrivateKey" should be "privateKey"`},
		"Playwright":        {plain, playwright, ``, ``, ""},
		"Playwright hidden": {plain, playwright, `"userHandle":"AQ",`, ``, ""},
		"Playwright handle": {plain, playwright, `"userHandle"`, `"userhandle"`, `it has no user handle: "userhandle" should be "userHandle"`},
		"Playwright id":     {plain, playwright, `"AQID"`, `7`, "id is a number, not text"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(test.one, test.old) {
				t.Fatalf("there is no %s", test.old)
			}
			found, err := Parse([]byte(test.in(strings.Replace(test.one, test.old, test.new, 1))))
			if err != nil {
				t.Fatal(err)
			}
			taken := 2
			if test.says != "" {
				taken = 1
			}
			if name == "CXF item" {
				taken = 2
			}
			if len(found.Passkeys) != taken || (len(found.Skipped) == 0) != (test.says == "") {
				t.Fatalf("found %+v", found)
			}
			for _, s := range found.Skipped {
				if !strings.HasPrefix(s.Err.Error(), test.says) {
					t.Errorf("skipped: %v, want %s", s.Err, test.says)
				}
				wantPlainWords(t, s.Err)
			}
		})
	}
}

// Keys in several forms. The errors for unusable ones can be understood.
func TestPrivateKeys(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	x25519, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	unfit, err := x509.MarshalPKCS8PrivateKey(x25519)
	if err != nil {
		t.Fatal(err)
	}
	armoured := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	for name, test := range map[string]struct{ key, says string }{
		"SEC 1 in PEM":      {armoured("EC PARAMETERS", []byte{6, 0}) + armoured("EC PRIVATE KEY", sec1), ""},
		"SEC 1 in base64":   {base64.StdEncoding.EncodeToString(sec1), ""},
		"PKCS#1 in PEM":     {armoured("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)), ""},
		"nonsense":          {"AAAA", "its private key: it is not a private key in the form PKCS#8"},
		"nonsense in PEM":   {armoured("PRIVATE KEY", []byte("key")), "its private key: it is not a private key in the form PKCS#8"},
		"for key agreement": {base64.StdEncoding.EncodeToString(unfit), "its private key: a key of this kind cannot sign for a passkey"},
	} {
		t.Run(name, func(t *testing.T) {
			document, err := json.Marshal(map[string]any{"credentialId": "AQID", "rpId": "example.com", "userHandle": "AQ", "privateKey": test.key})
			if err != nil {
				t.Fatal(err)
			}
			phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
			err = phone.Import(parsed(t, document))
			var refused *authenticator.ImportError
			if test.says == "" && err != nil || test.says != "" && (!errors.As(err, &refused) || refused.Err.Error() != test.says) {
				t.Errorf("error %v, want %s", err, test.says)
			}
			wantPlainWords(t, err)
		})
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		document, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(document)
	}
	for _, seed := range []string{
		"", "{}", "[]", "[{}]", "null", `"x"`, "\xef\xbb\xbf[]", "\xff\xfe[", `{"accounts": 1}`, `{"items": [{"credentials": [{"type": "passkey"}]}]}`,
		`{"credential":{}}`, `{"credentials": [{"credentialId": "AQ"}]}`, `{"accounts": [], "credentials": []}`, `{"encrypted":true}`,
		`{"items":[{"title":"A","creationAt":1e300,"credentials":[{"type":"passkey","fido2Extensions":{"largeBlob":{"data":"AwA"}}}]}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := Parse(data)
		var wrong *Error
		if err != nil && (!errors.As(err, &wrong) || wrong.Sentence == "" || len(found.Passkeys) > 0) {
			t.Fatalf("%+v beside the error %v", found, err)
		}
		if err == nil && len(found.Passkeys)+len(found.Skipped) == 0 {
			t.Fatal("it has neither passkeys nor an error")
		}
		store := authenticator.NewMemoryKeystore()
		phone := authenticator.NewPhone(authenticator.IPhone(), store, authenticator.AlwaysApprove)
		taken := 0
		for _, p := range found.Passkeys {
			if phone.Import([]authenticator.PrivatePasskey{p}) == nil {
				taken++
			}
		}
		// Whatever is imported can be exported and read again.
		again, err := store.Export()
		if err != nil {
			t.Fatal(err)
		}
		document, err := WebDriver(on(phone.Profile()), again)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := Parse(document); len(read.Passkeys) != taken || (err == nil) != (taken > 0) {
			t.Fatalf("%d of %d come back: %v", len(read.Passkeys), taken, err)
		}
	})
}
