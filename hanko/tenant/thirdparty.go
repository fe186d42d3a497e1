package tenant

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/provider"
	"example.com/hankosim/hanko/tenant/account"
	"example.com/hankosim/hanko/tenant/store"
	"example.com/hankosim/hanko/tenant/thirdparty"
)

// thirdPartyRoutes adds the callback, which both APIs have, and two routes that are not Hanko's: the embedded provider, and
// the page that stands for a team's error page.
func (t *Tenant) thirdPartyRoutes(r *router) {
	r.handle("GET /thirdparty/callback", t.thirdPartyCallback)
	r.handle("POST /thirdparty/callback", thirdPartyCallbackPost)
	r.group(thirdparty.OwnPath, func(w http.ResponseWriter, r *http.Request) error {
		t.parties.Provider().ServeHTTP(w, r)
		return nil
	})
	r.handle("GET /error", func(w http.ResponseWriter, r *http.Request) error {
		provider.ErrorPage(w, r)
		return nil
	})
}

// thirdPartyAuth answers GET /thirdparty/auth, which the browser opens.
func (t *Tenant) thirdPartyAuth(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	fail := func(description string) error {
		to := r.Referer()
		if to == "" {
			to = t.parties.ErrorPage(r)
		}
		failure := &hanko.ThirdPartyError{Code: hanko.ThirdPartyInvalidRequest, Description: description}
		redirect(w, thirdparty.WithError(to, failure))
		return nil
	}
	var wrong problems
	wrong.add("Provider", query.Get("provider"), true, "")
	redirectTo, err := url.Parse(query.Get("redirect_to"))
	wrong.add("RedirectTo", query.Get("redirect_to"), err == nil && redirectTo.Scheme != "", "URL")
	var refused *refusal
	if errors.As(wrong.refusal(), &refused) {
		return fail(fmt.Sprintf("code=%d, message=%s", refused.status, refused.message))
	}
	attempt := thirdparty.Attempt{Provider: query.Get("provider"), RedirectTo: query.Get("redirect_to")}
	if !t.parties.Allows(r, attempt.RedirectTo) {
		return fail(fmt.Sprintf("redirect to '%s' not allowed", attempt.RedirectTo))
	}
	address, state, err := t.parties.Begin(r, attempt, false)
	if err != nil {
		return fail(err.Error())
	}
	http.SetCookie(w, stateCookie(state, int(hanko.StateLife.Seconds())))
	redirect(w, address)
	return nil
}

// redirect sends the browser on as Hanko does, without a body.
func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusTemporaryRedirect)
}

// stateCookie returns the cookie with the state. It is Secure over plain http, too, because browsers keep it on loopback.
func stateCookie(state string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: thirdparty.CookieName, Value: state, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	}
}

// thirdPartyCallback answers GET /thirdparty/callback, to which the third party sends the browser.
func (t *Tenant) thirdPartyCallback(w http.ResponseWriter, r *http.Request) error {
	back, err := t.parties.Finish(r)
	if err != nil {
		return err
	}
	if back.Known {
		http.SetCookie(w, stateCookie("", -1))
	}
	redirect(w, back.Address)
	return nil
}

// thirdPartyCallbackPost answers POST /thirdparty/callback, to which Apple sends the browser.
func thirdPartyCallbackPost(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return refuse(http.StatusBadRequest)
	}
	w.Header().Set("Location", "/thirdparty/callback?"+r.PostForm.Encode())
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// exchangeToken answers POST /token, which asks for no verifier.
func (t *Tenant) exchangeToken(w http.ResponseWriter, r *http.Request) error {
	if err := t.limit(w, r, t.accounts.TokenLimit, "token"); err != nil {
		return err
	}
	var request tokenRequest
	if err := bind(r, &request); err != nil {
		return err
	}
	var wrong problems
	wrong.add("value", request.Value, true, "")
	if err := wrong.refusal(); err != nil {
		return err
	}
	var issued *account.Claims
	err := t.accounts.Store.Update(func(tx store.Tx) error {
		token, err := account.FindToken(tx, request.Value)
		switch {
		case err != nil:
			return err
		case token == nil:
			return refuseWith(http.StatusNotFound, "token not found")
		case t.accounts.Now().After(token.Expires):
			return refuseWith(http.StatusUnprocessableEntity, "token has expired")
		}
		u, _, err := account.UseToken(tx, request.Value, token)
		if err != nil {
			return err
		}
		if u == nil {
			return refuse(http.StatusNotFound) // the user has been deleted in between
		}
		_, issued, err = t.accounts.OpenSession(tx, r, u, hanko.REST)
		return err
	})
	if err != nil {
		return err
	}
	return t.answerSignedIn(w, issued, hanko.TokenUser{UserID: issued.Subject})
}
