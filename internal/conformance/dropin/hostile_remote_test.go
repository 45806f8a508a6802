// SPDX-License-Identifier: Apache-2.0

package dropin

import (
	"bytes"
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport"
	"github.com/uber/jaeger-client-go/zipkin"

	"github.com/go-spur/spur/spurtest"
)

// TestHostileHeaders reads and hands on what any caller can send.
func TestHostileHeaders(t *testing.T) {
	spurtest.CheckLeaks(t)
	var std bytes.Buffer
	stdlog.SetOutput(&std)
	defer stdlog.SetOutput(os.Stderr)
	b3 := zipkin.NewZipkinB3HTTPHeaderPropagator()
	tracer, closer := jaeger.NewTracer("headers", jaeger.NewConstSampler(true), jaeger.NewNullReporter(),
		jaeger.TracerOptions.Injector("b3", b3), jaeger.TracerOptions.Extractor("b3", b3))
	defer closer.Close()
	many := http.Header{"Uber-Trace-Id": {"1:2:3:1"}}
	for i := range 100_000 {
		many[fmt.Sprintf("Uberctx-%d", i)] = []string{"v"}
	}
	mega := strings.Repeat("%", 1<<20)
	for name, h := range map[string]http.Header{
		"commas": {"Jaeger-Baggage": {strings.Repeat(",", 1<<20)}}, "pairs": {"Jaeger-Baggage": {strings.Repeat("a=b,", 1<<18)}},
		"percent": {"Uber-Trace-Id": {"1:2:3:1"}, "Uberctx-K": {mega}}, "colons": {"Uber-Trace-Id": {strings.Repeat(":", 1<<20)}}, "hex": {"Uber-Trace-Id": {strings.Repeat("f", 1<<20) + ":1:0:1"}},
		"escaped": {"Uber-Trace-Id": {mega}}, "many": many, "debug id": {"Jaeger-Debug-Id": {mega}}, "key": {"Uber-Trace-Id": {"1:2:3:1"}, "Uberctx-" + mega: {"v"}},
		"b3": {"X-B3-Traceid": {mega}, "X-B3-Spanid": {mega}, "B3": {mega}, "Baggage-K": {mega}}, "nothing": nil, "no values": {"Uber-Trace-Id": {}, "Uberctx-K": nil},
		"control": {"Uber-Trace-Id": {"1:2:3:1"}, "Uberctx-A b": {"v"}, "Uberctx-\r\nX": {"v\r\n\x00"}},
	} {
		for _, format := range []any{opentracing.HTTPHeaders, opentracing.TextMap, "b3"} {
			used := allocated(func() {
				within(t, time.Second, name, func() {
					c, err := tracer.Extract(format, opentracing.HTTPHeadersCarrier(h))
					var parents []opentracing.StartSpanOption
					if err == nil {
						parents = append(parents, opentracing.ChildOf(c))
					}
					s := tracer.StartSpan("s", parents...)
					out := http.Header{}
					if err := tracer.Inject(s.Context(), format, opentracing.HTTPHeadersCarrier(out)); err != nil {
						t.Errorf("%s: Inject: %v", name, err)
					}
					s.Finish()
					sendable(t, name, out)
				})
			})
			if used > 16<<20 {
				t.Errorf("%s as %v takes %d MiB of memory", name, format, used>>20)
			}
		}
	}
	for name, b := range map[string][]byte{
		"41 bytes": append(bytes.Repeat([]byte{1}, 33), 0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff), "negative": append(bytes.Repeat([]byte{1}, 33), 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff),
		"endless": append(append(bytes.Repeat([]byte{1}, 33), 0, 0, 0, 180), make([]byte, 10<<20)...),
	} {
		used := allocated(func() {
			within(t, time.Second, name, func() { _, _ = tracer.Extract(opentracing.Binary, bytes.NewReader(b)) })
		})
		if used > 1<<20 {
			t.Errorf("%s takes %d KiB of memory", name, used>>10)
		}
	}
	for _, carrier := range []any{nil, http.Header(nil), opentracing.HTTPHeadersCarrier(nil), opentracing.TextMapCarrier(nil), (*bytes.Buffer)(nil), 5} {
		for _, format := range []any{opentracing.HTTPHeaders, opentracing.TextMap, opentracing.Binary, jaeger.SpanContextFormat, jaeger.ZipkinSpanFormat, []int{}} {
			within(t, time.Second, "carrier", func() {
				_ = tracer.Inject(tracer.StartSpan("s").Context(), format, carrier)
				_, _ = tracer.Extract(format, carrier)
			})
		}
	}
	if std.Len() > 0 {
		t.Errorf("the standard logger gets %d bytes: %.200s", std.Len(), std.String())
	}
}

// sendable fails the test unless net/http would send the headers, and a server take them.
func sendable(t *testing.T, name string, h http.Header) {
	req := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
	req.Header = h
	var b bytes.Buffer
	if err := req.Write(&b); err != nil || b.Len() > 32<<10 {
		t.Errorf("%s: a request of %d bytes: %v", name, b.Len(), err)
	}
	for k, values := range h {
		if strings.ContainsAny(k, " \r\n\x00:") || strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") {
			t.Errorf("%s: the header %.50q cannot be sent", name, k)
		}
	}
}

