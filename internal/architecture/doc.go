// Package architecture holds the checks of the repository as a whole: which package may import which, what its folders
// may hold, that every table knows every word of Hanko's vocabulary, and that every step of a walk is looked at. It has
// tests alone.
package architecture
