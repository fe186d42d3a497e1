package flow

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/setting"
	"example.com/hankosim/hanko/tenant/store"
)

// mfaStates returns the states in which a second factor is created or used.
func mfaStates(back action) map[hanko.State]state {
	return map[hanko.State]state{
		hanko.StateMFAMethodChooser: {actions: []action{
			continueToOTPCreation((*run).totp),
			{
				name: hanko.ActionContinueToSecurityKeyCreation, description: "Create a security key",
				offered: func(r *run) bool {
					return r.settings().MFA && !r.settings().DisableSecurityKeys && r.stash().WebAuthn
				},
				act: func(r *run) error { return r.next(hanko.StateMFASecurityKeyCreation) },
			},
			skip(func(r *run) bool { return !r.settings().RequireMFA }, (*run).moveOn),
			back,
		}},
		hanko.StateMFAOTPSecretCreation: {
			enter: (*run).enterOTPCreation,
			actions: []action{
				{
					name: hanko.ActionOTPCodeVerify, description: "Verify an OTP code",
					inputs: otpField, offered: (*run).totp, act: (*run).verifyNewOTP, noReturn: always,
				},
				back,
			},
		},
		hanko.StateMFASecurityKeyCreation: {actions: []action{
			creationOptions("Get WebAuthn creation options to register a WebAuthn credential.", true),
			back,
		}},
		hanko.StateLoginOTP: {actions: []action{
			{
				name: hanko.ActionOTPCodeValidate, description: "Validates the provided code.",
				inputs: otpField, act: (*run).validateOTP, noReturn: always,
			},
			{
				name: hanko.ActionContinueToLoginSecurityKey, description: "Continues the flow to the security key login.",
				// Any credential will do: Hanko offers this also to users who have a passkey but no security key.
				offered: func(r *run) bool { return !r.settings().DisableSecurityKeys && r.stash().Has.Credential },
				act:     func(r *run) error { return r.next(hanko.StateLoginSecurityKey) },
			},
		}},
		hanko.StateLoginSecurityKey: {actions: []action{
			securityKeyOptions(),
			{
				name: hanko.ActionContinueToLoginOTP, description: "Continues the flow to the OTP login.",
				offered: func(r *run) bool { return r.totp() && r.stash().Has.OTP },
				act:     func(r *run) error { return r.next(hanko.StateLoginOTP) },
			},
		}},
	}
}

func (r *run) totp() bool { return !r.settings().DisableTOTP }

func otpField(*run) []input { return []input{field("string", hanko.InputOTPCode).required(true)} }

func continueToOTPCreation(offered func(*run) bool, then ...hanko.State) action {
	return action{
		name: hanko.ActionContinueToOTPSecretCreation, description: "Create an OTP secret",
		offered: offered,
		act: func(r *run) error {
			if r.who != nil {
				var err error
				if r.stash().Email, err = account.PrimaryAddress(r.tx, r.who); err != nil {
					return err
				}
				if r.who.Username != nil {
					r.stash().Username = r.who.Username.Name
				}
			}
			return r.next(append([]hanko.State{hanko.StateMFAOTPSecretCreation}, then...)...)
		},
	}
}

// enterOTPCreation shows a new secret, or the same one after a wrong code.
func (r *run) enterOTPCreation() error {
	s := r.stash()
	if r.flow.State != hanko.StateMFAOTPSecretCreation || s.OTPSecret == "" {
		account := s.Email
		if account == "" {
			account = s.Username
		}
		key, err := totp.Generate(totp.GenerateOpts{Issuer: r.accounts.RPName, AccountName: account})
		if err != nil {
			return fmt.Errorf("no OTP secret can be made: %w", err)
		}
		if s.OTPImage, err = pngURL(key); err != nil {
			return err
		}
		s.OTPSecret = key.Secret()
	}
	r.addPayload("otp_secret", s.OTPSecret)
	r.addPayload("otp_image_source", s.OTPImage)
	return nil
}

