// The path must sort before github.com/charmbracelet/bubbletea: see tui/background.
module example.com/hankosim

go 1.26.0
