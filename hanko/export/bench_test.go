package export_test

import (
	"testing"

	"example.com/hankosim/hanko"
	"example.com/hankosim/hanko/export"
)

func BenchmarkCurl(b *testing.B) {
	e := restWalk(b)[3]
	for b.Loop() {
		export.Curl(e, export.Options{})
	}
}

func BenchmarkSwift(b *testing.B) {
	step := []hanko.Exchange{restWalk(b)[3]}
	for b.Loop() {
		export.Step(export.Swift, step)
	}
}

func BenchmarkScript(b *testing.B) {
	walk := append(restWalk(b), flowWalk(b)...)
	for b.Loop() {
		export.Script(walk, export.Options{})
	}
}

func BenchmarkHAR(b *testing.B) {
	walk := append(restWalk(b), flowWalk(b)...)
	for b.Loop() {
		if _, err := export.HAR(walk, "1", export.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
