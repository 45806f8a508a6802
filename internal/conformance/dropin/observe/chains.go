// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"net/http"
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/zipkin"
	"github.com/uber/jaeger-lib/metrics"
)

// chain tries one format after the other, and writes all.
type chain struct {
	injectors  []jaeger.Injector
	extractors []jaeger.Extractor
}

func (c chain) Inject(sc jaeger.SpanContext, carrier any) error {
	for _, i := range c.injectors {
		if err := i.Inject(sc, carrier); err != nil {
			return err
		}
	}
	return nil
}

func (c chain) Extract(carrier any) (jaeger.SpanContext, error) {
	for _, e := range c.extractors {
		sc, err := e.Extract(carrier)
		if err == nil && sc.IsValid() {
			return sc, nil
		}
		if err != nil && err != opentracing.ErrSpanContextNotFound {
			return jaeger.SpanContext{}, err
		}
	}
	return jaeger.SpanContext{}, opentracing.ErrSpanContextNotFound
}

func chainedPropagators(r *recorder) {
	own := jaeger.NewHTTPHeaderPropagator((&jaeger.HeadersConfig{TraceContextHeaderName: "x-trace"}).ApplyDefaults(), *jaeger.NewMetrics(metrics.NullFactory, nil))
	b3 := zipkin.NewZipkinB3HTTPHeaderPropagator()
	c := chain{[]jaeger.Injector{own, b3}, []jaeger.Extractor{b3, own}}
	g := newRig(nil, jaeger.TracerOptions.Injector(opentracing.HTTPHeaders, c), jaeger.TracerOptions.Extractor(opentracing.HTTPHeaders, c))
	defer g.close()
	s := g.span("s").SetBaggageItem("k", "v")
	headers := http.Header{}
	err := g.tracer.Inject(s.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(headers))
	r.say("out", "%s %s", errText(err), lines(headers))
	for name, in := range map[string]map[string]string{
		"none": {}, "own": {"x-trace": "1:2:3:1"}, "b3": {"x-b3-traceid": "4", "x-b3-spanid": "5", "x-b3-sampled": "1"},
		"both":   {"x-trace": "1:2:3:1", "x-b3-traceid": "4", "x-b3-spanid": "5", "x-b3-sampled": "0"},
		"broken": {"x-trace": "1:2:3:1", "x-b3-traceid": "no"}, "jaeger's": {"uber-trace-id": "1:2:3:1"},
	} {
		h := http.Header{}
		for k, v := range in {
			h.Set(k, v)
		}
		sc, err := g.tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(h))
		r.say("in/"+name, "%s", contextText(sc, err))
	}
}

// byName samples some operations always, and asks another sampler about the rest.
type byName struct {
	others jaeger.Sampler
	always string
}

func (b *byName) IsSampled(id jaeger.TraceID, operation string) (bool, []jaeger.Tag) {
	if operation == b.always {
		return true, []jaeger.Tag{jaeger.NewTag("sampler.type", "always")}
	}
	return b.others.IsSampled(id, operation)
}

func (b *byName) Close()                    { b.others.Close() }
func (b *byName) Equal(jaeger.Sampler) bool { return false }

// trappedByName embeds the client's own. It has its methods of SamplerV2, too, so that its
// IsSampled is never called.
type trappedByName struct{ *jaeger.ProbabilisticSampler }

func (trappedByName) IsSampled(jaeger.TraceID, string) (bool, []jaeger.Tag) { return true, nil }

// onTag asks the client's own when a span begins, and decides by a tag.
type onTag struct {
	jaeger.SamplerV2Base
	inner jaeger.SamplerV2
}

func (o *onTag) OnCreateSpan(s *jaeger.Span) jaeger.SamplingDecision {
	d := o.inner.OnCreateSpan(s)
	d.Retryable = !d.Sample
	return d
}

func (o *onTag) OnSetOperationName(s *jaeger.Span, name string) jaeger.SamplingDecision {
	return o.inner.OnSetOperationName(s, name)
}

func (o *onTag) OnSetTag(_ *jaeger.Span, key string, _ any) jaeger.SamplingDecision {
	return jaeger.SamplingDecision{Sample: key == "keep", Retryable: key != "keep", Tags: []jaeger.Tag{jaeger.NewTag("sampler.type", "tag")}}
}

func (o *onTag) OnFinishSpan(*jaeger.Span) jaeger.SamplingDecision {
	return jaeger.SamplingDecision{Retryable: true}
}

func wrappedSamplers(r *recorder) {
	rare, err := jaeger.NewProbabilisticSampler(0)
	if err != nil {
		panic(err)
	}
	// A probability of 0 samples an id of 0 with the client, and never with spur.
	id := jaeger.TracerOptions.RandomNumber(func() uint64 { return 77 })
	g := newRig(&byName{rare, "always"}, id)
	finish(g.span("always"))
	finish(g.span("sometimes"))
	r.say("by name", "%s", spansText(g))
	_ = g.close()

	g = newRig(trappedByName{rare}, id)
	finish(g.span("always"))
	r.say("by name, embedding", "%d spans", len(g.spans()))
	_ = g.close()

	g = newRig(&asV1{onTag{inner: jaeger.NewPerOperationSampler(jaeger.PerOperationSamplerParams{MaxOperations: 10, Strategies: strategies()})}})
	finish(g.span("none")) // the one that the lower bound allows
	a := g.span("none")
	b := g.span("child", opentracing.ChildOf(a.Context()))
	b.SetTag("other", 1).SetTag("keep", 2)
	finish(b)
	finish(a)
	finish(g.span("none", opentracing.Tag{Key: "keep", Value: true}))
	finish(g.span("none", opentracing.Tag{Key: "other", Value: true}))
	r.say("on tag", "%s", spansText(g))
	_ = g.close()
}

// asV1 makes a sampler of the second kind one that NewTracer takes.
type asV1 struct{ onTag }

func (*asV1) IsSampled(jaeger.TraceID, string) (bool, []jaeger.Tag) { return false, nil }
func (*asV1) Equal(jaeger.Sampler) bool                             { return false }

func spansText(g *rig) string {
	var texts []string
	for _, s := range g.spans() {
		texts = append(texts, spanText(s))
	}
	return strings.Join(texts, "\n")
}
