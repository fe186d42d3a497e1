// Package sample has what tests of the app show: steps, exchanges, mails and passkeys, in anybody's words.
package sample

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
	"example.com/hankosim/hanko/mailbox"
	"example.com/hankosim/hanko/tenant"
	"example.com/hankosim/internal/tenanttest"
)

// Noon is when the tests take place.
var Noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// Words are the texts that come from a tenant, a mail, a keystore or a person's configuration.
type Words struct {
	Email, Tenant, Notice       string
	Said, Cause                 string
	RPID, RPName, UserName      string
	Subject, Body               string
	KeyID, Claim, retention     string
	Path, Header, exchangeBody  string
	CredentialID, cookieName    string
	Sentence, Domain, OtherUser string
}

// Silence is a tenant that does not answer before the caller gives up.
type Silence struct{}

// angryTenant is one that wants to be left in peace.
type angryTenant struct{ message string }

// OrdinaryWords are those of an ordinary tenant and an ordinary person.
func OrdinaryWords() Words {
	return Words{
		Email: "ada@example.com", Tenant: "embedded tenant", Notice: "This is the embedded tenant: it runs inside hankosim and has a mailbox of its own.",
		Said: `POST /passcode/login/finalize answered 401, "Unauthorized".`, Cause: "The code was mistyped, or belongs to an older mail.",
		RPID: "example.com", RPName: "Hanko Authentication Service", UserName: "ada@example.com",
		Subject: "Your passcode is 123456", Body: "Enter the following passcode on your login screen:\n\n123456\n\nThe passcode is valid for 5 minutes.",
		KeyID: "0c9bd3c1-5a4c-4b56-8a13-9c5f0a5f1e2d", Claim: "e0b514b6-9a46-4dc0-8623-39daf90703b2", retention: "persistent",
		Path: "/passcode/login/initialize", Header: "req-1", exchangeBody: `{"id":"7dd96165-30bb-4fee-927e-da0c8520bb63","code":"123456"}`,
		CredentialID: "credential", cookieName: "hanko", Sentence: "It was not possible to submit the passcode.", Domain: "example.com",
		OtherUser: "grace@example.com",
	}
}

// HostileWords puts one text wherever foreign text is drawn.
func HostileWords(text string) Words {
	return Words{text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text, text}
}

// RoundTrip waits until the caller gives up.
func (Silence) RoundTrip(request *http.Request) (*http.Response, error) {
	<-request.Context().Done()
	return nil, request.Context().Err()
}

// Problem is a problem as package login makes one: all of its text is printable.
func Problem(w Words) *login.Problem {
	return &login.Problem{
		Sentence: hanko.Printable(w.Sentence), Said: hanko.Printable(w.Said), Cause: hanko.Printable(w.Cause),
		Remedy: "Look at the newest mail and type its code.",
	}
}

// PasscodeStep asks for the passcode of a new account, at Noon.
func PasscodeStep(w Words) login.EnterPasscode {
	return login.EnterPasscode{Email: w.Email, NewUser: true, SentAt: Noon, TTL: 5 * time.Minute, TriesLeft: 3}
}

// RefusedStep is a failure of a real walk, with its exchanges.
func RefusedStep(t testing.TB, w Words) login.Failed {
	t.Helper()
	client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: angryTenant{w.Said}})
	if err != nil {
		t.Fatal(err)
	}
	phone := authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), nil)
	switch step := login.New(client, phone, "").Take(context.Background(), login.SubmitEmail{Email: "ada@example.com"}).(type) {
	case login.Failed:
		step.Problem.RetryAt = Noon.Add(30 * time.Second) // it goes by the machine's clock
		return step
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Profile:
		t.Fatalf("the walk went on to %T after a 429", step)
	}
	return login.Failed{}
}

func (r angryTenant) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := json.Marshal(hanko.ErrorBody{Code: http.StatusTooManyRequests, Message: r.message})
	return &http.Response{
		StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"30"}}, Request: request,
		Body: io.NopCloser(strings.NewReader(string(body))),
	}, err
}

