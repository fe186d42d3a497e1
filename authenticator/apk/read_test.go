package apk

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What keytool -list -v and keytool -printcert printed for the files in testdata (testdata/generate.sh).
const (
	debugJKSFingerprint    = "67:70:D5:6D:E3:DD:AE:1E:FE:1A:70:3D:DC:D5:3D:A6:24:D6:A0:48:B6:6F:D2:A0:D6:3C:8D:B9:54:B1:FA:3B"
	debugPKCS12Fingerprint = "9E:67:55:4A:68:2C:A0:A1:B4:22:F9:48:79:A8:06:61:6E:56:40:48:8F:31:AB:46:07:CF:EA:FA:C3:6D:72:13"
	playFingerprint        = "C6:B5:E7:A1:92:86:F8:63:15:DA:6B:7A:B5:08:82:91:AA:D3:70:59:FC:43:86:FB:CC:59:F1:20:5E:45:84:E9"
	legacyFingerprint      = "E2:F8:E2:77:6F:76:68:9D:44:C5:49:69:8A:E1:55:2B:F9:8F:9D:1C:E7:A0:E3:B5:5A:10:E0:FB:57:32:5C:BE"
	chainedFingerprint     = "A2:3B:80:1D:F5:75:CB:EF:A5:BE:88:21:00:95:BD:8D:53:C5:2A:81:5A:B6:7F:BF:8D:16:2B:71:88:92:19:92"
	betaFingerprint        = "BD:6A:67:E8:15:7A:32:59:DF:0E:9B:93:9B:72:D3:C4:95:28:99:55:D0:5B:83:2A:50:72:47:65:96:C5:23:38"
	uploadJKSFingerprint   = "BA:49:89:3F:25:10:AA:1A:2B:99:40:27:7B:62:68:0F:6C:4A:F4:1A:96:57:E2:D6:48:D2:3F:68:FB:E2:79:BF"
	umlautFingerprint      = "27:64:B4:4D:E0:46:54:5A:0A:12:70:81:73:4E:3B:E7:7B:C0:3F:E9:DC:FC:D8:8A:5A:A8:9F:2D:55:6C:42:8F"
)

// entry is a Signer as keytool describes it.
type entry struct{ Name, Subject, NotAfter, Fingerprint string }

func entries(signers []Signer) []entry {
	var list []entry
	for _, s := range signers {
		list = append(list, entry{s.Name, s.Subject, s.NotAfter.Format(time.UnixDate), s.Hash.Fingerprint()})
	}
	return list
}

// unasked is a Password that fails the test if it is called.
func unasked(t *testing.T) Password {
	return func(context.Context, string) (string, error) {
		t.Error("the password was asked for")
		return "", errors.New("asked")
	}
}

func given(password string) Password {
	return func(context.Context, string) (string, error) { return password, nil }
}

