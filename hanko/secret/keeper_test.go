package secret_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/secret"
)

const (
	session  = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
	opaque   = "3q2-7wAAECAwQFBgcICQ"
	csrf     = "nLSDFsSRkGWYTjB8tkNVAlhCGKKMEwKU"
	passcode = "843575"
	password = `correct "horse" battery`
	setUp    = "JBSWY3DPEHPK3PXPMFRGGZDF"
	output   = "b3V0cHV0IG9mIHByZiwgMzIgYnl0ZXMgbG9uZyEhISE"
	blob     = "Y29udGVudHMgb2YgYSBsYXJnZSBibG9i"
)

// kinds has each kind of secret, with an exchange that has it in its usual place.
var kinds = []struct {
	name, secret string
	in           hanko.Exchange
}{
	{"a session token in the header", session, hanko.Exchange{ResponseHeader: http.Header{"X-Auth-Token": {session}}}},
	{"an opaque token in the header", opaque, hanko.Exchange{ResponseHeader: http.Header{"X-Auth-Token": {opaque}}}},
	{"a token that is sent", opaque, hanko.Exchange{RequestHeader: http.Header{"Authorization": {"Bearer " + opaque}}}},
	{"a token without a scheme", opaque, hanko.Exchange{RequestHeader: http.Header{"Authorization": {opaque}}}},
	{"a cookie that is sent", opaque, hanko.Exchange{RequestHeader: http.Header{"Cookie": {"a=b; hanko=" + opaque}}}},
	{"a cookie that is set", opaque, hanko.Exchange{ResponseHeader: http.Header{"Set-Cookie": {"hanko=" + opaque + "; Path=/"}}}},
	{"the cookie of a third party's state", opaque, hanko.Exchange{RequestHeader: http.Header{"Cookie": {"hanko_thirdparty_state=" + opaque}}}},
	{"a state in a URL", opaque, hanko.Exchange{URL: "https://h/auth?state=" + opaque}},
	{"a state in a URL in a body", opaque, hanko.Exchange{ResponseBody: []byte(`{"redirect_url":"https://h/auth?state=` + opaque + `"}`)}},
	{"a cookie in quotes", opaque, hanko.Exchange{ResponseHeader: http.Header{"Set-Cookie": {`hanko="` + opaque + `"; Path=/`}}}},
	{"a token in a body", opaque, hanko.Exchange{ResponseBody: []byte(`{"session_token":"` + opaque + `"}`)}},
	{"a token in a URL", session, hanko.Exchange{URL: "https://h/?t=" + session, Path: "/?t=" + session}},
	{"a token in an error", session, hanko.Exchange{Err: &hanko.Error{Message: "unknown " + session}}},
	{"a token in an error's cause", session, hanko.Exchange{Err: &hanko.Error{Err: errors.New("unknown " + session)}}},
	{"a csrf token", csrf, hanko.Exchange{ResponseBody: []byte(`{"csrf_token":"` + csrf + `"}`)}},
	{"a passcode", passcode, hanko.Exchange{RequestBody: []byte(`{"input_data":{"code":"` + passcode + `"}}`)}},
	{"a passcode as a number", passcode, hanko.Exchange{RequestBody: []byte(`{"code":` + passcode + `}`)}},
	{"a code of an authenticator app", passcode, hanko.Exchange{RequestBody: []byte(`{"otp_code":"` + passcode + `"}`)}},
	{"a password", password, hanko.Exchange{RequestBody: []byte(`{"input_data":{"password":"correct \"horse\" battery"}}`)}},
	{"a new password, the body cut off", password, hanko.Exchange{RequestBody: []byte(`{"new_password":"correct \"horse\" battery","x":"`)}},
	{"a password in a URL", "sesame-open", hanko.Exchange{URL: "https://ada:sesame-open@h/"}},
	{"what an authenticator app is set up with", setUp, hanko.Exchange{ResponseBody: []byte(`{"payload":{"otp_secret":"` + setUp + `"}}`)}},
	{"the same as a URL", setUp, hanko.Exchange{ResponseBody: []byte(`{"otp_image_url":"otpauth://totp/Hanko:ada@example.com?issuer=Hanko&secret=` + setUp + `"}`)}},
	{"the same as a picture", blob, hanko.Exchange{ResponseBody: []byte(`{"otp_image_source":"` + blob + `"}`)}},
	{"an output of PRF", output, hanko.Exchange{RequestBody: []byte(`{"clientExtensionResults":{"prf":{"results":{"first":"` + output + `"}}}}`)}},
	{"an output of PRF, the body cut off", output, hanko.Exchange{RequestBody: []byte(`{"prf":{"results":{"first":"` + output + `","sec`)}},
	{"a large blob", blob, hanko.Exchange{RequestBody: []byte(`{"largeBlob":{"blob":"` + blob + `"}}`)}},
	{"a large blob to write", blob, hanko.Exchange{ResponseBody: []byte(`{"largeBlob":{"write":"` + blob + `"}}`)}},
}