// SignedInStep is a sign-in with a passkey, a minute before Noon, whose token is in a cookie.
func SignedInStep(w Words) login.SignedIn {
	header, _ := json.Marshal(map[string]any{"alg": "RS256", "typ": "JWT", "kid": w.KeyID}) // text can be marshalled
	claims, _ := json.Marshal(map[string]any{
		"sub": w.Claim, "aud": []string{w.RPID}, "iat": Noon.Add(-time.Minute).Unix(), "exp": Noon.Add(12 * time.Hour).Unix(),
		"session_id": "3a5f1c52-33f8-4f3c-8f0f-2d1c3e4b5a69", "email": map[string]any{"address": w.Email, "is_verified": true}, w.Path: w.Claim,
	})
	raw := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims) + ".c2lnbmF0dXJlLXNpZ25hdHVyZQ"
	token, err := hanko.ParseToken(raw)
	if err != nil {
		panic(err)
	}
	return login.SignedIn{
		Session: hanko.Session{
			Token: raw, Lifetime: 12 * time.Hour, Retention: w.retention,
			Cookie: &http.Cookie{
				Name: w.cookieName, Value: raw, Path: "/", Domain: w.Domain, MaxAge: 43200, HttpOnly: true, Secure: true,
				SameSite: http.SameSiteNoneMode,
			},
		},
		Token: token, Email: w.Email, Method: login.ByPasskey,
	}
}

// Inspection is what a tenant says of a good session.
func Inspection(w Words) login.Inspection {
	return login.Inspection{
		KeyIDs:     []string{w.KeyID},
		Me:         hanko.Me{ID: w.Claim, Emails: []hanko.Email{{Address: w.Email}}},
		Validation: hanko.Validation{IsValid: true},
	}
}

// Exchanges are n of them; the third got no answer.
func Exchanges(w Words, n int) []hanko.Exchange {
	var made []hanko.Exchange
	for i := range n {
		exchange := hanko.Exchange{
			Method: http.MethodPost, URL: "http://localhost:8000" + w.Path, Path: w.Path,
			RequestHeader: http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + strings.Repeat("secret", 6)}},
			RequestBody:   []byte(w.exchangeBody),
			Status:        []int{200, 401, 0, 500}[i%4], Start: Noon.Add(time.Duration(i) * time.Second), Duration: 7 * time.Millisecond,
			ResponseHeader: http.Header{"X-Request-Id": {w.Header}, w.cookieName: {w.retention}},
			ResponseBody:   []byte(w.exchangeBody),
		}
		if exchange.Status == 0 {
			exchange.ResponseHeader, exchange.ResponseBody = nil, nil
			exchange.Err = &hanko.Error{Kind: hanko.Refused, Call: "POST /user", Status: 401, Message: w.Said, Means: "It is not known why."}
		}
		made = append(made, exchange)
	}
	return made
}

// ThirdPartyToken is the one-time token that BrowserExchanges bring back.
const ThirdPartyToken = "7v5ORlfoVVAboYMvbvBGk3zJBMHHMGKb_ttaq5uLviQ="

// BrowserExchanges are a person's browser's way to a third party and back, over a flow, over REST, and back with an error.
func BrowserExchanges(w Words) []hanko.Exchange {
	var made []hanko.Exchange
	opened := func(address string) {
		path := strings.TrimPrefix(address, "http://localhost:8000")
		made = append(made, hanko.Exchange{Browser: true, Method: http.MethodGet, URL: address, Path: path, Start: Noon.Add(time.Duration(len(made)) * time.Second)})
	}
	back := func(query url.Values) {
		opened("http://127.0.0.1:41234/callback?" + query.Encode())
		made[len(made)-1].Status = http.StatusOK
	}
	opened("http://localhost:8000/thirdparty/auth?" + url.Values{"provider": {w.RPID}, "redirect_to": {"http://127.0.0.1:41234/callback"}}.Encode())
	back(url.Values{"error": {w.Claim}, "error_description": {w.Said}})
	opened("http://" + w.Domain + "/authorize?" + url.Values{
		"client_id": {"hanko"}, "code_challenge": {"oVEcVKO-rwKtZ8Fwv337_JvIrNEA2xtvI9c1VjoJlp4"}, "code_challenge_method": {"S256"},
		"redirect_uri": {"http://localhost:8000/thirdparty/callback"}, "response_type": {"code"}, "scope": {"openid email"}, "state": {strings.Repeat("state", 40)},
	}.Encode())
	back(url.Values{"hanko_token": {ThirdPartyToken}})
	return made
}

