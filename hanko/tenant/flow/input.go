package flow

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"example.com/hankosim/hanko"
)

// input is a field of an action: a hanko.FlowInput that distinguishes false from absent, as Hanko does.
type input struct {
	Name      hanko.InputName   `json:"name"`
	Type      string            `json:"type"`
	Value     *any              `json:"value,omitempty"`
	MinLength *int              `json:"min_length,omitempty"` // bytes
	MaxLength *int              `json:"max_length,omitempty"` // bytes
	Required  *bool             `json:"required,omitempty"`
	Hidden    *bool             `json:"hidden,omitempty"`
	Error     *fieldError       `json:"error,omitempty"`
	Allowed   []hanko.FlowValue `json:"allowed_values,omitempty"`

	tidy bool // trim white space and make letters lower case
	keep bool // return the sent value as Value
}

func field(kind string, name hanko.InputName) input { return input{Name: name, Type: kind} }

func (i input) required(required bool) input { i.Required = &required; return i }
func (i input) hidden(hidden bool) input     { i.Hidden = &hidden; return i }
func (i input) min(bytes int) input          { i.MinLength = &bytes; return i }
func (i input) max(bytes int) input          { i.MaxLength = &bytes; return i }
func (i input) tidied() input                { i.tidy = true; return i }
func (i input) kept() input                  { i.keep = true; return i }

func (i input) allow(value, text string) input {
	i.Allowed = append(i.Allowed[:len(i.Allowed):len(i.Allowed)], hanko.FlowValue{Value: value, Text: text})
	return i
}

// form is the values that came with an action, and their errors.
type form struct {
	values map[hanko.InputName]json.RawMessage
	tidied map[hanko.InputName]string
	errors map[hanko.InputName]fieldError
}

func newForm(values map[hanko.InputName]json.RawMessage) form {
	return form{values: values, tidied: make(map[hanko.InputName]string), errors: make(map[hanko.InputName]fieldError)}
}

// text returns a field's value as text: a string as it is, null or nothing as "", anything else as its JSON.
func (f *form) text(name hanko.InputName) string {
	if tidied, ok := f.tidied[name]; ok {
		return tidied
	}
	raw := f.values[name]
	var text string
	if json.Unmarshal(raw, &text) == nil { // null leaves text empty
		return text
	}
	return string(raw)
}

// bool returns a field's value as a bool. It converts strings and numbers where it can.
func (f *form) bool(name hanko.InputName) bool {
	text := f.text(name)
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		return number != 0
	}
	truth, err := strconv.ParseBool(strings.ToLower(text))
	return err == nil && truth
}

func (f *form) fail(name hanko.InputName, err fieldError) { f.errors[name] = err }

// addressPattern matches what Hanko's flows accept as an email address.
var addressPattern = regexp.MustCompile(`^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$`)

// check sets the errors of the fields and reports whether there are none.
func (f *form) check(inputs []input) bool {
	for _, i := range inputs {
		if i.tidy {
			f.tidied[i.Name] = strings.ToLower(strings.TrimSpace(f.text(i.Name)))
		}
	}
	for _, i := range inputs {
		if err := f.wrong(i); err != nil {
			f.fail(i.Name, *err)
		}
	}
	return len(f.errors) == 0
}

func (f *form) wrong(i input) *fieldError {
	if i.Type == "json" || i.Type == "boolean" {
		return nil
	}
	value, sent := f.tidied[i.Name]
	if !sent {
		// A value that is not a string counts as "".
		sent = f.values[i.Name] != nil
		_ = json.Unmarshal(f.values[i.Name], &value)
	}
	required := i.Required != nil && *i.Required
	switch {
	case value == "" && required:
		return &valueMissing
	case value == "":
		return nil
	case i.MinLength != nil && len(value) < *i.MinLength:
		return &valueTooShort
	case i.MaxLength != nil && len(value) > *i.MaxLength:
		return &valueTooLong
	case i.Type == "email" && !addressPattern.MatchString(value):
		return &valueInvalid
	case i.Type == "string" && sent && !i.allows(value):
		err := i.mustBeOneOf()
		return &err
	}
	return nil
}

func (i input) allows(value string) bool {
	for _, allowed := range i.Allowed {
		if allowed.Value == value {
			return true
		}
	}
	return len(i.Allowed) == 0
}

func (i input) mustBeOneOf() fieldError {
	values := make([]string, len(i.Allowed))
	for n, allowed := range i.Allowed {
		values[n] = fmt.Sprint(allowed.Value)
	}
	return newFieldError(valueInvalid.Code, "The value is invalid. Must be one of: "+strings.Join(values, ","))
}

// answered returns the fields as the response shows them, with errors and kept values.
func (f *form) answered(inputs []input) map[hanko.InputName]input {
	shown := make(map[hanko.InputName]input, len(inputs))
	for _, i := range inputs {
		if err, wrong := f.errors[i.Name]; wrong {
			i.Error = &err
		}
		if i.keep {
			var value any
			if f.values[i.Name] != nil {
				value = f.text(i.Name)
			}
			i.Value = &value
		}
		shown[i.Name] = i
	}
	return shown
}
