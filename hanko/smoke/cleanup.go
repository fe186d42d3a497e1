package smoke

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// Admin is a tenant's Admin API, which deletes users that the public API does not let delete themselves.
type Admin struct {
	URL  string       // the API's base URL; on a backend of your own, its admin port (8001)
	Key  string       // sent as Bearer; "" sends none, as a backend of your own asks for none
	HTTP *http.Client // nil means one that waits 15 s
}

// delete deletes a user: DELETE {URL}/users/{id}. A user who is not there is as good as deleted.
func (a *Admin) delete(ctx context.Context, id string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodDelete, strings.TrimRight(a.URL, "/")+"/users/"+url.PathEscape(id), nil)
	if err != nil {
		return fmt.Errorf("the Admin API's URL is not a URL: %w", err)
	}
	if a.Key != "" {
		request.Header.Set("Authorization", "Bearer "+a.Key)
	}
	client := http.Client{Timeout: 15 * time.Second}
	if a.HTTP != nil {
		client = *a.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the key goes nowhere else
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the Admin API could not be reached: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 && response.StatusCode != http.StatusNotFound {
		return fmt.Errorf("the Admin API answered DELETE /users/{id} with %s", response.Status)
	}
	return nil
}

// made is a user that the run has made, or may have.
type made struct {
	email string
	id    string // "" where the tenant has not told it
	token string // "" where it never had a session
}

// allMade are the users that were made: those who were signed up, and those whose sign-up broke off after the tenant had
// made them.
func (r *run) allMade() []made {
	var all []made
	for _, user := range r.users {
		all = append(all, made{email: user.email, id: user.in.Token.Subject, token: user.in.Session.Token})
	}
	known := func(email string) bool {
		return slices.ContainsFunc(all, func(m made) bool { return m.email == email })
	}
	for _, exchange := range r.client.Log().From(0) {
		var (
			sent    hanko.EmailRequest
			created hanko.CreatedUser
		)
		if exchange.Method == http.MethodPost && exchange.Path == "/users" && exchange.Status/100 == 2 &&
			json.Unmarshal(exchange.RequestBody, &sent) == nil && json.Unmarshal(exchange.ResponseBody, &created) == nil && !known(sent.Email) {
			all = append(all, made{email: sent.Email, id: created.ID})
		}
	}
	for _, email := range r.halfway {
		if !known(email) {
			all = append(all, made{email: email})
		}
	}
	return all
}

// mayBeMade remembers an address whose sign-up broke off, where the tenant may have made the user all the same: the answer
// to a request of the sign-up is not known, or a registration came to its end and gave no session. A user of whom
// the tenant said that it was made (POST /users) is found in the log.
func (r *run) mayBeMade(email string, since int) {
	for _, exchange := range r.client.Log().From(since) {
		flow := strings.HasPrefix(exchange.Path, "/registration?")
		if !flow && exchange.Path != "/users" {
			continue
		}
		var state hanko.Flow
		lost := exchange.Status == 0 || exchange.Status/100 == 2 && exchange.Err != nil ||
			exchange.Status == http.StatusBadGateway || exchange.Status == http.StatusGatewayTimeout
		ended := flow && json.Unmarshal(exchange.ResponseBody, &state) == nil && state.Name == hanko.StateSuccess
		if lost || ended {
			r.halfway = append(r.halfway, email)
			return
		}
	}
}

// cleanUp deletes the users that were made, where the tenant allows it, and names those that are left.
func (r *run) cleanUp(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if r.guest {
		r.leave(ctx)
	}
	var left []string
	for _, made := range r.allMade() {
		if !r.deleteUser(ctx, made) {
			left = append(left, made.email)
		}
	}
	return left
}

// leave deletes what the checks have added to a user that existed before the run: passkeys and sessions. It compares the
// profile with the one before, because some oddities register a different credential ID than the phone has.
func (r *run) leave(ctx context.Context) {
	walk, profile, _ := r.profile(ctx)
	for _, passkey := range profile.Passkeys {
		if r.had != nil && !slices.Contains(r.had, passkey.ID) {
			walk.Take(ctx, login.DeletePasskey{ID: passkey.ID})
		}
	}
	r.endSession(ctx, r.returned)
	r.endSession(ctx, r.user.in)
}

// profile opens the profile of the guide's user. shown is false if the tenant does not show one.
func (r *run) profile(ctx context.Context) (walk *login.Walk, profile login.Profile, shown bool) {
	return r.profileOf(ctx, r.user.in)
}

// profileOf is profile for anybody who has signed in.
func (r *run) profileOf(ctx context.Context, in login.SignedIn) (walk *login.Walk, profile login.Profile, shown bool) {
	walk = login.Continue(r.client, iphone(), in)
	walk.UseAPI(r.recognised.API)
	switch step := walk.Take(ctx, login.OpenProfile{}).(type) {
	case login.Profile:
		return walk, step, true
	case login.EnterEmail, login.ConfirmAccount, login.EnterPasscode, login.OfferPasskey, login.FillForm, login.SignedIn, login.Failed:
		// The tenant does not show one.
	}
	return walk, login.Profile{}, false
}

// deleteUser deletes a user by DELETE /user or the flow's account_delete, and else by the Admin API.
func (r *run) deleteUser(ctx context.Context, made made) bool {
	if made.token != "" && r.deleteAccount(ctx, made.token) {
		return true
	}
	if r.Admin == nil || made.id == "" {
		return false
	}
	err := r.Admin.delete(ctx, made.id)
	if err != nil {
		r.talk("%s could not be deleted: %v", made.email, err)
	}
	return err == nil
}

func (r *run) deleteAccount(ctx context.Context, token string) bool {
	if r.recognised.API == hanko.REST {
		return r.client.DeleteUser(ctx, token) == nil
	}
	flow, err := r.client.StartFlow(ctx, hanko.ProfileFlow, token)
	if err != nil {
		return false
	}
	flow, err = r.client.Act(ctx, flow, hanko.ActionAccountDelete, nil, token)
	return err == nil && flow.Name == hanko.StateAccountDeleted
}
