// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur"
)

// outcome is what came of an extraction, in words.
func outcome(sc opentracing.SpanContext, err error) string {
	switch {
	case errors.Is(err, opentracing.ErrSpanContextNotFound):
		return "not found"
	case err != nil:
		return "error"
	}
	var id identity
	switch c := sc.(type) {
	case spur.SpanContext:
		id = ofSpur(c)
	case jaeger.SpanContext:
		id = identity{baggage: map[string]string{}}
		if c.TraceID().IsValid() { // on others Flags panics
			id = ofJ(c)
		} else {
			c.ForeachBaggageItem(func(k, v string) bool { id.baggage[k] = v; return true })
		}
	}
	trace := fmt.Sprintf("%x", id.trace.Low)
	if id.trace.High != 0 {
		trace = fmt.Sprintf("%x%016x", id.trace.High, id.trace.Low)
	}
	parts := []string{fmt.Sprintf("%s:%x:%x:%x", trace, id.span, id.parent, id.flags)}
	for _, k := range slices.Sorted(maps.Keys(id.baggage)) {
		parts = append(parts, k+"="+id.baggage[k])
	}
	return strings.Join(parts, " ")
}

// TestExtractDifferences lists headers, what spur makes of them, and what J does
// where that is something else. What stands here as a difference is decided;
// whatever does not must be equal.
func TestExtractDifferences(t *testing.T) {
	log.SetOutput(io.Discard) // J writes there what it thinks of jaeger-baggage
	defer log.SetOutput(os.Stderr)
	const same = "same"
	p := newPair(t)
	for _, tc := range []struct {
		name    string
		headers opentracing.TextMapCarrier
		want, j string
	}{
		{"nothing", nil, "not found", same},
		{"plain", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:1"}, "1:2:3:1", same},
		{"upper case", opentracing.TextMapCarrier{"UBER-Trace-ID": "AB:2:3:1"}, "ab:2:3:1", same},
		{"flags 0 to 9", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:9"}, "1:2:3:9", same},
		{"flags padded", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:01"}, "1:2:3:1", same},
		{"flags padded more", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:000001"}, "1:2:3:1", same},
		{"flags beyond a byte", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:999"}, "error", same},
		{"flags as J writes sampled, debug, firehose", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:b"}, "1:2:3:b", "error"},
		{"flags hexadecimal, taken for decimal", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:10"}, "1:2:3:10", "1:2:3:a"},
		{"flags too large for decimal", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:ff"}, "1:2:3:ff", "error"},
		{"negative flags", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:-1"}, "error", same},
		{"no flags", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:"}, "error", same},
		{"three parts", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3"}, "error", same},
		{"five parts", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:1:1"}, "error", same},
		{"empty", opentracing.TextMapCarrier{"uber-trace-id": ""}, "error", same},
		{"no number", opentracing.TextMapCarrier{"uber-trace-id": "xx:2:3:1"}, "error", same},
		{"sign", opentracing.TextMapCarrier{"uber-trace-id": "+1:2:3:1"}, "error", same},
		{"prefix", opentracing.TextMapCarrier{"uber-trace-id": "0x1:2:3:1"}, "error", same},
		{"33 digits", opentracing.TextMapCarrier{"uber-trace-id": strings.Repeat("0", 32) + "1:2:3:1"}, "error", same},
		{"17 digits of a span id", opentracing.TextMapCarrier{"uber-trace-id": "1:00000000000000002:3:1"}, "error", same},
		{"parent that cannot be read", opentracing.TextMapCarrier{"uber-trace-id": "1:2:x:1"}, "1:2:0:1", "error"},
		{"parent left out", opentracing.TextMapCarrier{"uber-trace-id": "1:2::1"}, "1:2:0:1", "error"},
		{"zero span id", opentracing.TextMapCarrier{"uber-trace-id": "1:0:3:1"}, "error", "1:0:3:1"}, // no parent for J either
		{"zero trace id", opentracing.TextMapCarrier{"uber-trace-id": "0:2:3:1"}, "error", "not found"},
		{"J's zero context", opentracing.TextMapCarrier{"uber-trace-id": "0000000000000000:0000000000000000:0000000000000000:0"}, "error", "not found"},
		{"J's zero context with baggage", opentracing.TextMapCarrier{"uber-trace-id": "0:0:0:0", "uberctx-k": "v"}, "0:0:0:0 k=v", same},
		{"baggage", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:1", "uberctx-K": "v"}, "1:2:3:1 k=v", same},
		{"baggage alone", opentracing.TextMapCarrier{"uberctx-k": "v"}, "0:0:0:0 k=v", same},
		{"baggage without a key", opentracing.TextMapCarrier{"uber-trace-id": "1:2:3:1", "uberctx-": "v"}, "1:2:3:1", "1:2:3:1 =v"},
		{"list", opentracing.TextMapCarrier{"jaeger-baggage": "k1=v1, k2 = v2 ,K3=v3"}, "0:0:0:0 K3=v3 k1=v1 k2= v2", same},
		{"list, malformed in part", opentracing.TextMapCarrier{"jaeger-baggage": "k1=v1,k2,k3=a=b"}, "0:0:0:0 k1=v1", same},
		{"debug id", opentracing.TextMapCarrier{"jaeger-debug-id": "x"}, "0:0:0:0", same},
		{"debug id and baggage", opentracing.TextMapCarrier{"jaeger-debug-id": "x", "uberctx-k": "v"}, "0:0:0:0 k=v", same},
	} {
		for _, format := range []any{opentracing.HTTPHeaders, opentracing.TextMap} {
			if tc.j == same {
				tc.j = tc.want
			}
			if got := outcome(p.spur.Extract(format, tc.headers)); got != tc.want {
				t.Errorf("%s, format %v: spur says %q, not %q", tc.name, format, got, tc.want)
			}
			if got := outcome(p.j.Extract(format, tc.headers)); got != tc.j {
				t.Errorf("%s, format %v: J says %q, not %q", tc.name, format, got, tc.j)
			}
		}
	}
}

// TestEncodedHeaders: values that stand encoded in HTTP headers alone.
func TestEncodedHeaders(t *testing.T) {
	p := newPair(t)
	for _, tc := range []struct {
		name       string
		key, value string
		want, j    string // "" for the same
	}{
		{"ids encoded", "uber-trace-id", "1%3A2%3a3%3A1", "1:2:3:1", ""},
		{"J's spaces", "uberctx-k", "a+b", "0:0:0:0 k=a b", ""},
		{"spur's spaces", "uberctx-k", "a%20b", "0:0:0:0 k=a b", ""},
		{"plus", "uberctx-k", "a%2Bb", "0:0:0:0 k=a+b", ""},
		{"unicode", "uberctx-k", "Z%C3%BCrich", "0:0:0:0 k=Zürich", ""},
		{"unicode as it is", "uberctx-k", "Zürich", "0:0:0:0 k=Zürich", ""},
		{"bad escape", "uberctx-k", "+100%", "0:0:0:0 k=+100%", ""},
		{"bad escape in a list", "jaeger-baggage", "k1=+v1,k2=100%", "0:0:0:0 k1=+v1 k2=100%", "not found"},
		{"list encoded", "jaeger-baggage", "k1%3Dv1%2Ck2=v+2", "0:0:0:0 k1=v1 k2=v 2", ""},
	} {
		if tc.j == "" {
			tc.j = tc.want
		}
		c := opentracing.HTTPHeadersCarrier{}
		c.Set(tc.key, tc.value)
		if got := outcome(p.spur.Extract(opentracing.HTTPHeaders, c)); got != tc.want {
			t.Errorf("%s: spur says %q, not %q", tc.name, got, tc.want)
		}
		if got := outcome(p.j.Extract(opentracing.HTTPHeaders, c)); got != tc.j {
			t.Errorf("%s: J says %q, not %q", tc.name, got, tc.j)
		}
	}
}

// TestControlBytesInText is the decided difference: under TextMap, where values
// travel as they are, a value with control bytes stays at home. What J sends of
// that kind is read.
func TestControlBytesInText(t *testing.T) {
	p := newPair(t, jaegerAlone()) // each format that is written counts
	id := identity{flags: 1, span: 2, baggage: map[string]string{"k": "line\nbreak"}}
	id.trace.Low = 1
	got, err := p.spur.Extract(opentracing.TextMap, injected(t, p.j, id.forJ(t)))
	if err != nil {
		t.Fatal(err)
	}
	sameIdentity(t, "J to spur", ofSpur(got), id)
	m := injected(t, p.spur, id.forSpur())
	if _, there := m["uberctx-k"]; there || m["uber-trace-id"] == "" {
		t.Errorf("spur writes %q", m)
	}
	dropped := 0
	for _, st := range p.spur.Stats().Propagation {
		dropped += int(st.BaggageDropped)
	}
	if dropped != 1 {
		t.Errorf("%d members counted as dropped, not 1", dropped)
	}
}

func injected(t *testing.T, tracer opentracing.Tracer, sc opentracing.SpanContext) opentracing.TextMapCarrier {
	t.Helper()
	m := opentracing.TextMapCarrier{}
	if err := tracer.Inject(sc, opentracing.TextMap, m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestBinaryDamage cuts and damages J's binary contexts: both refuse the same.
// (J's zero ids, and a negative length, at which it panics, are left out.)
func TestBinaryDamage(t *testing.T) {
	p := newPair(t)
	id := identity{flags: 1, span: 2, parent: 3, baggage: map[string]string{"key": "value"}}
	id.trace.High, id.trace.Low = 4, 5
	var buf bytes.Buffer
	if err := p.j.Inject(id.forJ(t), opentracing.Binary, &buf); err != nil {
		t.Fatal(err)
	}
	whole := buf.Bytes()
	for n := range len(whole) + 1 {
		ours := outcome(p.spur.Extract(opentracing.Binary, bytes.NewReader(whole[:n])))
		theirs := outcome(p.j.Extract(opentracing.Binary, bytes.NewReader(whole[:n])))
		if ours != theirs || (ours == "error") != (n < len(whole)) {
			t.Errorf("%d of %d bytes: spur says %q, J %q", n, len(whole), ours, theirs)
		}
	}
	for _, members := range []uint32{181, 1 << 20, 1<<31 - 1} {
		many := bytes.Clone(whole)
		binary.BigEndian.PutUint32(many[33:], members)
		ours := outcome(p.spur.Extract(opentracing.Binary, bytes.NewReader(many)))
		theirs := outcome(p.j.Extract(opentracing.Binary, bytes.NewReader(many)))
		if ours != "error" || theirs != "error" {
			t.Errorf("%d members: spur says %q, J %q", members, ours, theirs)
		}
	}
}