// allocated returns how many bytes f takes.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestHostileStrategies asks servers that answer what kills, blocks or blinds a sampler.
func TestHostileStrategies(t *testing.T) {
	spurtest.CheckLeaks(t)
	endless := func(w http.ResponseWriter, r *http.Request, pause time.Duration) {
		_, err := fmt.Fprint(w, "{")
		for err == nil {
			select {
			case <-r.Context().Done():
				return
			case <-time.After(pause):
			}
			if _, err = w.Write(bytes.Repeat([]byte(" "), 1<<16)); err == nil {
				w.(http.Flusher).Flush()
			}
		}
	}
	say := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, text) }
	}
	for name, h := range map[string]http.HandlerFunc{
		"null entry": say(`{"operationSampling":{"perOperationStrategies":[null]}}`), "no rate": say(`{"operationSampling":{"perOperationStrategies":[{"operation":"x"}]}}`),
		"null rate": say(`{"operationSampling":{"perOperationStrategies":[{"operation":"x","probabilisticSampling":null}]}}`), "null": say(`null`),
		"deep": say(strings.Repeat(`{"operationSampling":`, 100_000)), "rate NaN": say(`{"probabilisticSampling":{"samplingRate":"NaN"}}`), "rate 2": say(`{"probabilisticSampling":{"samplingRate":2}}`),
		"redirects": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) },
		"no end":    func(w http.ResponseWriter, r *http.Request) { endless(w, r, time.Microsecond) },
		"drips":     func(w http.ResponseWriter, r *http.Request) { endless(w, r, 50*time.Millisecond) },
		"hangs":     func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		reached := make(chan struct{}, 1)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case reached <- struct{}{}:
			default:
			}
			h(w, r)
		}))
		sampler := jaeger.NewRemotelyControlledSampler("svc", jaeger.SamplerOptions.SamplingServerURL(server.URL), jaeger.SamplerOptions.SamplingRefreshInterval(20*time.Millisecond),
			jaeger.SamplerOptions.InitialSampler(jaeger.NewConstSampler(true)))
		tracer, closer := jaeger.NewTracer("svc", sampler, jaeger.NewNullReporter())
		used := allocated(func() {
			<-reached
			if endlessly := name == "no end" || name == "drips" || name == "hangs"; !endlessly {
				within(t, 2*time.Second, name+": UpdateSampler", sampler.UpdateSampler)
			}
			s := tracer.StartSpan("op")
			s.Finish()
			if !s.Context().(jaeger.SpanContext).IsSampled() {
				t.Errorf("%s: the first sampler is gone: %v", name, sampler.Sampler())
			}
		})
		if used > 64<<20 {
			t.Errorf("%s takes %d MiB of memory", name, used>>20)
		}
		within(t, 2*time.Second, name+": Close", func() { _ = closer.Close() })
		server.CloseClientConnections()
		server.Close()
	}
}

// TestHostileReceivers closes tracers whose agents and collectors do not take spans.
func TestHostileReceivers(t *testing.T) {
	spurtest.CheckLeaks(t)
	hole, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never reads
	if err != nil {
		t.Fatal(err)
	}
	defer hole.Close()
	refused, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := refused.LocalAddr().String()
	_ = refused.Close()
	answer := func(status int, text string) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.Header().Set("Location", "/again")
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, text)
		}))
		t.Cleanup(s.Close)
		return s
	}
	udp, err := jaeger.NewUDPTransport(nobody, 0)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for name, sender := range map[string]jaeger.Transport{
		"refused UDP": udp, "black hole": transport.NewHTTPTransport("http://" + hole.Addr().String()), "refused TCP": transport.NewHTTPTransport("http://" + nobody),
		"500": transport.NewHTTPTransport(answer(500, "broken").URL), "429": transport.NewHTTPTransport(answer(429, "later").URL), "redirects": transport.NewHTTPTransport(answer(302, "").URL),
		"HTML": transport.NewHTTPTransport(answer(200, "<html>").URL), "nonsense": transport.NewHTTPTransport("::"), "hanging": hanging{make(chan int)},
	} {
		wg.Go(func() {
			tracer, closer := jaeger.NewTracer("svc", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(sender, jaeger.ReporterOptions.QueueSize(1000)))
			for range 500 {
				tracer.StartSpan("s").Finish()
			}
			within(t, 6*time.Second, name+": Close", func() { _ = closer.Close() })
			within(t, time.Second, name+": Close again", func() { _ = closer.Close() })
			tracer.StartSpan("after").Finish()
			if h, ok := sender.(hanging); ok {
				close(h.until)
			}
		})
	}
	wg.Wait()
}

// hanging is a transport that returns when until is closed.
type hanging struct{ until chan int }

func (h hanging) Append(*jaeger.Span) (int, error) { <-h.until; return 0, nil }
func (h hanging) Flush() (int, error)              { <-h.until; return 0, nil }
func (h hanging) Close() error                     { <-h.until; return nil }