// Passkeys are three on a phone; the first was never used.
func Passkeys(w Words) []authenticator.Passkey {
	var all []authenticator.Passkey
	for i := range 3 {
		passkey := authenticator.Passkey{
			CredentialID: []byte(fmt.Sprint(w.CredentialID, i)), RPID: w.RPID, UserName: w.UserName, CreatedAt: Noon.Add(-48 * time.Hour),
		}
		if i > 0 {
			passkey.LastUsedAt = Noon.Add(-time.Duration(i) * time.Hour)
		}
		all = append(all, passkey)
	}
	return all
}

func number(n int) *int { return &n }

// PasswordForm asks for a new password, and complains about the one before.
func PasswordForm(w Words) login.FillForm {
	return login.FillForm{
		State: hanko.StatePasswordCreation, Email: w.Email, Problem: Problem(w),
		Forms: []login.Form{{Action: hanko.ActionRegisterPassword, Fields: []hanko.FlowInput{{
			Name: hanko.InputNewPassword, Type: "password", Required: true, MinLength: number(8),
			Error: &hanko.FlowError{Code: hanko.CodeValueTooShortError, Message: w.Said},
		}}}},
	}
}

// OTPForm sets up an authenticator app with OTPSecret.
func OTPForm(w Words) login.FillForm {
	payload, _ := json.Marshal(map[string]string{"otp_secret": "K4XWC67FTYLGEP3KVNZK2MZGOJPPAIKJ"})
	return login.FillForm{
		State: hanko.StateMFAOTPSecretCreation, Email: w.Email, Payload: payload,
		Forms: []login.Form{
			{Action: hanko.ActionOTPCodeVerify, Fields: []hanko.FlowInput{{Name: hanko.InputOTPCode, Type: "string", Required: true}}},
			{Action: hanko.ActionBack},
		},
	}
}

// ChooserForm offers ways to sign in.
func ChooserForm(w Words) login.FillForm {
	return login.FillForm{
		State: hanko.StateLoginMethodChooser, Email: w.Email, Unsure: true,
		Forms: []login.Form{
			{Action: hanko.ActionContinueToPasscodeConfirmation},
			{Action: hanko.ActionContinueToPasswordLogin},
			{Action: hanko.ActionWebAuthnGenerateRequestOptions},
			{Action: hanko.ActionBack},
		},
		Links: []hanko.FlowLink{{Name: w.OtherUser, Href: w.Path, Category: "oauth"}},
	}
}

// Words that Hanko does not have.
const (
	stateOfTomorrow  = "state_of_tomorrow"
	actionOfTomorrow = "try_it"
	flagInput        = "flag"
	colourInput      = "colour"
	countInput       = "count"
	dataInput        = "data"
)

// UnknownForm is a state of tomorrow, with an input of every type.
func UnknownForm(w Words) login.FillForm {
	payload, _ := json.Marshal(map[string]string{"redirect_url": w.Path})
	return login.FillForm{
		State: stateOfTomorrow, Email: w.Email, Payload: payload,
		Forms: []login.Form{
			{Action: actionOfTomorrow, Description: w.Cause, Fields: []hanko.FlowInput{
				{Name: flagInput, Type: "boolean", Required: true},
				{Name: colourInput, Type: "string", AllowedValues: []hanko.FlowValue{{Value: w.RPName, Text: "a"}, {Value: 2, Text: "b"}}},
				{Name: hanko.InputName(w.Claim), Type: "string", Value: w.KeyID, MaxLength: number(40)},
				{Name: countInput, Type: "number"},
				{Name: dataInput, Type: "json"},
				{Name: hanko.InputEmail, Type: "email", Required: true},
			}},
			{Action: hanko.ActionSkip},
		},
	}
}

