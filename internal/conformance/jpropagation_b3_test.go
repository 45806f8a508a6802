// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bufio"
	"bytes"
	"maps"
	"net/http"
	"net/textproto"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/zipkin"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// TestB3LikeJ exchanges B3's multiple headers with J's package zipkin, as they are
// written to the wire. Neither encodes baggage: spur reads what J would read, and J
// what spur wrote, but for values that a header cannot hold as they are, which spur
// leaves out, and which arrive changed from J, or break its request.
func TestB3LikeJ(t *testing.T) {
	whole := map[string]string{
		"plain": "acme", "discount": "50%20off", "percent": "100%", "plus": "a+b", "list": `a=b;c,d "e" \f`, "empty": "", "unicode": "Zoë 🚀", "blank": "a b",
	}
	odd := map[string]string{"around": " x ", "line": "a\r\nX-Evil: b", "nul": "\x00", "tab": "\t"}
	j := zipkin.NewZipkinB3HTTPHeaderPropagator()
	p, err := propagation.B3(propagation.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	ids := model.Context{TraceID: model.TraceID{High: 1, Low: 2}, SpanID: 3, ParentID: 4, Flags: model.FlagSampled}

	sent := http.Header{}
	from := jaeger.NewSpanContext(jaeger.TraceID{High: 1, Low: 2}, 3, 4, true, whole)
	if err := j.Inject(from, opentracing.HTTPHeadersCarrier(sent)); err != nil {
		t.Fatal(err)
	}
	c, err := p.Extract(propagation.Header(sentOverTheWire(t, sent)))
	if err != nil || c.TraceID != ids.TraceID || c.SpanID != ids.SpanID || c.ParentID != ids.ParentID || c.Flags != ids.Flags {
		t.Errorf("from J: %+v, %v", c, err)
	}
	got := map[string]string{}
	for m := range c.Baggage.All() {
		got[m.Key] = m.Value
	}
	if !maps.Equal(got, whole) {
		t.Errorf("from J: %q, want %q", got, whole)
	}

	for k, v := range whole {
		ids.Baggage = ids.Baggage.With(model.Member{Key: k, Value: v})
	}
	for k, v := range odd {
		ids.Baggage = ids.Baggage.With(model.Member{Key: k, Value: v})
	}
	sent = http.Header{}
	p.Inject(&ids, propagation.Header(sent))
	sc, err := j.Extract(opentracing.HTTPHeadersCarrier(sentOverTheWire(t, sent)))
	if id := ofJ(sc); err != nil || id.trace != ids.TraceID || id.span != 3 || id.parent != 4 || id.flags != 1 || !maps.Equal(id.baggage, whole) {
		t.Errorf("from spur: %v, %v, want %q", id, err, whole)
	}
	if n := p.Stats()[0].BaggageDropped; n != uint64(len(odd)) {
		t.Errorf("%d members counted as left out, want %d", n, len(odd))
	}
}

// sentOverTheWire writes headers as net/http does, and reads them back.
func sentOverTheWire(t *testing.T, h http.Header) http.Header {
	t.Helper()
	var wire bytes.Buffer
	if err := h.Write(&wire); err != nil {
		t.Fatal(err)
	}
	wire.WriteString("\r\n")
	read, err := textproto.NewReader(bufio.NewReader(&wire)).ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	return http.Header(read)
}
