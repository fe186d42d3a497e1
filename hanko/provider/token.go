package provider

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// token answers POST /token (RFC 6749, section 4.1.3). It exchanges a code for an access token and an ID token.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	refuse := func(status int, code string) { writeJSON(w, status, map[string]string{"error": code}) }
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if id != ClientID || secret != ClientSecret {
		w.Header().Set("WWW-Authenticate", `Basic realm="provider"`)
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	if r.PostFormValue("grant_type") != "authorization_code" {
		refuse(http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	g, good := p.take(r.PostFormValue("code"), false)
	if !good || g.redirectURI != r.PostFormValue("redirect_uri") || !proves(r.PostFormValue("code_verifier"), g.challenge) {
		refuse(http.StatusBadRequest, "invalid_grant")
		return
	}
	idToken, err := p.idToken(r, g)
	if err != nil {
		refuse(http.StatusInternalServerError, "server_error")
		return
	}
	g.access = true
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": p.keep(g, accessLife), "token_type": "Bearer", "expires_in": int(accessLife.Seconds()), "id_token": idToken,
	})
}

// proves reports whether a code verifier is that of a challenge (RFC 7636, section 4.6). Without a challenge, there must be no
// verifier.
func proves(verifier, challenge string) bool {
	if challenge == "" {
		return verifier == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

// claims are what the tenant gets, in the ID token and from userinfo.
type claims struct {
	Subject       string `json:"sub"`
	Email         string `json:"email,omitempty"`
	EmailVerified *bool  `json:"email_verified,omitempty"`
	Name          string `json:"name"`
	GivenName     string `json:"given_name"`
	FamilyName    string `json:"family_name"`

	Issuer   string `json:"iss,omitempty"`
	Audience string `json:"aud,omitempty"`
	IssuedAt int64  `json:"iat,omitempty"`
	Expires  int64  `json:"exp,omitempty"`
	Nonce    string `json:"nonce,omitempty"`
}

func claimsOf(g grant) claims {
	said := claims{Subject: g.person.ID, Name: g.person.Name, GivenName: g.person.GivenName, FamilyName: g.person.FamilyName}
	if g.address != Withheld {
		verified := g.address == Verified
		said.Email, said.EmailVerified = g.person.Email, &verified
	}
	return said
}

func (p *Provider) idToken(r *http.Request, g grant) (string, error) {
	key, err := p.key()
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: keyID}},
		(&jose.SignerOptions{}).WithType("JWT"),
	)
	if err != nil {
		return "", err
	}
	said, now := claimsOf(g), p.options.Now()
	said.Issuer, said.Audience, said.Nonce = p.issuer(r), ClientID, g.nonce
	said.IssuedAt, said.Expires = now.Unix(), now.Add(accessLife).Unix()
	payload, err := json.Marshal(said)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// userinfo answers GET /userinfo (OpenID Connect Core 1.0, section 5.3).
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	g, good := p.take(token, true)
	if !good {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
		return
	}
	writeJSON(w, http.StatusOK, claimsOf(g))
}
