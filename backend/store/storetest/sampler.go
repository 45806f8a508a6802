// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// testSampler: what adaptive sampling gives is there, also after the store was
// closed, until something newer is.
func testSampler(t *T) {
	dir := t.TempDir()
	opened := t.openConfig(Config{Dir: dir})
	s, ok := opened.(store.Sampler)
	if !ok {
		t.Fatal("no Sampler")
	}
	at := func(minute int) time.Time { return day.Add(time.Duration(minute) * time.Minute) }
	throughput := func(from, to int, want ...store.Throughput) {
		t.Helper()
		got, err := s.Throughput(t.Context(), at(from), at(to))
		slices.SortFunc(got, func(a, b store.Throughput) int {
			return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Count, b.Count))
		})
		if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("throughput after %d to %d: %+v, %v; want %+v", from, to, got, err, want)
		}
	}
	insert := func(minute, forget int, counted ...store.Throughput) {
		t.Helper()
		if err := s.InsertThroughput(t.Context(), at(minute), counted, at(forget)); err != nil {
			t.Fatal(err)
		}
	}
	probabilities := func(want ...store.Probability) {
		t.Helper()
		got, err := s.LatestProbabilities(t.Context())
		slices.SortFunc(got, func(a, b store.Probability) int { return cmp.Compare(a.Operation, b.Operation) })
		if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("probabilities: %+v, %v; want %+v", got, err, want)
		}
	}

	throughput(0, 100)
	probabilities()
	first := store.Throughput{Service: "a", Operation: hostile[0], Count: 1 << 40, Probabilities: []float64{0.00001, 0.333333, 1}}
	second := store.Throughput{Service: "a", Operation: hostile[0], Count: 1<<40 + 1, Probabilities: []float64{0.5}}
	third := store.Throughput{Service: "b"}
	insert(1, 0, first)
	insert(2, 0, second, third)
	insert(2, 0, third) // another collector's
	insert(3, 0)
	throughput(0, 1, first)
	throughput(1, 2, second, third, third)
	throughput(0, 100, first, second, third, third)
	throughput(2, 100)

	insert(4, 2, first)
	if !opened.Caps().Shared { // another process may still want it
		throughput(0, 100, first, second, third, third)
		throughput(0, 1)
	}

	p := store.Probability{Service: "a", Operation: "1" + hostile[0], Probability: 1e-5, QPS: 1.0 / 3}
	q := store.Probability{Service: "a", Operation: "2", Probability: 1}
	for _, computed := range [][]store.Probability{{p, q}, {q}, {p, q}} {
		if err := s.InsertProbabilities(t.Context(), computed); err != nil {
			t.Fatal(err)
		}
		probabilities(computed...)
	}

	if opened.Caps().Volatile {
		return
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	s = t.openConfig(Config{Dir: dir}).(store.Sampler)
	probabilities(p, q)
	throughput(3, 100, first)
}