// pngURL returns the key's QR code as a data URL, 200 pixels wide.
func pngURL(key *otp.Key) (string, error) {
	picture, err := key.Image(200, 200)
	if err != nil {
		return "", fmt.Errorf("the QR code of an OTP secret cannot be drawn: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return "", fmt.Errorf("the QR code of an OTP secret cannot be written: %w", err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

// otpMatches reports whether a six-digit code is right by the tenant's clock, in this 30 s step, the one before or the
// one after.
func (r *run) otpMatches(secret string) bool {
	ok, err := totp.ValidateCustom(r.form.text(hanko.InputOTPCode), secret, r.now(), totp.ValidateOpts{
		Period: 30, Skew: 1, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	return ok && err == nil
}

func (r *run) verifyNewOTP() error {
	s := r.stash()
	if !r.otpMatches(s.OTPSecret) {
		return r.refuseField(hanko.InputOTPCode, passcodeInvalid)
	}
	s.Has.OTP = true
	if !r.is(hanko.RegistrationFlow) {
		if err := r.changeUser(func(u *account.User) { u.OTPSecret = s.OTPSecret }); err != nil {
			return err
		}
	}
	if r.who != nil {
		if err := r.notify("A new MFA method has been added"); err != nil {
			return err
		}
	}
	return r.next()
}

func (r *run) validateOTP() error {
	if !r.valid() {
		return r.refuse(formDataInvalid)
	}
	s := r.stash()
	switch allowed, err := r.within(r.accounts.OTPLimit, "otp/"+s.UserID, "retry_after"); {
	case err != nil:
		return err
	case !allowed:
		return r.refuse(rateLimitExceeded)
	}
	u, err := account.FindUser(r.tx, s.UserID)
	if err != nil {
		return err
	}
	if u == nil || u.OTPSecret == "" {
		return errNoUser
	}
	if !r.otpMatches(u.OTPSecret) {
		return r.refuseField(hanko.InputOTPCode, passcodeInvalid)
	}
	s.SecondFactor = "totp"
	return r.next()
}

func trustDevice() action {
	return action{
		name: hanko.ActionTrustDevice, description: "Trust this device, to skip MFA on subsequent logins.", noReturn: always,
		act: func(r *run) error {
			r.stash().TrustDevice = true
			return r.next()
		},
	}
}

// Hanko's defaults for trusted devices.
const (
	trustCookie   = "hanko-device-token" // mfa.device_trust_cookie_name
	trustDuration = 30 * 24 * time.Hour  // mfa.device_trust_duration
	trustUsers    = 20                   // mfa.device_trust_max_users_per_device
)

// device is a device that a user trusts.
type device struct {
	UserID  string    `json:"user_id"`
	Expires time.Time `json:"expires"`
}

// trustEntries returns the "user id:token" entries of the request's trust cookie, newest first.
func (r *run) trustEntries() []string {
	cookie, err := r.request.Cookie(trustCookie)
	if err != nil || cookie.Value == "" {
		return nil
	}
	return strings.Split(cookie.Value, "|")
}

// deviceTrusted reports whether the flow's user trusts the device that sends the request.
func (r *run) deviceTrusted() (bool, error) {
	if r.settings().DeviceTrust == setting.TrustNever || r.stash().UserID == "" {
		return false, nil
	}
	for _, entry := range r.trustEntries() {
		userID, token, _ := strings.Cut(entry, ":")
		if userID != r.stash().UserID {
			continue
		}
		d, err := store.Load[device](r.tx, store.Devices, token)
		if err != nil {
			return false, err
		}
		if d != nil && d.UserID == userID && d.Expires.After(r.now()) {
			return true, nil
		}
	}
	return false, nil
}

// issueTrust sets the trust cookie, and keeps its entries of other users. Hanko always marks it Secure.
func (r *run) issueTrust() error {
	policy := r.settings().DeviceTrust
	if policy == setting.TrustNever || policy == setting.TrustPrompt && !r.stash().TrustDevice {
		return nil
	}
	random := make([]byte, 64)
	_, _ = rand.Read(random)
	token := base64.URLEncoding.EncodeToString(random)
	userID := r.stash().UserID
	if err := store.Save(r.tx, store.Devices, token, device{UserID: userID, Expires: r.now().Add(trustDuration)}); err != nil {
		return err
	}
	entries := []string{userID + ":" + token}
	for _, entry := range r.trustEntries() {
		if !strings.HasPrefix(entry, userID+":") && strings.Contains(entry, ":") && len(entries) < trustUsers {
			entries = append(entries, entry)
		}
	}
	cookie := http.Cookie{
		Name: trustCookie, Value: strings.Join(entries, "|"), Path: "/", MaxAge: int(trustDuration / time.Second),
		HttpOnly: true, Secure: true, SameSite: http.SameSiteNoneMode,
	}
	r.header.Add("Set-Cookie", cookie.String())
	return nil
}
