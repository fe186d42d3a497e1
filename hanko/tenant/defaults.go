package tenant

import "time"

// Hanko's defaults that are not switches here.
const (
	sessionLifespan = 12 * time.Hour   // session.lifespan
	sessionLimit    = 5                // session.limit
	ceremonyTimeout = 10 * time.Minute // webauthn.timeouts
	passcodeTries   = 3
	passcodeLength  = 6
)
