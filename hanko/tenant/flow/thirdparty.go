package flow

import (
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/tenant/setting"
)

// thirdPartyStates is the one that waits for the one-time token with which a browser comes back from a third party. No
// third party ever comes back here, so its token is never known.
func thirdPartyStates(back action) map[hanko.State]state {
	return map[hanko.State]state{hanko.StateThirdParty: {actions: []action{
		{
			name: hanko.ActionExchangeToken, description: "Exchange a one time token.",
			inputs: func(*run) []input {
				return []input{field("string", hanko.InputToken).hidden(true).required(true), field("string", hanko.InputCodeVerifier).hidden(true)}
			},
			act: func(r *run) error {
				if !r.valid() {
					return r.refuse(formDataInvalid)
				}
				return misuse("token not found")
			},
		},
		back,
	}}}
}

// thirdPartySignIn leads to a third party's sign-in page, which a terminal cannot follow.
func thirdPartySignIn() action {
	return action{
		name: hanko.ActionThirdPartyOAuth, description: "Sign up/sign in with a third party provider via OAuth.",
		inputs: func(r *run) []input {
			provider := field("string", hanko.InputProvider).hidden(true).required(true)
			for _, p := range r.settings().ThirdParties {
				provider = provider.allow(p, setting.ThirdPartyName(p))
			}
			return []input{
				field("string", hanko.InputRedirectTo).hidden(true).required(true), provider,
				field("string", hanko.InputCodeVerifier).hidden(true),
			}
		},
		offered: func(r *run) bool { return len(r.settings().ThirdParties) > 0 },
		act: func(r *run) error {
			if !r.valid() {
				return r.refuse(formDataInvalid)
			}
			if to, err := url.Parse(r.form.text(hanko.InputRedirectTo)); err != nil || to.Scheme == "" || to.Host == "" {
				return r.refuse(formDataInvalid) // with Hanko it must be one of third_party.allowed_redirect_urls
			}
			state := uuid.NewString()
			query := url.Values{
				"client_id": {"hankosim"}, "redirect_uri": {r.form.text(hanko.InputRedirectTo)}, "response_type": {"code"}, "state": {state},
			}
			cookie := http.Cookie{
				Name: "hanko_thirdparty_state", Value: state, Path: "/", MaxAge: 300,
				HttpOnly: true, Secure: true, SameSite: http.SameSiteNoneMode,
			}
			r.header.Add("Set-Cookie", cookie.String())
			r.pay("redirect_url", "https://"+r.form.text(hanko.InputProvider)+".example/authorize?"+query.Encode())
			return r.next(hanko.StateThirdParty)
		},
	}
}
