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

// TestAcceptedBaggageTravels: whatever comes in, each format that is written stays
// within the limit, and all that was taken is sent on.
func TestAcceptedBaggageTravels(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		properties  string
		keep        bool
	}{
		{"plain", strings.Repeat("x", 8000), "", true},
		{"plus signs fit", strings.Repeat("+", 2600), "", true}, // read as spaces
		{"plus signs", strings.Repeat("+", 2800), "", false},
		{"not ASCII fits", strings.Repeat("é", 1300), "", true},
		{"not ASCII", strings.Repeat("é", 1400), "", false},
		{"commas", strings.Repeat(",", 8000), "", false},
		{"escaped", strings.Repeat("%2C", 2600), "", true},
		{"properties fit", strings.Repeat("%2C", 2000), ";p=" + strings.Repeat("x", 2100), true},
		{"properties of a value that grows", strings.Repeat(",", 2000), ";p=" + strings.Repeat("x", 2500), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newDefault(t, propagation.HTTP)
			in := propagation.Header{"Uber-Trace-Id": {"1:2:0:1"}, "Uberctx-K": {tt.value}, "Uberctx-Other": {"1"}}
			if tt.properties != "" {
				in["Baggage"] = []string{"k=" + tt.properties}
			}
			c, err := p.Extract(in)
			if err != nil {
				t.Fatal(err)
			}
			// A value that is left out gives way to the empty one in the list.
			if m, _ := c.Baggage.Get("k"); (m.Value != "") != tt.keep {
				t.Errorf("kept %q", m.Value)
			}
			if c.Baggage.Len() < 1 || !tt.keep && p.Stats()[0].BaggageDropped != 1 {
				t.Errorf("%d members, %+v", c.Baggage.Len(), p.Stats()[0])
			}
			dropped := p.Stats()[0].BaggageDropped
			for name, size := range baggageSizes(p, &c) {
				if size > 8192 {
					t.Errorf("%d bytes leave in %s", size, name)
				}
			}
			if n := p.Stats()[0].BaggageDropped; n != dropped {
				t.Errorf("%d of the members that were taken are not sent on", n-dropped)
			}
		})
	}
	// W3C's names are shorter: what fills its list does not fit Jaeger's headers, and
	// is taken whole where that is not written.
	list := propagation.Header{"Traceparent": {w3cParent}, "Baggage": {strings.Join(numberedAll("k%02d="+strings.Repeat("v", 123), 64), ",")}}
	for want, inject := range map[int]formats{64: {fW3C}, 61: {fJaeger, fW3C}} {
		p := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, inject)
		c, err := p.Extract(list)
		sent := 0
		for name, size := range baggageSizes(p, &c) {
			sent++
			if size > 8192 {
				t.Errorf("%d bytes leave in %s", size, name)
			}
		}
		if err != nil || c.Baggage.Len() != want || sent != len(inject) {
			t.Errorf("%v: %d members, %v, sent in %d formats; want %d", inject, c.Baggage.Len(), err, sent, want)
		}
		if got := dropped(p); got != 64-want {
			t.Errorf("%v: %d dropped, want %d", inject, got, 64-want)
		}
	}
}

func dropped(p propagation.Statser) int {
	n := 0
	for _, s := range p.Stats() {
		n += int(s.BaggageDropped)
	}
	return n
}
