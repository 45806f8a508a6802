// SPDX-License-Identifier: Apache-2.0

package emit

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	zipkingo "github.com/openzipkin/zipkin-go"
	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/openzipkin/zipkin-go/reporter"
	zipkinhttp "github.com/openzipkin/zipkin-go/reporter/http"
	"github.com/uber/jaeger-client-go"
	jaegerzipkin "github.com/uber/jaeger-client-go/transport/zipkin"
)

// zipkin are clients of Zipkin's. The wire is the server's base URL.
func zipkin() []Sender {
	jZipkin := func(to string) (jaeger.Transport, error) { return jaegerzipkin.NewHTTPTransport(to + "/api/v1/spans") }
	values := byJaeger(10, "jaegergo-zipkin", Zipkin, "zipkin/jaegergo-values.v1.thrift", jZipkin, true)
	return []Sender{
		values,
		{
			Name: "jaegergo-shared", Wire: Zipkin, Services: []string{"jaegergo-shared-front", "jaegergo-shared-back"}, Spans: 4, File: "zipkin/jaegergo-shared.v1.thrift",
			Send: func(_ context.Context, to string) error { return sharedByJaeger(to) },
		},
		byZipkin(12, "zipkingo-json", "zipkin/zipkingo-shared.v2.json", reporter.JSONSerializer{}),
		byZipkin(13, "zipkingo-proto", "zipkin/zipkingo-shared.v2.pb", zipkin_proto3.SpanSerializer{}),
		again("zipkingo-v1", Sender{
			Wire: Zipkin, Services: []string{"zipkin-v1", "zipkin-v1-server", "zipkin-v1-other"}, Spans: 5, Unshown: true, File: "zipkin/handmade.v1.thrift", // Jaeger shows 4
			Send: func(ctx context.Context, to string) error { return handmadeV1(ctx, to) },
		}),
	}
}

// direct reports to a transport that several tracers share.
type direct struct{ to jaeger.Transport }

func (d direct) Report(s *jaeger.Span) { _, _ = d.to.Append(s) } // it is flushed at the end
func (d direct) Close()                {}

// sharedByJaeger sends a request from one service to another, whose spans share
// an id.
func sharedByJaeger(to string) error {
	t, err := jaegerzipkin.NewHTTPTransport(to + "/api/v1/spans")
	if err != nil {
		return err
	}
	g := &ids{sender: 11}
	tracer := func(service string) opentracing.Tracer {
		tr, _ := jaeger.NewTracer(service, jaeger.NewConstSampler(true), direct{t}, jaeger.TracerOptions.RandomNumber(g.low),
			jaeger.TracerOptions.ZipkinSharedRPCSpan(true), jaeger.TracerOptions.Tag("ip", "10.0.0.7"))
		return tr
	}
	front, back := tracer("jaegergo-shared-front"), tracer("jaegergo-shared-back")
	root := front.StartSpan("GET /order", at(0), ext.SpanKindRPCServer)
	call := front.StartSpan("call", at(100), ext.SpanKindRPCClient, opentracing.ChildOf(root.Context()), opentracing.Tag{Key: "peer.service", Value: "jaegergo-shared-back"})
	served := back.StartSpan("serve", at(200), ext.RPCServerOption(call.Context()), opentracing.Tag{Key: "peer.ipv4", Value: "10.0.0.8"}, opentracing.Tag{Key: "peer.port", Value: 4711})
	work := back.StartSpan("work", at(300), opentracing.ChildOf(served.Context()), opentracing.Tag{Key: "component", Value: "db"})
	finish(work, 400)
	finish(served, 800)
	finish(call, 900)
	finish(root, 1000)
	_, err = t.Flush()
	return err
}

// zipkinIDs are numbered, as those of ids.
type zipkinIDs struct{ *ids }

func (g zipkinIDs) TraceID() model.TraceID        { return model.TraceID{High: g.high(), Low: g.low()} }
func (g zipkinIDs) SpanID(model.TraceID) model.ID { return model.ID(g.low()) }
func endpoint(service, ip string, port uint16) *model.Endpoint {
	e := &model.Endpoint{ServiceName: service, Port: port}
	if addr := net.ParseIP(ip); strings.Contains(ip, ":") {
		e.IPv6 = addr
	} else {
		e.IPv4 = addr.To4()
	}
	return e
}

// byZipkin sends a request from one service to another with zipkin-go, whose
// spans share an id.
func byZipkin(n uint64, name, file string, format reporter.SpanSerializer) Sender {
	front, back := name+"-front", name+"-back"
	return Sender{Name: name, Wire: Zipkin, Services: []string{front, back}, Spans: 7, File: file, Send: func(_ context.Context, to string) error {
		to += "/api/v2/spans"
		r := zipkinhttp.NewReporter(to, zipkinhttp.BatchInterval(time.Minute), zipkinhttp.Serializer(format))
		g := zipkinIDs{&ids{sender: n}}
		tracer := func(e *model.Endpoint) (*zipkingo.Tracer, error) {
			return zipkingo.NewTracer(r, zipkingo.WithLocalEndpoint(e), zipkingo.WithIDGenerator(g))
		}
		a, err := tracer(endpoint(front, "10.0.0.7", 0))
		if err != nil {
			return err
		}
		b, err := tracer(endpoint(back, "2001:db8::8", 8080))
		if err != nil {
			return err
		}
		zipkinRequest(a, b, back)
		return r.Close()
	}}
}

func zipkinRequest(front, back *zipkingo.Tracer, peer string) {
	begin := func(t *zipkingo.Tracer, name string, us int, kind model.Kind, parent zipkingo.Span, options ...zipkingo.SpanOption) zipkingo.Span {
		options = append(options, zipkingo.StartTime(micros(us)), zipkingo.Kind(kind))
		if parent != nil {
			options = append(options, zipkingo.Parent(parent.Context()))
		}
		return t.StartSpan(name, options...)
	}
	root := begin(front, "GET /Order", 0, model.Server, nil, zipkingo.Tags(map[string]string{"http.method": "GET", "http.status_code": "500", "text": "Grüße, 世界 🚀 </script>", "empty": ""}))
	call := begin(front, "call", 100, model.Client, root, zipkingo.RemoteEndpoint(endpoint(peer, "10.0.0.8", 8080)))
	call.Annotate(micros(150), "connected")
	call.Annotate(micros(160), "sent")
	served := begin(back, "serve", 200, model.Server, call, zipkingo.RemoteEndpoint(endpoint("", "10.0.0.7", 4711)))
	work := begin(back, "work", 300, model.Undetermined, served)
	zipkingo.TagError.Set(work, "deadlock")
	failed := begin(front, "resolve", 110, model.Undetermined, call)
	zipkingo.TagError.Set(failed, "true")
	sent := begin(back, "send", 350, model.Producer, work)
	got := begin(front, "receive", 500, model.Consumer, sent)
	for _, s := range []struct {
		zipkingo.Span
		us int
	}{{failed, 20}, {work, 100}, {sent, 10}, {served, 600}, {call, 800}, {got, 50}, {root, 1000}} {
		s.FinishedWithDuration(time.Duration(s.us) * time.Microsecond)
	}
}
