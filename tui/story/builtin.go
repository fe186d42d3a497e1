package story

import _ "embed"

//go:embed passkeys.yaml
var builtIn []byte

// BuiltIn returns the script of the story that comes with the program: what a passkey is, in three minutes.
func BuiltIn() []byte { return builtIn }
