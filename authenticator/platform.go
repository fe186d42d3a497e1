package authenticator

// Platform is the operating system whose errors a refusal has.
type Platform string

// The platforms. NoPlatform has no errors of its own, only WebAuthn's names.
const (
	NoPlatform Platform = ""
	IOS        Platform = "ios"
	AndroidOS  Platform = "android"
)

// refusal is a case in which a real phone refuses.
type refusal int

const (
	refusedCanceled refusal = iota
	refusedExcluded
	refusedNoCredential
	refusedRPID
	refusedNotAssociated
	refusedAttestation
)

// words returns the error of the platform's own API, as seen on real devices: ASAuthorizationError on iOS, or the
// exception's type on Android (Credential Manager). It returns "" if the platform has none for the case.
func (p Platform) words(why refusal, ceremony Ceremony) string {
	switch p {
	case IOS:
		switch why {
		case refusedCanceled, refusedNoCredential:
			// Without a passkey, iOS offers a QR code. The person can only close that sheet, which is 1001, too.
			return "ASAuthorizationError 1001 canceled"
		case refusedExcluded:
			return "ASAuthorizationError 1006 matchedExcludedCredential"
		case refusedRPID, refusedNotAssociated:
			return "ASAuthorizationError 1004 failed: not associated with domain"
		case refusedAttestation:
			return "ASAuthorizationError 1004 failed: Passkeys do not support attestation."
		}
	case AndroidOS:
		switch why {
		case refusedCanceled:
			if ceremony == Create {
				return "android.credentials.CreateCredentialException.TYPE_USER_CANCELED"
			}
			return "android.credentials.GetCredentialException.TYPE_USER_CANCELED"
		case refusedExcluded:
			return "androidx.credentials.TYPE_CREATE_PUBLIC_KEY_CREDENTIAL_DOM_EXCEPTION/androidx.credentials.TYPE_INVALID_STATE_ERROR"
		case refusedNoCredential:
			return "android.credentials.GetCredentialException.TYPE_NO_CREDENTIAL"
		case refusedRPID, refusedNotAssociated:
			return "[50152] RP ID cannot be validated"
		}
	}
	return ""
}
