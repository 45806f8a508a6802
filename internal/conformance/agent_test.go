// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// newSpur makes a tracer that samples everything and sends to addr over UDP.
func newSpur(t testing.TB, addr string, format transport.Format, opts ...spur.Option) *spur.Tracer {
	t.Helper()
	udp, err := transport.NewUDP(addr, transport.UDPOptions{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	r, err := reporter.NewBatching(udp, reporter.BatchingOptions{})
	if err != nil {
		t.Fatal(err)
	}
	opts = append([]spur.Option{
		spur.WithReporter(r), spur.WithLogger(nil), spur.WithSampler(sampler.NewConst(true)),
	}, opts...)
	tracer, err := spur.New("conformance", opts...)
	if err != nil {
		t.Fatal(err)
	}
	return tracer
}

// TestAgentReadsSpur sends spans of every kind of tag, log and reference through
// a real socket to what the IDL generates for Jaeger's agents, and compares field
// by field with what the test did.
func TestAgentReadsSpur(t *testing.T) {
	sizes := []int{50, 100, 127, 128, 129, 200, 299, 300}
	for n := range 21 {
		sizes = append(sizes, n)
	}
	for i, format := range []transport.Format{transport.JaegerCompact, transport.JaegerBinary} {
		t.Run(format.String(), func(t *testing.T) {
			spans, datagrams := 0, 0
			for _, n := range sizes {
				d := sendAndCompare(t, format, n, rand.New(rand.NewPCG(uint64(n), uint64(i))))
				spans, datagrams = spans+n, datagrams+d
				if t.Failed() {
					t.Fatalf("%d spans", n)
				}
			}
			t.Logf("%d spans in %d datagrams of %d tracers: all fields equal", spans, datagrams, len(sizes))
		})
	}
}

// sendAndCompare returns how many datagrams n spans took.
func sendAndCompare(t *testing.T, format transport.Format, n int, r *rand.Rand) int {
	t.Helper()
	rec := newReceiver(t)
	tracer := newSpur(t, rec.addr(), format, spur.WithTags(
		opentracing.Tag{Key: "zone", Value: "eu"}, opentracing.Tag{Key: "shard", Value: 7}))
	var want [][]string
	var earlier []*spur.Span
	for range n {
		s, facts := sendRandom(tracer, r, earlier)
		earlier, want = append(earlier, s), append(want, facts)
	}
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	datagrams := rec.all(t)
	rec.conn.Close()
	batches := process(t, format == transport.JaegerCompact, datagrams...)
	for i, b := range batches {
		checkEnvelope(t, b, i)
		if size := len(datagrams[i]); size > transport.DefaultUDPPacketSize {
			t.Errorf("datagram %d has %d bytes", i, size)
		}
	}
	got := spansOf(batches)
	if len(got) != n {
		t.Fatalf("%d spans arrived of %d", len(got), n)
	}
	byID := map[string][]string{}
	for _, s := range got {
		byID[idlFacts(s)[1]] = idlFacts(s)
	}
	for _, facts := range want {
		sameFacts(t, facts[3], byID[facts[1]], facts)
	}
	return len(datagrams)
}

// checkEnvelope checks what a batch says besides its spans.
func checkEnvelope(t *testing.T, b *idl.Batch, i int) {
	t.Helper()
	if b.Process.ServiceName != "conformance" {
		t.Errorf("batch %d: service %q", i, b.Process.ServiceName)
	}
	if got := b.GetSeqNo(); got != int64(i+1) {
		t.Errorf("batch %d: seqNo %d", i, got)
	}
	if s := b.Stats; s == nil || *s != (idl.ClientStats{}) {
		t.Errorf("batch %d: stats %v", i, s)
	}
	tags := map[string]string{}
	for _, tag := range b.Process.Tags {
		tags[tag.Key] = idlValue(tag)
	}
	for key, want := range map[string]string{
		"zone": `STRING "eu"`, "shard": "LONG 7", "jaeger.version": `STRING "Go-spur-` + spur.Version + `"`,
	} {
		if tags[key] != want {
			t.Errorf("batch %d: process tag %s is %s, not %s", i, key, tags[key], want)
		}
	}
	for _, key := range []string{"hostname", "client-uuid"} {
		if tags[key] == "" {
			t.Errorf("batch %d: no process tag %s in %v", i, key, tags)
		}
	}
}

// sendRandom records a span and returns what must arrive.
func sendRandom(tracer *spur.Tracer, r *rand.Rand, earlier []*spur.Span) (*spur.Span, []string) {
	start := time.UnixMicro(1_600_000_000_000_000 + r.Int64N(1e12))
	duration := time.Duration(r.Int64N(1 << r.IntN(45))).Truncate(time.Microsecond)
	name := fmt.Sprintf("operation %d %s", len(earlier), []string{"", "é", "\""}[r.IntN(3)])
	opts := []opentracing.StartSpanOption{opentracing.StartTime(start)}
	var references []string
	var parent *spur.Span // the first ChildOf, else the first FollowsFrom
	parentIsChildOf := false
	for range min(r.IntN(4), len(earlier)) {
		to := earlier[r.IntN(len(earlier))]
		childOf := r.IntN(2) == 0
		ref, kind := opentracing.FollowsFrom(to.Context()), "FOLLOWS_FROM"
		if childOf {
			ref, kind = opentracing.ChildOf(to.Context()), "CHILD_OF"
		}
		if parent == nil || childOf && !parentIsChildOf {
			parent, parentIsChildOf = to, childOf
		}
		opts = append(opts, ref)
		references = append(references, fmt.Sprintf("reference %s %s %s", kind, to.SpanContext().TraceID().Hex32(), to.SpanContext().SpanID()))
	}
	s := tracer.StartSpan(name, opts...).(*spur.Span)
	var tags []string
	if parent == nil {
		tags = append(tags, `tag "sampler.type" STRING "const"`, `tag "sampler.param" BOOL true`)
	}
	values := tagValues()
	for i := range r.IntN(20) {
		v := values[r.IntN(len(values))]
		key := fmt.Sprintf("%d %s", i, v.name)
		s.SetTag(key, v.value)
		tags = append(tags, "tag "+strconv.Quote(key)+" "+v.want)
	}
	var logs []string
	finish := opentracing.FinishOptions{FinishTime: start.Add(duration)}
	for range r.IntN(4) {
		at := start.Add(time.Duration(r.IntN(1e9)) * time.Microsecond)
		finish.LogRecords = append(finish.LogRecords, opentracing.LogRecord{Timestamp: at, Fields: []log.Field{
			log.Event("e"), log.Int("n", len(logs)), log.Bool("b", true), log.Float64("f", 0.5), log.Object("o", []int{1}),
		}})
		logs = append(logs, fmt.Sprintf("log at %d", at.UnixMicro()), `field "event" STRING "e"`, fmt.Sprintf(`field "n" LONG %d`, len(logs)),
			`field "b" BOOL true`, `field "f" DOUBLE 0.5`, `field "o" STRING "[1]"`)
	}
	s.FinishWithOptions(finish)

	sc := s.SpanContext()
	facts := []string{
		"trace " + sc.TraceID().Hex32(), "span " + sc.SpanID().String(), "parent 0000000000000000",
		"operation " + strconv.Quote(name), "flags 1",
		fmt.Sprintf("start %d", start.UnixMicro()), fmt.Sprintf("duration %d", max(duration.Microseconds(), 1)),
	}
	if parent != nil {
		facts[0] = "trace " + parent.SpanContext().TraceID().Hex32()
		facts[2] = "parent " + parent.SpanContext().SpanID().String()
	}
	return s, slices.Concat(facts, references, tags, logs)
}
