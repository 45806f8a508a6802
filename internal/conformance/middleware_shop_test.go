// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	nethttp "github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// grpcKit is one of the interceptor packages.
type grpcKit struct {
	name    string
	guesses bool // about streams: their end cancels a context, which may be taken for their error
	server  func(tr opentracing.Tracer) []grpc.ServerOption
	client  func(tr opentracing.Tracer) []grpc.DialOption
}

// shop is three services, each with a tracer of one brand and the middleware that
// OpenTracing's contributors wrote: front speaks HTTP and asks prices, over gRPC,
// which asks stock, over HTTP. program is who calls them.
type shop struct {
	*landscape
	program opentracing.Tracer
	front   string // URL
	back    string // URL
	prices  *grpc.ClientConn
	stream  chan error // how the last call of a stream's handler ended
	conns   map[opentracing.Tracer]http.RoundTripper
}

func newShop(t *testing.T, b brand, k grpcKit, sample bool) *shop {
	t.Helper()
	s := &shop{landscape: newLandscape(t), stream: make(chan error, 1), conns: map[opentracing.Tracer]http.RoundTripper{}}
	s.program = s.tracer(b, "program", sample)
	// The others would decide otherwise, if they decided.
	front, prices, back := s.tracer(b, "front", !sample), s.tracer(b, "prices", !sample), s.tracer(b, "back", !sample)
	for _, tr := range []opentracing.Tracer{s.program, front, prices} {
		s.conns[tr] = s.transport()
	}
	s.back = s.serveHTTP(back, s.stockRoutes())
	address := s.servePrices(prices, k)
	s.prices = s.dial(address, k.client(s.program))
	s.front = s.serveHTTP(front, s.frontRoutes(front, s.dial(address, k.client(front))))
	return s
}

func (s *shop) serveHTTP(tr opentracing.Tracer, h http.Handler) string {
	server := httptest.NewUnstartedServer(nethttp.Middleware(tr, h))
	server.Config.ErrorLog = quiet()
	server.Start()
	s.t.Cleanup(server.Close)
	return server.URL
}

// get asks over HTTP as part of the span in ctx.
func (s *shop) get(ctx context.Context, tr opentracing.Tracer, method, url string, body io.Reader, opts ...nethttp.ClientOption) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return "", err
	}
	req, ht := nethttp.TraceRequest(tr, req, append([]nethttp.ClientOption{nethttp.ClientTrace(false)}, opts...)...)
	defer ht.Finish()
	resp, err := (&http.Client{Transport: &nethttp.Transport{RoundTripper: s.conns[tr]}}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return strconv.Itoa(resp.StatusCode) + " " + string(text), err
}

// carried is the baggage of the span in ctx.
func carried(ctx context.Context) string {
	span := opentracing.SpanFromContext(ctx)
	if span == nil {
		return "no span"
	}
	return span.BaggageItem("customer")
}

func (s *shop) frontRoutes(tr opentracing.Tracer, prices *grpc.ClientConn) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/buy", func(w http.ResponseWriter, r *http.Request) {
		opentracing.SpanFromContext(r.Context()).SetTag("item", 7)
		price := new(wrapperspb.StringValue)
		if err := prices.Invoke(r.Context(), "/shop.Prices/Price", wrapperspb.String("stock"), price); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, "front "+carried(r.Context())+", "+price.Value)
	})
	mux.HandleFunc("/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.PathValue("code"))
		w.WriteHeader(code)
	})
	mux.HandleFunc("/fails", func(w http.ResponseWriter, r *http.Request) {
		ext.Error.Set(opentracing.SpanFromContext(r.Context()), true)
		w.WriteHeader(http.StatusInternalServerError)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/status/204", http.StatusFound)
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	mux.HandleFunc("/events", func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			_, _ = io.WriteString(w, "data: x\n\n")
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/panics", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	return mux
}

func (s *shop) stockRoutes() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "back "+carried(r.Context()))
	})
}

func (s *shop) servePrices(tr opentracing.Tracer, k grpcKit) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	server := grpc.NewServer(append(k.server(tr), grpc.WaitForHandlers(true))...)
	server.RegisterService(pricesService(), &prices{s, tr})
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			s.t.Error(err)
		}
	}()
	s.t.Cleanup(func() {
		server.Stop()
		<-done
	})
	return listener.Addr().String()
}

