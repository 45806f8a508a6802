// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/jaeger"
	"go.opentelemetry.io/collector/pdata/ptrace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// agreed lists where spur's OTLP differs on purpose from what the OpenTelemetry
// Collector makes of the same span sent as Thrift. Each entry changes ours into
// theirs and reports whether there was anything to change; each must occur.
var agreed = []struct {
	what, why string
	apply     func(ours *otlpView, s *model.Span) bool
}{
	{"error as text", "the Collector knows the boolean only", func(v *otlpView, s *model.Span) bool {
		for _, t := range s.Tags {
			if t.Key == "error" && t.Value.Any() == "true" {
				*v = viewOfTags(*v, s, func(t model.Tag) bool { return t.Key == "error" })
				v.attributes["error"] = `text "true"`
				return true
			}
		}
		return false
	}},
	{"nanoseconds", "Thrift has microseconds, and durations of at least one", func(v *otlpView, s *model.Span) bool {
		start := uint64(s.Start / 1000 * 1000)
		end := start + uint64(max(s.Duration/1000*1000, 1000))
		changed := v.start != start || v.end != end
		v.start, v.end = start, end
		for i := range v.events {
			v.events[i].time = v.events[i].time / 1000 * 1000
		}
		return changed
	}},
	{"parent's place", "Thrift cannot tell whether the parent is remote", func(v *otlpView, _ *model.Span) bool {
		changed := v.flags&0x300 != 0
		v.flags &^= 0x300
		return changed
	}},
	{"tracestate", "Thrift has no field for it", func(v *otlpView, _ *model.Span) bool {
		changed := v.state != ""
		v.state = ""
		return changed
	}},
	{"guessed parent", "the Collector takes a link into the same trace for the parent of a root", func(v *otlpView, s *model.Span) bool {
		if s.ParentID != 0 {
			return false
		}
		for _, kind := range []model.ReferenceType{model.ChildOf, model.FollowsFrom} {
			for _, r := range s.References {
				if r.TraceID == s.TraceID && r.Type == kind {
					v.parent = r.SpanID.String()
					v.links = linksWithout(s, r.SpanID)
					return true
				}
			}
		}
		v.links = linksWithout(s, 0)
		return false
	}},
	{"parent id in another trace", "the Collector drops such a link", func(v *otlpView, s *model.Span) bool {
		links := linksWithout(s, s.ParentID)
		if s.ParentID == 0 || reflect.DeepEqual(v.links, links) {
			return false
		}
		v.links = links
		return true
	}},
	{"unknown span.kind", "the Collector removes it, which loses it", func(v *otlpView, _ *model.Span) bool {
		return v.remove("span.kind")
	}},
	{"otel.status_code that is no code, or stands beside error", "the Collector removes it, which loses it", func(v *otlpView, s *model.Span) bool {
		return v.remove("otel.status_code")
	}},
	{"status of no code", "the Collector gives a code that is none the message of otel.status_description", func(v *otlpView, s *model.Span) bool {
		_, hasCode := tagOf(s, "otel.status_code")
		t, hasText := tagOf(s, "otel.status_description")
		if v.status != 0 || !hasCode || !hasText {
			return false
		}
		delete(v.attributes, t.Key)
		v.message = t.Value.Str()
		return true
	}},
	{"description that is no text", "the Collector removes it, which loses it", func(v *otlpView, s *model.Span) bool {
		t, ok := tagOf(s, "otel.status_description")
		_, hasCode := tagOf(s, "otel.status_code")
		return ok && t.Value.Kind() != model.KindString && (v.status != 0 || hasCode) && v.remove(t.Key)
	}},
	{"status from http.status_code", "the Collector guesses an error where the application said none", func(v *otlpView, s *model.Span) bool {
		t, ok := tagOf(s, "http.status_code")
		if _, hasCode := tagOf(s, "otel.status_code"); !ok || hasCode || v.status != 0 {
			return false
		}
		code := t.Value.Int64()
		if v.kind == tracepb.Span_SPAN_KIND_SERVER && code < 500 || code < 399 {
			return false
		}
		v.status = tracepb.Status_STATUS_CODE_ERROR
		return true
	}},
	{"lost by limits", "Thrift has no fields for the counts, and the Collector leaves the tags", func(v *otlpView, _ *model.Span) bool {
		changed := false
		for key, n := range map[string]*uint32{
			"otel.dropped_attributes_count": &v.droppedAttributes, "otel.dropped_events_count": &v.droppedEvents, "otel.dropped_links_count": &v.droppedLinks,
		} {
			if *n > 0 {
				v.attributes[key] = fmt.Sprint("int ", *n)
				*n, changed = 0, true
			}
		}
		return changed
	}},
	{"event that is no text", "the Collector removes it, which loses it", func(v *otlpView, _ *model.Span) bool {
		changed := false
		for i := range v.events {
			if _, ok := v.events[i].attributes["event"]; ok {
				delete(v.events[i].attributes, "event")
				v.events[i].name, changed = "", true
			}
		}
		return changed
	}},
}

