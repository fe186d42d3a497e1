package login

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/hankosim/hanko"
)

// formValues returns an action's inputs as they are sent: the person's values in the types of their fields, and the hidden
// fields with the tenant's values. A value that does not fit its type gives a Problem.
func formValues(action hanko.FlowAction, values map[hanko.InputName]string) (map[hanko.InputName]any, *Problem) {
	inputs := map[hanko.InputName]any{}
	for name, field := range action.Inputs {
		text, given := values[name]
		if !given {
			if field.Hidden && field.Value != nil {
				inputs[name] = field.Value
			}
			continue
		}
		if text == "" && !field.Required {
			continue
		}
		value, err := fieldValue(field, text)
		if err != nil {
			return nil, &Problem{
				Sentence: fmt.Sprintf("%q cannot be %s.", hanko.Printable(name), hanko.Printable(strconv.Quote(text))),
				Cause:    fmt.Sprintf("The tenant requires %s here.", wanted[field.Type]),
				Remedy:   "Correct it.",
				Err:      err,
			}
		}
		inputs[name] = value
	}
	return inputs, nil
}

var wanted = map[string]string{"boolean": "true or false", "number": "a number", "json": "JSON"}

func fieldValue(field hanko.FlowInput, text string) (any, error) {
	for _, allowed := range field.AllowedValues {
		if fmt.Sprint(allowed.Value) == text {
			return allowed.Value, nil // a number stays a number
		}
	}
	switch field.Type {
	case "boolean":
		return strconv.ParseBool(text)
	case "number":
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return nil, err
		}
		return json.Number(text), nil
	case "json":
		if !json.Valid([]byte(text)) {
			return nil, errors.New("it is not JSON")
		}
		return json.RawMessage(text), nil
	default:
		return text, nil
	}
}

// flowProblem returns a state's errors as one *hanko.Error. Its Message is the first error's code; its explanation covers
// all of them.
func flowProblem(flow hanko.Flow) error {
	var means, do []string
	add := func(to *[]string, sentence string) {
		if sentence != "" && !slices.Contains(*to, sentence) {
			*to = append(*to, sentence)
		}
	}
	failures := flow.Errors()
	for _, failure := range failures {
		why, remedy := failure.Explain()
		add(&means, why)
		add(&do, remedy)
	}
	return &hanko.Error{
		Kind: hanko.Refused, Call: "The flow", Status: flow.Status, Message: string(failures[0].Code),
		Means: strings.Join(means, " "), Do: strings.Join(do, " "),
	}
}

// maxErrors limits how many errors of fields are shown.
const maxErrors = 20

// formProblem describes a state's errors to a person: those of its fields, and that of the state as a whole.
func formProblem(attempt Action, flow hanko.Flow) Problem {
	problem := ProblemOf(attempt.describe(), flowProblem(flow))
	failures := flow.Errors()
	for _, failure := range failures[:min(len(failures), maxErrors)] {
		if failure.Field != "" {
			problem.Said += " " + hanko.Printable(failure.Field) + ": " + hanko.Printable(failure.Code) + "."
			problem.Fields = append(problem.Fields, failure)
		}
	}
	if over := len(failures) - maxErrors; over > 0 {
		problem.Said += fmt.Sprintf(" And %d more.", over)
	}
	if failures[0].Code == hanko.CodeRateLimitExceeded {
		problem.RetryAt = waitOver(flow)
		if problem.RetryAt.IsZero() {
			problem.RetryAt = time.Now().Add(time.Minute)
		}
	}
	return problem
}

// optionalProblem returns formProblem, or nil for a state without an error.
func optionalProblem(attempt Action, flow hanko.Flow) *Problem {
	if flow.Error == nil {
		return nil
	}
	problem := formProblem(attempt, flow)
	return &problem
}
