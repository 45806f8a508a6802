// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"fmt"
	"testing"
)

// TestAllocations is the budget of each side for one unary RPC, grpc's own part
// excepted. Of the server's, eight are the copy of the metadata, without which
// grpc shows none of it.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	want := map[string]float64{
		"server/handler sampled=false":     13,
		"server/handler sampled=true":      16,
		"server/interceptor sampled=false": 12,
		"server/interceptor sampled=true":  15,
		"client/handler sampled=false":     8,
		"client/handler sampled=true":      11,
		"client/interceptor sampled=false": 7,
		"client/interceptor sampled=true":  7,
	}
	for _, sampled := range []bool{false, true} {
		for _, s := range sides(t, sampled) {
			name := fmt.Sprintf("%s sampled=%v", s.name, sampled)
			if got := testing.AllocsPerRun(200, s.run); got != want[name] {
				t.Errorf("%s: %v allocations, budget %v", name, got, want[name])
			}
		}
	}
}
