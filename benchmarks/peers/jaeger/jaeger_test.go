// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"testing"

	"github.com/go-spur/spur/benchmarks/workload"
)

// All that has finished is in the counts, and with Lossless all is sent.
func TestCounts(t *testing.T) {
	sink, err := workload.Discard()
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	for name, newTracer := range map[string]func(workload.Config) (*workload.Tracer, error){
		"real":     func(c workload.Config) (*workload.Tracer, error) { return newTracer(c, 0) },
		"stand-in": StandIn,
	} {
		for _, lossless := range []bool{false, true} {
			tracer, err := newTracer(workload.Config{Rate: 1, UDP: sink.LocalAddr().String(), Lossless: lossless})
			if err != nil {
				t.Fatal(err)
			}
			const n = 5000
			for range n {
				if tracer.RPC == nil { // it cannot wait
					break
				}
				tracer.RPC()
			}
			if err := tracer.Flush(); err != nil {
				t.Fatal(err)
			}
			if err := tracer.Close(); err != nil {
				t.Fatal(err)
			}
			if tracer.RPC == nil {
				continue
			}
			lost, sent := tracer.Lost(), tracer.Sent()
			if lost+sent != n || lossless && lost > 0 {
				t.Errorf("%s, lossless %v: %d lost and %d sent of %d", name, lossless, lost, sent, n)
			}
		}
	}
}
