// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
	"github.com/uber/jaeger-client-go/thrift"
	thriftjaeger "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	"github.com/uber/jaeger-client-go/zipkin"
)

// What tests and logs of programs make of the client's values.
var valueScenarios = []scenario{
	{"values/printed", printedValues},
	{"values/kinds", kinds},
	{"values/equal", equalContexts},
	{"values/thrift", serializedSpans},
	{"values/goroutines", goroutines},
}

func printedValues(r *recorder) {
	id := jaeger.TraceID{High: 0xa, Low: 0xb}
	g := newRig(nil)
	defer g.close()
	s := g.span("op", opentracing.Tag{Key: "k", Value: 1})
	s.SetBaggageItem("b", "c")
	sc := s.Context().(jaeger.SpanContext)
	for name, v := range map[string]any{
		"trace": id, "trace pointer": &id, "low": jaeger.TraceID{Low: 1}, "zero": jaeger.TraceID{},
		"span id": jaeger.SpanID(0xc), "context": sc, "context pointer": &sc, "span": s,
		"tag": jaeger.NewTag("k", "v"), "decision": jaeger.SamplingDecision{Sample: true},
		"process":       jaeger.Process{Service: "s", UUID: "u", Tags: []jaeger.Tag{jaeger.NewTag("k", 1)}},
		"reference":     jaeger.Reference{Type: opentracing.ChildOfRef, Context: sc},
		"header keys":   (&jaeger.HeadersConfig{}).ApplyDefaults(),
		"configuration": config.Configuration{ServiceName: "s", Sampler: &config.SamplerConfig{Type: "const"}, Reporter: &config.ReporterConfig{BufferFlushInterval: time.Second}},
		"batch":         &thriftjaeger.Batch{Process: &thriftjaeger.Process{ServiceName: "s"}, Spans: []*thriftjaeger.Span{}},
	} {
		r.try("json/"+name, func() string {
			text, err := json.Marshal(v)
			return string(text) + " " + errText(err)
		})
		r.try("gob/"+name, func() string { return errText(gob.NewEncoder(&bytes.Buffer{}).Encode(v)) })
	}
	for _, verb := range []string{"%v", "%+v", "%s", "%d", "%x", "%q", "%#v", "%016x", "%T"} {
		for name, v := range map[string]any{"trace": id, "span id": jaeger.SpanID(0xc), "tag": jaeger.NewTag("k", "v"), "decision": jaeger.SamplingDecision{Sample: true}} {
			r.try("fmt/"+name+"/"+verb, func() string { return fmt.Sprintf(verb, v) })
		}
	}
	for _, verb := range []string{"%v", "%+v", "%s", "%q", "%T"} {
		for name, v := range map[string]any{"context": sc, "context pointer": &sc, "span": s, "in a list": []any{sc}} {
			r.try("fmt/"+name+"/"+verb, func() string { return fmt.Sprintf(verb, v) })
		}
	}
	var back struct {
		Trace jaeger.TraceID
		Span  jaeger.SpanID
	}
	err := json.Unmarshal([]byte(`{"Trace":{"High":1,"Low":2},"Span":3}`), &back)
	r.say("json/back", "%v %v %s", back.Trace, back.Span, errText(err))
	r.say("map key", "%d", map[jaeger.TraceID]int{id: 4}[jaeger.TraceID{High: 0xa, Low: 0xb}])
}

// kinds says what reflection tells of the types that programs hold.
func kinds(r *recorder) {
	for _, v := range []any{
		jaeger.TraceID{},
		jaeger.SpanID(0),
		jaeger.SpanContext{},
		jaeger.Tag{},
		jaeger.Process{},
		jaeger.SamplingDecision{},
		jaeger.Reference{},
		jaeger.HeadersConfig{},
		jaeger.Metrics{},
		jaeger.StdLogger, jaeger.NullLogger, jaeger.TracerOptions, jaeger.ReporterOptions, jaeger.SamplerOptions,
		config.Configuration{},
		config.SamplerConfig{},
		config.ReporterConfig{},
		config.BaggageRestrictionsConfig{},
		config.ThrottlerConfig{},
		jaeger.NewConstSampler(true), jaeger.NewNullReporter(), jaeger.NewInMemoryReporter(), zipkin.NewZipkinB3HTTPHeaderPropagator(),
	} {
		t := reflect.TypeOf(v)
		text := t.Kind().String()
		if t.Kind() == reflect.Struct {
			for i := range t.NumField() {
				if f := t.Field(i); f.IsExported() {
					text += fmt.Sprintf("\n%d %s %s %q", i, f.Name, f.Type, f.Tag)
				}
			}
		}
		r.say(t.String(), "%s", text)
	}
}

