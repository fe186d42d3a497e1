// The path must sort before github.com/charmbracelet/bubbletea: see tui/background.
module example.com/hankosim

go 1.26.0

require github.com/go-jose/go-jose/v4 v4.1.9