// ProfileStep is an account with everything that can be changed.
func ProfileStep(w Words) login.Profile {
	named, used := w.RPName, Noon.Add(-time.Hour)
	expires := Noon.Add(time.Hour)
	return login.Profile{
		Email: w.Email,
		Emails: []hanko.Email{
			{Address: w.Email, ID: "1", IsPrimary: true, IsVerified: true},
			{Address: w.OtherUser, ID: "2"},
		},
		Passkeys: []hanko.Credential{
			{ID: w.CredentialID, Name: &named, CreatedAt: Noon.Add(-48 * time.Hour), LastUsedAt: &used},
			{ID: w.CredentialID, AAGUID: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", CreatedAt: Noon},
		},
		Sessions: []login.ProfileSession{
			{ID: "3", Current: true, CreatedAt: Noon, ExpiresAt: &expires, IPAddress: w.Domain, UserAgent: w.Header},
			{ID: "4", CreatedAt: Noon, IPAddress: w.Domain, UserAgent: w.Header},
		},
		Offers: login.ProfileOffers{
			AddEmail: true, DeleteEmail: true, SetPrimaryEmail: true, RenamePasskey: true, DeletePasskey: true,
			RevokeSession: true, DeleteAccount: true, Forms: true,
		},
		Problem: Problem(w),
	}
}

// ThirdParties are n that a tenant offers.
func ThirdParties(w Words, n int) []hanko.ThirdParty {
	var all []hanko.ThirdParty
	for i := range n {
		all = append(all, hanko.ThirdParty{ID: fmt.Sprint("custom_", i), Name: fmt.Sprintf("%s %d", w.RPName, i+1)})
	}
	all[0].Name = "Google"
	return all
}

// Visit is where a browser goes. It comes back to a host of this machine's, which the browser may or may not run on.
func Visit(w Words, host string) login.Visit {
	return login.Visit{
		Party: hanko.ThirdParty{ID: "custom_example", Name: w.RPName}, URL: "https://" + w.Domain + "/authorize?state=" + w.Claim,
		Link: "http://" + host + ":51234/go/k3p2x7", Back: "http://" + host + ":51234/callback", ErrorsStray: true,
	}
}

// ThirdPartyFailure is a failure with a long remedy, as package login makes one.
func ThirdPartyFailure(w Words) login.Failed {
	problem := Problem(w)
	problem.Cause = "The tenant does not let a browser return to this app, or it cannot reach " + hanko.Printable(w.RPName) + ". It has the same answer for both."
	problem.Remedy = "Add the line `- http://127.0.0.1:*/callback` to `third_party.allowed_redirect_urls` in the tenant's configuration. If it is there, " +
		"look at the tenant's log, and check that the tenant's machine can reach the provider's `issuer`."
	return login.Failed{Problem: *problem, Again: login.SignInWithThirdParty{}}
}

// LastWayInStep is the profile of somebody who has a third party and nothing else, and could connect another.
func LastWayInStep(w Words) login.Profile {
	return login.Profile{
		Identities: []hanko.Identity{{ID: w.Claim, Provider: w.RPName, IdentityID: "1"}}, Connect: ThirdParties(w, 1),
		Offers: login.ProfileOffers{AddEmail: true, DisconnectThirdParty: true, Forms: true},
	}
}

// SessionForm asks for the id of a session, by what the sessions are.
func SessionForm(w Words) login.FillForm {
	return login.FillForm{State: hanko.StateProfileInit, Email: w.Email, Forms: []login.Form{{Action: hanko.ActionSessionDelete, Fields: []hanko.FlowInput{{
		Name: hanko.InputSessionID, Type: "string", Required: true, Hidden: true, AllowedValues: []hanko.FlowValue{
			{Value: "1f3a4c52-33f8-4f3c-8f0f-2d1c3e4b5a69", Text: w.Header + ", " + w.Domain + ", since 2 Mar 11:00"},
			{Value: "2f3a4c52-33f8-4f3c-8f0f-2d1c3e4b5a69", Text: w.Said},
		},
	}}}}}
}

// RestExchanges are those of a sign-up by the mobile guide, up to the mail with the passcode; one was refused.
func RestExchanges(w Words) []hanko.Exchange {
	made := Exchanges(w, 5)
	for i, path := range []string{"/.well-known/config", "/user", "/users", "/user", "/passcode/login/initialize"} {
		made[i].Path, made[i].URL, made[i].Status, made[i].Err = path, "http://localhost:8000"+path, []int{200, 404, 200, 200, 429}[i], nil
	}
	made[0].Method = http.MethodGet
	return made
}

// FlowExchanges are those of the same sign-up through a flow.
func FlowExchanges(w Words) []hanko.Exchange {
	made := Exchanges(w, 4)
	for i, path := range []string{
		"/registration", "/registration?action=register_client_capabilities%40f1", "/registration?action=register_login_identifier%40f1",
		"/registration?action=verify_passcode%40f1",
	} {
		made[i].Path, made[i].URL, made[i].Status, made[i].Err = path, "http://localhost:8000"+path, 200, nil
	}
	return made
}

// DifferentExchanges are three that have little in common.
func DifferentExchanges() []hanko.Exchange {
	return []hanko.Exchange{
		{
			Method: "POST", Path: "/passcode/login/finalize", URL: "http://localhost:8000/passcode/login/finalize", Status: 200,
			RequestBody: []byte(`{"id": "abc", "code": "987654"}`), ResponseHeader: http.Header{"X-Auth-Token": {"eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1In0.c2VjcmV0"}},
		},
		{Method: "DELETE", Path: "/emails/1", URL: "http://localhost:8000/emails/1", Status: 404, ResponseBody: []byte(`{"message":"not here","id":"abc"}`)},
		{
			Method: "PATCH", Path: "/webauthn/credentials/" + strings.Repeat("long", 40), URL: "http://localhost:8000/", Status: 204,
			RequestHeader: http.Header{"Accept": {"application/json"}},
		},
	}
}

// Direct is a tenant that is asked without a network.
type Direct struct{ Handler http.Handler }

// RoundTrip has the handler answer.
func (d Direct) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body == nil {
		request.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	d.Handler.ServeHTTP(recorder, request)
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	return recorder.Result(), nil
}

// OTPSecret is the one of otpForm.
const OTPSecret = "K4XWC67FTYLGEP3KVNZK2MZGOJPPAIKJ"

// MailsOf are three mails with a passcode, the newest first.
func MailsOf(w Words) []mailbox.Mail {
	var all []mailbox.Mail
	for i := range 3 {
		all = append(all, mailbox.Mail{
			To: w.Email, From: "Hanko <noreply@example.com>", Subject: w.Subject, Body: w.Body, Code: "123456", At: Noon.Add(-time.Duration(i) * time.Minute),
		})
	}
	return all
}

// SilentClient is a client of a tenant that never answers.
func SilentClient(t testing.TB) *hanko.Client {
	t.Helper()
	client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: Silence{}})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// EmbeddedTenant is a tenant in memory, asked without a network, and its inbox.
func EmbeddedTenant(t testing.TB) (*hanko.Client, *mailbox.Inbox) {
	t.Helper()
	opened := tenanttest.Open(t, tenant.Options{Settings: tenant.Settings{PasscodesPerMinute: -1}})
	client, err := hanko.NewClient("http://localhost:8000", hanko.Options{Transport: Direct{opened.Handler()}})
	if err != nil {
		t.Fatal(err)
	}
	return client, opened.Inbox()
}
