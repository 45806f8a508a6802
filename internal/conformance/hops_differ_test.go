// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-client-go"
	"go.opentelemetry.io/contrib/propagators/b3"
	"go.opentelemetry.io/otel/baggage"
	otelpropagation "go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-spur/spur/internal/conformance/hops"
)

// TestHopsLose lists what does not get through, or not unchanged, and who loses
// it; and, beside each loss, that the others do get it. begin writes the headers
// of a request with the caller's own library; spur passes it on. want is what the
// last service's library knows, and tells the next one, of it.
func TestHopsLose(t *testing.T) {
	const invalid = "\xff\xfe z"
	for _, tc := range []struct {
		name  string
		begin func(t *testing.T) http.Header
		to    string
		want  string
	}{
		{"debug", debugFromJ, hops.J, "continued sampled uber-trace-id flags 3"},
		{"debug", debugFromJ, hops.Spur, "continued sampled uber-trace-id flags 3, traceparent flags 01"},
		{"debug", debugFromJ, hops.OTelJaeger, "continued sampled uber-trace-id flags 3"},
		{"debug", debugFromJ, hops.OTelB3Single, "continued sampled b3 state d"},
		{"debug", debugFromJ, hops.OTelB3Multi, "continued sampled x-b3-flags 1"},
		{"debug: W3C has none", debugFromJ, hops.OTelW3C, "continued sampled traceparent flags 01"},
		{"debug from B3", debugFromB3, hops.J, "continued sampled uber-trace-id flags 3"},
		{"firehose", firehoseFromJ(false), hops.J, "continued sampled uber-trace-id flags 9"},
		{"firehose: OTel has none", firehoseFromJ(false), hops.OTelJaeger, "continued sampled uber-trace-id flags 1"},
		{"firehose and debug", firehoseFromJ(true), hops.Spur, "continued sampled uber-trace-id flags b, traceparent flags 01"},
		{"firehose and debug: J cannot read what it writes", firehoseFromJ(true), hops.J, "begins a trace"},
		{"bytes that are no text", fromJ("k", invalid), hops.J, `continued unsampled uber-trace-id flags 0 k="\xff\xfe z"`},
		{
			"bytes that are no text", fromJ("k", invalid), hops.Spur,
			`continued unsampled uber-trace-id flags 0, traceparent flags 00 k="\xff\xfe z"`,
		},
		{"bytes that are no text: W3C replaces them", fromJ("k", invalid), hops.OTelW3C, `continued unsampled traceparent flags 00 k="�� z"`},
		{"case of a key", fromOTel("Tenant-ID=v"), hops.OTelW3C, `continued unsampled traceparent flags 00 Tenant-ID="v"`},
		{"case of a key", fromOTel("Tenant-ID=v"), hops.Spur, `continued unsampled uber-trace-id flags 0, traceparent flags 00 Tenant-ID="v"`},
		{"case of a key: headers keep none", fromOTel("Tenant-ID=v"), hops.J, `continued unsampled uber-trace-id flags 0 tenant-id="v"`},
		{"case of a key: headers keep none", fromJ("Tenant-ID", "v"), hops.OTelW3C, `continued unsampled traceparent flags 00 tenant-id="v"`},
		{"key of all characters that names have", fromOTel("a_b.c-d=v"), hops.J, `continued unsampled uber-trace-id flags 0 a_b.c-d="v"`},
		{"empty value", fromOTel("k="), hops.OTelW3C, `continued unsampled traceparent flags 00 k=""`},
		{"empty value", fromOTel("k="), hops.J, `continued unsampled uber-trace-id flags 0 k=""`},
		{
			"properties", fromOTel("k=v;ttl=60;secret;text=a%20%C3%A9"), hops.OTelW3C,
			`continued unsampled traceparent flags 00 k="v";ttl=60;secret;text=a%20%C3%A9`,
		},
		{"properties: Jaeger has none", fromOTel("k=v;ttl=60;secret"), hops.J, `continued unsampled uber-trace-id flags 0 k="v"`},
		{"tracestate, random", stateFromOTel, hops.OTelW3C, "continued sampled traceparent flags 03, tracestate rojo=00f067aa0ba902b7,vendor@t=x y"},
		{"tracestate, random: Jaeger has none", stateFromOTel, hops.J, "continued sampled uber-trace-id flags 1"},
		{"tracestate, random: B3 has none", stateFromOTel, hops.OTelB3Single, "continued sampled b3 state 1"},
	} {
		t.Run(tc.name+" to "+tc.to, func(t *testing.T) {
			b := named(t, tc.to)
			route := hops.NewRoute(t, false, b.New(t, false), b.Needs...)
			p := route.Send(t, tc.begin(t))
			if got := passedOn(&p); got != tc.want {
				t.Errorf("%s\nwant %s\nheaders to spur %q,\nfrom spur %q", got, tc.want, p.Server.Header, p.Served.Header)
			}
		})
	}
}

