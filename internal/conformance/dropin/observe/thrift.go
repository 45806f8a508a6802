// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/thrift-gen/zipkincore"
)

var thriftScenarios = []scenario{
	{"thrift/jaeger", jaegerSpans},
	{"thrift/process", jaegerProcess},
	{"thrift/values", tagValues},
	{"thrift/fields", logFields},
	{"thrift/zipkin", zipkinThrift},
}

// bigSpan is a span of everything, child of a remote one.
func bigSpan(g *rig, options ...opentracing.StartSpanOption) *jaeger.Span {
	parent := received(g, "00000000000000010000000000000002:3:4:1")
	s := g.span("big", append([]opentracing.StartSpanOption{
		opentracing.ChildOf(parent), opentracing.FollowsFrom(g.span("other").Context()), opentracing.StartTime(epoch),
	}, options...)...)
	s.SetTag("text", "value").SetTag("number", 1).SetTag("double", 0.25).SetTag("bool", true).SetTag("bytes", []byte{1, 2})
	s.Log(opentracing.LogData{Timestamp: epoch.Add(time.Millisecond), Event: "event", Payload: "payload"})
	s.FinishWithOptions(opentracing.FinishOptions{
		FinishTime: epoch.Add(time.Second),
		LogRecords: []opentracing.LogRecord{{Timestamp: epoch.Add(2 * time.Millisecond), Fields: []log.Field{log.String("k", "v"), log.Int("n", 2)}}},
	})
	return s
}

