// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"fmt"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func TestRemove(t *testing.T) {
	h := propagation.Header{
		"Accept": {"a"}, "Uberctx": {"a"}, "B3x": {"a"}, "X-Request-Id": {"a"}, "Baggage-": {"a"},
		"Uber-Trace-Id": {"a"}, "uber-trace-id": {"a"}, "Jaeger-Debug-Id": {"a"}, "Jaeger-Baggage": {"a"}, "Uberctx-Role": {"a"}, "uberctx-x": {"a"},
		"Traceparent": {"a"}, "Tracestate": {"a"}, "Baggage": {"a"}, "BAGGAGE": {"a"},
		"B3": {"a"}, "X-B3-Traceid": {"a"}, "X-B3-Spanid": {"a"}, "X-B3-Parentspanid": {"a"}, "X-B3-Sampled": {"a"}, "X-B3-Flags": {"a"}, "Baggage-Role": {"a"},
	}
	propagation.Remove(h)
	if got, want := fmt.Sprint(h), "map[Accept:[a] B3x:[a] Baggage-:[a] Uberctx:[a] X-Request-Id:[a]]"; got != want {
		t.Errorf("left %s, want %s", got, want)
	}
	h = propagation.Header{"Baggage-Claim": {"lost"}, "Traceparent": {"a"}}
	propagation.Remove(h)
	if got := fmt.Sprint(h); got != "map[Baggage-Claim:[lost]]" {
		t.Errorf("left %s", got)
	}
}

// Whatever a propagator writes is removed.
func TestRemoveWhatIsInjected(t *testing.T) {
	for _, f := range []propagation.Format{propagation.FormatJaeger, propagation.FormatW3C, propagation.FormatB3Single, propagation.FormatB3} {
		p, err := propagation.Composite(propagation.HTTP, nil, []propagation.Format{f})
		if err != nil {
			t.Fatal(err)
		}
		h := propagation.Header{}
		c := model.Context{
			TraceID: model.TraceID{Low: 1}, SpanID: 2, ParentID: 3, Flags: model.FlagSampled | model.FlagDebug,
			Baggage: model.NewBaggage(model.Member{Key: "k", Value: "v"}), Extra: &model.Extra{TraceState: "a=b"},
		}
		p.Inject(&c, h)
		if len(h) < 2 {
			t.Errorf("%v: injected %v", f, h)
		}
		propagation.Remove(h)
		if len(h) != 0 {
			t.Errorf("%v: %v is left", f, h)
		}
	}
}
