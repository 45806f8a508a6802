// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-lib/metrics/metricstest"
)

// contextText says all of a context that a program can ask.
func contextText(c opentracing.SpanContext, err error) string {
	if err != nil {
		return errText(err)
	}
	sc, ok := c.(jaeger.SpanContext)
	if !ok {
		return fmt.Sprintf("%T", c)
	}
	var b strings.Builder
	for _, ask := range []struct {
		what string
		f    func() any
	}{
		{"text", func() any { return sc.String() }},
		{"trace", func() any { return sc.TraceID() }},
		{"span", func() any { return sc.SpanID() }},
		{"parent", func() any { return sc.ParentID() }},
		{"sampled", func() any { return sc.IsSampled() }},
		{"debug", func() any { return sc.IsDebug() }},
		{"firehose", func() any { return sc.IsFirehose() }},
		{"valid", func() any { return sc.IsValid() }},
		{"flags", func() any { return sc.Flags() }},
	} {
		fmt.Fprintf(&b, "%s=%s ", ask.what, guarded(func() string { return fmt.Sprint(ask.f()) }))
	}
	baggage := map[string]string{}
	sc.ForeachBaggageItem(func(k, v string) bool { baggage[k] = v; return true })
	for k, v := range sorted(baggage) {
		fmt.Fprintf(&b, "\n  %s: %s", k, v)
	}
	return b.String()
}

// liveText is contextText of a span's own context.
func liveText(s *jaeger.Span) string {
	return fmt.Sprintf("final=%t %s", s.SpanContext().IsSamplingFinalized(), contextText(s.Context(), nil))
}

// spanContexts are contexts by themselves, and copied by SpanContextFormat.
func spanContexts(r *recorder) {
	g := newRig(nil)
	defer g.close()
	for name, c := range contexts(g) {
		r.try("text/"+name, func() string { return contextText(c, nil) })
		r.try("copy/"+name, func() string {
			to := jaeger.NewSpanContext(jaeger.TraceID{Low: 99}, 98, 97, false, map[string]string{"old": "item"})
			err := g.tracer.Inject(c, jaeger.SpanContextFormat, &to)
			return contextText(to, err)
		})
		r.try("back/"+name, func() string {
			from := c.(jaeger.SpanContext)
			return contextText(g.tracer.Extract(jaeger.SpanContextFormat, &from))
		})
		r.try("with item/"+name, func() string {
			from := c.(jaeger.SpanContext)
			with := from.WithBaggageItem("new", "item").WithBaggageItem("plain", "other")
			return contextText(with, nil) + "\nbefore: " + contextText(from, nil)
		})
	}
	for _, s := range []string{"", "0", "1", "f", "F", "10000000000000000", "ffffffffffffffffffffffffffffffff", "100000000000000000000000000000000", "x", "-1", " 1", "00000000000000001"} {
		r.try("trace id/"+s, func() string {
			id, err := jaeger.TraceIDFromString(s)
			return fmt.Sprintf("%+v %s valid=%t %s", struct{ High, Low uint64 }(id), id, id.IsValid(), errText(err))
		})
		r.try("span id/"+s, func() string {
			id, err := jaeger.SpanIDFromString(s)
			return fmt.Sprintf("%d %s %s", uint64(id), id, errText(err))
		})
	}
	stop := 0
	jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 1, 0, true, map[string]string{"a": "1", "b": "2"}).ForeachBaggageItem(func(_, _ string) bool {
		stop++
		return false
	})
	r.say("final/received", "%t", received(g, "1:2:3:1").(jaeger.SpanContext).IsSamplingFinalized())
	r.say("final/received, unsampled", "%t", received(g, "1:2:3:0").(jaeger.SpanContext).IsSamplingFinalized())
	r.say("final/made", "%t", jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 0, true, nil).IsSamplingFinalized())
	r.say("final/made, unsampled", "%t", jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 0, false, nil).IsSamplingFinalized())
	r.say("each stops", "%d", stop)
	a, b := g.span("a"), g.span("b")
	state := a.Context().(jaeger.SpanContext)
	first := state.ExtendedSamplingState("key", func() any { return "made" })
	again := g.span("c", opentracing.ChildOf(a.Context())).Context().(jaeger.SpanContext).ExtendedSamplingState("key", func() any { return "made again" })
	other := b.Context().(jaeger.SpanContext).ExtendedSamplingState("key", func() any { return "other" })
	r.say("extended state", "%v %v %v", first, again, other)
	ref := jaeger.SelfRef(state)
	r.say("self reference", "%d %s", ref.Type, ref.ReferencedContext)
	self := g.span("self", jaeger.SelfRef(jaeger.NewSpanContext(jaeger.TraceID{Low: 70}, 71, 72, true, map[string]string{"k": "v"})))
	r.say("self span", "%s", contextText(self.Context(), nil))
}

