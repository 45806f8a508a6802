// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
)

// trace is one span of everything, and what there is to know of it: facts by the
// name of a span, as they would be if no wire and no receiver changed anything.
type trace struct {
	t      *testing.T
	tracer opentracing.Tracer
	want   map[string]facts
	names  map[string]string // by trace id and span id
	close  []func()
	at     time.Time
}

// newTrace starts the spans.
func newTrace(t *testing.T, tracer opentracing.Tracer) *trace {
	tr := &trace{
		t: t, tracer: tracer, want: map[string]facts{}, names: map[string]string{},
		at: time.Now().Add(-time.Minute).Truncate(time.Microsecond).Add(123), // ns, that Thrift has no room for
	}
	root := tr.start("root", second, nil, ext.SpanKindRPCServer)
	tr.sampled("root")
	tr.is("root", "kind", "2")
	tr.tags(root)

	child := tr.start("child", second, root, opentracing.ChildOf(root.Context()), ext.SpanKindRPCClient)
	ext.Error.Set(child, true)
	tr.is("child", "kind", "3", "status code", "2")

	other := tr.start("other trace", second, nil, ext.SpanKindProducer)
	tr.sampled("other trace")
	tr.is("other trace", "kind", "4")

	tr.start("linked", second, root, ext.SpanKindConsumer,
		opentracing.ChildOf(root.Context()), opentracing.FollowsFrom(child.Context()), opentracing.FollowsFrom(other.Context()))
	tr.is("linked", "kind", "5", "link 0", "child", "link 0 attribute opentracing.ref_type", "stringValue follows_from",
		"link 1", "other trace", "link 1 attribute opentracing.ref_type", "stringValue follows_from")

	tr.start("follower", second, child, opentracing.FollowsFrom(child.Context()))
	tr.is("follower", "link 0", "child", "link 0 attribute opentracing.ref_type", "stringValue follows_from")

	tr.start("two parents", second, root, opentracing.ChildOf(root.Context()), opentracing.ChildOf(other.Context()))
	tr.is("two parents", "link 0", "other trace", "link 0 attribute opentracing.ref_type", "stringValue child_of")

	tr.errors(root)
	tr.remote()
	if _, ours := tracer.(*spur.Tracer); ours {
		// What jaeger-client-go makes of these is no matter.
		tr.short(root)
		tr.lossy(root)
		tr.tracestate()
	}
	return tr
}

// Flags as OTLP has them: the trace is sampled, the span has a parent, and the
// parent is in another process.
const (
	flagsRoot   = "1"
	flagsLocal  = "257"
	flagsRemote = "769"
)

// second is how long most spans are.
const second = time.Second + 7*time.Microsecond + 456

// start starts a span, and says what every span is to show.
func (tr *trace) start(name string, long time.Duration, parent opentracing.Span, opts ...opentracing.StartSpanOption) opentracing.Span {
	tr.t.Helper()
	n := len(tr.want)
	start := tr.at.Add(time.Duration(n) * 1001 * time.Microsecond)
	s := tr.tracer.StartSpan(name, append(opts, opentracing.StartTime(start))...)
	event := start.Add(5*time.Microsecond + 789)
	tr.close = append(tr.close, func() {
		s.FinishWithOptions(opentracing.FinishOptions{FinishTime: start.Add(long), LogRecords: []opentracing.LogRecord{
			{Timestamp: event, Fields: []log.Field{
				log.Event("happened"), log.Int("n", n), log.Bool("b", true), log.Float64("f", 0.5), log.String("s", "é"),
			}},
			{Timestamp: event.Add(time.Millisecond), Fields: []log.Field{log.String("message", "no event")}},
			{Timestamp: event.Add(2 * time.Millisecond), Fields: []log.Field{
				log.Int("event", 7), log.String("twice", "first"), log.String("twice", "last"), log.Int64("least", math.MinInt64),
			}},
		}})
	})
	tr.names[id(tr.t, s)] = name
	tr.want[name] = facts{
		"id": name, "name": name, "start": fmt.Sprint(start.UnixNano()), "duration": fmt.Sprint(int64(long)),
		"event 0 timeUnixNano": fmt.Sprint(event.UnixNano()), "event 0 name": "happened",
		"event 0 attribute n": fmt.Sprintf("intValue %d", n), "event 0 attribute b": "boolValue true",
		"event 0 attribute f": "doubleValue 0.5", "event 0 attribute s": "stringValue é",
		"event 1 timeUnixNano": fmt.Sprint(event.Add(time.Millisecond).UnixNano()), "event 1 attribute message": "stringValue no event",
		"event 2 timeUnixNano": fmt.Sprint(event.Add(2 * time.Millisecond).UnixNano()), "event 2 attribute event": "intValue 7",
		"event 2 attribute twice": "stringValue last", "event 2 attribute least": "intValue -9223372036854775808",
	}
	tr.is(name, "flags", flagsRoot)
	if parent != nil {
		tr.is(name, "parent", tr.names[id(tr.t, parent)], "flags", flagsLocal)
	}
	return s
}

