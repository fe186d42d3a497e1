package flow

import (
	"fmt"
	"net/http"

	"example.com/hankosim/hanko"
)

// flowError is an error of a state, with the status of the response.
type flowError struct {
	status int
	hanko.FlowError
}

func (e *flowError) Error() string { return fmt.Sprintf("%d %s", e.status, e.Code) }

func newFlowError(status int, code hanko.ErrorCode, message string) *flowError {
	return &flowError{status, hanko.FlowError{Code: code, Message: message}}
}

// The errors of states (backend/flowpilot/errors.go and backend/flow_api/flow/shared/errors.go).
var (
	technicalError    = newFlowError(http.StatusInternalServerError, hanko.CodeTechnicalError, "Something went wrong.")
	flowExpired       = newFlowError(http.StatusGone, hanko.CodeFlowExpiredError, "The flow has expired.")
	flowDiscontinuity = newFlowError(http.StatusInternalServerError, hanko.CodeFlowDiscontinuityError, "The flow can't be continued.")
	notPermitted      = newFlowError(http.StatusForbidden, hanko.CodeOperationNotPermittedError, "The operation is not permitted.")
	formDataInvalid   = newFlowError(http.StatusBadRequest, hanko.CodeFormDataInvalidError, "Form data invalid.")

	resourceNotFound    = newFlowError(http.StatusNotFound, hanko.CodeNotFound, "The requested resource was not found.")
	maxAttemptsReached  = newFlowError(http.StatusUnauthorized, hanko.CodePasscodeMaxAttemptsReached, "The passcode was entered wrong too many times.")
	passkeyInvalid      = newFlowError(http.StatusUnauthorized, hanko.CodePasskeyInvalid, "The passkey is invalid.")
	rateLimitExceeded   = newFlowError(http.StatusTooManyRequests, hanko.CodeRateLimitExceeded, "The rate limit has been exceeded.")
	sessionUnauthorized = newFlowError(http.StatusUnauthorized, hanko.CodeUnauthorized, "The session is invalid.")
	securityKeyOnly     = newFlowError(http.StatusUnauthorized, hanko.CodeWebAuthnCredentialInvalidMFAOnly, "This credential can be used as a second factor security key only.")
)

// fieldError is an error of a field. Unlike a state's error, it may have a cause.
type fieldError struct {
	hanko.FlowError
	Cause string `json:"cause,omitempty"`
}

func newFieldError(code hanko.ErrorCode, message string) fieldError {
	return fieldError{FlowError: hanko.FlowError{Code: code, Message: message}}
}

func (e fieldError) because(cause string) fieldError { e.Cause = cause; return e }

// The errors of fields, from the same files.
var (
	valueMissing    = newFieldError(hanko.CodeValueMissingError, "The value is missing.")
	valueInvalid    = newFieldError(hanko.CodeValueInvalidError, "The value is invalid.")
	valueTooLong    = newFieldError(hanko.CodeValueTooLongError, "The value is too long.")
	valueTooShort   = newFieldError(hanko.CodeValueTooShortError, "The value is too short.")
	emailExists     = newFieldError(hanko.CodeEmailAlreadyExists, "The email address already exists.")
	usernameExists  = newFieldError(hanko.CodeUsernameAlreadyExists, "The username already exists.")
	unknownUsername = newFieldError(hanko.CodeUnknownUsernameError, "The username is unknown.")
	unknownEmail    = newFieldError(hanko.CodeUnknownEmailError, "The email address is unknown.")
	invalidUsername = newFieldError(hanko.CodeInvalidUsernameError, "The username is invalid.")
	passcodeInvalid = newFieldError(hanko.CodePasscodeInvalid, "The passcode is invalid.")
	invalidMetadata = newFieldError(hanko.CodeInvalidMetadataError, "The metadata is invalid.")
)

// misuse is a request that makes Hanko itself fail. The response is a technical error, and the flow stays as it was; the
// tenant's log stays clean.
type misuse string

func (m misuse) Error() string { return string(m) }