// standalonePropagators are used without a tracer.
func standalonePropagators(r *recorder) {
	keys := (&jaeger.HeadersConfig{}).ApplyDefaults()
	factory := metricstest.NewFactory(0)
	m := jaeger.NewMetrics(factory, nil)
	for name, p := range map[string]*jaeger.TextMapPropagator{
		"text": jaeger.NewTextMapPropagator(keys, *m), "HTTP": jaeger.NewHTTPHeaderPropagator(keys, *m),
	} {
		out := opentracing.TextMapCarrier{}
		err := p.Inject(jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, map[string]string{"k": "a b/ž"}), out)
		r.say(name+"/out", "%s\n%s", lines(out), errText(err))
		c, err := p.Extract(out)
		r.say(name+"/in", "%s", contextText(c, err))
		for _, carrier := range []any{opentracing.TextMapCarrier{}, opentracing.TextMapCarrier{"uber-trace-id": "bad"}, "nothing"} {
			c, err = p.Extract(carrier)
			r.say(fmt.Sprintf("%s/in/%v", name, carrier), "%s", contextText(c, err))
		}
	}
	counters, _ := factory.Snapshot()
	r.say("errors counted", "%s", lines(nonzero(counters)))
	g := newRig(nil)
	defer g.close()
	binary := jaeger.NewBinaryPropagator(g.tracer.(*jaeger.Tracer))
	var buf bytes.Buffer
	err := binary.Inject(jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 3, true, map[string]string{"k": "v"}), &buf)
	r.say("binary/out", "%x %s", buf.Bytes(), errText(err))
	c, err := binary.Extract(&buf)
	r.say("binary/in", "%s", contextText(c, err))
}

// full is a carrier that fails.
type full struct{}

var errFull = errors.New("the carrier is full")

func (full) Write([]byte) (int, error)                   { return 0, errFull }
func (full) ForeachKey(func(string, string) error) error { return errFull }

// foreign is a context of another tracer.
type foreign struct{}

func (foreign) ForeachBaggageItem(func(k, v string) bool) {}

func wrongCarriers(r *recorder) {
	g := newRig(nil)
	defer g.close()
	c := g.span("x").Context()
	for _, format := range []any{opentracing.HTTPHeaders, opentracing.TextMap, opentracing.Binary, jaeger.SpanContextFormat, jaeger.ZipkinSpanFormat, "unknown", nil} {
		for name, carrier := range map[string]any{"nil": nil, "text": "text", "header": http.Header{}, "full": full{}} {
			at := fmt.Sprintf("%T %v/%s", format, format, name)
			r.try("out/"+at, func() string { return errText(g.tracer.Inject(c, format, carrier)) })
			r.try("in/"+at, func() string { return contextText(g.tracer.Extract(format, carrier)) })
		}
	}
	r.try("foreign context", func() string {
		return errText(g.tracer.Inject(foreign{}, opentracing.TextMap, opentracing.TextMapCarrier{}))
	})
	r.try("nil context", func() string { return errText(g.tracer.Inject(nil, opentracing.TextMap, opentracing.TextMapCarrier{})) })
}

// nonzero is what has been counted.
func nonzero(counters map[string]int64) map[string]int64 {
	some := map[string]int64{}
	for k, v := range counters {
		if v != 0 {
			some[k] = v
		}
	}
	return some
}
