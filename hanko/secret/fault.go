package secret

import (
	"fmt"
	"runtime/debug"
)

// Fault is an error of the program itself: a panic, without secrets.
type Fault struct {
	Cause string // the panic's value
	Stack string // of the goroutine that panicked
}

// Fault returns a Fault for the value of recover. The function that calls recover must call it, so that the stack is that
// of the panic.
func (k *Keeper) Fault(recovered any) *Fault {
	return &Fault{Cause: k.Text(fmt.Sprint(recovered)), Stack: string(debug.Stack())}
}

// Error returns what happened and what to do.
func (f *Fault) Error() string {
	return fmt.Sprintf("this is a fault of hankosim, and it had to stop: %s. Please report it with these lines, in which known secrets are hidden:\n\n%s", f.Cause, f.Stack)
}
