// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func TestCompositeInject(t *testing.T) {
	c := model.Context{
		TraceID: model.TraceID{High: 0xab, Low: 1}, SpanID: 2, ParentID: 3, Flags: 3, State: model.StateW3CRandom,
		Baggage: model.NewBaggage(model.Member{Key: "User-Id", Value: "a b+", Properties: "p=1"}),
		Extra:   &model.Extra{TraceState: "v=1"},
	}
	jaegerPart := map[string]string{"Uber-Trace-Id": "00000000000000ab0000000000000001:0000000000000002:0000000000000003:3", "Uberctx-User-Id": "a%20b%2B"}
	contextPart := map[string]string{"Traceparent": "00-00000000000000ab0000000000000001-0000000000000002-03", "Tracestate": "v=1"}
	baggagePart := map[string]string{"Baggage": "User-Id=a%20b+;p=1"}
	b3Part := map[string]string{"X-B3-Traceid": "00000000000000ab0000000000000001", "X-B3-Spanid": "0000000000000002", "X-B3-Parentspanid": "0000000000000003", "X-B3-Sampled": "1", "X-B3-Flags": "1", "Baggage-User-Id": "a b+"}
	singlePart := map[string]string{"B3": "00000000000000ab0000000000000001-0000000000000002-d-0000000000000003", "Baggage-User-Id": "a b+"}
	for _, tt := range []struct {
		name   string
		inject formats
		want   []map[string]string
	}{
		{"default", formats{fJaeger, fW3C}, []map[string]string{jaegerPart, contextPart, baggagePart}},
		{"all", formats{fB3, fW3C, fJaeger, fW3C}, []map[string]string{jaegerPart, contextPart, baggagePart, b3Part}},
		{"parts", formats{propagation.FormatBaggage, propagation.FormatTraceContext}, []map[string]string{contextPart, baggagePart}},
		{"ids without baggage", formats{propagation.FormatTraceContext}, []map[string]string{contextPart}},
		{"baggage without ids", formats{propagation.FormatBaggage}, []map[string]string{baggagePart}},
		{"b3 and w3c's baggage", formats{propagation.FormatB3Single, propagation.FormatBaggage}, []map[string]string{singlePart, baggagePart}},
		{"none", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want, lower := http.Header{}, map[string]string{}
			for _, part := range tt.want {
				for k, v := range part {
					want.Set(k, v)
					lower[strings.ToLower(k)] = v
				}
			}
			p := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, tt.inject)
			got, foreign := http.Header{}, textMap{}
			p.Inject(&c, got)
			p.Inject(&c, foreign)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%q\nwant %q", got, want)
			}
			if !reflect.DeepEqual(map[string]string(foreign), lower) {
				t.Errorf("foreign: %q\nwant     %q", foreign, lower)
			}
			injected := map[string]uint64{}
			for _, part := range tt.want {
				for k := range part {
					injected[map[byte]string{'U': "jaeger", 'T': "w3c", 'X': "b3"}[k[0]]] = 2
				}
				if len(part["Baggage"]) > 0 {
					injected["w3c"] = 2
				}
				if len(part["B3"]) > 0 {
					injected["b3"] = 2
				}
			}
			for _, s := range p.Stats() {
				if s.Injected != injected[s.Format] {
					t.Errorf("%s: Injected = %d, want %d", s.Format, s.Injected, injected[s.Format])
				}
			}
			// A later Add must not write into another header.
			for k := range got {
				got.Add(k, "x")
			}
			for k := range want {
				if got[k][0] != want[k][0] || len(got[k]) != 2 {
					t.Errorf("after Add: %s is %q", k, got[k])
				}
			}
			p.Inject(&c, propagation.Header(nil)) // nowhere to write to; must not panic
		})
	}
}

func TestCompositeNames(t *testing.T) {
	c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, Baggage: members("k=v", "traceid=evil", "parent=evil")}
	for _, tt := range []struct {
		name string
		opts []propagation.Option
		want string // the baggage that comes back
	}{
		{"defaults", nil, "k=v parent=evil traceid=evil"},
		{"prefix of B3's ids", []propagation.Option{propagation.WithJaegerHeaders(propagation.JaegerHeaders{BaggagePrefix: "X-B3-"})}, "k=v parent=evil traceid=evil"},
		{"prefix of traceparent", []propagation.Option{propagation.WithJaegerHeaders(propagation.JaegerHeaders{BaggagePrefix: "trace"})}, "k=v parent=evil traceid=evil"},
		{"one prefix for both", []propagation.Option{propagation.WithB3BaggagePrefix("Uberctx-")}, "k=v parent=evil traceid=evil"},
		{"one prefix in another", []propagation.Option{propagation.WithB3BaggagePrefix("uber")}, "k=v parent=evil traceid=evil"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, formats{fJaeger, fW3C, fB3}, tt.opts...)
			h := propagation.Header{}
			p.Inject(&c, h)
			back, err := p.Extract(h)
			if err != nil || back.TraceID != c.TraceID || back.SpanID != c.SpanID || listMembers(back.Baggage) != tt.want {
				t.Errorf("%s, %v; want %s\n%q", describe(back), err, tt.want, h)
			}
			if got := counts(p); got != "jaeger 1/1/0/0/0, w3c 1/1/0/0/0, b3 1/1/0/0/0" {
				t.Errorf("counted %s", got)
			}
		})
	}
}