func jaegerSpans(r *recorder) {
	g := newRig(nil)
	defer g.close()
	r.say("big", "%s", batchSpan(jaeger.BuildJaegerThrift(bigSpan(g))))
	r.say("small", "%s", batchSpan(jaeger.BuildJaegerThrift(g.span("small", opentracing.StartTime(epoch)))))
	debug := g.span("debug", opentracing.StartTime(epoch))
	ext.SamplingPriority.Set(debug, 1)
	jaeger.EnableFirehose(debug)
	r.say("flags", "%s", batchSpan(jaeger.BuildJaegerThrift(debug)))
	for name, times := range map[string][2]time.Time{
		"year 1": {{}, epoch}, "1969": {time.Unix(-1, 0), time.Unix(1, 0)}, "year 9999": {epoch, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
		"backwards": {epoch, epoch.Add(-time.Second)}, "same": {epoch, epoch}, "nanoseconds": {epoch, epoch.Add(999)},
	} {
		s := g.span("t", opentracing.StartTime(times[0]))
		s.FinishWithOptions(opentracing.FinishOptions{FinishTime: times[1]})
		t := jaeger.BuildJaegerThrift(s)
		if times[0].IsZero() {
			t.StartTime = 0 // now
		}
		r.say("time/"+name, "%d %d", t.StartTime, t.Duration)
	}
}

func jaegerProcess(r *recorder) {
	for name, options := range map[string][]jaeger.TracerOption{
		"plain": nil, "tags": {jaeger.TracerOptions.Tag("n", 1), jaeger.TracerOptions.Tag("long", strings.Repeat("x", 300)), jaeger.TracerOptions.Tag("nil", nil)},
	} {
		g := newRig(nil, options...)
		p := jaeger.BuildJaegerProcessThrift(g.span("s"))
		var tags []string
		hosts := 0
		for _, t := range p.Tags {
			if t.Key == "hostname" {
				if hosts++; hosts > 1 { // this machine's
					continue
				}
			}
			tags = append(tags, tagText(t))
		}
		r.say(name, "%s\n%s", p.ServiceName, strings.Join(tags, "\n"))
		_ = g.close()
	}
}

type (
	named     string
	namedInt  int
	failing   struct{}
	formatted struct{}
)

func (failing) Error() string                { return "it failed" }
func (formatted) Format(f fmt.State, c rune) { _, _ = fmt.Fprintf(f, "formatted %%%c", c) }

func anyValues() map[string]any {
	var typedNil *nilError
	n := 5
	return map[string]any{
		"string": "text", "empty": "", "bytes": []byte{0, 255}, "no bytes": []byte(nil), "int": -1, "int8": int8(-8), "int16": int16(-16), "int32": int32(-32), "int64": int64(math.MinInt64),
		"uint": uint(1), "uint8": uint8(255), "uint16": uint16(1), "uint32": uint32(math.MaxUint32), "uint64": uint64(1), "uint64 max": uint64(math.MaxUint64),
		"float32": float32(0.1), "float64": 0.1, "nan": math.NaN(), "inf": math.Inf(-1), "true": true, "false": false, "nil": nil,
		"error": errors.New("wrong"), "failing": failing{}, "stringer": stringer{1, 2}, "formatter": formatted{}, "named": named("n"), "named int": namedInt(5),
		"pointer": &n, "slice": []int{1, 2}, "no slice": []string(nil), "map": map[string]int{"b": 2, "a": 1}, "struct": struct{ A, B any }{1, "x"},
		"duration": 1500 * time.Millisecond, "time": epoch, "complex": complex(1, 2), "nil pointer": (*int)(nil), "nested": map[string]any{"a": []any{1, "x", nil}},
		"long": strings.Repeat("x", 300), "long bytes": []byte(strings.Repeat("x", 300)), "long utf8": strings.Repeat("ž", 150), "invalid utf8": "a\xffb",
		"rune": 'x', "uintptr": uintptr(5), "typed nil error": typedNil, "func": "no", "array": [2]bool{true}, "span kind": ext.SpanKindRPCServerEnum,
		"pointer to struct": &struct{ A int }{1}, "json": jsonText(`{"a":1}`),
	}
}

type (
	nilError struct{}
	jsonText []byte
)

// Error implements error; it needs no receiver.
func (*nilError) Error() string { return "an error that is nil" }

func tagValues(r *recorder) {
	for _, limit := range []int{0, 5, 1000} {
		g := newRig(nil, jaeger.TracerOptions.MaxTagValueLength(limit))
		for name, v := range anyValues() {
			if name == "pointer" {
				continue // its address
			}
			r.try(fmt.Sprintf("%s/limit=%d", name, limit), func() string {
				s := g.span("s", opentracing.ChildOf(received(g, "1:2:0:1")))
				s.SetTag("tag", v)
				tags := jaeger.BuildJaegerThrift(s).Tags
				return tagText(tags[len(tags)-1])
			})
		}
		_ = g.close()
	}
	g := newRig(nil)
	defer g.close()
	s := g.span("s")
	s.SetTag("twice", 1).SetTag("other", 2).SetTag("twice", 3)
	var keys []string
	for _, t := range jaeger.BuildJaegerThrift(s).Tags {
		keys = append(keys, tagText(t))
	}
	r.say("twice", "%s", strings.Join(keys, "\n"))
}

func logFields(r *recorder) {
	fields := []log.Field{
		log.String("string", "x"), log.Bool("bool", true), log.Int("int", -1), log.Int32("int32", -32), log.Int64("int64", -64), log.Uint32("uint32", 32),
		log.Uint64("uint64", math.MaxUint64), log.Float32("float32", 0.1), log.Float64("float64", 0.1), log.Error(errors.New("wrong")),
		log.Object("object", map[string]int{"a": 1}), log.Object("nil", nil), log.Object("stringer", stringer{1, 2}), log.Event("event"), log.Message("message"), log.Noop(),
		log.Lazy(func(fv log.Encoder) { fv.EmitString("lazy", "x"); fv.EmitInt("lazy2", 1) }), log.String("long", strings.Repeat("x", 300)), log.String("invalid", "a\xff"),
	}
	for _, f := range fields {
		r.try("field/"+f.Key()+fmt.Sprintf("%T", f.Value()), func() string {
			var all []string
			for _, t := range jaeger.ConvertLogsToJaegerTags([]log.Field{f}) {
				all = append(all, tagText(t))
			}
			return strings.Join(all, "\n")
		})
	}
	g := newRig(nil)
	defer g.close()
	s := g.span("s", opentracing.StartTime(epoch))
	s.FinishWithOptions(opentracing.FinishOptions{LogRecords: []opentracing.LogRecord{{Timestamp: epoch, Fields: fields}}})
	r.say("log", "%s", logText(jaeger.BuildJaegerThrift(s).Logs[0]))
	for name, v := range anyValues() {
		if name == "pointer" || name == "pointer to struct" {
			continue // its address
		}
		r.try("object/"+name, func() string { return tagText(jaeger.ConvertLogsToJaegerTags([]log.Field{log.Object("o", v)})[0]) })
	}
}

func zipkinThrift(r *recorder) {
	g := newRig(nil)
	defer g.close()
	client := []opentracing.StartSpanOption{
		ext.SpanKindRPCClient, opentracing.Tags{"peer.service": "other", "peer.ipv4": "10.0.0.1", "peer.port": uint16(80), "peer.hostname": "h"},
	}
	for name, s := range map[string]*jaeger.Span{
		"big":    bigSpan(g),
		"client": bigSpan(g, client...), "server": bigSpan(g, ext.SpanKindRPCServer, opentracing.Tag{Key: "peer.ipv4", Value: uint32(0x0a000002)}),
		"producer": bigSpan(g, ext.SpanKindProducer), "kind as text": bigSpan(g, opentracing.Tag{Key: "span.kind", Value: "server"}),
		"local": bigSpan(g, opentracing.Tag{Key: "lc", Value: "component"}), "component": bigSpan(g, opentracing.Tag{Key: "component", Value: "db"}),
	} {
		r.try(name, func() string { return zipkinText(jaeger.BuildZipkinThrift(s)) })
	}
	root := g.span("root", opentracing.StartTime(epoch))
	ext.SamplingPriority.Set(root, 1)
	root.FinishWithOptions(opentracing.FinishOptions{FinishTime: epoch.Add(time.Second)})
	r.say("root", "%s", zipkinText(jaeger.BuildZipkinThrift(root)))
	for name, v := range anyValues() {
		if strings.HasPrefix(name, "pointer") {
			continue // its address
		}
		r.try("value/"+name, func() string {
			s := g.span("s", opentracing.ChildOf(received(g, "1:2:0:1")))
			s.SetTag("tag", v)
			return annotations(jaeger.BuildZipkinThrift(s), "tag")
		})
	}
}

func zipkinText(s *zipkincore.Span) string {
	var b strings.Builder
	high, parent, at, lasted := int64(0), int64(0), int64(0), int64(0)
	for _, p := range []struct{ from, to *int64 }{{s.TraceIDHigh, &high}, {s.ParentID, &parent}, {s.Timestamp, &at}, {s.Duration, &lasted}} {
		if p.from != nil {
			*p.to = *p.from
		}
	}
	fmt.Fprintf(&b, "%s trace=%d,%d id=%d parent=%d (%t) debug=%t at=%d lasted=%d\n", s.Name, high, s.TraceID, s.ID, parent, s.ParentID != nil, s.Debug, at, lasted)
	for _, a := range s.Annotations {
		fmt.Fprintf(&b, "annotation %d %s %s\n", a.Timestamp, a.Value, endpoint(a.Host))
	}
	b.WriteString(annotations(s, ""))
	return b.String()
}

func annotations(s *zipkincore.Span, key string) string {
	var b strings.Builder
	hosts := 0
	for _, a := range s.BinaryAnnotations {
		if a.Key == "hostname" {
			if hosts++; hosts > 1 { // this machine's
				continue
			}
		}
		if key == "" || a.Key == key {
			fmt.Fprintf(&b, "%s=%v %x %s\n", a.Key, a.AnnotationType, a.Value, endpoint(a.Host))
		}
	}
	return b.String()
}

func endpoint(e *zipkincore.Endpoint) string {
	if e == nil {
		return "nowhere"
	}
	return fmt.Sprintf("%s/%x/%d", e.ServiceName, uint32(e.Ipv4), e.Port)
}
