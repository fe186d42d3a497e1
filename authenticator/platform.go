package authenticator

// Platform is the operating system whose words a refusal uses.
type Platform string

// The platforms. NoPlatform has no words of its own: its errors carry the WebAuthn name only.
const (
	NoPlatform Platform = ""
	IOS        Platform = "ios"
	AndroidOS  Platform = "android"
)

// refusal is a case in which a real phone says no.
type refusal int

const (
	refusedCanceled refusal = iota
	refusedExcluded
	refusedNoCredential
	refusedRPID
	refusedNotAssociated
	refusedAttestation
)

// words gives what the platform's own API reports: ASAuthorizationError on iOS, the exception's type on
// Android (Credential Manager). Read off real devices; empty where the platform has no word for the case.
func (p Platform) words(why refusal, ceremony Ceremony) string {
	switch p {
	case IOS:
		switch why {
		case refusedCanceled, refusedNoCredential:
			// Without a passkey iOS offers a QR code; leaving that sheet is the only way on, so it too is 1001.
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
