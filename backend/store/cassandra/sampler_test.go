// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"errors"
	"fmt"
	"testing"

	"github.com/go-spur/spur/backend/store"
)

// FuzzSampling: what cannot be read is left out, and what was written can be.
func FuzzSampling(f *testing.F) {
	f.Add("svc,\"GET /\",5,\"0.1,0.2\"\n")
	f.Add("svc,op,0.5,1\n")
	f.Add("svc,op,5,\nbad\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		counted := parseThroughput(text)
		if got := parseThroughput(formatThroughput(counted)); len(got) != len(counted) {
			t.Errorf("%+v becomes %+v", counted, got)
		}
		computed := parseProbabilities(text)
		if got := parseProbabilities(formatProbabilities(computed)); len(got) != len(computed) {
			t.Errorf("%+v becomes %+v", computed, got)
		}
	})
}

// TestSamplingFormat: as Jaeger 1.62 writes it.
func TestSamplingFormat(t *testing.T) {
	counted := []store.Throughput{{Service: "svc,\"our\"", Operation: "op1", Count: 1, Probabilities: []float64{0.1, 0.00001}}, {Service: "svc", Operation: "op2"}}
	const want = "\"svc,\"\"our\"\"\",op1,1,\"0.1,0.00001\"\nsvc,op2,0,\n"
	if got := formatThroughput(counted); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := parseThroughput(want); fmt.Sprint(got) != fmt.Sprint(counted) {
		t.Errorf("%v, want %v", got, counted)
	}
	if got := formatProbabilities([]store.Probability{{Service: "s", Operation: "o", Probability: 1e-5, QPS: 4.5}}); got != "s,o,0.00001,4.5\n" {
		t.Errorf("%q", got)
	}
}

// TestGiveUp: who gives a lease up removes its own row, and holds nothing.
func TestGiveUp(t *testing.T) {
	for _, test := range []struct {
		held bool
		err  error
	}{{true, nil}, {false, nil}, {false, errFake}} {
		var asked []string
		s := fakeStore(t, &fake{swapped: func(statement string, args []any) (bool, error) {
			asked = append(asked, fmt.Sprint(statement, args))
			return test.held, test.err
		}})
		ours, err := s.Lease(t.Context(), "l", "a", 0)
		if ours || !errors.Is(err, test.err) {
			t.Errorf("held %v, %v: %v, %v, want false and the error", test.held, test.err, ours, err)
		}
		if got, want := fmt.Sprint(asked), `[DELETE FROM "k".leases WHERE name = ? IF owner = ?[l a]]`; got != want {
			t.Errorf("held %v: asked %s, want %s", test.held, got, want)
		}
	}
}
