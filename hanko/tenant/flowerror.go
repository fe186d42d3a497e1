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

// The errors of fields, likewise.
var (
	valueMissing    = hanko.FlowError{Code: "value_missing_error", Message: "The value is missing."}
	valueInvalid    = hanko.FlowError{Code: "value_invalid_error", Message: "The value is invalid."}
	valueTooLong    = hanko.FlowError{Code: "value_too_long_error", Message: "The value is too long."}
	valueTooShort   = hanko.FlowError{Code: "value_too_short_error", Message: "The value is too short."}
	emailExists     = hanko.FlowError{Code: "email_already_exists", Message: "The email address already exists."}
	usernameExists  = hanko.FlowError{Code: "username_already_exists", Message: "The username already exists."}
	unknownUsername = hanko.FlowError{Code: "unknown_username_error", Message: "The username is unknown."}
	unknownEmail    = hanko.FlowError{Code: "unknown_email_error", Message: "The email address is unknown."}
	invalidUsername = hanko.FlowError{Code: "invalid_username_error", Message: "The username is invalid."}
	passcodeInvalid = hanko.FlowError{Code: "passcode_invalid", Message: "The passcode is invalid."}
	invalidMetadata = hanko.FlowError{Code: "invalid_metadata_error", Message: "The metadata is invalid."}
)

// misuse is a request that makes Hanko fail: it is answered as a technical error and the flow stays as it was, but
// nothing is wrong with the tenant.
type misuse string

func (m misuse) Error() string { return string(m) }
