// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	jaeger "github.com/uber/jaeger-client-go"
	z "github.com/uber/jaeger-client-go/thrift-gen/zipkincore"
)

// zipkinText prints annotations and binary annotations, a line each.
func zipkinText(s *z.Span) string {
	var b strings.Builder
	for _, a := range s.Annotations {
		fmt.Fprintf(&b, "%d %s by %s %x\n", a.Timestamp, a.Value, a.Host.ServiceName, a.Host.Ipv4)
	}
	for _, a := range s.BinaryAnnotations {
		fmt.Fprintf(&b, "%s %s %q", a.Key, a.AnnotationType, a.Value)
		if h := a.Host; h != nil {
			fmt.Fprintf(&b, " by %s %x:%d", h.ServiceName, uint32(h.Ipv4), h.Port)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestBuildZipkinThrift(t *testing.T) {
	tracer, _ := newTracer(t, nil, jaeger.TracerOptions.Tag("ip", "1.2.3.4"), jaeger.TracerOptions.Tag("zone", "a"))
	root := start(tracer, "root", opentracing.StartTime(t0))
	remote := jaeger.NewSpanContext(jaeger.TraceID{High: 1, Low: 2}, 3, 0, true, nil)
	for _, tt := range []struct {
		name    string
		options []opentracing.StartSpanOption
		do      func(*jaeger.Span)
		want    string
	}{
		{"local", nil, func(s *jaeger.Span) {
			s.SetTag("i", 1).SetTag("b", true).SetTag("no", false).SetTag("x", []byte{1}).SetTag("f", 1.5).SetTag("f32", float32(0.1)).SetTag("ip", "1.1.1.1")
		}, `
lc STRING "orders" by orders 1020304:0
i STRING "1"
b BOOL "\x01"
no BOOL "\x00"
x BYTES "\x01"
f STRING "1.5"
f32 STRING "0.1"
`},
		{"component", nil, func(s *jaeger.Span) { ext.Component.Set(s, "db") }, `
lc STRING "db" by orders 1020304:0
component STRING "db"
`},
		{"client", []opentracing.StartSpanOption{ext.SpanKindRPCClient}, func(s *jaeger.Span) {
			ext.PeerService.Set(s, "db")
			ext.PeerHostIPv4.Set(s, 0xfefdfcfb)
			ext.PeerPort.Set(s, 5432)
		}, `
1600000000123456 cs by orders 1020304
1600000002123456 cr by orders 1020304
sa BOOL "\x01" by db fefdfcfb:5432
`},
		{"peer in texts", []opentracing.StartSpanOption{ext.SpanKindRPCClient}, func(s *jaeger.Span) {
			s.SetTag("peer.ipv4", "127.0.0.1").SetTag("peer.port", "80").SetTag("peer.service", 7)
		}, `
1600000000123456 cs by orders 1020304
1600000002123456 cr by orders 1020304
sa BOOL "\x01" by  7f000001:80
`},
		{"server", []opentracing.StartSpanOption{ext.SpanKindRPCServer, opentracing.ChildOf(remote)}, func(s *jaeger.Span) {
			s.SetTag("peer.ipv4", "nonsense").SetTag("peer.port", "nonsense").SetTag("peer.service", "caller")
		}, `
1600000000123456 sr by orders 1020304
1600000002123456 ss by orders 1020304
ca BOOL "\x01" by caller 0:0
zone STRING "a"
jaeger.version STRING "Go-2.30.0"
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			options := append([]opentracing.StartSpanOption{opentracing.StartTime(t0)}, tt.options...)
			if len(tt.options) < 2 {
				options = append(options, childOf(root))
			}
			s := start(tracer, "op", options...)
			tt.do(s)
			s.FinishWithOptions(opentracing.FinishOptions{FinishTime: t0.Add(2 * time.Second)})
			text := zipkinText(jaeger.BuildZipkinThrift(s))
			text, _, _ = strings.Cut(text, "hostname ")
			if want := tt.want[1:]; text != want {
				t.Errorf("got\n%swant\n%s", text, want)
			}
		})
	}
}

func TestBuildZipkinThriftLogs(t *testing.T) {
	tracer, _ := newTracer(t, nil)
	s := start(tracer, "op", opentracing.StartTime(t0))
	var records []opentracing.LogRecord
	for _, fields := range [][]log.Field{
		{log.String("event", "e")},
		{log.String("event", strings.Repeat("é", 200)+"!")},
		{log.String("message", "m")},
		{log.String("z", "s"), log.Int("i", 1), log.Bool("b", true), log.Float64("f", 1.5)},
	} {
		records = append(records, opentracing.LogRecord{Timestamp: t0, Fields: fields})
	}
	s.FinishWithOptions(opentracing.FinishOptions{FinishTime: t0, LogRecords: records})
	var got []string
	for _, a := range jaeger.BuildZipkinThrift(s).Annotations {
		got = append(got, a.Value)
	}
	want := []string{"e", strings.Repeat("é", 128), `{"message":"m"}`, `{"b":"true","f":"1.500000","i":"1","z":"s"}`}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestBuildZipkinThriftIDs(t *testing.T) {
	for _, shared := range []bool{false, true} {
		tracer, _ := newTracer(t, jaeger.NewConstSampler(false), jaeger.TracerOptions.ZipkinSharedRPCSpan(shared))
		linked := jaeger.NewSpanContext(jaeger.TraceID{Low: 7}, 8, 9, true, nil)
		parent := jaeger.NewSpanContext(jaeger.TraceID{High: 1, Low: 2}, 3, 4, true, nil)
		s := start(tracer, "op", ext.SpanKindRPCServer, opentracing.FollowsFrom(linked), opentracing.ChildOf(parent), opentracing.StartTime(t0))
		got := jaeger.BuildZipkinThrift(s)
		id, parentID := int64(s.SpanContext().SpanID()), int64(3)
		if shared {
			id, parentID = 3, 4
		}
		if got.TraceID != 2 || got.GetTraceIDHigh() != 1 || got.ID != id || got.GetParentID() != parentID || got.Name != "op" ||
			got.GetTimestamp() != t0.UnixMicro() || got.GetDuration() != 0 || got.Debug {
			t.Errorf("shared %v: %v", shared, got)
		}
		ext.SamplingPriority.Set(s, 1)
		if root := jaeger.BuildZipkinThrift(start(tracer, "root")); root.ParentID != nil || root.TraceIDHigh != nil {
			t.Errorf("%v", root)
		}
		if !jaeger.BuildZipkinThrift(s).Debug {
			t.Error("sampling.priority sets no debug flag")
		}
	}
}
