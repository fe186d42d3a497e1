package login_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/hankosim/authenticator"
	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/login"
)

// stateServer serves a login in which the given state follows the address.
func stateServer(t *testing.T, status int, state hanko.Flow) *flowWalker {
	t.Helper()
	answer := func(w http.ResponseWriter, status int, flow hanko.Flow) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(flow)
	}
	offer := func(name hanko.State, action hanko.ActionName, input hanko.InputName) hanko.Flow {
		return hanko.Flow{Name: name, Actions: map[hanko.ActionName]hanko.FlowAction{action: {
			Action: action, Href: "/login?action=" + string(action), Inputs: map[hanko.InputName]hanko.FlowInput{input: {Name: input, Required: true}},
		}}}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.RequestURI() {
		case "/login":
			answer(w, 200, offer("preflight", "register_client_capabilities", "x"))
		case "/login?action=register_client_capabilities":
			answer(w, 200, offer("login_init", "continue_with_login_identifier", "email"))
		case "/login?action=continue_with_login_identifier":
			answer(w, status, state)
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"code":404,"message":"Not Found"}`)
		}
	}))
	t.Cleanup(server.Close)
	client, err := hanko.NewClient(server.URL, hanko.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &flowWalker{t: t, client: client}
	w.phone = authenticator.NewPhone(authenticator.IPhone(), authenticator.NewMemoryKeystore(), authenticator.AlwaysApprove)
	w.restart()
	return w
}

// action returns an action with a number of fields.
func action(name hanko.ActionName, fields int) hanko.FlowAction {
	a := hanko.FlowAction{Action: name, Href: "/login?action=" + string(name), Inputs: map[hanko.InputName]hanko.FlowInput{}}
	for n := range fields {
		field := hanko.InputName(fmt.Sprintf("field_%d", n))
		a.Inputs[field] = hanko.FlowInput{Name: field, Type: "string"}
	}
	return a
}

// TestFormIsBounded answers with states that have too many forms and fields: a limited number is shown, the rest is counted.
func TestFormIsBounded(t *testing.T) {
	state := func(actions, fields int) hanko.Flow {
		flow := hanko.Flow{Name: "state_of_tomorrow", Actions: map[hanko.ActionName]hanko.FlowAction{"back": action("back", 0), "skip": action("skip", 0)}}
		for n := range actions {
			name := hanko.ActionName(fmt.Sprintf("action_%04d", n))
			flow.Actions[name] = action(name, fields)
		}
		return flow
	}
	uneven := state(0, 0)
	uneven.Actions["a_giant"], uneven.Actions["b_small"] = action("a_giant", 201), action("b_small", 200)
	for _, test := range []struct {
		name                   string
		state                  hanko.Flow
		forms, fields, omitted int
	}{
		{"as Hanko's", state(25, 2), 27, 50, 0},
		{"300 actions of 20 fields", state(300, 20), 12, 200, 290},
		{"buttons alone", state(3000, 0), 102, 0, 2900},
		{"one giant", uneven, 3, 200, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			at := take[login.FillForm](stateServer(t, 200, test.state), login.SubmitEmail{Email: ada})
			fields := 0
			for _, form := range at.Forms {
				fields += len(form.Fields)
				if want := len(test.state.Actions[form.Action].Inputs); len(form.Fields) != want {
					t.Errorf("%s has %d of its %d fields", form.Action, len(form.Fields), want)
				}
			}
			last := []hanko.ActionName{at.Forms[len(at.Forms)-2].Action, at.Forms[len(at.Forms)-1].Action}
			if len(at.Forms) != test.forms || fields != test.fields || at.Omitted != (login.Omitted{Forms: test.omitted}) || !slices.Equal(last, []hanko.ActionName{"skip", "back"}) {
				t.Errorf("%d forms with %d fields, the last are %q, left out is %+v", len(at.Forms), fields, last, at.Omitted)
			}
		})
	}
}

// TestChoicesAndLinksAreBounded answers with too many values and links: a limited number is shown, the rest is counted.
func TestChoicesAndLinksAreBounded(t *testing.T) {
	state := hanko.Flow{Name: "state_of_tomorrow", Actions: map[hanko.ActionName]hanko.FlowAction{"email_delete": {Inputs: map[hanko.InputName]hanko.FlowInput{}}}}
	var emails []hanko.Email
	var ids []hanko.FlowValue
	for n := range 5000 {
		id := fmt.Sprint("id", n)
		emails = append(emails, hanko.Email{ID: id, Address: fmt.Sprintf("ada%d@example.com", n)})
		ids = append(ids, hanko.FlowValue{Value: id, Text: id})
		state.Links = append(state.Links, hanko.FlowLink{Name: id, Href: "https://x.example"})
	}
	state.Actions["email_delete"].Inputs["email_id"] = hanko.FlowInput{Name: "email_id", Required: true, AllowedValues: ids}
	state.Payload, _ = json.Marshal(map[string]any{"user": map[string]any{"emails": emails}})
	at := take[login.FillForm](stateServer(t, 200, state), login.SubmitEmail{Email: ada})
	values := at.Forms[0].Fields[0].AllowedValues
	if len(values) != 200 || values[7].Text != "ada7@example.com" || len(at.Links) != 50 || at.Omitted != (login.Omitted{Values: 4800, Links: 4950}) {
		t.Errorf("%d values, %d links, left out is %+v; the eighth value is %+v", len(values), len(at.Links), at.Omitted, values[7])
	}
}

// TestManyFieldErrors answers with a thousand errors of fields: the first ones are shown, the rest is counted.
func TestManyFieldErrors(t *testing.T) {
	wrong := action("try", 1000)
	for name, field := range wrong.Inputs {
		field.Error = &hanko.FlowError{Code: "value_invalid_error"}
		wrong.Inputs[name] = field
	}
	state := hanko.Flow{
		Name: "state_of_tomorrow", Error: &hanko.FlowError{Code: "form_data_invalid_error"},
		Actions: map[hanko.ActionName]hanko.FlowAction{"try": wrong},
	}
	at := take[login.FillForm](stateServer(t, 400, state), login.SubmitEmail{Email: ada})
	if at.Problem == nil || len(at.Problem.Said) > 2000 || !strings.HasSuffix(at.Problem.Said, " And 980 more.") {
		t.Errorf("the problem is %+v", at.Problem)
	}
}