// is says more of a span: paths and values in turn.
func (tr *trace) is(span string, more ...string) {
	for pair := range slices.Chunk(more, 2) {
		tr.want[span][pair[0]] = pair[1]
	}
}

// sampled is what the sampler says of the first span in a trace.
func (tr *trace) sampled(span string) {
	tr.is(span, "attribute sampler.type", "stringValue const", "attribute sampler.param", "boolValue true")
}

// tags sets a tag of every kind.
func (tr *trace) tags(s opentracing.Span) {
	binary := []byte{0, 0xff, 'a'}
	long := strings.Repeat("ü", 100)
	for _, tag := range []struct {
		key   string
		value any
		want  string
	}{
		{"text", "Zürich 🚀", "stringValue Zürich 🚀"},
		{"clé 🔑", "x", "stringValue x"},
		{"lines", "a\n\t\"b\" <c> \\ \x00 \u2028", "stringValue a\n\t\"b\" <c> \\ \x00 \u2028"},
		{"long text", long, "stringValue " + long},
		{"empty", "", "stringValue "},
		{"zero", 0, "intValue 0"},
		{"least", int64(math.MinInt64), "intValue -9223372036854775808"},
		{"most", int64(math.MaxInt64), "intValue 9223372036854775807"},
		{"uint8", uint8(200), "intValue 200"},
		{"double", 1.5e-7, double(1.5e-7)},
		{"double most", math.MaxFloat64, double(math.MaxFloat64)},
		{"double least", math.SmallestNonzeroFloat64, double(math.SmallestNonzeroFloat64)},
		{"double zero", 0.0, double(0)},
		{"double infinite", math.Inf(-1), double(math.Inf(-1))},
		{"not a number", math.NaN(), double(math.NaN())},
		{"yes", true, "boolValue true"},
		{"no", false, "boolValue false"},
		{"binary", binary, "bytesValue " + base64.StdEncoding.EncodeToString(binary)},
		{"list", []int{1, 2}, "stringValue [1 2]"},
		{"gone", errors.New("no such thing"), "stringValue no such thing"},
		{"peer.service", "billing", "stringValue billing"},
	} {
		s.SetTag(tag.key, tag.value)
		tr.is("root", "attribute "+tag.key, tag.want)
	}
}

