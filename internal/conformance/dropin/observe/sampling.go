// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/thrift-gen/sampling"
	"github.com/uber/jaeger-client-go/utils"
	"github.com/uber/jaeger-client-go/x"
)

var samplingScenarios = []scenario{
	{"sampling/ids", decisionsByID},
	{"sampling/kinds", samplerKinds},
	{"sampling/rate limits", rateLimits},
	{"sampling/operations", perOperation},
	{"sampling/late binding", lateBinding},
	{"sampling/tags", samplerTags},
	{"sampling/x", experimental},
}

// decisions asks about n ids, those around where the answer changes among them, and
// returns how many are sampled and a hash of the answers.
func decisions(rate float64, n int, ask func(jaeger.TraceID) bool) string {
	r := rand.New(rand.NewPCG(1, 2))
	border := uint64(float64(math.MaxInt64) * rate)
	h := fnv.New64a()
	yes := 0
	for i := range n {
		id := jaeger.TraceID{High: r.Uint64(), Low: r.Uint64()}
		if i%4 == 0 {
			id.Low = border + uint64(i%16) - 8 | uint64(i%3)<<62
		}
		answer := byte(0)
		if ask(id) {
			answer = 1
			yes++
		}
		_, _ = h.Write([]byte{answer})
	}
	return fmt.Sprintf("%d of %d, %016x", yes, n, h.Sum64())
}

var rates = []float64{0, 1, 0.5, 0.25, 0.1, 0.01, 0.001, 1e-4, 1e-9, 1e-18, 1e-19, math.SmallestNonzeroFloat64, math.Nextafter(1, 0), math.Nextafter(0.5, 1), 1.0 / 3}

func decisionsByID(r *recorder) {
	random := rand.New(rand.NewPCG(3, 4))
	all := append([]float64{}, rates...)
	for range 60 {
		all = append(all, random.Float64(), math.Pow(10, -20*random.Float64()))
	}
	for _, rate := range all {
		s, err := jaeger.NewProbabilisticSampler(rate)
		if err != nil {
			r.say(fmt.Sprint("probabilistic/", rate), "%v", err)
			continue
		}
		r.say(fmt.Sprint("probabilistic/", rate), "%s", decisions(rate, 400, func(id jaeger.TraceID) bool {
			yes, _ := s.IsSampled(id, "op")
			return yes
		}))
		var next jaeger.TraceID
		tracer, closer := jaeger.NewTracer("svc", s, jaeger.NewNullReporter(), jaeger.TracerOptions.Gen128Bit(true),
			jaeger.TracerOptions.RandomNumber(func() uint64 { return next.Low }), jaeger.TracerOptions.HighTraceIDGenerator(func() uint64 { return next.High }))
		r.say(fmt.Sprint("by a tracer/", rate), "%s", decisions(rate, 200, func(id jaeger.TraceID) bool {
			next = id
			if next.Low == 0 {
				next.Low = 1
			}
			return tracer.StartSpan("op").Context().(jaeger.SpanContext).IsSampled()
		}))
		_ = closer.Close()
	}
}

func tagList(tags []jaeger.Tag) string {
	var all []string
	for _, t := range tags {
		all = append(all, fmt.Sprintf("%+v", t))
	}
	return strings.Join(all, " ")
}

