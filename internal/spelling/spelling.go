// Package spelling finds the word that a misspelt one may mean.
package spelling

// Nearest returns the candidate that shares the most letter pairs with word, or "" if none is similar. Of several, it
// returns the first in alphabetical order.
func Nearest(word string, candidates []string) string {
	best, bestScore := "", 0.49 // so that "timeuot" still finds "timeout"
	for _, candidate := range candidates {
		if score := likeness(word, candidate); score > bestScore || score == bestScore && candidate < best {
			best, bestScore = candidate, score
		}
	}
	return best
}

// likeness returns the share of neighbouring letter pairs that two words have in common (Dice's coefficient).
func likeness(a, b string) float64 {
	pairs := map[string]int{}
	for i := range len(a) - 1 {
		pairs[a[i:i+2]]++
	}
	common := 0
	for i := range len(b) - 1 {
		if pairs[b[i:i+2]] > 0 {
			pairs[b[i:i+2]]--
			common++
		}
	}
	return 2 * float64(common) / float64(max(1, len(a)+len(b)-2))
}
