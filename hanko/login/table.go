package login

import (
	"context"
	"fmt"
	"reflect"
)

// A table says what each action does at each step, over one of the tenant's APIs. An action without a row does not belong to
// the step.
type table map[place]func(*Walk, context.Context, Step, Action) Step

// place identifies an action at a step by their types.
type place struct{ step, action reflect.Type }

// rule is a row of a table.
type rule struct {
	place place
	take  func(*Walk, context.Context, Step, Action) Step
}

// on returns a row for the action A at the step S.
func on[S Step, A Action](take func(w *Walk, ctx context.Context, at S, action A) Step) rule {
	return rule{
		place: place{reflect.TypeFor[S](), reflect.TypeFor[A]()},
		take: func(w *Walk, ctx context.Context, at Step, action Action) Step {
			return take(w, ctx, at.(S), action.(A))
		},
	}
}

// tableOf returns a table of rows, which must have different places.
func tableOf(rules ...rule) table {
	t := table{}
	for _, r := range rules {
		if t[r.place] != nil {
			panic(fmt.Sprintf("login: two rows for %v at %v", r.place.action, r.place.step))
		}
		t[r.place] = r.take
	}
	return t
}

// take takes an action at the current step, or fails with a *WrongActionError.
func (t table) take(ctx context.Context, w *Walk, action Action) Step {
	take := t[place{reflect.TypeOf(w.step), reflect.TypeOf(action)}]
	if take == nil {
		return w.notOffered(action)
	}
	return take(w, ctx, w.step, action)
}

// WrongActionError is the Err of a Problem for an action that does not belong to the step.
type WrongActionError struct {
	Step   Step
	Action Action
}

// Error returns a sentence that names both types.
func (e *WrongActionError) Error() string {
	return fmt.Sprintf("%T is not an action of the step %T", e.Action, e.Step)
}

func (w *Walk) notOffered(action Action) Step {
	return w.failed(action, nil, &WrongActionError{Step: w.step, Action: action})
}

// Rows for both APIs.

// backToEmail returns the row for Back at a step that returns to EnterEmail, with the address.
func backToEmail[S Step]() rule {
	return on(func(w *Walk, _ context.Context, _ S, _ Back) Step { return EnterEmail{Email: w.email} })
}

func (w *Walk) logOutSignedIn(ctx context.Context, at SignedIn, _ LogOut) Step {
	return w.logOut(ctx, at.Session, at.Email)
}

func (w *Walk) logOutAtOffer(ctx context.Context, at OfferPasskey, action LogOut) Step {
	if at.Session == nil {
		return w.notOffered(action) // the flow has not ended
	}
	return w.logOut(ctx, *at.Session, at.Email)
}
