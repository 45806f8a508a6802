// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
)

// carrierKind is a way to carry a context from one process to another.
type carrierKind struct {
	name   string
	format any
	fresh  func() any
	texts  bool // values travel as they are: none with control bytes
}

func carriers() []carrierKind {
	return []carrierKind{
		{"HTTPHeaders", opentracing.HTTPHeaders, func() any { return opentracing.HTTPHeadersCarrier{} }, false},
		{"HTTPHeaders in a map", opentracing.HTTPHeaders, func() any { return opentracing.TextMapCarrier{} }, false},
		{"TextMap", opentracing.TextMap, func() any { return opentracing.TextMapCarrier{} }, true},
		{"Binary", opentracing.Binary, func() any { return new(bytes.Buffer) }, false},
	}
}

// identity is what travels.
type identity struct {
	trace        model.TraceID
	span, parent uint64
	flags        byte
	baggage      map[string]string
}

func (i identity) String() string {
	return fmt.Sprintf("%s:%016x:%016x:%x %q", i.trace.Hex32(), i.span, i.parent, i.flags, i.baggage)
}

func ofJ(sc opentracing.SpanContext) identity {
	c := sc.(jaeger.SpanContext)
	id := identity{model.TraceID(c.TraceID()), uint64(c.SpanID()), uint64(c.ParentID()), c.Flags(), map[string]string{}}
	c.ForeachBaggageItem(func(k, v string) bool { id.baggage[k] = v; return true })
	return id
}

func ofSpur(sc opentracing.SpanContext) identity {
	c := sc.(spur.SpanContext)
	id := identity{c.TraceID(), uint64(c.SpanID()), uint64(c.ParentID()), byte(c.Flags()), map[string]string{}}
	c.ForeachBaggageItem(func(k, v string) bool { id.baggage[k] = v; return true })
	return id
}

// forJ makes the context in J. Flags beside the sampled one can be had from its
// own string form, in which it reads them as decimal numbers; but then a baggage
// value cannot be empty.
func (i identity) forJ(t testing.TB) jaeger.SpanContext {
	t.Helper()
	if i.flags <= 1 {
		return jaeger.NewSpanContext(jaeger.TraceID(i.trace), jaeger.SpanID(i.span), jaeger.SpanID(i.parent), i.flags == 1, i.baggage)
	}
	c, err := jaeger.ContextFromString(fmt.Sprintf("%s:%x:%x:%d", i.trace, i.span, i.parent, i.flags))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range i.baggage {
		c = c.WithBaggageItem(k, v)
	}
	return c
}

func (i identity) forSpur() spur.SpanContext {
	c := model.Context{TraceID: i.trace, SpanID: model.SpanID(i.span), ParentID: model.SpanID(i.parent), Flags: model.Flags(i.flags)}
	for k, v := range i.baggage {
		c.Baggage = c.Baggage.With(model.Member{Key: k, Value: v})
	}
	return spur.NewSpanContext(c)
}

// pair is a tracer of each kind; neither reports anywhere but to memory.
type pair struct {
	spur   *spur.Tracer
	spans  *reporter.Memory
	j      *jaeger.Tracer
	jSpans *jaeger.InMemoryReporter
}

// jaegerAlone makes spur speak what J does and nothing else, for tests that
// compare what both write.
func jaegerAlone() spur.Option {
	formats := []propagation.Format{propagation.FormatJaeger}
	return spur.WithFormats(formats, formats)
}

func newPair(t testing.TB, opts ...spur.Option) *pair {
	t.Helper()
	p := &pair{spans: &reporter.Memory{}, jSpans: jaeger.NewInMemoryReporter()}
	var err error
	p.spur, err = spur.New("spur", append([]spur.Option{spur.WithReporter(p.spans), spur.WithLogger(nil)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	j, closer := jaeger.NewTracer("j", jaeger.NewConstSampler(false), p.jSpans, jaeger.TracerOptions.Gen128Bit(true))
	p.j = j.(*jaeger.Tracer)
	t.Cleanup(func() {
		closer.Close()
		if err := p.spur.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// carry moves a context from one tracer to the other. A carrier is read once, and
// over HTTP its header names have been in the hands of a real server.
func carry(t testing.TB, from opentracing.Tracer, sc opentracing.SpanContext, to opentracing.Tracer, k carrierKind) opentracing.SpanContext {
	t.Helper()
	c := k.fresh()
	if err := from.Inject(sc, k.format, c); err != nil {
		t.Fatalf("%s: injecting: %v", k.name, err)
	}
	if h, ok := c.(opentracing.HTTPHeadersCarrier); ok {
		var wire bytes.Buffer
		if err := http.Header(h).Write(&wire); err != nil {
			t.Fatal(err)
		}
		for name, values := range h { // Write drops what is no header
			for _, v := range values {
				if !strings.Contains(wire.String(), name+": "+strings.TrimSpace(v)+"\r\n") {
					t.Errorf("%s: header %q with value %q is not fit to be sent", k.name, name, v)
				}
			}
		}
	}
	got, err := to.Extract(k.format, c)
	if err != nil {
		t.Fatalf("%s: extracting from %v: %v", k.name, c, err)
	}
	return got
}

// sameIdentity compares what arrived with what was sent.
func sameIdentity(t testing.TB, what string, got, want identity) {
	t.Helper()
	if got.trace != want.trace || got.span != want.span || got.parent != want.parent || got.flags != want.flags ||
		!maps.Equal(got.baggage, want.baggage) {
		t.Errorf("%s: got  %v\nwant %v", what, got, want)
	}
}

// baggageValues stand for what people put into baggage.
var baggageValues = []string{
	"x", "acme corp", "acmé", "a+b%20c", "100%", "%", "%4", "%zz", `q"u,o;t\e`, "a=b&c=d", "日本語 🚀", "%41", " lead trail ", "a,b, c",
	"k=v, k2=v2", "://?#[]@!$'()*", "", "line\nbreak", "\x00\x7f", "\xff\xfe", strings.Repeat("long ", 200),
}

func randomIdentity(r *rand.Rand, values []string) identity {
	id := identity{
		trace: model.TraceID{Low: r.Uint64()>>r.IntN(64) | 1}, span: r.Uint64()>>r.IntN(64) | 1, parent: r.Uint64() >> r.IntN(64),
		flags: byte(r.IntN(10)), baggage: map[string]string{},
	}
	if r.IntN(2) == 0 {
		id.trace.High = r.Uint64() >> r.IntN(64)
	}
	if r.IntN(4) == 0 {
		id.trace.Low >>= 1 + r.IntN(16) // leading zeros, with luck no bit at all
	}
	if !id.trace.IsValid() {
		id.trace.High = 1
	}
	for k := range r.IntN(4) {
		value := values[r.IntN(len(values))]
		if r.IntN(2) == 0 {
			value = randomValue(r)
		}
		if value != "" || id.flags <= 1 {
			id.baggage[fmt.Sprintf("key-%d%c", k, 'a'+r.IntN(26))] = value
		}
	}
	return id
}

func randomValue(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(20) {
		b.WriteRune([]rune("abcXYZ019 +%,;=\\\"é日~!🚀")[r.IntN(22)])
	}
	return b.String()
}