// errors are spans that failed, or about which there could be two opinions.
func (tr *trace) errors(root opentracing.Span) {
	span := func(name string, tags opentracing.Tags, more ...string) {
		tr.start(name, second, root, opentracing.ChildOf(root.Context()), tags)
		tr.is(name, more...)
	}
	span("no error", opentracing.Tags{"error": false}, "attribute error", "boolValue false")
	span("error as text", opentracing.Tags{"error": "true"}, "attribute error", "stringValue true")
	span("status 500", opentracing.Tags{"span.kind": "server", "http.status_code": uint16(500)}, "kind", "2", "attribute http.status_code", "intValue 500")
	span("status 404", opentracing.Tags{"span.kind": "client", "http.status_code": uint16(404)}, "kind", "3", "attribute http.status_code", "intValue 404")
	span("odd kind", opentracing.Tags{"span.kind": "sideways"}, "attribute span.kind", "stringValue sideways")
}

// short are spans that take less than Thrift can tell.
func (tr *trace) short(root opentracing.Span) {
	tr.start("300 ns", 300, root, opentracing.ChildOf(root.Context()))
	tr.start("no time", 0, root, opentracing.ChildOf(root.Context()))
}

// remote is a span whose parent is elsewhere, in a trace with an id of 64 bits.
func (tr *trace) remote() {
	caller := tr.caller("caller", 0)
	header := opentracing.TextMapCarrier{"uber-trace-id": fmt.Sprintf("%v:%v:0:1", caller.TraceID, caller.SpanID)}
	ctx, err := tr.tracer.Extract(opentracing.TextMap, header)
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.start("remote parent", second, nil, opentracing.ChildOf(ctx))
	tr.is("remote parent", "parent", "caller", "flags", flagsRemote)
}

// tracestate is a span whose parent came with W3C's headers.
func (tr *trace) tracestate() {
	caller := tr.caller("W3C caller", rand.Uint64()|1)
	caller.Extra = &model.Extra{TraceState: "vendor=opaque,other=1"}
	tr.start("tracestate", second, nil, opentracing.ChildOf(spur.NewSpanContext(caller)))
	tr.is("tracestate", "parent", "W3C caller", "traceState", "vendor=opaque,other=1", "flags", flagsRemote)
}

// caller makes a span that is elsewhere.
func (tr *trace) caller(name string, high uint64) model.Context {
	c := model.Context{
		TraceID: model.TraceID{High: high, Low: rand.Uint64() | 1}, SpanID: model.SpanID(rand.Uint64() | 1),
		Flags: model.FlagSampled, State: model.StateRemote,
	}
	tr.names[c.TraceID.Hex32()+" "+c.SpanID.String()] = name
	return c
}

// lossy is a span with more tags than the default limit.
func (tr *trace) lossy(root opentracing.Span) {
	const limit, more = 1000, 3
	s := tr.start("lossy", second, root, opentracing.ChildOf(root.Context()))
	for i := range limit + more {
		key := fmt.Sprint("k", i)
		s.SetTag(key, i)
		if i < limit {
			tr.is("lossy", "attribute "+key, fmt.Sprintf("intValue %d", i))
		}
	}
	tr.is("lossy", "droppedAttributesCount", fmt.Sprint(more))
}

// finish finishes the spans, the last one first.
func (tr *trace) finish() {
	for _, f := range slices.Backward(tr.close) {
		f()
	}
}

// name is a namer.
func (tr *trace) name(trace, span any) string {
	ids := fmt.Sprintf("%v %v", trace, span)
	if name := tr.names[ids]; name != "" {
		return name
	}
	return ids
}

// copy returns what is wanted, with what a process says added to each span.
func (tr *trace) copy(process facts) map[string]facts {
	all := map[string]facts{}
	for name, f := range tr.want {
		all[name] = maps.Clone(f)
		maps.Copy(all[name], process)
	}
	return all
}

// id is a span's trace id and its own, from the header that every Jaeger client
// writes.
func id(t *testing.T, s opentracing.Span) string {
	t.Helper()
	m := opentracing.TextMapCarrier{}
	if err := s.Tracer().Inject(s.Context(), opentracing.TextMap, m); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(m["uber-trace-id"], ":")
	return strings.Repeat("0", 32-len(parts[0])) + parts[0] + " " + parts[1]
}
