package apk_test

import (
	"context"
	"errors"
	"fmt"

	"example.com/hankosim/authenticator/apk"
)

// The line that keytool or Gradle's signingReport prints is enough.
func ExampleParseFingerprint() {
	hash, err := apk.ParseFingerprint("SHA256: 93:C3:0B:58:DD:44:95:B9:70:25:D9:6B:F2:1D:F5:33:66:39:01:0A:E7:30:81:6E:DD:5B:9A:92:B9:C0:BE:B9")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(hash.Origin())
	// Output: android:apk-key-hash:k8MLWN1ElblwJdlr8h31M2Y5AQrnMIFu3VuakrnAvrk
}

// A caller can switch on the kind of an error, and show its parts where they belong.
func ExampleError() {
	_, err := apk.ParseFingerprint("SHA1: DB:73:2E:1A:9B:66:1D:CD:D5:AD:A5:62:0F:A1:B9:34:0F:7E:A8:5F")
	if e, ok := errors.AsType[*apk.Error](err); ok && e.Kind == apk.SHA1Fingerprint {
		fmt.Println(e.Message)
		fmt.Println(e.Hint)
	}
	// Output:
	// This is a SHA-1 fingerprint, and the origin is made of the SHA-256
	// The same tools print the SHA-256 fingerprint beside it, on the line that begins with SHA256: or SHA-256:.
}

// A keystore with two keys has an origin for each of them.
func ExampleReadFile() {
	password := func(_ context.Context, _ string) (string, error) {
		return "secret1", nil // asked on a terminal, or read from a file
	}
	signers, err := apk.ReadFile(context.Background(), "testdata/pkcs12/two-keys.jks", password)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range signers {
		fmt.Println(s.Name, s.Hash.Origin())
	}
	// Output:
	// play android:apk-key-hash:xrXnoZKG-GMV2mt6tQiCkarTcFn8Q4b7zFnxIF5FhOk
	// upload android:apk-key-hash:k8MLWN1ElblwJdlr8h31M2Y5AQrnMIFu3VuakrnAvrk
}
