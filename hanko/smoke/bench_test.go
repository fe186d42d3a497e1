package smoke_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"example.com/hankosim/hanko/smoke"
	"example.com/hankosim/hanko/tenant"
)

// BenchmarkSmoke is a full run on an embedded tenant in memory, and how much of it is the tenant's own time.
func BenchmarkSmoke(b *testing.B) {
	for _, preset := range []tenant.Preset{tenant.PresetGuide, tenant.PresetV3} {
		b.Run(string(preset), func(b *testing.B) {
			var inside, requests atomic.Int64
			timed := func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					start := time.Now()
					next.ServeHTTP(w, r)
					inside.Add(int64(time.Since(start)))
					requests.Add(1)
				})
			}
			options := known(presetOf(b, preset))
			options.Settings.PasscodesPerMinute = -1
			one := newBench(b, options, timed)
			one.options.Only = []string{"reach"} // the signing keys are made now
			judge(b.Context(), b, one.options)
			one.options.Only = nil
			inside.Store(0)
			requests.Store(0)
			for b.Loop() {
				one.options.Address = smoke.PlusAddresses("ada@example.com")
				if judged := judge(b.Context(), b, one.options); judged.ExitCode() != smoke.ExitPassed {
					b.Fatal(text(b, judged))
				}
				one.options.Client = newClient(b, one.options.Client.BaseURL(), one.transport) // its log grows with every run
			}
			b.ReportMetric(float64(inside.Load())/float64(b.N)/1e6, "tenant-ms/op")
			b.ReportMetric(100*float64(inside.Load())/float64(b.Elapsed()), "tenant-%")
			b.ReportMetric(float64(requests.Load())/float64(b.N), "requests/op")
		})
	}
}