// equalContexts compares as assertions of tests do.
func equalContexts(r *recorder) {
	g := newRig(nil)
	defer g.close()
	s := g.span("s")
	before := s.Context()
	s.SetBaggageItem("k", "v")
	parts := func(v string) jaeger.SpanContext {
		return jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, map[string]string{"k": v})
	}
	parsed := func(text string) jaeger.SpanContext {
		c, err := jaeger.ContextFromString(text)
		if err != nil {
			panic(err)
		}
		return c
	}
	sc := s.Context().(jaeger.SpanContext)
	copied := &jaeger.SpanContext{}
	copied.CopyFrom(&sc)
	for name, pair := range map[string][2]any{
		"zero":             {jaeger.SpanContext{}, jaeger.SpanContext{}},
		"parts":            {parts("v"), parts("v")},
		"other baggage":    {parts("v"), parts("w")},
		"without baggage":  {jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, nil), jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, nil)},
		"parsed":           {parsed("1:2:3:1"), parsed("1:2:3:1")},
		"other flags":      {parsed("1:2:3:1"), parsed("1:2:3:0")},
		"other id":         {parsed("1:2:3:1"), parsed("1:4:3:1")},
		"received":         {received(g, "1:2:3:1"), received(g, "1:2:3:1")},
		"itself":           {s.Context(), s.Context()},
		"baggage since":    {before, s.Context()},
		"child's":          {s.Context(), g.span("child", opentracing.ChildOf(sc)).Context()},
		"copy":             {sc, *copied},
		"with an item":     {sc.WithBaggageItem("a", "b"), sc.WithBaggageItem("a", "b")},
		"parsed, parts":    {parsed("1:2:3:1"), jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, nil)},
		"received, parsed": {received(g, "1:2:3:1"), parsed("1:2:3:1")},
		"through headers":  {throughHeaders(g, sc), throughHeaders(g, sc)},
		"spans":            {s, s},
		"references":       {jaeger.SelfRef(sc), jaeger.SelfRef(sc)},
		"samplers":         {jaeger.NewConstSampler(true), jaeger.NewConstSampler(true)},
		"tags":             {jaeger.NewTag("a", []byte("b")), jaeger.NewTag("a", []byte("b"))},
	} {
		r.try(name, func() string { return fmt.Sprint(reflect.DeepEqual(pair[0], pair[1])) })
	}
	r.try("copy, ==", func() string { return fmt.Sprint(any(sc) == any(*copied)) })
}

func throughHeaders(g *rig, c opentracing.SpanContext) opentracing.SpanContext {
	m := opentracing.TextMapCarrier{}
	_ = g.tracer.Inject(c, opentracing.TextMap, m)
	back, err := g.tracer.Extract(opentracing.TextMap, m)
	if err != nil {
		panic(err)
	}
	return back
}

// serializedSpans writes spans with the client's own Thrift runtime, in each protocol.
func serializedSpans(r *recorder) {
	g := newRig(nil)
	defer g.close()
	span := withoutTimes(jaeger.BuildJaegerThrift(bigSpan(g)))
	ctx := context.Background()
	for name, f := range map[string]thrift.TProtocolFactory{
		"binary": thrift.NewTBinaryProtocolFactoryDefault(), "compact": thrift.NewTCompactProtocolFactory(),
		"header": thrift.NewTHeaderProtocolFactory(),
	} {
		r.try(name, func() string {
			buf := thrift.NewTMemoryBuffer()
			w := &thrift.TSerializer{Transport: buf, Protocol: f.GetProtocol(buf)}
			b, err := w.Write(ctx, span)
			if err != nil {
				return errText(err)
			}
			back := thriftjaeger.NewSpan()
			in := thrift.NewTMemoryBuffer()
			in.Write(b)
			err = back.Read(ctx, f.GetProtocol(in))
			return fmt.Sprintf("%x\n%s same=%t %d left", b, errText(err), reflect.DeepEqual(span, back), in.Len())
		})
	}
	buf := thrift.NewTMemoryBuffer() // what is written as simple JSON nobody reads
	p := thrift.NewTSimpleJSONProtocolFactory().GetProtocol(buf)
	err := errors.Join(span.Write(ctx, p), p.Flush(ctx))
	r.say("simple json", "%s %s", buf, errText(err))
}