func (s *shop) dial(address string, opts []grpc.DialOption) *grpc.ClientConn {
	conn, err := grpc.NewClient(address, append(opts, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	return conn
}

// prices is a gRPC service with calls of all four kinds.
type prices struct {
	*shop
	tracer opentracing.Tracer
}

func pricesService() *grpc.ServiceDesc {
	d := &grpc.ServiceDesc{
		ServiceName: "shop.Prices",
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "Price", Handler: func(srv any, ctx context.Context, dec func(any) error, i grpc.UnaryServerInterceptor) (any, error) {
			in := new(wrapperspb.StringValue)
			if err := dec(in); err != nil {
				return nil, err
			}
			return i(ctx, in, &grpc.UnaryServerInfo{Server: srv, FullMethod: "/shop.Prices/Price"}, srv.(*prices).price)
		}}},
	}
	for name, kind := range pricesStreams() {
		kind.StreamName = name
		kind.Handler = func(srv any, stream grpc.ServerStream) error {
			p := srv.(*prices)
			err := p.streams(name, stream)
			p.stream <- err
			return err
		}
		d.Streams = append(d.Streams, kind)
	}
	return d
}

func pricesStreams() map[string]grpc.StreamDesc {
	return map[string]grpc.StreamDesc{
		"List": {ServerStreams: true},
		"Sum":  {ClientStreams: true},
		"Chat": {ServerStreams: true, ClientStreams: true},
	}
}

// price answers "stock" by asking the service behind, and a number with the error
// of that code.
func (p *prices) price(ctx context.Context, in any) (any, error) {
	what := in.(*wrapperspb.StringValue).Value
	if what != "stock" {
		return nil, failure(what)
	}
	text, err := p.get(ctx, p.tracer, http.MethodGet, p.back+"/stock?secret=1", nil)
	if err != nil {
		return nil, err
	}
	return wrapperspb.String("prices " + carried(ctx) + ", " + text), nil
}

func failure(what string) error {
	code, err := strconv.Atoi(what)
	if err != nil {
		return errors.New(what) // gRPC makes it Unknown
	}
	return status.Error(codes.Code(code), "as asked for")
}

// streams answers three times and with what carries the baggage, or fails after
// that when the first message says so, or waits until nobody is there.
func (p *prices) streams(name string, stream grpc.ServerStream) error {
	in := new(wrapperspb.StringValue)
	n := 0
	for first := ""; ; n++ {
		if err := stream.RecvMsg(in); errors.Is(err, io.EOF) {
			in.Value = first
			break
		} else if err != nil {
			return err
		}
		if first == "" {
			first = in.Value
		}
		if in.Value == "wait" {
			_ = stream.SendMsg(wrapperspb.String("waiting"))
			<-stream.Context().Done()
			return status.FromContextError(stream.Context().Err()).Err()
		}
	}
	answers := 3
	if name == "Sum" {
		answers = 1
	}
	if in.Value != "" && in.Value != "ok" {
		return failure(in.Value)
	}
	for range answers {
		if err := stream.SendMsg(wrapperspb.String(carried(stream.Context()) + " " + strconv.Itoa(n))); err != nil {
			return err
		}
	}
	return nil
}

// call opens a stream, sends, half-closes and receives until the end.
func (s *shop) call(ctx context.Context, name string, send ...string) (last string, err error) {
	desc := pricesStreams()[name]
	stream, err := s.prices.NewStream(ctx, &desc, "/shop.Prices/"+name)
	if err != nil {
		return "", err
	}
	for _, text := range send {
		if err := stream.SendMsg(wrapperspb.String(text)); err != nil {
			return "", err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return "", err
	}
	for {
		out := new(wrapperspb.StringValue)
		if err := stream.RecvMsg(out); errors.Is(err, io.EOF) {
			return last, nil
		} else if err != nil {
			return last, err
		}
		last = out.Value
		if !desc.ServerStreams {
			return last, nil
		}
	}
}

// inSpan runs f in a span of the program that carries baggage.
func (s *shop) inSpan(t testing.TB, f func(ctx context.Context)) {
	t.Helper()
	span := s.program.StartSpan("program")
	defer span.Finish()
	span.SetBaggageItem("customer", "Ada & Zoë, 50%")
	f(opentracing.ContextWithSpan(context.Background(), span))
}
