// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/sampler"
)

// TestContextsTravel carries random contexts between the real jaeger-client-go
// and spur with its default formats, both ways, and expects them to arrive whole.
// Flags are those that J's decimal reading and its own hexadecimal writing agree
// about: 0 to 9.
func TestContextsTravel(t *testing.T) {
	n := 3000
	if testing.Short() {
		n = 300
	}
	p, alone := newPair(t), newPair(t, jaegerAlone())
	for _, k := range carriers() {
		t.Run(k.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(4, 6831))
			values := baggageValues
			if k.texts { // J sends them, see TestControlBytesInText
				values = nil
				for _, v := range baggageValues {
					if !strings.ContainsAny(v, "\n\x00\x7f") {
						values = append(values, v)
					}
				}
			}
			for range n {
				id := randomIdentity(r, values)
				sameIdentity(t, "J to spur", ofSpur(carry(t, p.j, id.forJ(t), p.spur, k)), id)
				sameIdentity(t, "spur to J", ofJ(carry(t, p.spur, id.forSpur(), p.j, k)), id)
				sameCarrier(t, alone, k, id)
				if t.Failed() {
					t.FailNow()
				}
			}
			t.Logf("%d contexts each way", n)
		})
	}
}

// sameCarrier compares what both write for one context, spur Jaeger's headers
// alone: the same names and ids, and values that mean the same (J writes a space
// as '+', spur as %20).
func sameCarrier(t *testing.T, p *pair, k carrierKind, id identity) {
	t.Helper()
	ours, theirs := k.fresh(), k.fresh()
	if err := p.spur.Inject(id.forSpur(), k.format, ours); err != nil {
		t.Fatal(err)
	}
	if err := p.j.Inject(id.forJ(t), k.format, theirs); err != nil {
		t.Fatal(err)
	}
	switch ours := ours.(type) {
	case *bytes.Buffer:
		b, j := ours.Bytes(), theirs.(*bytes.Buffer).Bytes()
		if len(b) != len(j) || !bytes.Equal(b[:37], j[:37]) || len(id.baggage) < 2 && !bytes.Equal(b, j) {
			t.Errorf("%v: spur writes %x, J %x", id, b, j)
		}
	case opentracing.HTTPHeadersCarrier:
		sameTexts(t, flat(http.Header(ours)), flat(http.Header(theirs.(opentracing.HTTPHeadersCarrier))), url.QueryUnescape)
	case opentracing.TextMapCarrier:
		decode := func(s string) (string, error) { return s, nil }
		if !k.texts {
			decode = url.QueryUnescape
		}
		sameTexts(t, ours, theirs.(opentracing.TextMapCarrier), decode)
	}
}

func flat(h http.Header) map[string]string {
	m := map[string]string{}
	for k, v := range h {
		m[k] = strings.Join(v, "|")
	}
	return m
}

func sameTexts(t *testing.T, ours, theirs map[string]string, decode func(string) (string, error)) {
	t.Helper()
	if len(ours) != len(theirs) {
		t.Errorf("spur writes %q, J %q", ours, theirs)
	}
	for name, v := range theirs {
		if strings.EqualFold(name, "uber-trace-id") {
			if ours[name] != v {
				t.Errorf("%s: spur writes %q, J %q", name, ours[name], v)
			}
			continue
		}
		a, err1 := decode(ours[name])
		b, err2 := decode(v)
		if a != b || err1 != nil || err2 != nil {
			t.Errorf("%s: spur writes %q, J %q", name, ours[name], v)
		}
	}
}

// TestTracesContinue starts a trace in one client and goes on with it in the
// other and back: one trace id, each parent the span before, one decision.
func TestTracesContinue(t *testing.T) {
	for _, k := range carriers() {
		for _, sampled := range []bool{true, false} {
			for _, spurFirst := range []bool{true, false} {
				// Whoever does not decide would decide otherwise.
				p := newPair(t, spur.WithSampler(sampler.NewConst(sampled == spurFirst)))
				j, closer := jaeger.NewTracer("j", jaeger.NewConstSampler(sampled != spurFirst), p.jSpans, jaeger.TracerOptions.Gen128Bit(true))
				p.j = j.(*jaeger.Tracer)
				continueTrace(t, p, k, sampled, spurFirst)
				if t.Failed() {
					t.Fatalf("%s, sampled %v, spur first %v", k.name, sampled, spurFirst)
				}
				closer.Close()
			}
		}
	}
}

func continueTrace(t *testing.T, p *pair, k carrierKind, sampled, spurFirst bool) {
	t.Helper()
	tracers := [2]opentracing.Tracer{p.j, p.spur}
	read := [2]func(opentracing.SpanContext) identity{ofJ, ofSpur}
	at := 0
	if spurFirst {
		at = 1
	}
	root := tracers[at].StartSpan("root")
	root.SetBaggageItem("user", "Zoë 100%, a b")
	last := read[at](root.Context())
	want := last
	if want.flags&1 != 0 != sampled {
		t.Fatalf("the root decided %v", want)
	}
	sc := root.Context()
	for range 4 {
		from := tracers[at]
		at = 1 - at
		remote := carry(t, from, sc, tracers[at], k)
		server := tracers[at].StartSpan("server", opentracing.ChildOf(remote))
		local := tracers[at].StartSpan("local", opentracing.ChildOf(server.Context()))
		got := read[at](server.Context())
		if got.trace != want.trace || got.parent != last.span || got.span == last.span || got.flags != want.flags || got.baggage["user"] != "Zoë 100%, a b" {
			t.Errorf("%v does not descend from %v", got, last)
		}
		child := read[at](local.Context())
		if child.trace != want.trace || child.parent != got.span || child.flags != want.flags || child.baggage["user"] != "Zoë 100%, a b" {
			t.Errorf("%v does not descend from %v", child, got)
		}
		local.Finish()
		server.Finish()
		last, sc = child, local.Context()
	}
	root.Finish()
	reported := 0
	if sampled {
		reported = 9
	}
	if n := len(p.spans.Spans()) + p.jSpans.SpansSubmitted(); n != reported {
		t.Errorf("%d spans reported, not %d", n, reported)
	}
}

// TestClearedPriorityStaysCleared: sampling.priority 1, then 0 leaves J with the
// debug flag alone. It tells other services of it, and they must not sample.
func TestClearedPriorityStaysCleared(t *testing.T) {
	p := newPair(t, spur.WithSampler(sampler.NewConst(false)))
	caller := p.j.StartSpan("caller")
	ext.SamplingPriority.Set(caller, 1)
	ext.SamplingPriority.Set(caller, 0)
	if f := ofJ(caller.Context()).flags; f != 2 {
		t.Fatalf("J has flags %d, not debug alone", f)
	}
	s := p.spur.StartSpan("called", opentracing.ChildOf(carry(t, p.j, caller.Context(), p.spur, carriers()[0])))
	if got := ofSpur(s.Context()); got.flags&1 != 0 {
		t.Errorf("spur samples: %v", got)
	}
	s.Finish()
	if n := len(p.spans.Spans()); n != 0 {
		t.Errorf("spur reports %d spans", n)
	}
}
