// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"go.opentelemetry.io/otel/trace"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// TestHops sends requests from every library by way of spur to every library,
// over real HTTP: one trace, each parent the span before, one decision, and the
// baggage of those that carry any, byte for byte. Whoever does not begin the trace
// would decide otherwise.
func TestHops(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14268))
	for _, a := range neighbours() {
		for _, b := range neighbours() {
			t.Run(a.name+" → spur → "+b.name, func(t *testing.T) {
				for _, sampled := range []bool{true, false} {
					route := newRoute(t, !sampled, b.new(t, !sampled), b.needs...)
					from := a.new(t, sampled)
					for n := range 12 {
						items := everyValue
						if n > 0 {
							items = randomItems(r)
						}
						called := from.call(t, items)
						server, client, served := route.send(t, called.next)
						checkHops(t, a, b, items, called, server, client, served)
						if called.sampled != sampled {
							t.Errorf("%s decided otherwise than it was to", a.name)
						}
						if t.Failed() {
							t.Fatalf("sampled %v, baggage %q,\nheaders to spur %q,\nfrom spur %q", sampled, items, called.next, served.header)
						}
					}
				}
			})
		}
	}
}

func checkHops(t *testing.T, a, b neighbour, items map[string]string, called, server, client, served seen) {
	t.Helper()
	for what, s := range map[string]seen{"spur's server": server, "spur's client": client, b.name: served} {
		if s.trace != called.trace {
			t.Errorf("%s is in trace %v, not %v", what, s.trace, called.trace)
		}
		if s.sampled != called.sampled {
			t.Errorf("%s: sampled %v, not %v", what, s.sampled, called.sampled)
		}
	}
	if server.parent != called.span || client.parent != server.span || served.parent != client.span {
		t.Errorf("%s has span %x; spur's server %x below %x; spur's client %x below %x; %s is below %x",
			a.name, called.span, server.span, server.parent, client.span, client.parent, b.name, served.parent)
	}
	if ids := map[uint64]bool{called.span: true, server.span: true, client.span: true, served.span: true}; len(ids) != 4 || ids[0] {
		t.Errorf("span ids %x", slices.Collect(maps.Keys(ids)))
	}
	want := map[string]string{}
	if a.baggage {
		want = items
	}
	sameBaggage(t, "spur's server", server.baggage, want)
	sameBaggage(t, "spur's client", client.baggage, want)
	if !b.baggage {
		want = map[string]string{}
	}
	sameBaggage(t, b.name, served.baggage, want)
}

func sameBaggage(t testing.TB, what string, got, want map[string]string) {
	t.Helper()
	if maps.Equal(got, want) {
		return
	}
	for k, v := range want {
		if g, ok := got[k]; !ok || g != v {
			t.Errorf("%s has baggage %s=%q (%v), not %q", what, k, g, ok, v)
		}
	}
	for k, v := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s has baggage %s=%q, which nobody sent", what, k, v)
		}
	}
}

// route is a service with spur that calls another service.
type route struct {
	*otLibrary
	url     string
	to      library
	through chan [2]seen
	arrived chan seen
}

// newRoute starts both servers. The tracer writes its default formats and what the
// other library needs.
func newRoute(t testing.TB, sample bool, to library, needs ...propagation.Format) *route {
	t.Helper()
	var opts []spur.Option
	if len(needs) > 0 {
		opts = append(opts, spur.WithFormats(
			[]propagation.Format{propagation.FormatJaeger, propagation.FormatW3C, propagation.FormatB3},
			append([]propagation.Format{propagation.FormatJaeger, propagation.FormatW3C}, needs...)))
	}
	r := &route{otLibrary: newSpurLibrary(t, sample, opts...), to: to, through: make(chan [2]seen, 1), arrived: make(chan seen, 1)}
	last := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		r.arrived <- to.serve(t, req.Header)
	}))
	t.Cleanup(last.Close)
	middle := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { r.forward(t, last.URL, req) }))
	t.Cleanup(middle.Close)
	r.url = middle.URL
	return r
}

// forward is what a service does that is instrumented by hand.
func (r *route) forward(t testing.TB, url string, in *http.Request) {
	remote, err := r.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(in.Header))
	if err != nil {
		t.Errorf("spur extracts from %q: %v", in.Header, err)
	}
	server := r.StartSpan("server", ext.RPCServerOption(remote))
	defer server.Finish()
	client := r.StartSpan("client", opentracing.ChildOf(server.Context()), ext.SpanKindRPCClient)
	defer client.Finish()
	out, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Error(err)
		return
	}
	if err := r.Inject(client.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(out.Header)); err != nil {
		t.Error(err)
	}
	r.through <- [2]seen{r.knows(server, in.Header), r.knows(client, nil)}
	fetch(t, out)
}

func (r *route) knows(s opentracing.Span, h http.Header) seen {
	id := r.read(s.Context())
	return seen{id.trace, id.span, id.parent, id.flags&1 != 0, id.baggage, h, nil}
}

// send sends a request and returns spur's two spans, and what the last service saw.
func (r *route) send(t testing.TB, h http.Header) (server, client, served seen) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, r.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, h)
	fetch(t, req)
	if t.Failed() {
		t.FailNow()
	}
	s := <-r.through
	return s[0], s[1], <-r.arrived
}

func fetch(t testing.TB, req *http.Request) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	_, err = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%s: %v", res.Status, err)
	}
}

// everyValue has every kind of value that a neighbour can hold. Keys are in lower
// case: jaeger-client-go's headers keep no other.
var everyValue = map[string]string{
	"plain": "acme", "spaces": "acme  corp", "around": " both ", "percent": "100%", "percents": "%41%2520 %zz %", "comma": "a,b, c",
	"equals": "=k=v==", "semicolon": "a;b;c=d", "plus": "1+1 +", "quotes": `"double" 'single'`, "backslash": `C:\temp\`,
	"unicode": "Zoë in Zürich", "wide": "日本語 🚀", "url": "https://x.y/?q=a%20b&c=d#e", "json": `{"a":[1,2],"b":null}`,
	"control": "line\r\nbreak\ttab\x00\x7f", "key.with_all-of": "!#$&'()*/:<>?@[]^_`{|}~", "long": strings.Repeat("long é ", 100),
}

func randomItems(r *rand.Rand) map[string]string {
	items := map[string]string{}
	for n := range r.IntN(8) {
		items[fmt.Sprintf("key-%d", n)] = randomValue(r)
	}
	return items
}

func traceNumber(id trace.TraceID) model.TraceID {
	return model.TraceID{High: binary.BigEndian.Uint64(id[:8]), Low: binary.BigEndian.Uint64(id[8:])}
}

func spanNumber(id trace.SpanID) uint64 { return binary.BigEndian.Uint64(id[:]) }
