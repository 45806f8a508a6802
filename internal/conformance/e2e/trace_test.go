// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
)

// trace is one span of everything, and what Jaeger is to show of it: by the name
// of a span, facts as they stand in OTLP's JSON.
type trace struct {
	want  map[string]map[string]string
	close []func()
	at    time.Time
}

// newTrace starts the spans. They come with two references, with three, with a
// parent that is only followed, and from another trace.
func newTrace(tracer opentracing.Tracer) *trace {
	tr := &trace{want: map[string]map[string]string{}, at: time.Now().Add(-time.Minute).Truncate(time.Microsecond)}
	root := tr.start(tracer, "root", nil, ext.SpanKindRPCServer)
	root.SetTag("text", "Zürich 🚀").SetTag("empty", "").SetTag("long", int64(-1<<62)).SetTag("double", 1.5e-7).
		SetTag("yes", true).SetTag("no", false).SetTag("binary", []byte{0, 0xff, 'a'}).SetTag("list", []int{1, 2}).
		SetTag("gone", errors.New("no such thing"))
	maps.Copy(tr.want["root"], map[string]string{
		"kind": "2", "attribute sampler.type": "stringValue const", "attribute sampler.param": "boolValue true",
		"attribute text": "stringValue Zürich 🚀", "attribute empty": "stringValue ", "attribute long": "intValue -4611686018427387904",
		"attribute double": "doubleValue 1.5e-07", "attribute yes": "boolValue true", "attribute no": "boolValue false",
		"attribute binary": "bytesValue AP9h", "attribute list": "stringValue [1 2]", "attribute gone": "stringValue no such thing",
	})

	child := tr.start(tracer, "child", root, opentracing.ChildOf(root.Context()), ext.SpanKindRPCClient)
	ext.Error.Set(child, true)
	maps.Copy(tr.want["child"], map[string]string{"kind": "3", "status": "2"})

	other := tr.start(tracer, "other trace", nil)
	maps.Copy(tr.want["other trace"], map[string]string{
		"attribute sampler.type": "stringValue const", "attribute sampler.param": "boolValue true",
	})

	tr.start(tracer, "linked", root,
		opentracing.ChildOf(root.Context()), opentracing.FollowsFrom(child.Context()), opentracing.FollowsFrom(other.Context()))
	tr.want["linked"]["link 0"] = id(child) + " stringValue follows_from"
	tr.want["linked"]["link 1"] = id(other) + " stringValue follows_from"

	tr.start(tracer, "follower", child, opentracing.FollowsFrom(child.Context()))
	tr.want["follower"]["link 0"] = id(child) + " stringValue follows_from"
	return tr
}

// start starts a span, and says what every span is to show.
func (tr *trace) start(tracer opentracing.Tracer, name string, parent opentracing.Span, opts ...opentracing.StartSpanOption) opentracing.Span {
	n := len(tr.want)
	start := tr.at.Add(time.Duration(n) * 1001 * time.Microsecond)
	end := start.Add(time.Second + 7*time.Microsecond)
	s := tracer.StartSpan(name, append(opts, opentracing.StartTime(start))...)
	event := start.Add(5 * time.Microsecond)
	tr.close = append(tr.close, func() {
		s.FinishWithOptions(opentracing.FinishOptions{FinishTime: end, LogRecords: []opentracing.LogRecord{
			{Timestamp: event, Fields: []log.Field{
				log.Event("happened"), log.Int("n", n), log.Bool("b", true), log.Float64("f", 0.5), log.String("s", "é"),
			}},
			{Timestamp: event.Add(time.Millisecond), Fields: []log.Field{log.String("message", "no event")}},
		}})
	})
	want := map[string]string{
		"id": id(s), "start": fmt.Sprint(start.UnixNano()), "end": fmt.Sprint(end.UnixNano()), "kind": "none", "status": "none",
		fmt.Sprintf("event %d", event.UnixNano()): fmt.Sprintf(
			`"happened" b=boolValue true f=doubleValue 0.5 n=intValue %d s=stringValue é`, n),
		fmt.Sprintf("event %d", event.Add(time.Millisecond).UnixNano()): `"" message=stringValue no event`,
	}
	if parent != nil {
		_, want["parent"], _ = strings.Cut(id(parent), " ")
	}
	tr.want[name] = want
	return s
}

// finish finishes the spans, the last one first.
func (tr *trace) finish() {
	for _, f := range slices.Backward(tr.close) {
		f()
	}
}

// id is a span's trace id and its own, from the header that every Jaeger client
// writes.
func id(s opentracing.Span) string {
	m := opentracing.TextMapCarrier{}
	if err := s.Tracer().Inject(s.Context(), opentracing.TextMap, m); err != nil {
		return err.Error()
	}
	parts := strings.Split(m["uber-trace-id"], ":")
	return strings.Repeat("0", 32-len(parts[0])) + parts[0] + " " + parts[1]
}

// facts are what the query service says of a span. v1.62 notes of its own what
// format a span came in.
func facts(s span) map[string]string {
	m := map[string]string{
		"id": s.TraceID + " " + s.SpanID, "start": s.StartTimeUnixNano, "end": s.EndTimeUnixNano,
		"kind": orNone(s.Kind), "status": orNone(s.Status.Code),
	}
	if s.ParentSpanID != "" {
		m["parent"] = s.ParentSpanID
	}
	for key, value := range texts(s.Attributes) {
		if key != "internal.span.format" {
			m["attribute "+key] = value
		}
	}
	for _, e := range s.Events {
		fields := fmt.Sprintf("%q", e.Name)
		values := texts(e.Attributes)
		for _, key := range slices.Sorted(maps.Keys(values)) {
			fields += " " + key + "=" + values[key]
		}
		m["event "+e.TimeUnixNano] += fields
	}
	for i, l := range s.Links {
		m[fmt.Sprintf("link %d", i)] = l.TraceID + " " + l.SpanID + " " + texts(l.Attributes)["opentracing.ref_type"]
	}
	return m
}

func orNone(v any) string {
	if v == nil {
		return "none"
	}
	return fmt.Sprint(v)
}

func compare(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for key, v := range want {
		if g, ok := got[key]; !ok || g != v {
			t.Errorf("%s: %s is %q, not %q", what, key, g, v)
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s: %s is %q, and should not be", what, key, g)
		}
	}
}
