// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/contrib/propagators/b3"
	otjaeger "go.opentelemetry.io/contrib/propagators/jaeger"
	otelpropagation "go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// The targets give the same headers to spur and to OpenTelemetry. Where spur reads
// more, or OpenTelemetry does, a function in strict_test.go says so: it turns such
// headers into those that OpenTelemetry reads as spur does the original. Anything
// else must be read alike, and refused alike. And what spur then writes must mean
// the same to OpenTelemetry.

// FuzzTraceContextLikeOTel compares traceparent and tracestate.
func FuzzTraceContextLikeOTel(f *testing.F) {
	const ids = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"
	for _, parent := range []string{
		"00" + ids + "01", "00" + ids + "03", "00" + ids + "ff", "01" + ids + "01-what", "01" + ids + "01.", "00" + ids + "01-", "ff" + ids + "01",
		" 00" + ids + "00\t", "00" + strings.ToUpper(ids) + "01", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "",
	} {
		f.Add(parent, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
	}
	for _, state := range []string{
		"a=1, b=2 ,,c=3", "a=1,a=2", "t@s=x y", "0@s=v", "0=v", "A=v", "a=", "a= ", "a=b=c", "a=1, \t,b=2", "a@b@c=1", strings.Repeat("a=1,", 40), "a=\x7f",
	} {
		f.Add("00"+ids+"01", state)
	}
	for _, n := range []int{32, 33} { // distinct members
		f.Add("00"+ids+"01", distinctStates(n))
	}
	spur, err := propagation.W3C(propagation.HTTP)
	if err != nil {
		f.Fatal(err)
	}
	otel := otelpropagation.TraceContext{}
	f.Fuzz(func(t *testing.T, parent, state string) {
		if len(state) > 4096 {
			return // spur's limit; OpenTelemetry has none
		}
		h := http.Header{"Traceparent": {parent}, "Tracestate": {state}}
		c, err := spur.Extract(propagation.Header(h))
		ours := decisionOf(c, err)
		strict := http.Header{"Traceparent": {strictTraceparent(parent)}, "Tracestate": {strictTracestate(state)}}
		theirs := readByOTel(otel, strict)
		if ours != theirs.decision {
			t.Fatalf("%q: spur reads %s, OTel %s (%v)", parent, ours, theirs.decision, err)
		}
		if err != nil {
			return
		}
		if random := c.State&model.StateW3CRandom != 0; random != theirs.sc.TraceFlags().IsRandom() {
			t.Fatalf("%q: spur reads random %v", parent, random)
		}
		// spur passes on what came, OpenTelemetry what it made of it; level 2's keys
		// it does not know.
		ourState := ""
		if c.Extra != nil {
			ourState = c.Extra.TraceState
		}
		if again, err := trace.ParseTraceState(strictTracestate(ourState)); err != nil || again.String() != theirs.sc.TraceState().String() {
			t.Fatalf("%q: spur has %q, OTel %q (%v)", state, ourState, theirs.sc.TraceState(), err)
		}
		if written := readByOTel(otel, writtenBySpur(spur, c)); written.decision != ours ||
			levelOne(ourState) && written.sc.TraceState().String() != theirs.sc.TraceState().String() {
			t.Fatalf("OTel reads what spur writes as %s, %q", written.decision, written.sc.TraceState())
		}
	})
}

func distinctStates(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = "k" + strings.Repeat("x", i) + "=v"
	}
	return strings.Join(members, ",")
}