func TestReadFile(t *testing.T) {
	upload := entry{"upload", "CN=Upload,O=Example", "Fri Apr 10 20:55:45 UTC 2054", uploadFingerprint}
	file := upload
	file.Name = ""
	chained := entry{"release", "CN=Chained,O=Example", "Fri Apr 10 20:55:50 UTC 2054", chainedFingerprint}

	for _, test := range []struct {
		file     string
		password string // empty: must not be asked
		want     []entry
	}{
		{"cert/upload.pem", "", []entry{file}},
		{"cert/upload.der", "", []entry{file}},
		{"debug/jks/debug.keystore", "", []entry{{"androiddebugkey", "CN=Android Debug,O=Android,C=US", "Wed Nov 15 20:55:44 UTC 2056", debugJKSFingerprint}}},
		{"debug/pkcs12/debug.keystore", "", []entry{{"androiddebugkey", "CN=Android Debug,O=Android,C=US", "Wed Nov 15 20:55:45 UTC 2056", debugPKCS12Fingerprint}}},
		{"pkcs12/two-keys.jks", "secret1", []entry{{"play", "CN=Play,O=Example", "Fri Apr 10 20:55:46 UTC 2054", playFingerprint}, upload}},
		{"pkcs12/legacy.p12", "secret1", []entry{{"release", "CN=Legacy,O=Example", "Fri Apr 10 20:55:47 UTC 2054", legacyFingerprint}}},
		{"pkcs12/chain.p12", "secret1", []entry{chained}},
		{"pkcs12/mixed.p12", "secret1", []entry{chained}},
		{"pkcs12/trust.p12", "secret1", []entry{upload}},
		{"pkcs12/key-password.p12", "secret1", []entry{upload}},
		{"jks/trust.jks", "secret1", []entry{upload}},
		{"jks/several.jks", "secret1", []entry{
			{"beta", "CN=Beta JKS", "Fri Apr 10 20:55:53 UTC 2054", betaFingerprint},
			{"upload", "CN=Upload JKS", "Fri Apr 10 20:55:53 UTC 2054", uploadJKSFingerprint},
		}},
		{"jks/umlaut.jks", "pässword", []entry{{"release", "CN=Umlaut", "Fri Apr 10 20:55:53 UTC 2054", umlautFingerprint}}},
	} {
		t.Run(test.file, func(t *testing.T) {
			path := filepath.Join("testdata", filepath.FromSlash(test.file))
			asked := 0
			signers, err := ReadFile(t.Context(), path, func(_ context.Context, p string) (string, error) {
				asked++
				if p != path {
					t.Errorf("the password of %s was asked for, want %s", p, path)
				}
				return test.password, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, entries(signers)); diff != "" {
				t.Errorf("(-keytool +ReadFile)\n%s", diff)
			}
			want := 0
			if test.password != "" {
				want = 1
			}
			if asked != want {
				t.Errorf("the password was asked for %d times, want %d", asked, want)
			}
		})
	}
}

// A debug keystore with another name or another password is read like any other.
func TestReadFileDebugPassword(t *testing.T) {
	debug, err := os.ReadFile("testdata/debug/jks/debug.keystore")
	if err != nil {
		t.Fatal(err)
	}
	release, err := os.ReadFile("testdata/pkcs12/two-keys.jks")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	renamed := filepath.Join(folder, "renamed.keystore")
	other := filepath.Join(folder, "debug.keystore")
	if err := errors.Join(os.WriteFile(renamed, debug, 0o600), os.WriteFile(other, release, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(t.Context(), renamed, nil); kindOf(err) != PasswordNeeded {
		t.Errorf("under another name: %v, want kind %q", err, PasswordNeeded)
	}
	if signers, err := ReadFile(t.Context(), other, given("secret1")); err != nil || len(signers) != 2 {
		t.Errorf("with another password: %v, %v", signers, err)
	}
}

func kindOf(err error) Kind {
	if own, ok := errors.AsType[*Error](err); ok {
		return own.Kind
	}
	return ""
}

func TestReadFileRefuses(t *testing.T) {
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	jks, p12, certificate := read("jks/several.jks"), read("pkcs12/legacy.p12"), read("cert/upload.pem")
	flipped := bytes.Clone(jks)
	flipped[len(flipped)/2] ^= 1
	hugeLength := bytes.Clone(jks)
	copy(hugeLength[bytes.Index(jks, []byte("X.509"))+5:], "\xff\xff\xff\xff") // the length of the first certificate
	p12Rounds := bytes.LastIndex(p12, []byte("\x02\x03\x01\x86\xa0"))          // 100,000 rounds, at the end of the file
	if p12Rounds < 0 {
		t.Fatal("the rounds are not where they are expected")
	}
	hugeRounds := bytes.Clone(p12)
	hugeRounds[p12Rounds+2] = 0x7f
	hugeCount := append([]byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x01\x00\x01a12345678"+
		"\x00\x00\x00\x00\xff\xff\xff\xff"), make([]byte, 20)...)

	for name, test := range map[string]struct {
		data     []byte
		password Password
		kind     Kind
		says     string
	}{
		"empty file":               {nil, unasked(t), NotFingerprint, "there is nothing in it"},
		"text":                     {[]byte("hello"), unasked(t), NotFingerprint, "keytool"},
		"binary":                   {[]byte("\x01\x02\x00\x04\xff"), unasked(t), UnknownFormat, "keytool -list -v -keystore"},
		"BKS":                      {[]byte("\x00\x00\x00\x02\x00\x00\x00\x14rest"), unasked(t), UnknownFormat, "-storetype BKS"},
		"private key":              {[]byte("\x30\x82\x01\x00\x02\x01\x00\x30"), unasked(t), NoCertificate, "private key"},
		"APK":                      {[]byte("PK\x03\x04rest"), unasked(t), UnknownFormat, "apksigner verify --print-certs"},
		"large APK":                {append([]byte("PK\x03\x04"), make([]byte, MaxFileSize)...), unasked(t), UnknownFormat, "apksigner"},
		"JCEKS":                    {read("jks/old.jceks"), unasked(t), UnknownFormat, "keytool -list -v -storetype JCEKS -keystore"},
		"too large":                {append(bytes.Clone(jks), make([]byte, MaxFileSize)...), unasked(t), TooLarge, "4 MiB"},
		"PEM without certificate":  {[]byte("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), unasked(t), NoCertificate, "only: PUBLIC KEY"},
		"PEM cut off":              {certificate[:len(certificate)-10], unasked(t), NotDecodable, "-----END"},
		"PEM of something else":    {[]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), unasked(t), NotDecodable, "certificate"},
		"DER cut off":              {read("cert/upload.der")[:100], unasked(t), NotDecodable, "keytool -printcert"},
		"JKS, wrong password":      {jks, given("secret2"), WrongPassword, "storePassword"},
		"JKS, the key's password":  {jks, given("another2"), WrongPassword, "storePassword"},
		"JKS, nobody to ask":       {jks, nil, PasswordNeeded, "password"},
		"JKS, a bit changed":       {flipped, given("secret1"), WrongPassword, "damaged"},
		"JKS cut off":              {jks[:len(jks)-1], unasked(t), NotDecodable, "add up"},
		"JKS with more behind it":  {append(bytes.Clone(jks), 0), unasked(t), NotDecodable, "add up"},
		"JKS with a huge length":   {hugeLength, unasked(t), NotDecodable, "add up"},
		"JKS with a huge count":    {hugeCount, unasked(t), NotDecodable, "add up"},
		"JKS, password beyond":     {jks, given("пароль"), NotDecodable, "Latin-1"},
		"JKS, empty":               {read("jks/empty.jks"), given("secret1"), NoCertificate, "keytool -list -v"},
		"PKCS#12, wrong password":  {p12, given("secret2"), WrongPassword, "storePassword"},
		"PKCS#12, nobody to ask":   {p12, nil, PasswordNeeded, "password"},
		"PKCS#12 cut off":          {p12[:len(p12)-1], unasked(t), NotDecodable, "damaged"},
		"PKCS#12 with many rounds": {hugeRounds, unasked(t), NotDecodable, "too many rounds"},
		"PKCS#12, empty":           {read("pkcs12/empty.p12"), given("secret1"), NoCertificate, "keytool -list -v"},
		"PKCS#12, RC4":             {read("openssl/rc4.p12"), given("secret1"), NotDecodable, "keytool -list -v -keystore"},
		"PKCS#12, Camellia":        {read("openssl/camellia.p12"), given("secret1"), NotDecodable, "openssl pkcs12 -nokeys -in"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, test.data, 0o600); err != nil {
				t.Fatal(err)
			}
			signers, err := ReadFile(t.Context(), path, test.password)
			own, ok := errors.AsType[*Error](err)
			if !ok || own.Kind != test.kind {
				t.Fatalf("error %v, want kind %q", err, test.kind)
			}
			if signers != nil {
				t.Errorf("signers beside the error: %v", signers)
			}
			if own.Path != path || own.Hint == "" || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %q: want the path, a hint, and %q", err, test.says)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the password is in the error: %q", err)
			}
		})
	}
}

