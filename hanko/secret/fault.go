package secret

import (
	"fmt"
	"runtime/debug"
)

// Fault is an error of the program itself: a panic, as it may be told.
type Fault struct {
	Cause string // what was panicked with, without secrets
	Stack string // of the goroutine that panicked
}

// Fault makes a Fault of what recover has returned. The function that calls recover calls it, so that the stack is that
// of the panic.
func (k *Keeper) Fault(recovered any) *Fault {
	return &Fault{Cause: k.Text(fmt.Sprint(recovered)), Stack: string(debug.Stack())}
}

// Error tells what happened, and what to do.
func (f *Fault) Error() string {
	return fmt.Sprintf("this is a fault of hankosim, and it had to stop: %s. Please report it with these lines, in which known secrets are hidden:\n\n%s", f.Cause, f.Stack)
}