// FuzzB3LikeOTel compares both forms of B3, together.
func FuzzB3LikeOTel(f *testing.F) {
	const trace, span = "80f198ee56343ba864fe8b2a57d3eff7", "e457b5a2e4d86bd1"
	ids := trace + "-" + span
	for _, single := range []string{
		ids, ids + "-1", ids + "-0", ids + "-d", ids + "-1-05e3ac9a4f6e3b90", ids[16:] + "-1", ids + "-", ids + "-1-", ids + "-x", "0", "d",
		ids + "-05e3ac9a4f6e3b90", strings.ToUpper(ids) + "-1", ids + "-true", ids + "-1-0000000000000000", "1-2-1", ids + "00", ids + "-1x05e3ac9a4f6e3b90",
	} {
		f.Add(single, "", "", "", "", "")
		f.Add(single, trace, span, "", "1", "")
	}
	for _, decision := range []string{"1", "0", "", "true", "FALSE", "d", "2"} {
		f.Add("", trace, span, "05e3ac9a4f6e3b90", decision, "")
		f.Add("", trace[:16], span, "x", decision, "1")
	}
	f.Add("", "1", "2", "3", "1", "3")
	f.Add("", "", span, "", "1", "")
	spur, err := propagation.B3(propagation.HTTP)
	if err != nil {
		f.Fatal(err)
	}
	single, err := propagation.B3(propagation.HTTP, propagation.WithB3Single())
	if err != nil {
		f.Fatal(err)
	}
	otel := b3.New(b3.WithInjectEncoding(b3.B3MultipleHeader))
	f.Fuzz(func(t *testing.T, whole, trace, span, parent, sampled, flags string) {
		h := http.Header{}
		for name, v := range map[string]string{
			"B3": whole, "X-B3-Traceid": trace, "X-B3-Spanid": span, "X-B3-Parentspanid": parent, "X-B3-Sampled": sampled, "X-B3-Flags": flags,
		} {
			if v != "" {
				h[name] = []string{v}
			}
		}
		c, err := spur.Extract(propagation.Header(h))
		ours, theirs := decisionOf(c, err), readByOTel(otel, strictB3(h)).decision
		if ours != theirs {
			t.Fatalf("%q: spur reads %s, OTel reads %q as %s (%v)", h, ours, strictB3(h), theirs, err)
		}
		if !c.IsValid() {
			return
		}
		for _, p := range []propagation.Propagator{spur, single} {
			if h := writtenBySpur(p, c); readByOTel(otel, h).decision != ours {
				t.Fatalf("OTel does not read %s from what spur writes: %q", ours, h)
			}
		}
	})
}

// FuzzJaegerLikeOTel compares uber-trace-id.
func FuzzJaegerLikeOTel(f *testing.F) {
	for _, id := range []string{
		"1:2:3:1", "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:3", "AB:CD:0:1", "1:2:3:b", "1:2:3:", "1:2:3:-1", "1:2:3:+1", "1:2:3:0x1",
		"1:2:x:1", "1%3A2%3a3%3A1", "1:2%3A3:1", "1:2:3", "1:2:3:4:5", "0:0:0:0", "1:0:0:1", "1:2:3:0001", "1:2:3:00001", "1:2:3:2", ":2:3:1", "1::3:1",
	} {
		f.Add(id)
	}
	spur, err := propagation.Jaeger(propagation.HTTP)
	if err != nil {
		f.Fatal(err)
	}
	otel := otjaeger.Jaeger{}
	f.Fuzz(func(t *testing.T, id string) {
		c, err := spur.Extract(propagation.Header{"Uber-Trace-Id": {id}})
		ours, theirs := decisionOf(c, err), readByOTel(otel, http.Header{"Uber-Trace-Id": {strictJaeger(id)}}).decision
		if ours != theirs {
			t.Fatalf("%q: spur reads %s, OTel reads %q as %s (%v)", id, ours, strictJaeger(id), theirs, err)
		}
		if h := writtenBySpur(spur, c); err == nil && readByOTel(otel, h).decision != ours {
			t.Fatalf("OTel does not read %s from what spur writes: %q", ours, h)
		}
	})
}

// otelReading is what OpenTelemetry made of headers.
type otelReading struct {
	sc       trace.SpanContext
	decision string
}

// readByOTel asks a propagator what it reads. Whether a context is in debug mode,
// or has its decision open, it tells only other services.
func readByOTel(p otelpropagation.TextMapPropagator, h http.Header) otelReading {
	ctx := p.Extract(context.Background(), otelpropagation.HeaderCarrier(h))
	r := otelReading{sc: trace.SpanContextFromContext(ctx), decision: "nothing"}
	if !r.sc.IsValid() {
		return r
	}
	next := http.Header{}
	p.Inject(ctx, otelpropagation.HeaderCarrier(next))
	decision := "not sampled"
	switch {
	case next.Get("X-B3-Flags") == "1" || strings.HasSuffix(next.Get("Uber-Trace-Id"), ":3"):
		decision = "debug"
	case r.sc.IsSampled():
		decision = "sampled"
	case slices.Contains(p.Fields(), "x-b3-sampled") && next.Get("X-B3-Sampled") == "":
		decision = "open"
	}
	r.decision = r.sc.TraceID().String() + " " + r.sc.SpanID().String() + " " + decision
	return r
}

func decisionOf(c model.Context, err error) string {
	decision := "not sampled"
	switch {
	case err != nil || !c.IsValid(): // OpenTelemetry reads no decision without ids
		return "nothing"
	case c.State&model.StateDeferred != 0:
		decision = "open"
	case c.IsSampled() && c.IsDebug(): // debug alone asks for nothing
		decision = "debug"
	case c.IsSampled():
		decision = "sampled"
	}
	return c.TraceID.Hex32() + " " + c.SpanID.String() + " " + decision
}

func writtenBySpur(p propagation.Propagator, c model.Context) http.Header {
	h := http.Header{}
	p.Inject(&c, propagation.Header(h))
	return h
}
