// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	jthrift "github.com/uber/jaeger-client-go/thrift"

	"github.com/go-spur/spur/wire"
)

// newJ makes the real jaeger-client-go with its own UDP transport. The closer
// sends what is left.
func newJ(t testing.TB, addr string, s jaeger.Sampler, extra jaeger.Reporter, opts ...jaeger.TracerOption) (*jaeger.Tracer, func()) {
	t.Helper()
	udp, err := jaeger.NewUDPTransport(addr, 0)
	if err != nil {
		t.Fatal(err)
	}
	var r jaeger.Reporter = jaeger.NewRemoteReporter(udp, jaeger.ReporterOptions.QueueSize(10_000),
		jaeger.ReporterOptions.BufferFlushInterval(time.Hour))
	if extra != nil {
		r = jaeger.NewCompositeReporter(extra, r)
	}
	tracer, closer := jaeger.NewTracer("conformance", s, r, opts...)
	return tracer.(*jaeger.Tracer), func() {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}
}

// jSpans keeps what jaeger-client-go itself says its spans are on the wire.
type jSpans struct {
	mu      sync.Mutex
	spans   []*idl.Span
	process *idl.Process
	err     error
}

func (r *jSpans) Report(s *jaeger.Span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	span, process := new(idl.Span), new(idl.Process)
	r.err = errors.Join(r.err, convert(jaeger.BuildJaegerThrift(s), span), convert(jaeger.BuildJaegerProcessThrift(s), process))
	r.spans, r.process = append(r.spans, span), process
}

func (*jSpans) Close() {}

// convert copies between the two sets of generated types: J has one of its own,
// with a thrift of its own. The bytes in between are of the binary protocol, not
// of the compact one that J sends.
func convert(from jthrift.TStruct, to thrift.TStruct) error {
	buf := jthrift.NewTMemoryBuffer()
	if err := from.Write(context.Background(), jthrift.NewTBinaryProtocolTransport(buf)); err != nil {
		return err
	}
	mem, p := protocol(false)
	mem.Write(buf.Bytes())
	return to.Read(context.Background(), p)
}

// TestSpurReadsJ decodes the datagrams of the real jaeger-client-go and compares
// them with what J says it sent and with what the generated decoder reads.
func TestSpurReadsJ(t *testing.T) {
	spans, count := 0, 0
	for _, n := range []int{0, 1, 2, 14, 15, 16, 100, 300, 2000} {
		for _, wide := range []bool{false, true} {
			r := rand.New(rand.NewPCG(uint64(n), 2))
			rec := newReceiver(t)
			said := &jSpans{}
			tracer, done := newJ(t, rec.addr(), jaeger.NewConstSampler(true), said, jaeger.TracerOptions.Gen128Bit(wide),
				jaeger.TracerOptions.Tag("zone", "eu"), jaeger.TracerOptions.MaxTagValueLength(10_000))
			var earlier []opentracing.SpanContext
			for range n {
				earlier = append(earlier, sendRandomJ(tracer, r, earlier))
			}
			done()
			datagrams := rec.all(t)
			compareJ(t, datagrams, said)
			spans, count = spans+n, count+len(datagrams)
			if t.Failed() {
				t.Fatalf("%d spans, 128 bit %v", n, wide)
			}
		}
	}
	t.Logf("%d spans in %d datagrams of jaeger-client-go: all fields equal", spans, count)
}

func compareJ(t *testing.T, datagrams [][]byte, said *jSpans) {
	t.Helper()
	if said.err != nil {
		t.Fatal(said.err)
	}
	var got [][]string
	for i, b := range process(t, true, datagrams...) {
		m, err := wire.DecodeCompactMessage(datagrams[i])
		if err != nil {
			t.Fatalf("datagram %d: %v", i, err)
		}
		if m.Method != "emitBatch" || m.Type != 1 || int(m.SeqID) != i+1 {
			t.Errorf("datagram %d: method %q, type %d, number %d", i, m.Method, m.Type, m.SeqID)
		}
		if !m.Batch.HasSeqNo || m.Batch.SeqNo != b.GetSeqNo() || m.Batch.SeqNo != int64(i+1) {
			t.Errorf("datagram %d: batch number %v %d, the generated decoder reads %d", i, m.Batch.HasSeqNo, m.Batch.SeqNo, b.GetSeqNo())
		}
		if m.Batch.Stats == nil || *m.Batch.Stats != (wire.ClientStats{}) {
			t.Errorf("datagram %d: stats %v", i, m.Batch.Stats)
		}
		p := m.Batch.Process
		sameFacts(t, "process",
			append(modelTags("tag", p.Tags), p.Service), append(idlTags("tag", said.process.Tags), said.process.ServiceName))
		if len(m.Batch.Spans) != len(b.Spans) {
			t.Fatalf("datagram %d: %d spans, the generated decoder reads %d", i, len(m.Batch.Spans), len(b.Spans))
		}
		for j := range m.Batch.Spans {
			facts := modelFacts(&m.Batch.Spans[j])
			sameFacts(t, "span, to the generated decoder", facts, idlFacts(b.Spans[j]))
			got = append(got, facts)
		}
	}
	if len(got) != len(said.spans) {
		t.Fatalf("%d spans arrived of %d", len(got), len(said.spans))
	}
	for i, s := range said.spans {
		sameFacts(t, "span", got[i], idlFacts(s))
	}
}

// sendRandomJ records a span in J's ways.
func sendRandomJ(tracer opentracing.Tracer, r *rand.Rand, earlier []opentracing.SpanContext) opentracing.SpanContext {
	start := time.UnixMicro(1_600_000_000_000_000 + r.Int64N(1e12))
	opts := []opentracing.StartSpanOption{opentracing.StartTime(start)}
	for range min(r.IntN(4), len(earlier)) {
		to := earlier[r.IntN(len(earlier))]
		opts = append(opts, []opentracing.SpanReference{opentracing.ChildOf(to), opentracing.FollowsFrom(to)}[r.IntN(2)])
	}
	s := tracer.StartSpan(fmt.Sprintf("operation %d é", len(earlier)), opts...)
	values := tagValues()
	for i := range r.IntN(20) {
		v := values[r.IntN(len(values))]
		s.SetTag(fmt.Sprintf("%d %s", i, v.name), v.value)
	}
	if r.IntN(3) == 0 {
		s.SetBaggageItem("user", "é")
		s.LogKV("event", "e", "n", 1, "f", 2.5)
	}
	finish := opentracing.FinishOptions{FinishTime: start.Add(time.Duration(r.Int64N(1 << r.IntN(45))))}
	for range r.IntN(3) {
		finish.LogRecords = append(finish.LogRecords, opentracing.LogRecord{
			Timestamp: start, Fields: []log.Field{log.Bool("b", true), log.Uint64("u", 5), log.Error(nil)},
		})
	}
	s.FinishWithOptions(finish)
	return s.Context()
}
