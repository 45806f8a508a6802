// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// declining is a Sink that takes, declines or is too busy.
type declining struct {
	Sink
	taken bool
	err   error
}

func (d declining) Take(context.Context, ptrace.Traces, trace.Origin) ([]trace.Refused, error) {
	return nil, d.err
}

func (d declining) TakeEncoded(context.Context, []trace.Encoded, trace.Origin) (bool, error) {
	return d.taken, d.err
}

// TestObserve: each span that arrives is seen once, whether it is taken encoded,
// decoded, or not for now.
func TestObserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := sampling.DefaultAdaptive()
		c.Delay = 0
		s := memory.Open(memory.Config{})
		a, err := sampling.NewAdaptive(t.Context(), c, s, nil, quiet)
		if err != nil {
			t.Fatal(err)
		}
		send := func(d declining) {
			td := ptrace.NewTraces()
			rs := td.ResourceSpans().AppendEmpty()
			rs.Resource().Attributes().PutStr("service.name", "shop")
			span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
			span.SetName("op")
			span.SetSpanID(pcommon.SpanID{1})
			span.Attributes().PutStr("sampler.type", "probabilistic")
			span.Attributes().PutDouble("sampler.param", 0.001)
			encoded, err := trace.Encode(td)
			if err != nil {
				t.Fatal(err)
			}
			sink := Observe(d, a)
			if taken, err := sink.TakeEncoded(t.Context(), encoded, trace.Origin{}); !taken && err == nil {
				_, _ = sink.Take(t.Context(), td, trace.Origin{})
			}
		}
		send(declining{taken: true})
		send(declining{})
		send(declining{err: trace.ErrBusy})
		time.Sleep(time.Minute)
		synctest.Wait()
		got, err := s.Throughput(t.Context(), time.Now().Add(-time.Hour), time.Now())
		if err != nil || len(got) != 1 || got[0].Count != 3 || got[0].Service != "shop" {
			t.Errorf("%+v, %v", got, err)
		}
		if err := a.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
