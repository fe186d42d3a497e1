package kit

import (
	tea "github.com/charmbracelet/bubbletea"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
)

// State is what the app publishes about itself, for who drives it by its keys: a story.
type State struct {
	Step    login.Step // whose screen the phone shows; nil for a page that is beside the walk
	Title   string     // of the screen
	Screens int        // that have been shown: another number is another screen
	Sheet   string     // the title of the sheet that asks; "" for none
	Sheets  int        // that have come up
	Waiting bool       // the walk waits for the tenant, or for the person's answer to a sheet
	Busy    bool       // the phone takes no keys
	Checked bool       // the tenant has said what it thinks of the session

	Parts []string // of the window, by their numbers: the phone, and the tabs
	Focus int      // the number of the one that takes the keys

	Mails     []mailbox.Mail   // the newest first
	Log       *hanko.Log       // of everything that has gone over the wire
	Exchanges []hanko.Exchange // those that the wire's tab lists
	Chosen    int              // of them
	Open      bool             // the chosen one is shown whole

	Dark  bool // the terminal's background
	Theme ThemeName
}

// What drives an app tells it.
type (
	// StoryKeyMsg is a key that is pressed at once: the moment in which a new screen takes no keys is for people.
	StoryKeyMsg tea.KeyMsg
	// NarratedMsg says that a story is played, whose keys are shown and not the app's; or that the person has the app.
	NarratedMsg struct{ On bool }
	// ReduceMsg reduces the open exchange to fields of it: parts by their titles, lines by their names; none for all.
	ReduceMsg struct{ Fields []string }
	// AppearanceMsg gives the app another look.
	AppearanceMsg struct {
		Dark  bool // the terminal's background
		Theme ThemeName
	}
)
