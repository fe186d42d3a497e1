package kit

import (
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
)

// State is what the app publishes about itself, for a story that controls it by its keys.
type State struct {
	Step    login.Step // the step whose screen the phone shows; nil for a page that is not a step
	Title   string     // of the screen
	Screens int        // the number of screens shown so far: it changes with the screen
	Sheet   string     // the title of the sheet that asks; "" for none
	Sheets  int        // the number of sheets shown so far
	Waiting bool       // the walk waits for the tenant, or for the person's answer to a sheet
	Busy    bool       // the phone takes no keys
	Checked bool       // the tenant has answered whether the session is valid

	Parts []string // the names of the window's parts: the phone and the tabs
	Focus int      // the index of the part that gets the keys

	Mails     []mailbox.Mail   // the newest first
	Log       *hanko.Log       // all exchanges
	Exchanges []hanko.Exchange // those that the Wire tab lists
	Chosen    int              // the index of the chosen one in Exchanges
	Open      bool             // the chosen one is open

	Dark  bool // the terminal's background
	Theme ThemeName
}

// Messages from a story to the app.
type (
	// StoryKeyMsg is a key that even a new screen takes at once. For people's keys, it waits a moment.
	StoryKeyMsg tea.KeyMsg
	// NarratedMsg says whether a story plays. If it does, the window shows the story's keys instead of the app's.
	NarratedMsg struct{ On bool }
	// ReduceMsg reduces the open exchange to some parts, by their titles, and lines, by their names. Without Fields, all
	// of it is shown.
	ReduceMsg struct{ Fields []string }
	// AppearanceMsg changes the app's colours.
	AppearanceMsg struct {
		Dark  bool // the terminal's background
		Theme ThemeName
	}
)
