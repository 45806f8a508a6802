// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

// TestUndecidedAllocations: what the package's documentation says of them.
func TestUndecidedAllocations(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	match, err := NewTagMatching(TagMatchingOptions{Key: "k", Matchers: []TagMatcher{{Value: model.Int64(1)}}})
	if err != nil {
		t.Fatal(err)
	}
	rest := mustProbabilistic(t, 0.001)
	first := NewFirst(match, rest)
	for _, tt := range []struct {
		name string
		s    Stateful
		want float64
	}{
		{"First", first, 2},
		{"Any", NewAny(match, rest), 2},
		{"Overrides", NewOverrides(first, nil), 4},
	} {
		params := Params{Operation: "x", TraceID: never}
		if d, _ := tt.s.SampleState(params); !d.Undecided {
			t.Errorf("%s decides %+v", tt.name, d)
		}
		if n := testing.AllocsPerRun(100, func() { tt.s.SampleState(params) }); n != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, n, tt.want)
		}
	}
}
