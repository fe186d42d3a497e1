package tenant

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
)

// maxBody is the size limit of a request's body, in bytes. Hanko has no limit.
const maxBody = 1 << 20

// The bodies of requests. In XML, the fields have the names of Hanko's Go code.
type (
	lookUpRequest struct {
		Email string `json:"email"`
	}
	signUpRequest struct {
		Email string `json:"email"`
	}
	// passcodeRequest is hanko.PasscodeRequest, but distinguishes an absent email_id from an empty one.
	passcodeRequest struct {
		UserID  string  `json:"user_id" xml:"UserId"`
		EmailID *string `json:"email_id" xml:"EmailId"`
	}
	passcodeAnswer struct {
		ID   string `json:"id" xml:"Id"`
		Code string `json:"code"`
	}
	loginRequest struct {
		UserID *string `json:"user_id"`
	}
	sessionRequest struct {
		SessionToken string `json:"session_token"`
	}
	addEmailRequest struct {
		Address string `json:"address"`
	}
	tokenRequest struct {
		Value string `json:"value"`
	}
	renameRequest struct {
		Name *string `json:"name"`
	}
)

// typeName returns the name, in a refusal, of the type that a value should have. For a whole body it is the name of
// Hanko's Go type.
func typeName(t reflect.Type, body any) string {
	if t != reflect.TypeOf(body).Elem() {
		return t.Kind().String()
	}
	switch body.(type) {
	case *lookUpRequest:
		return "handler.UserGetByEmailBody"
	case *signUpRequest:
		return "handler.UserCreateBody"
	case *passcodeRequest:
		return "dto.PasscodeInitRequest"
	case *passcodeAnswer:
		return "dto.PasscodeFinishRequest"
	case *loginRequest:
		return "handler.BeginAuthenticationBody"
	case *sessionRequest:
		return "dto.ValidateSessionRequest"
	case *addEmailRequest:
		return "dto.EmailCreateRequest"
	case *tokenRequest:
		return "handler.TokenValidationBody"
	case *renameRequest:
		return "dto.WebauthnCredentialUpdateRequest"
	default:
		return "flowpilot.InputData"
	}
}

// bind decodes a body into v as Hanko's web framework does: no body counts as an empty one, forms are read but not decoded,
// and unknown keys and anything after the JSON or XML are ignored.
func bind(r *http.Request, v any) error {
	if r.ContentLength == 0 {
		return nil
	}
	mediaType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	var err error
	switch strings.TrimSpace(mediaType) {
	case "application/json":
		err = json.NewDecoder(r.Body).Decode(v)
	case "application/xml", "text/xml":
		err = xml.NewDecoder(r.Body).Decode(v)
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
	case "multipart/form-data":
		err = r.ParseMultipartForm(maxBody)
	default:
		return refuse(http.StatusUnsupportedMediaType)
	}
	var wrongType *json.UnmarshalTypeError
	var wrongJSON *json.SyntaxError
	var wrongXML *xml.SyntaxError
	switch unread := unreadable(err); {
	case err == nil:
		return nil
	case unread != nil:
		return unread
	case errors.As(err, &wrongType):
		return refuseWith(http.StatusBadRequest, fmt.Sprintf("Unmarshal type error: expected=%v, got=%v, field=%v, offset=%v",
			typeName(wrongType.Type, v), wrongType.Value, wrongType.Field, wrongType.Offset))
	case errors.As(err, &wrongJSON):
		return refuseWith(http.StatusBadRequest, fmt.Sprintf("Syntax error: offset=%v, error=%v", wrongJSON.Offset, wrongJSON))
	case errors.As(err, &wrongXML):
		return refuseWith(http.StatusBadRequest, fmt.Sprintf("Syntax error: line=%v, error=%v", wrongXML.Line, wrongXML))
	default:
		return refuseWith(http.StatusBadRequest, err.Error())
	}
}

// readBody reads a whole body of any content type. If the body is cut off, the caller's decoder refuses it.
func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	return body, unreadable(err)
}

// unreadable returns the refusal for a body that is too large or does not arrive, and nil for any other error.
func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(http.StatusRequestTimeout)
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge)
	default:
		return nil
	}
}
