// Package architecture holds the checks of the repository as a whole: which package may import which, and what its
// folders may hold. It has tests alone.
package architecture
