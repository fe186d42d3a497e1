package login

import "time"

// SetPatience sets how long the walk waits for a browser.
func (w *Walk) SetPatience(patience time.Duration) { w.patience = patience }
