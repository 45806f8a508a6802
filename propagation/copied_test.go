// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// TestCopiedBaggageIsRemoved: a proxy sends on the headers that it was sent.
func TestCopiedBaggageIsRemoved(t *testing.T) {
	all := formats{fJaeger, fW3C, fB3}
	in := http.Header{
		"Accept": {"*/*"}, "Uber-Trace-Id": {"9:9:0:1"}, "Traceparent": {w3cParent}, "Baggage": {"secret=1,kept=1"}, "X-B3-Spanid": {"9"},
		"Uberctx-Secret": {"1"}, "Uberctx-Kept": {"1"}, "uberctx-odd": {"1"}, "Jaeger-Baggage": {"secret=1"}, "Baggage-Secret": {"1"},
	}
	ids := []string{"Accept", "Traceparent", "Uber-Trace-Id"}
	for _, tt := range []struct {
		name    string
		inject  formats
		without string // a header that is not there
		baggage *model.Baggage
		want    []string // beside ids
	}{
		{"default, none", formats{fJaeger, fW3C}, "", nil, []string{"Baggage-Secret"}},
		{"default, fewer", formats{fJaeger, fW3C}, "", members("kept=2"), []string{"Baggage=kept=2", "Baggage-Secret", "Uberctx-Kept=2"}},
		{"W3C's old ids alone", formats{fJaeger, fW3C}, "Uber-Trace-Id", nil, []string{"Baggage-Secret"}},
		{"Jaeger's old ids alone", formats{fJaeger, fW3C}, "Traceparent", nil, []string{"Baggage-Secret"}},
		{"without an old list", formats{fJaeger, fW3C}, "Baggage", nil, []string{"Baggage-Secret"}},
		{"jaeger", formats{fJaeger}, "", nil, []string{"Baggage", "Baggage-Secret"}},
		{"w3c", formats{fW3C}, "", nil, []string{"Baggage-Secret", "Jaeger-Baggage", "Uberctx-Kept", "Uberctx-Secret", "uberctx-odd"}},
		{"b3", formats{fB3}, "", members("kept=2"), []string{"Baggage", "Baggage-Kept=2", "Jaeger-Baggage", "Uberctx-Kept", "Uberctx-Secret", "uberctx-odd"}},
		{
			"without baggage's format",
			formats{propagation.FormatTraceContext},
			"", nil,
			[]string{"Baggage", "Baggage-Secret", "Jaeger-Baggage", "Uberctx-Kept", "Uberctx-Secret", "uberctx-odd"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newComposite(t, propagation.HTTP, all, tt.inject)
			h := maps.Clone(in)
			delete(h, tt.without)
			c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1, Baggage: tt.baggage}
			p.Inject(&c, propagation.Header(h))
			var got []string
			for _, k := range slices.Sorted(maps.Keys(h)) {
				switch {
				case slices.Contains(ids, k), strings.HasPrefix(k, "X-B3"):
				case slices.Equal(h[k], in[k]):
					got = append(got, k)
				default:
					got = append(got, k+"="+h[k][0])
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			h = maps.Clone(in)
			p.Inject(&model.Context{}, propagation.Header(h))
			if len(h) != len(in) {
				t.Errorf("a context without ids left %v", h)
			}
		})
	}
	h := http.Header{"Baggage": {"own=1"}, "Uberctx-Own": {"1"}} // no ids: the program put it there
	newDefault(t, propagation.HTTP).Inject(&model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 1}, propagation.Header(h))
	if h.Get("Baggage") != "own=1" || h.Get("Uberctx-Own") != "1" {
		t.Errorf("baggage without ids: %v", h)
	}
	if len(in) != 10 {
		t.Error("the original was written to")
	}
}

// TestHeaderSpellingsAreNoLottery: a map has another order each time.
func TestHeaderSpellingsAreNoLottery(t *testing.T) {
	for _, tt := range []struct {
		name string
		h    propagation.Header
		want string
	}{
		{"member", propagation.Header{"Uberctx-K": {"canonical"}, "uberctx-k": {"lower"}, "UBERCTX-K": {"upper"}}, "k=canonical"},
		{"half canonical", propagation.Header{"Uberctx-K-L": {"canonical"}, "Uberctx-K-l": {"1"}, "Uberctx-k-L": {"2"}, "uBERCTX-K-L": {"3"}}, "k-l=canonical"},
		{"no canonical one", propagation.Header{"uberctx-k": {"lower"}, "UBERCTX-K": {"upper"}, "UBERCTX-k": {"between"}}, "k=upper"},
		{"beats its list", propagation.Header{"UBERCTX-K": {"member"}, "Jaeger-Baggage": {"k=list"}}, "k=member"},
		{"b3 member", propagation.Header{"Baggage-K": {"canonical"}, "baggage-k": {"lower"}, "BAGGAGE-K": {"upper"}}, "k=canonical"},
		{"w3c", propagation.Header{"Baggage": {"k=1,l=2"}, "baggage": {"k=3,m=4"}, "BAGGAGE": {"k=5"}}, "k=1 l=2"},
		{"w3c, no canonical one", propagation.Header{"baggage": {"k=3,m=4"}, "BAGGAGE": {"k=5", "l=6"}}, "k=5 l=6"},
		{"jaeger's list", propagation.Header{"Jaeger-Baggage": {"k=1", "l=2"}, "jaeger-baggage": {"k=3,m=4"}}, "k=1 l=2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newDefault(t, propagation.HTTP)
			for range 50 {
				if c, err := p.Extract(tt.h); err != nil || listMembers(c.Baggage) != tt.want {
					t.Fatalf("%q, %v; want %q", listMembers(c.Baggage), err, tt.want)
				}
			}
		})
	}
	ids := propagation.Header{"uber-trace-id": {"1:1:0:1"}, "UBER-TRACE-ID": {"2:2:0:1"}, "Uber-trace-id": {"3:3:0:1"}}
	state := propagation.Header{"Traceparent": {w3cParent}, "tracestate": {"a=1"}, "TRACESTATE": {"b=2", "c=3"}}
	for range 50 {
		if c, err := newDefault(t, propagation.HTTP).Extract(ids); err != nil || c.TraceID.Low != 2 {
			t.Fatalf("%s, %v", describe(c), err)
		}
		if c, err := newDefault(t, propagation.HTTP).Extract(state); err != nil || traceState(c) != "b=2,c=3" {
			t.Fatalf("%q, %v", traceState(c), err)
		}
	}
}