func samplerKinds(r *recorder) {
	half, _ := jaeger.NewProbabilisticSampler(0.5)
	third, _ := jaeger.NewProbabilisticSampler(1.0 / 3)
	guaranteed, err := jaeger.NewGuaranteedThroughputProbabilisticSampler(0, 0.5)
	r.say("guaranteed", "%v", err)
	adaptive, err := jaeger.NewAdaptiveSampler(strategies(), 10)
	r.say("adaptive", "%v", err)
	remote := jaeger.NewRemotelyControlledSampler("svc", jaeger.SamplerOptions.SamplingStrategyFetcher(fetcher("{}")))
	defer remote.Close()
	kinds := map[string]jaeger.Sampler{
		"yes": jaeger.NewConstSampler(true), "no": jaeger.NewConstSampler(false), "half": half, "third": third,
		"5/s": jaeger.NewRateLimitingSampler(5), "0.1/s": jaeger.NewRateLimitingSampler(0.1), "guaranteed": guaranteed, "adaptive": adaptive, "remote": remote,
	}
	id := jaeger.TraceID{Low: 1}
	for name, s := range kinds {
		if name != "remote" && name != "adaptive" {
			yes, tags := s.IsSampled(id, "op")
			r.say("asked/"+name, "%t %s", yes, tagList(tags))
			yes, tags = s.IsSampled(jaeger.TraceID{Low: math.MaxInt64}, "op")
			r.say("asked, high/"+name, "%t %s", yes, tagList(tags))
			r.say("text/"+name, "%v", s)
		} else {
			yes, tags := s.IsSampled(id, "op")
			r.say("asked/"+name, "%t %s", yes, tagList(tags))
		}
		_, v2 := s.(jaeger.SamplerV2)
		r.say("v2/"+name, "%t", v2)
		for other, o := range kinds {
			r.say("equal/"+name+"/"+other, "%t", s.Equal(o))
		}
	}
	for _, rate := range []float64{-0.1, 1.1, math.Inf(1), -1, 2} {
		_, err := jaeger.NewProbabilisticSampler(rate)
		r.say(fmt.Sprint("bad rate/", rate), "%v", err)
		r.say(fmt.Sprint("bad update/", rate), "%v", half.Update(rate))
	}
	r.say("update", "%v %v %v", half.Update(0.75), half, half.SamplingRate())
	limited := jaeger.NewRateLimitingSampler(1)
	limited.Update(3)
	r.say("update limit", "%v", limited)
	constant := jaeger.NewConstSampler(true)
	constant.Decision = false
	yes, tags := constant.IsSampled(id, "op")
	r.say("changed", "%t %s %v", yes, tagList(tags), constant)
	g := newRig(constant)
	r.say("changed, tracer", "%s", g.span("a"))
	constant.Decision = true
	r.say("changed back, tracer", "%s", g.span("b"))
	_ = g.close()
	g = newRig(half)
	_ = half.Update(0)
	r.say("updated, tracer", "%s", g.span("a"))
	_ = half.Update(1)
	r.say("updated again, tracer", "%s", spanText(g.span("b")))
	_ = g.close()
}

func rateLimits(r *recorder) {
	for _, limit := range []float64{0, 0.5, 1, 2, 10} { // what is there at the start; no time passes
		s := jaeger.NewRateLimitingSampler(limit)
		n := 0
		for range 20 {
			if yes, _ := s.IsSampled(jaeger.TraceID{Low: 1}, "op"); yes {
				n++
			}
		}
		r.say(fmt.Sprint(limit), "%d", n)
	}
	limiter := utils.NewRateLimiter(1e-9, 5)
	var answers []bool
	for _, cost := range []float64{1, 2, 3, 2, 0, 1} {
		answers = append(answers, limiter.CheckCredit(cost))
	}
	r.say("limiter", "%v", answers)
	limiter.Update(1e-9, 10)
	r.say("limiter, updated", "%t", limiter.CheckCredit(1))
}

func strategies() *sampling.PerOperationSamplingStrategies {
	strategy := func(name string, rate float64) *sampling.OperationSamplingStrategy {
		return &sampling.OperationSamplingStrategy{Operation: name, ProbabilisticSampling: &sampling.ProbabilisticSamplingStrategy{SamplingRate: rate}}
	}
	return &sampling.PerOperationSamplingStrategies{
		DefaultSamplingProbability: 0.5, DefaultLowerBoundTracesPerSecond: 1e-9,
		PerOperationStrategies: []*sampling.OperationSamplingStrategy{strategy("all", 1), strategy("none", 0), strategy("half", 0.5)},
	}
}

func perOperation(r *recorder) {
	for _, most := range []int{0, 3, 4, 2000} {
		s, _ := jaeger.NewAdaptiveSampler(strategies(), most)
		g := newRig(s)
		var b strings.Builder
		for _, name := range []string{"all", "none", "half", "new", "newer", "all", "none", "new"} {
			for i := range 3 {
				root := g.span(name, opentracing.Tag{Key: "i", Value: i})
				child := g.span("all", opentracing.ChildOf(root.Context()))
				fmt.Fprintf(&b, "%s %v %v\n", root, lines(root.Tags()), child.Context().(jaeger.SpanContext).IsSampled())
			}
		}
		r.say(fmt.Sprint("decisions/", most), "%s", b.String())
		text := s.String()
		r.say(fmt.Sprint("text/", most), "%s, %d lines", text[:strings.Index(text, "samplers=")], strings.Count(text, "\n"))
		_ = g.close()
	}
	one := &sampling.PerOperationSamplingStrategies{PerOperationStrategies: strategies().PerOperationStrategies[:1]}
	s := jaeger.NewPerOperationSampler(jaeger.PerOperationSamplerParams{Strategies: one})
	r.say("one", "%s", s)
}

