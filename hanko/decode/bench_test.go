package decode_test

import (
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/decode"
)

// longest returns the exchanges of the recordings with the longest answer and with the longest request.
func longest(b *testing.B) (answer, ceremony hanko.Exchange) {
	for _, run := range recordings(b) {
		for _, step := range run {
			if len(step.ResponseBody) > len(answer.ResponseBody) {
				answer = step.Exchange
			}
			if len(step.RequestBody) > len(ceremony.RequestBody) {
				ceremony = step.Exchange
			}
		}
	}
	return answer, ceremony
}

func BenchmarkExplain(b *testing.B) {
	answer, _ := longest(b)
	for b.Loop() {
		decode.Explain(answer)
	}
}

func BenchmarkExchange(b *testing.B) {
	_, ceremony := longest(b)
	for b.Loop() {
		decode.Exchange(ceremony)
	}
}
