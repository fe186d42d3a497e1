package login

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.com/hankosim/hanko"
)

// formValues are an action's inputs as they go over the wire: the person's values in the types that the fields want,
// and the values of hidden fields as the tenant gave them. What does not fit its type is a problem before it is sent.
func formValues(action hanko.FlowAction, values map[string]string) (map[string]any, *Problem) {
	inputs := map[string]any{}
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
				Cause:    fmt.Sprintf("The tenant wants %s here.", wanted[field.Type]),
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
			return allowed.Value, nil // a number stays one
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
			return nil, errors.New("that is no JSON")
		}
		return json.RawMessage(text), nil
	default:
		return text, nil
	}
}

// flowProblem is a flow's error as an error, in the client's words.
func flowProblem(failure hanko.FlowError, status int) error {
	means, do := failure.Explain()
	return &hanko.Error{
		Kind: hanko.Refused, Call: "The flow", Status: status, Message: failure.Code, Means: means, Do: do,
	}
}

// formProblem tells what a state says went wrong: in one of its fields, or as a whole.
func formProblem(attempt Action, flow hanko.Flow) Problem {
	told := *flow.Error
	var fields []string
	for _, action := range flow.Actions {
		for name, field := range action.Inputs {
			if field.Error != nil {
				fields = append(fields, name+": "+field.Error.Code)
				told = *field.Error
			}
		}
	}
	problem := ProblemOf(attempt.describe(), flowProblem(told, flow.Status))
	slices.Sort(fields)
	for _, field := range slices.Compact(fields) {
		problem.Said += " " + hanko.Printable(field) + "."
	}
	if told.Code == "rate_limit_exceeded" {
		problem.RetryAt = resendAfter(flow)
		if problem.RetryAt.IsZero() {
			problem.RetryAt = time.Now().Add(time.Minute)
		}
	}
	return problem
}

// optionalProblem is formProblem for a state that may have nothing to complain about.
func optionalProblem(attempt Action, flow hanko.Flow) *Problem {
	if flow.Error == nil {
		return nil
	}
	problem := formProblem(attempt, flow)
	return &problem
}
