// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func (f facts) String() string {
	var parts []string
	if f.service != nil {
		parts = append(parts, "service "+*f.service)
	}
	if f.operation != nil {
		parts = append(parts, "operation "+*f.operation)
	}
	for _, t := range f.tags {
		parts = append(parts, fmt.Sprint(t))
	}
	if f.timed() {
		parts = append(parts, fmt.Sprintf("%d to %d µs", f.least, f.most))
	}
	return strings.Join(parts, ", ")
}

// TestFacts: what the indexes are asked for.
func TestFacts(t *testing.T) {
	const open = math.MaxInt64
	for text, want := range map[string]string{
		"":                              "[]",
		"service:a":                     "[service a]",
		"service:a op:b k=v":            "[service a, operation b, [{k v}]]",
		"service:a service:b":           "[]",
		"service:a OR service:b":        "[service a service b]",
		"service:a (k=v OR k=w)":        "[service a, [{k v}] service a, [{k w}]]",
		"service:a OR dur>1s":           fmt.Sprint("[service a 999999 to ", open, " µs]"),
		"service:a OR kind:unspecified": "[]",
		"-service:a":                    "[]",
		"{service:a} {service:b k=v}":   "[service b, [{k v}]]",
		"-{service:a} {service:b}":      "[service b]",
		"service:a dur>=2ms dur<1s":     "[service a, 1999 to 1000001 µs]",
		"service:a dur>1s dur<1ms":      "[]",
		"n=500":                         "[[{n 500}]]",
		"n=5.0":                         "[[{n 5.0} {n 5}]]",
		"k!=v":                          "[]",
		"k~v":                           "[]",
		`k="{\"a\":1}"`:                 "[]",
		"service.name=x":                "[]",
		"kind:server status:error":      "[[{span.kind server}], [{error true} {error True} {error TRUE}]]",
		"secret=1":                      "[]",
		"trace.dur>1s service:a":        "[service a]",
	} {
		q, err := trace.Parse(text, now)
		if err != nil {
			t.Fatal(err)
		}
		x := Index{Except: []string{"secret"}}
		if got := fmt.Sprint(x.factsOf(q.Where)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	x := Index{NoLogs: true}
	if q, _ := trace.Parse("k=v", now); fmt.Sprint(x.factsOf(q.Where)) != "[]" {
		t.Error("an index without logs is asked for tags, which can be in logs")
	}
}

// FuzzCursor: a cursor is what a page ended with, or an error.
func FuzzCursor(f *testing.F) {
	f.Add("0.5.00000000000000000000000000000001.7.")
	f.Add("0.5.00000000000000000000000000000001.-1.AAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAH")
	f.Add("0.5.00000000000000000000000000000001.-2.")
	f.Add("0.0")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text, trace.NewestFirst)
		switch {
		case err != nil && !errors.Is(err, store.ErrCursor):
			t.Errorf("error %v", err)
		case err == nil && len(c.pending) > mostPending:
			t.Errorf("%d traces", len(c.pending))
		case err == nil && strings.Count(text, ".") == 4:
			c.ended = c.from == -1
			again, err := parseCursor(c.String(), trace.NewestFirst)
			if err != nil || again.from != c.from || again.position != c.position || fmt.Sprint(again.pending) != fmt.Sprint(c.pending) {
				t.Errorf("%q becomes %q, %v", text, c.String(), err)
			}
		}
	})
}

// TestPending: a cursor names the traces that were found before their turn, or begins
// where the others were found.
func TestPending(t *testing.T) {
	var rest []pending
	for i := range int64(mostPending + 3) {
		rest = append(rest, pending{entry{start: i}, i})
	}
	c := cursor{from: -1, ended: true}
	c.keep(rest)
	if len(c.pending) != mostPending || c.from != 2 || c.ended || c.pending[0].start != mostPending+2 {
		t.Errorf("%d traces, from %d", len(c.pending), c.from)
	}
}
