// Package quiet keeps termenv from sending queries to the terminal while a program's packages are initialised.
//
// termenv treats standard output as a terminal only if the variable CI is empty. This package sets CI when it is initialised,
// and Restore resets it. It imports only syscall, so it is ready early: Go initialises packages that are ready in the order
// of their import paths, and Bubble Tea needs packages that need syscall and come later in that order.
package quiet

import "syscall"

const variable = "CI"

var before, wasThere = syscall.Getenv(variable)

func init() {
	if before == "" {
		_ = syscall.Setenv(variable, "hankosim starts") // the name is valid, so it cannot fail
	}
}

// Restore gives CI the value that it had when the program began.
func Restore() {
	switch {
	case before != "": // it was never changed
	case wasThere:
		_ = syscall.Setenv(variable, before)
	default:
		_ = syscall.Unsetenv(variable)
	}
}