func named(t testing.TB, name string) hops.Neighbour {
	t.Helper()
	all := hops.Neighbours()
	i := slices.IndexFunc(all, func(n hops.Neighbour) bool { return n.Name == name })
	if i < 0 {
		t.Fatalf("no neighbour %q", name)
	}
	return all[i]
}

// passedOn says in words how a service goes on with what spur sent it.
func passedOn(p *hops.Passage) string {
	s := &p.Served
	if s.Trace != p.Client.Trace || s.Parent != p.Client.Span {
		return "begins a trace"
	}
	words := []string{"continued unsampled"}
	if s.Sampled {
		words[0] = "continued sampled"
	}
	var ids []string
	last := func(v, sep string) string { return v[strings.LastIndex(v, sep)+1:] }
	if v := s.Next.Get("uber-trace-id"); v != "" {
		ids = append(ids, "uber-trace-id flags "+last(v, ":"))
	}
	if v := s.Next.Get("b3"); v != "" {
		ids = append(ids, "b3 state "+strings.Split(v, "-")[2])
	}
	if v := s.Next.Get("x-b3-flags"); v != "" {
		ids = append(ids, "x-b3-flags "+v)
	}
	if v := s.Next.Get("traceparent"); v != "" {
		ids = append(ids, "traceparent flags "+last(v, "-"))
	}
	if v := s.Next.Get("tracestate"); v != "" {
		ids = append(ids, "tracestate "+v)
	}
	words = append(words, strings.Join(ids, ", "))
	for _, k := range slices.Sorted(maps.Keys(s.Baggage)) {
		member := fmt.Sprintf("%s=%q", k, s.Baggage[k])
		for list := range strings.SplitSeq(s.Next.Get("baggage"), ",") {
			if name, rest, _ := strings.Cut(list, "="); name == k {
				if _, properties, ok := strings.Cut(rest, ";"); ok {
					member += ";" + properties
				}
			}
		}
		words = append(words, member)
	}
	return strings.Join(words, " ")
}

func debugFromJ(t *testing.T) http.Header {
	return hops.NewJ(t, true, true).Begin(t, func(s opentracing.Span) { ext.SamplingPriority.Set(s, 1) })
}

func firehoseFromJ(debug bool) func(t *testing.T) http.Header {
	return func(t *testing.T) http.Header {
		return hops.NewJ(t, true, true).Begin(t, func(s opentracing.Span) {
			if debug {
				ext.SamplingPriority.Set(s, 1)
			}
			jaeger.EnableFirehose(s.(*jaeger.Span))
		})
	}
}

func fromJ(key, value string) func(t *testing.T) http.Header {
	return func(t *testing.T) http.Header {
		return hops.NewJ(t, false, true).Begin(t, func(s opentracing.Span) { s.SetBaggageItem(key, value) })
	}
}

// debugFromB3 is OpenTelemetry passing on a context with the debug flag.
func debugFromB3(t *testing.T) http.Header {
	l := hops.NewOTel(t, true, b3.New(b3.WithInjectEncoding(b3.B3MultipleHeader)))
	return l.Continue(http.Header{"B3": {"80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-d"}}).Next
}

// fromOTel takes a W3C list of baggage.
func fromOTel(list string) func(t *testing.T) http.Header {
	return func(t *testing.T) http.Header {
		b, err := baggage.Parse(list)
		if err != nil {
			t.Fatal(err)
		}
		ctx := baggage.ContextWithBaggage(context.Background(), b)
		return injectedByOTel(ctx, trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	}
}

func stateFromOTel(t *testing.T) http.Header {
	state, err := trace.ParseTraceState("rojo=00f067aa0ba902b7,vendor@t=x y")
	if err != nil {
		t.Fatal(err)
	}
	return injectedByOTel(context.Background(), trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled | trace.FlagsRandom, TraceState: state,
	})
}

func injectedByOTel(ctx context.Context, c trace.SpanContextConfig) http.Header {
	h := http.Header{}
	ctx = trace.ContextWithSpanContext(ctx, trace.NewSpanContext(c))
	otelpropagation.TraceContext{}.Inject(ctx, otelpropagation.HeaderCarrier(h))
	otelpropagation.Baggage{}.Inject(ctx, otelpropagation.HeaderCarrier(h))
	return h
}