// Each kind of secret is masked in its usual place. Once the Keeper knows it, it is hidden wherever a tenant may repeat it.
func TestEachKindInEachPlace(t *testing.T) {
	for _, kind := range kinds {
		t.Run(strings.ReplaceAll(kind.name, " ", "_"), func(t *testing.T) {
			if left := everything(secret.Masked(kind.in)); strings.Contains(left, kind.secret) || strings.Contains(left, encodedText(kind.secret)) {
				t.Errorf("masked, it is left in %s", left)
			}
			var keeper secret.Keeper
			keeper.Learn(kind.in)
			say := "no such thing: " + kind.secret + "."
			repeated := hanko.Exchange{
				Method: "GET", URL: "https://h/x?was=" + kind.secret, Path: "/x?was=" + kind.secret, Status: 400,
				RequestHeader: http.Header{"X-Was": {say}}, ResponseHeader: http.Header{"X-Was": {say}, "Set-Cookie": {"a=b; Path=/" + kind.secret}},
				RequestBody: []byte(say), ResponseBody: []byte(`{"message":"` + encodedText(say) + `","list":["` + encodedText(kind.secret) + `"],"` + encodedText(kind.secret) + `":1}`),
				Err: &hanko.Error{Kind: hanko.Refused, Call: "GET /x", Status: 400, Message: say, Err: errors.New(say)},
			}
			hidden := keeper.Exchange(repeated)
			if left := everything(hidden); strings.Contains(left, kind.secret) || strings.Contains(left, encodedText(kind.secret)) {
				t.Errorf("it is left in %s", left)
			}
			if !strings.Contains(hidden.Err.Message, "no such thing: ") || !strings.Contains(string(hidden.ResponseBody), `"message":"no such thing: `) {
				t.Errorf("more is hidden than the secret: %s", everything(hidden))
			}
			if left := keeper.Text(say); strings.Contains(left, kind.secret) || !strings.HasPrefix(left, "no such thing: ") || !strings.HasSuffix(left, ".") {
				t.Errorf("the text becomes %q", left)
			}
			if left := keeper.Text(fmt.Sprintf("%q", kind.secret)); strings.Contains(left, encodedText(kind.secret)) {
				t.Errorf("in quotes, it is left in %s", left)
			}
			if left := dotted(&keeper, say); strings.Contains(left, kind.secret) || !strings.HasPrefix(left, "no such thing: ") {
				t.Errorf("the line becomes %q", left)
			}
		})
	}
}

// dotted returns a line of a screen with a dot for each hidden byte.
func dotted(keeper *secret.Keeper, line string, others ...string) string {
	for _, span := range slices.Backward(keeper.Find(line, others...)) {
		line = line[:span.From] + strings.Repeat("*", span.To-span.From) + line[span.To:]
	}
	return line
}

// Secrets from other sources are hidden, too, each kind in its way. Text that only looks similar is not.
func TestText(t *testing.T) {
	var keeper secret.Keeper
	keeper.LearnText(secret.Code, passcode)
	keeper.LearnText(secret.Password, "pass word")
	keeper.LearnText(secret.Password, "pass")
	keeper.LearnText(secret.Token, opaque+"_"+opaque)
	keeper.LearnText(secret.Key, setUp)
	for _, short := range []secret.Kind{secret.Code, secret.Password, secret.Token, secret.Key} {
		keeper.LearnText(short, "")
		keeper.LearnText(short, "abc")
	}
	keeper.LearnText(secret.Token, "seven77")
	keeper.LearnText(secret.Token, secret.Dots+secret.Dots)
	keeper.Learn(hanko.Exchange{RequestBody: []byte(`{"code":"000000"}`)})
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"abc seven77", "abc seven77"},
		{"the code 843575.", "the code ••••••."},
		{"843 575, 843-575 or 843\u00a0575", "••••••, •••••• or ••••••"},
		{"843575843575", "••••••••••••"},
		{"at 8:43:57.5 it was 84357", "at 8:43:57.5 it was 84357"},
		{"a pass word", "a ••••••"},
		{"pass, a passkey, compass", "••••••, a passkey, compass"},
		{"000000, and 00000000-0000-0000-0000-000000000000", "••••••, and 00000000-0000-0000-0000-000000000000"},
		{"Bearer " + opaque + "_" + opaque, "Bearer 3q2-7w••••••cICQ"},
		{"Bearer " + opaque, "Bearer " + opaque}, // pieces are searched for only on screens
		{"secret=" + setUp + "&x", "secret=••••••&x"},
		{"another eyJhbGciOiJub25lIn0.eyJzdWIi", "another eyJhbG••••••dWIi"},
		{secret.Dots, secret.Dots},
	} {
		if got := keeper.Text(test.text); got != test.want {
			t.Errorf("%q becomes %q, not %q", test.text, got, test.want)
		}
	}
	var nobody *secret.Keeper
	if got := nobody.Text("843575 " + session); got != "843575 "+secret.MaskedToken(session) {
		t.Errorf("a Keeper without secrets hides %q", got)
	}
}