// TestOTLPAgainstCollector sends the same spans as OTLP, and as Thrift through the
// Collector's translation (pkg/translator/jaeger of opentelemetry-collector-contrib).
func TestOTLPAgainstCollector(t *testing.T) {
	n := 400
	if testing.Short() {
		n = 100
	}
	r := rand.New(rand.NewPCG(6, 14268))
	occurred := map[string]int{}
	spans := 0
	for range n {
		b := randomTracerBatch(r)
		ours, theirs := unmarshalOTLP(t, otlpRequest(b, wire.AppendOTLPSpan)), throughCollector(t, b)
		if len(theirs.ResourceSpans) != 1 || len(theirs.ResourceSpans[0].ScopeSpans) != 1 {
			t.Fatalf("the Collector made %v", theirs)
		}
		a, c := ours.ResourceSpans[0], theirs.ResourceSpans[0]
		if got, want := resourceAsCollector(viewOf(a.Resource.Attributes)), viewOf(c.Resource.Attributes); !maps.Equal(got, want) {
			t.Fatalf("resource %v\nthe Collector's %v", got, want)
		}
		for i := range b.Spans {
			spans++
			got, want := viewOfSpan(a.ScopeSpans[0].Spans[i]), viewOfSpan(c.ScopeSpans[0].Spans[i])
			for _, d := range agreed {
				if d.apply(&got, &b.Spans[i]) {
					occurred[d.what]++
				}
			}
			if !reflect.DeepEqual(got, want) {
				for f := range reflect.TypeFor[otlpView]().NumField() {
					if g, w := fmt.Sprint(reflect.ValueOf(got).Field(f)), fmt.Sprint(reflect.ValueOf(want).Field(f)); g != w {
						t.Errorf("%s:\n%.2000s\nthe Collector's\n%.2000s", reflect.TypeFor[otlpView]().Field(f).Name, g, w)
					}
				}
				t.Fatalf("after all agreed differences, of %.3000s", fmt.Sprintf("%+v", b.Spans[i]))
			}
		}
	}
	for _, d := range agreed {
		t.Logf("%5d of %d spans: %s: %s", occurred[d.what], spans, d.what, d.why)
		if occurred[d.what] == 0 {
			t.Errorf("%s: agreed, but never seen", d.what)
		}
	}
}

// resourceAsCollector says what the Collector calls the process tags.
func resourceAsCollector(a map[string]string) map[string]string {
	for _, name := range []struct{ ours, theirs string }{{"service.instance.id", "client-uuid"}} {
		if v, ok := a[name.ours]; ok {
			delete(a, name.ours)
			a[name.theirs] = v
		}
	}
	version, ok := a["telemetry.sdk.version"]
	if ok && a["telemetry.sdk.name"] == `text "spur"` && a["telemetry.sdk.language"] == `text "go"` {
		delete(a, "telemetry.sdk.version")
		delete(a, "telemetry.sdk.name")
		delete(a, "telemetry.sdk.language")
		a["opencensus.exporterversion"] = `text "Jaeger-Go-spur-` + strings.TrimPrefix(version, `text "`)
	}
	return a
}

