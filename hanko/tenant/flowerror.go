package tenant

import (
	"fmt"
	"net/http"

	"example.com/hankosim/hanko"
)

// flowError is what a state says went wrong, with the status that it is answered with.
type flowError struct {
	status int
	hanko.FlowError
}

func (e *flowError) Error() string { return fmt.Sprintf("%d %s", e.status, e.Code) }

func newFlowError(status int, code, message string) *flowError {
	return &flowError{status, hanko.FlowError{Code: code, Message: message}}
}

// The errors of states (backend/flowpilot/errors.go and backend/flow_api/flow/shared/errors.go).
var (
	technicalError    = newFlowError(http.StatusInternalServerError, "technical_error", "Something went wrong.")
	flowExpired       = newFlowError(http.StatusGone, "flow_expired_error", "The flow has expired.")
	flowDiscontinuity = newFlowError(http.StatusInternalServerError, "flow_discontinuity_error", "The flow can't be continued.")
	notPermitted      = newFlowError(http.StatusForbidden, "operation_not_permitted_error", "The operation is not permitted.")
	formDataInvalid   = newFlowError(http.StatusBadRequest, "form_data_invalid_error", "Form data invalid.")

	resourceNotFound    = newFlowError(http.StatusNotFound, "not_found", "The requested resource was not found.")
	maxAttemptsReached  = newFlowError(http.StatusUnauthorized, "passcode_max_attempts_reached", "The passcode was entered wrong too many times.")
	passkeyInvalid      = newFlowError(http.StatusUnauthorized, "passkey_invalid", "The passkey is invalid.")
	rateLimitExceeded   = newFlowError(http.StatusTooManyRequests, "rate_limit_exceeded", "The rate limit has been exceeded.")
	sessionUnauthorized = newFlowError(http.StatusUnauthorized, "unauthorized", "The session is invalid.")
	securityKeyOnly     = newFlowError(http.StatusUnauthorized, "webauthn_credential_invalid_mfa_only", "This credential can be used as a second factor security key only.")
)

// fieldError is what a field says is wrong with it. Unlike a state's error it may tell the cause.
type fieldError struct {
	hanko.FlowError
	Cause string `json:"cause,omitempty"`
}

func newFieldError(code, message string) fieldError {
	return fieldError{FlowError: hanko.FlowError{Code: code, Message: message}}
}

func (e fieldError) because(cause string) fieldError { e.Cause = cause; return e }

// The errors of fields, likewise.
var (
	valueMissing    = newFieldError("value_missing_error", "The value is missing.")
	valueInvalid    = newFieldError("value_invalid_error", "The value is invalid.")
	valueTooLong    = newFieldError("value_too_long_error", "The value is too long.")
	valueTooShort   = newFieldError("value_too_short_error", "The value is too short.")
	emailExists     = newFieldError("email_already_exists", "The email address already exists.")
	usernameExists  = newFieldError("username_already_exists", "The username already exists.")
	unknownUsername = newFieldError("unknown_username_error", "The username is unknown.")
	unknownEmail    = newFieldError("unknown_email_error", "The email address is unknown.")
	invalidUsername = newFieldError("invalid_username_error", "The username is invalid.")
	passcodeInvalid = newFieldError("passcode_invalid", "The passcode is invalid.")
	invalidMetadata = newFieldError("invalid_metadata_error", "The metadata is invalid.")
)

// misuse is a request that makes Hanko fail: it is answered as a technical error and the flow stays as it was, but
// nothing is wrong with the tenant.
type misuse string

func (m misuse) Error() string { return string(m) }