func TestReadFileNotAFile(t *testing.T) {
	folder := t.TempDir()
	_, err := ReadFile(t.Context(), filepath.Join(folder, "none.jks"), nil)
	if kindOf(err) != FileMissing || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v, want kind %q and fs.ErrNotExist", err, FileMissing)
	}
	if _, err := ReadFile(t.Context(), folder, nil); kindOf(err) != Unreadable {
		t.Errorf("a folder: %v, want kind %q", err, Unreadable)
	}
}

func TestReadFilePasswordFails(t *testing.T) {
	failed := errors.New("no terminal")
	_, err := ReadFile(t.Context(), "testdata/pkcs12/legacy.p12", func(context.Context, string) (string, error) { return "", failed })
	if kindOf(err) != PasswordNeeded || !errors.Is(err, failed) {
		t.Errorf("error %v, want kind %q with the cause %q", err, PasswordNeeded, failed)
	}
}

func TestReadFileCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := ReadFile(ctx, "testdata/pkcs12/legacy.p12", func(context.Context, string) (string, error) {
		cancel()
		return "", errors.New("interrupted")
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("while the password is asked: %v, want %v", err, context.Canceled)
	}
	if _, err := ReadFile(ctx, "testdata/cert/upload.pem", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("before it begins: %v, want %v", err, context.Canceled)
	}
}

// A keystore may ask for many rounds of key derivation. Reading it ends with the context.
func TestAwaitEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	never := make(chan struct{})
	defer close(never)
	began := make(chan struct{})
	go func() { <-began; cancel() }()
	_, err := await(ctx, func() (int, error) { close(began); <-never; return 0, nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}

func TestReadPEMOfSeveral(t *testing.T) {
	pem, err := os.ReadFile("testdata/cert/upload.pem")
	if err != nil {
		t.Fatal(err)
	}
	// As keytool -list -rfc prints it: with text around the certificates; and as Windows stores it.
	text := "\ufeff" + strings.ReplaceAll("Alias name: upload\n"+string(pem)+"\n*****\n"+string(pem), "\n", "\r\n")
	signers, err := Decode(t.Context(), "x", []byte(text), unasked(t))
	if err != nil {
		t.Fatal(err)
	}
	want := entry{"upload", "CN=Upload,O=Example", "Fri Apr 10 20:55:45 UTC 2054", uploadFingerprint}
	if diff := cmp.Diff([]entry{want}, entries(signers)); diff != "" {
		t.Error(diff)
	}
}

func TestPrintable(t *testing.T) {
	if got, want := printable("a\x1b[2J\u202eb ä"), "a\ufffd[2J\ufffdb ä"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