func lateBinding(r *recorder) {
	for _, late := range []bool{true, false} {
		s := jaeger.NewPerOperationSampler(jaeger.PerOperationSamplerParams{MaxOperations: 10, OperationNameLateBinding: late, Strategies: strategies()})
		g := newRig(s)
		for _, names := range [][]string{{"all"}, {"none"}, {"all", "none"}, {"none", "all"}, {"none", "none", "all"}, {"all", "all"}} {
			span := g.span(names[0])
			text := liveText(span) + "\n"
			for _, name := range names[1:] {
				span.SetOperationName(name)
				text += liveText(span) + "\n"
			}
			child := g.span("all", opentracing.ChildOf(span.Context()))
			child.SetOperationName("none")
			finish(child)
			finish(span)
			r.say(fmt.Sprint(late, names), "%s%s\nchild %s", text, spanText(span), child)
		}
		var reported []string
		for _, s := range g.spans() {
			reported = append(reported, s.OperationName())
		}
		r.say(fmt.Sprint("reported/", late), "%v", reported)
		_ = g.close()
	}
}

func samplerTags(r *recorder) {
	half, _ := jaeger.NewProbabilisticSampler(1)
	low, _ := jaeger.NewGuaranteedThroughputProbabilisticSampler(5, 0)
	for name, s := range map[string]jaeger.Sampler{"const": jaeger.NewConstSampler(true), "probabilistic": half, "rate": jaeger.NewRateLimitingSampler(5), "lower bound": low} {
		g := newRig(s)
		root := g.span("root")
		finish(root)
		child := g.span("child", opentracing.ChildOf(root.Context()))
		var tags []string
		for _, t := range jaeger.BuildJaegerThrift(root).Tags {
			tags = append(tags, tagText(t))
		}
		r.say(name, "%s\nchild: %d", strings.Join(tags, "\n"), len(jaeger.BuildJaegerThrift(child).Tags))
		_ = g.close()
	}
}

func experimental(r *recorder) {
	matching := x.NewTagMatchingSampler("tier", []x.TagMatcher{{TagValue: "gold"}, {TagValue: "fire", Firehose: true}, {TagValue: 5}})
	fromJSON, err := x.NewTagMatchingSamplerFromStrategyJSON([]byte(`{"key":"tier","matchers":[{"value":"gold"},{"value":"fire","firehose":true}],"values":{"ignored":{"value":"x"}}}`))
	r.say("JSON", "%v", err)
	_, err = x.NewTagMatchingSamplerFromStrategyJSON([]byte(`{`))
	r.say("bad JSON", "%v", err)
	for name, s := range map[string]func() jaeger.Sampler{
		"matching":   func() jaeger.Sampler { return matching },
		"JSON":       func() jaeger.Sampler { return fromJSON },
		"priority":   func() jaeger.Sampler { return x.NewPrioritySampler(matching, undecided{}) },
		"then never": func() jaeger.Sampler { return x.NewPrioritySampler(matching, jaeger.NewConstSampler(false)) },
		"then yes":   func() jaeger.Sampler { return x.NewPrioritySampler(matching, jaeger.NewConstSampler(true)) },
	} {
		for _, value := range []any{"gold", "fire", "lead", 5, true} {
			g := newRig(s())
			span := g.span("s")
			text := liveText(span)
			span.SetTag("other", 1).SetTag("tier", value)
			child := g.span("child", opentracing.ChildOf(span.Context()))
			finish(child)
			finish(span)
			r.say(fmt.Sprint("asked/", name, "/", value), "%s\n%s\nchild %s, reported %d", text, spanText(span), child, len(g.spans()))
			_ = g.close()
		}
	}
}