// On a screen, long secrets are in pieces, and some are secret only while they are typed.
func TestFind(t *testing.T) {
	var keeper secret.Keeper
	keeper.LearnText(secret.Token, session)
	keeper.LearnText(secret.Token, "https://www.example.com/")
	keeper.LearnText(secret.Key, setUp)
	for _, test := range []struct{ line, want string }{
		{"│ " + session[:20] + " │", "│ ******************** │"},
		{"│ " + session[:7] + " │", "│ " + session[:7] + " │"},
		{"│ " + session[len(session)-7:] + " │", "│ " + session[len(session)-7:] + " │"},
		{"│ " + setUp[:20] + " │", "│ ******************** │"},
		{"│ " + setUp[20:] + " │", "│ **** │"},
		{"│ " + setUp[10:14] + " │", "│ " + setUp[10:14] + " │"},
		{"│ 2870 82 │", "│ **** 82 │"},
		{"│ 28 │", "│ 28 │"},
		{"│ www.example.com │", "│ www.example.com │"},
		{"│ https://www.example.com/ │", "│ ************************ │"},
		{"eyJhbG••••••yZQ", "eyJhbG••••••yZQ"},
	} {
		if got := dotted(&keeper, test.line, "2870", "28"); got != test.want {
			t.Errorf("%q becomes %q, not %q", test.line, got, test.want)
		}
	}
}

// A code that is learned from its mail, after it was tried, is hidden everywhere.
func TestWhatIsKnownForCertain(t *testing.T) {
	var keeper secret.Keeper
	keeper.Learn(hanko.Exchange{RequestBody: []byte(`{"code":"843575"}`)})
	if got := keeper.Text("x843575x 843575"); got != "x843575x "+secret.Dots {
		t.Errorf("first it becomes %q", got)
	}
	keeper.LearnText(secret.Code, "843575")
	keeper.Learn(hanko.Exchange{RequestBody: []byte(`{"code":"843575"}`)})
	if got := keeper.Text("x843575x 843575"); got != "x"+secret.Dots+"x "+secret.Dots {
		t.Errorf("then it becomes %q", got)
	}
}

// The screen is drawn while answers arrive.
func TestKeeperIsForSeveral(t *testing.T) {
	var (
		keeper secret.Keeper
		all    sync.WaitGroup
	)
	for i := range 8 {
		all.Go(func() {
			token := fmt.Sprintf("token-number-%d", i)
			keeper.Learn(hanko.Exchange{ResponseHeader: http.Header{"X-Auth-Token": {token}}})
			if keeper.Text(token) == token || len(keeper.Find(token)) != 1 {
				t.Errorf("%s is not hidden", token)
			}
		})
	}
	all.Wait()
}

func FuzzKeeper(f *testing.F) {
	f.Add(0, passcode, "the code is 843 575")
	f.Add(1, password, password)
	f.Add(2, session, session[:30]+"\n"+session[30:])
	f.Add(3, "otpauth://totp/x?secret="+setUp, setUp)
	f.Fuzz(func(t *testing.T, kind int, value, text string) {
		var keeper secret.Keeper
		keeper.LearnText(secret.Kind(uint(kind)%4), value)
		hidden := keeper.Text(text + " " + value + " " + text)
		if strings.Count(hidden, text) == 0 && strings.Count(hidden, secret.Dots) == 0 {
			t.Errorf("%q loses its text: %q", text, hidden)
		}
		end := 0
		for _, span := range keeper.Find(text, value) {
			if span.From < end || span.To <= span.From || span.To > len(text) {
				t.Fatalf("the spans of %q are %v", text, keeper.Find(text, value))
			}
			end = span.To
		}
	})
}
