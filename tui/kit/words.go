package kit

import (
	"fmt"
	"strings"
	"time"
)

// InWords formats a duration for people: "4 min 12 s", "11 h 59 min", "2 days 3 h".
func InWords(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < 0:
		return "0 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%d days %d h", int(d.Hours())/24, int(d.Hours())%24)
	}
}

// ShortPath shortens the query of a flow's action, which ends in the flow's ID, to the action's name. From an address that
// a browser opens, it removes the query, which may contain a token.
func ShortPath(path string) string {
	if !strings.HasPrefix(path, "/") {
		address, _, _ := strings.Cut(path, "?")
		return address
	}
	flow, query, isAction := strings.Cut(path, "?action=")
	if !isAction {
		return path
	}
	action, _, _ := strings.Cut(query, "%40")
	return flow + " › " + action
}

// Milliseconds formats the duration of a call: "7 ms", "12.3 s".
func Milliseconds(d time.Duration) string {
	if d >= 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000)
}