// throughCollector encodes b as Thrift, reads that with the generated types, and
// translates it.
func throughCollector(t *testing.T, b *wire.Batch) *tracepb.TracesData {
	t.Helper()
	encoded := codecs[1].batch(b)
	transport := &thrift.TMemoryBuffer{Buffer: bytes.NewBuffer(encoded)}
	var batch idl.Batch
	if err := batch.Read(context.Background(), thrift.NewTBinaryProtocolConf(transport, &thrift.TConfiguration{})); err != nil {
		t.Fatal(err)
	}
	traces, err := jaeger.ThriftToTraces(&batch)
	if err != nil {
		t.Fatal(err)
	}
	out, err := new(ptrace.ProtoMarshaler).MarshalTraces(traces)
	if err != nil {
		t.Fatal(err)
	}
	return unmarshalOTLP(t, out)
}

func unmarshalOTLP(t *testing.T, b []byte) *tracepb.TracesData {
	t.Helper()
	var d tracepb.TracesData
	if err := proto.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return &d
}

// randomTracerBatch is a batch that a tracer may send: each key once in a span,
// times after 1970, valid UTF-8. (What is not valid the Collector passes on, and
// the next receiver refuses.)
func randomTracerBatch(r *rand.Rand) *wire.Batch {
	p := &model.Process{Service: "svc" + randomText(r), Tags: []model.Tag{
		{Key: "jaeger.version", Value: model.String("Go-spur-0.1.0")},
		{Key: "hostname", Value: model.String("h")},
		{Key: "ip", Value: model.String("10.0.0.1")},
		{Key: "client-uuid", Value: model.String("00ff")},
	}}
	b := &wire.Batch{Process: p}
	for range 1 + r.IntN(4) {
		s := randomSpan(r, p)
		s.Start, s.Duration = 1_700_000_000_000_000_000+r.Int64N(1e12), time.Duration(r.Int64N(1<<r.IntN(36)))
		s.SpanID, s.TraceID.High = s.SpanID|1, s.TraceID.High|1
		if r.IntN(2) == 0 {
			s.ParentID = 0
		}
		s.ParentRemote = r.IntN(4) == 0
		if r.IntN(4) == 0 {
			s.TraceState = "a=b"
		}
		s.Tags = once(withSome(r, s.Tags, tracerTags, 4))
		for j := range s.Logs {
			s.Logs[j].Time = s.Start + r.Int64N(1e9)
			s.Logs[j].Fields = withSome(r, s.Logs[j].Fields, tracerFields, 2)
		}
		for j := range s.References {
			if r.IntN(3) == 0 {
				s.References[j].TraceID = s.TraceID
			}
			if r.IntN(3) == 0 {
				s.References[j].SpanID = s.ParentID
			}
			s.References[j].TraceID.High |= 1
			if s.References[j].SpanID == 0 {
				s.References[j].SpanID = 1
			}
		}
		b.Spans = append(b.Spans, s)
	}
	return b
}

var tracerTags = append(validOf(spanTags),
	model.Tag{Key: "span.kind", Value: model.String("server")},
	model.Tag{Key: "http.status_code", Value: model.Int64(200)},
	model.Tag{Key: "http.status_code", Value: model.Int64(503)})

var tracerFields = validOf(logFields)

// validOf leaves out what is not UTF-8.
func validOf(tags []model.Tag) (out []model.Tag) {
	for _, t := range tags {
		if t.Key == utf8Text(t.Key) && (t.Value.Kind() != model.KindString || t.Value.Str() == utf8Text(t.Value.Str())) {
			out = append(out, t)
		}
	}
	return out
}

// once keeps the first tag of each key.
func once(tags []model.Tag) (out []model.Tag) {
	seen := map[string]bool{}
	for _, t := range tags {
		if !seen[t.Key] {
			out = append(out, t)
		}
		seen[t.Key] = true
	}
	return out
}
