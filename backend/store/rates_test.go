// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

func ExampleRates() {
	rates := store.NewRates(trace.REDQuery{Service: "shop", ByOperation: true, Step: time.Minute})
	for i, name := range []string{"pay", "list", "pay"} {
		if series, ok := rates.Series("shop", name, ptrace.SpanKindServer); ok {
			start := time.Date(2026, 1, 2, 3, 4+i, 5, 0, time.UTC)
			if err := rates.Add(series, uint64(start.UnixNano()), time.Millisecond, ptrace.StatusCodeError); err != nil {
				fmt.Println(err)
			}
		}
	}
	_, ok := rates.Series("db", "query", ptrace.SpanKindServer)
	fmt.Println(ok)
	for _, series := range rates.Answer() {
		for _, p := range series.Points {
			fmt.Println(series.Service, series.Operation, p.Time.Format(time.TimeOnly), p.Spans, p.Errors)
		}
	}
	// Output:
	// false
	// shop list 03:05:00 1 1
	// shop pay 03:04:00 1 1
	// shop pay 03:06:00 1 1
}

// TestRatesTooMany: an answer does not grow without bound.
func TestRatesTooMany(t *testing.T) {
	rates := store.NewRates(trace.REDQuery{})
	series, _ := rates.Series("a", "", ptrace.SpanKindServer)
	for i := range store.MaxPoints {
		if err := rates.Add(series, uint64(i)*uint64(time.Minute), 0, ptrace.StatusCodeUnset); err != nil {
			t.Fatal(err)
		}
	}
	if err := rates.Add(series, 0, 0, ptrace.StatusCodeUnset); err != nil {
		t.Errorf("a point that there is: %v", err)
	}
	if err := rates.Add(series, uint64(time.Hour)<<20, 0, ptrace.StatusCodeUnset); !errors.Is(err, store.ErrTooMuch) {
		t.Errorf("a point too much: %v", err)
	}
}
