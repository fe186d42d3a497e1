// Package architecture checks the repository as a whole: which packages may import which, what may be in its folders, that
// each table has all words of Hanko's vocabulary, and that switches over the steps of a walk are complete. It has only
// tests.
package architecture
