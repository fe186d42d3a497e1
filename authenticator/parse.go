package authenticator

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/hankosim/internal/exactjson"
)

// Bytes are raw bytes that are base64url in JSON: written without padding, read with or without.
type Bytes []byte

// MarshalText returns base64url without padding.
func (b Bytes) MarshalText() ([]byte, error) {
	return base64.RawURLEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText reads base64url, padded or not.
func (b *Bytes) UnmarshalText(text []byte) error {
	s := string(text)
	if strings.HasSuffix(s, "=") && len(s)%4 != 0 {
		return fmt.Errorf("%d characters with padding are not base64url", len(s))
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return fmt.Errorf("not base64url: %w", err)
	}
	*b = decoded
	return nil
}

type creationOptionsJSON struct {
	RP struct {
		ID   string  `json:"id"`
		Name *string `json:"name"`
	} `json:"rp"`
	User struct {
		ID          Bytes   `json:"id"`
		Name        *string `json:"name"`
		DisplayName *string `json:"displayName"`
	} `json:"user"`
	Challenge  Bytes `json:"challenge"`
	Parameters []struct {
		Type      string `json:"type"`
		Algorithm int64  `json:"alg"`
	} `json:"pubKeyCredParams"`
	Timeout            milliseconds     `json:"timeout"`
	ExcludeCredentials []descriptorJSON `json:"excludeCredentials"`
	Selection          struct {
		Attachment         string `json:"authenticatorAttachment"`
		ResidentKey        string `json:"residentKey"`
		RequireResidentKey bool   `json:"requireResidentKey"`
		UserVerification   string `json:"userVerification"`
	} `json:"authenticatorSelection"`
	Hints              []string       `json:"hints"`
	Attestation        string         `json:"attestation"`
	AttestationFormats []string       `json:"attestationFormats"`
	Extensions         extensionsJSON `json:"extensions"`
}

type requestOptionsJSON struct {
	RPID             string           `json:"rpId"`
	Challenge        Bytes            `json:"challenge"`
	Timeout          milliseconds     `json:"timeout"`
	AllowCredentials []descriptorJSON `json:"allowCredentials"`
	UserVerification string           `json:"userVerification"`
	Hints            []string         `json:"hints"`
	Extensions       extensionsJSON   `json:"extensions"`
}

type descriptorJSON struct {
	Type       string   `json:"type"`
	ID         Bytes    `json:"id"`
	Transports []string `json:"transports"`
}

// milliseconds is an "unsigned long" of WebIDL. It refuses anything that is not such a number.
type milliseconds uint32

func (m milliseconds) duration() time.Duration { return time.Duration(m) * time.Millisecond }

// ParseCreationOptions parses PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3 section 5.1.8), bare or wrapped as
// {"publicKey":{…}}. Binary members are base64url, padded or not. The case of member names matters, as on phones. It fails with
// an *Error named TypeError if it cannot read the options, or if they have no challenge. Phone.Create checks everything else.
func ParseCreationOptions(data []byte) (CreationOptions, error) {
	var in creationOptionsJSON
	miscased, err := parseOptions(data, &in)
	if err == nil && len(in.Challenge) == 0 {
		err = miscasing(miscased, errNoChallenge)
	}
	if err != nil {
		return CreationOptions{}, malformed(Create, err)
	}
	extensions, err := in.Extensions.forCreate()
	if err != nil {
		return CreationOptions{}, malformed(Create, err)
	}
	out := CreationOptions{
		RP:                 RelyingParty{ID: in.RP.ID},
		User:               User{ID: in.User.ID},
		Challenge:          in.Challenge,
		Timeout:            in.Timeout.duration(),
		ExcludeCredentials: descriptors(in.ExcludeCredentials),
		Selection:          Selection(in.Selection),
		Hints:              in.Hints,
		Attestation:        in.Attestation,
		AttestationFormats: in.AttestationFormats,
		Extensions:         extensions,
		miscased:           miscased,
	}
	for _, name := range []struct {
		member string
		value  *string
		to     *string
	}{
		{"rp.name", in.RP.Name, &out.RP.Name},
		{"user.name", in.User.Name, &out.User.Name},
		{"user.displayName", in.User.DisplayName, &out.User.DisplayName},
	} {
		if name.value == nil {
			out.lacks = append(out.lacks, name.member)
		} else {
			*name.to = *name.value
		}
	}
	for _, p := range in.Parameters {
		out.Parameters = append(out.Parameters, Parameter{Type: p.Type, Algorithm: Algorithm(p.Algorithm)})
	}
	return out, nil
}

// ParseRequestOptions parses PublicKeyCredentialRequestOptionsJSON, with the same rules as ParseCreationOptions.
func ParseRequestOptions(data []byte) (RequestOptions, error) {
	var in requestOptionsJSON
	miscased, err := parseOptions(data, &in)
	if err == nil && len(in.Challenge) == 0 {
		err = miscasing(miscased, errNoChallenge)
	}
	if err != nil {
		return RequestOptions{}, malformed(Get, err)
	}
	extensions, err := in.Extensions.forGet()
	if err != nil {
		return RequestOptions{}, malformed(Get, err)
	}
	return RequestOptions{
		RPID:             in.RPID,
		Challenge:        in.Challenge,
		Timeout:          in.Timeout.duration(),
		AllowCredentials: descriptors(in.AllowCredentials),
		UserVerification: in.UserVerification,
		Hints:            in.Hints,
		Extensions:       extensions,
		miscased:         miscased,
	}, nil
}

var errNoChallenge = errors.New("they have no challenge")

func parseOptions(data []byte, into any) ([]exactjson.Miscased, error) {
	var wrapped struct {
		PublicKey json.RawMessage `json:"publicKey"`
	}
	outer, err := exactjson.Unmarshal(data, &wrapped)
	if err != nil {
		return nil, err
	}
	if wrapped.PublicKey != nil {
		data = wrapped.PublicKey
	}
	if string(data) == "null" {
		return nil, errors.New("they are null")
	}
	inner, err := exactjson.Unmarshal(data, into)
	return append(outer, inner...), err
}

// miscasing adds to the error for a missing member the misspelt names that may be meant.
func miscasing(miscased []exactjson.Miscased, missing error) error {
	if hint := exactjson.Hint(miscased); hint != "" {
		return fmt.Errorf("%w: %s", missing, hint)
	}
	return missing
}

func malformed(ceremony Ceremony, err error) error {
	return &Error{
		Ceremony: ceremony,
		Name:     TypeError,
		Sentence: "these are not the options of a " + string(ceremony) + " ceremony",
		Hint:     "expected the JSON of WebAuthn's options, bare or under publicKey",
		Err:      err,
	}
}

func descriptors(in []descriptorJSON) []Descriptor {
	var out []Descriptor
	for _, d := range in {
		out = append(out, Descriptor{Type: d.Type, ID: d.ID, Transports: d.Transports})
	}
	return out
}
