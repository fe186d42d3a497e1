// The path must sort before github.com/charmbracelet/bubbletea: see tui/background.
module example.com/hankosim

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/pavlo-v-chernykh/keystore-go/v4 v4.5.0
	golang.org/x/crypto v0.57.0
	software.sslmate.com/src/go-pkcs12 v0.7.4
)
