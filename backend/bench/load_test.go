// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// TestLoad: both formats carry all spans of the same traces, of the size that
// real ones have.
func TestLoad(t *testing.T) {
	const traces = 2000
	l := newLoad(time.Now(), traces)
	want := map[model.TraceID]int{}
	spans := 0
	for n := range traces {
		trace := l.trace(n)
		want[l.id(n)] = len(trace)
		spans += len(trace)
	}
	if len(want) != traces || spans < 7*traces || spans > 9*traces {
		t.Errorf("%d traces have %d spans", len(want), spans)
	}

	read := func(size int, encode func([]model.Span) []byte, decode func([]byte) ([]wire.Batch, error)) {
		t.Helper()
		got := map[model.TraceID]int{}
		bytes := 0
		for first := 0; first < traces; first += blockTraces {
			for _, p := range l.payloads(first, min(first+blockTraces, traces), size, encode) {
				batches, err := decode(p.bytes)
				if err != nil || len(batches) != 1 || len(batches[0].Spans) != p.spans || p.spans > size {
					t.Fatal(len(batches), p.spans, err)
				}
				bytes += len(p.bytes)
				for _, s := range batches[0].Spans {
					got[s.TraceID]++
				}
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d of %d traces came", len(got), len(want))
		}
		if n := bytes / spans; n < 400 || n > 800 {
			t.Errorf("%d bytes a span", n)
		}
	}
	read(datagramSpans, compact, func(b []byte) ([]wire.Batch, error) {
		m, err := wire.DecodeCompactMessage(b)
		if err != nil {
			return nil, err
		}
		return []wire.Batch{m.Batch}, nil
	})
	read(bodySpans, otlp, wire.DecodeOTLP)
}

func TestQuantile(t *testing.T) {
	var l latencies
	if l.quantile(0.5) != 0 {
		t.Error("nothing has a quantile")
	}
	for _, i := range rand.Perm(100) {
		l = append(l, time.Duration(i))
	}
	if p50, p99, all := l.quantile(0.5), l.quantile(0.99), l.quantile(1); p50 != 50 || p99 != 99 || all != 99 {
		t.Error(p50, p99, all)
	}
}
