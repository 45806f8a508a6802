// SPDX-License-Identifier: Apache-2.0

package spurgrpc_test

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/test/bufconn"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/spurgrpc"
	"github.com/go-spur/spur/spurtest"
)

const (
	emptyCall  = "/grpc.testing.TestService/EmptyCall"
	unaryCall  = "/grpc.testing.TestService/UnaryCall"
	outputCall = "/grpc.testing.TestService/StreamingOutputCall"
	inputCall  = "/grpc.testing.TestService/StreamingInputCall"
	duplexCall = "/grpc.testing.TestService/FullDuplexCall"
)

type (
	duplexServer = grpc.BidiStreamingServer[testgrpc.StreamingOutputCallRequest, testgrpc.StreamingOutputCallResponse]
	outputServer = grpc.ServerStreamingServer[testgrpc.StreamingOutputCallResponse]
	inputServer  = grpc.ClientStreamingServer[testgrpc.StreamingInputCallRequest, testgrpc.StreamingInputCallResponse]
)

// service is a server whose methods are the test's.
type service struct {
	testgrpc.UnimplementedTestServiceServer
	unary  func(context.Context, *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error)
	output func(outputServer) error
	input  func(inputServer) error
	duplex func(duplexServer) error
}

func (s *service) EmptyCall(context.Context, *testgrpc.Empty) (*testgrpc.Empty, error) {
	return &testgrpc.Empty{}, nil
}

func (s *service) UnaryCall(ctx context.Context, r *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
	return s.unary(ctx, r)
}

func (s *service) StreamingOutputCall(_ *testgrpc.StreamingOutputCallRequest, ss outputServer) error {
	return s.output(ss)
}

func (s *service) StreamingInputCall(ss inputServer) error { return s.input(ss) }

func (s *service) FullDuplexCall(ss duplexServer) error { return s.duplex(ss) }

// style is one of the two ways to trace.
type style struct {
	name   string
	server func(*spur.Tracer, ...spurgrpc.Option) []grpc.ServerOption
	client func(*spur.Tracer, ...spurgrpc.Option) []grpc.DialOption
}

var handlers = style{
	"handlers",
	func(t *spur.Tracer, opts ...spurgrpc.Option) []grpc.ServerOption {
		return []grpc.ServerOption{grpc.StatsHandler(spurgrpc.ServerHandler(t, opts...))}
	},
	func(t *spur.Tracer, opts ...spurgrpc.Option) []grpc.DialOption {
		return []grpc.DialOption{grpc.WithStatsHandler(spurgrpc.ClientHandler(t, opts...))}
	},
}

var interceptors = style{
	"interceptors",
	func(t *spur.Tracer, opts ...spurgrpc.Option) []grpc.ServerOption {
		return []grpc.ServerOption{
			grpc.ChainUnaryInterceptor(spurgrpc.UnaryServerInterceptor(t, opts...)),
			grpc.ChainStreamInterceptor(spurgrpc.StreamServerInterceptor(t, opts...)),
		}
	},
	func(t *spur.Tracer, opts ...spurgrpc.Option) []grpc.DialOption {
		return []grpc.DialOption{
			grpc.WithChainUnaryInterceptor(spurgrpc.UnaryClientInterceptor(t, opts...)),
			grpc.WithChainStreamInterceptor(spurgrpc.StreamClientInterceptor(t, opts...)),
		}
	},
}

// bothStyles runs a test for each style.
func bothStyles(t *testing.T, test func(*testing.T, style)) {
	for _, s := range []style{handlers, interceptors} {
		t.Run(s.name, func(t *testing.T) { test(t, s) })
	}
}

// rig is a server and a client of it, each with a tracer.
type rig struct {
	testing.TB
	style          style
	spans          *spurtest.Recorder
	client, server *spur.Tracer
	service        service
	serverOpts     []spurgrpc.Option
	clientOpts     []spurgrpc.Option
	grpcServerOpts []grpc.ServerOption

	lis  *bufconn.Listener
	srv  *grpc.Server
	conn *grpc.ClientConn
	testgrpc.TestServiceClient
}

// newRig makes the tracers. The test then sets what it needs and calls start.
func newRig(t testing.TB, s style) *rig {
	t.Helper()
	r := &rig{TB: t, style: s}
	r.client, r.spans = spurtest.New(t)
	r.server = r.spans.Tracer("server")
	return r
}

func (r *rig) start() {
	r.Helper()
	r.lis = bufconn.Listen(1 << 16)
	r.srv = grpc.NewServer(append(r.style.server(r.server, r.serverOpts...), r.grpcServerOpts...)...)
	testgrpc.RegisterTestServiceServer(r.srv, &r.service)
	grpc_health_v1.RegisterHealthServer(r.srv, health.NewServer())
	served := make(chan error, 1)
	go func() { served <- r.srv.Serve(r.lis) }()
	r.conn = r.dial(r.style.client(r.client, r.clientOpts...)...)
	r.TestServiceClient = testgrpc.NewTestServiceClient(r.conn)
	r.Cleanup(func() {
		r.conn.Close()
		r.srv.Stop()
		if err := <-served; err != nil {
			r.Errorf("Serve: %v", err)
		}
	})
}

func (r *rig) dial(opts ...grpc.DialOption) *grpc.ClientConn {
	r.Helper()
	opts = append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return r.lis.DialContext(ctx) }),
	}, opts...)
	conn, err := grpc.NewClient("passthrough:///test", opts...)
	if err != nil {
		r.Fatal(err)
	}
	return conn
}

// context is one that ends with the test.
func (r *rig) context() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	r.Cleanup(cancel)
	return ctx
}

// wait waits for n spans and returns those of the server and of the client.
func (r *rig) wait(n int) (server, client []model.Span) {
	r.Helper()
	if err := r.spans.Wait(r.context(), n); err != nil {
		r.Fatalf("%v\n%s", err, r.spans.Tree())
	}
	for _, s := range r.spans.Spans() {
		switch tag(s, "span.kind") {
		case "server":
			server = append(server, s)
		case "client":
			client = append(client, s)
		}
	}
	return server, client
}

// pair waits for exactly one span of either side, the client's above the server's.
func (r *rig) pair() (server, client model.Span) {
	r.Helper()
	ss, cs := r.wait(2)
	if len(ss) != 1 || len(cs) != 1 {
		r.Fatalf("%d server and %d client spans\n%s", len(ss), len(cs), r.spans.Tree())
	}
	if ss[0].ParentID != cs[0].SpanID || ss[0].TraceID != cs[0].TraceID || ss[0].SpanID == cs[0].SpanID {
		r.Errorf("the server's span is not the client's child:\n%s", r.spans.Tree(spurtest.WithIDs()))
	}
	return ss[0], cs[0]
}

// settle stops everything and checks that each span was finished once and not
// used later.
func (r *rig) settle(spans int) {
	r.Helper()
	r.conn.Close()
	r.srv.Stop()
	r.wait(spans)
	for name, tracer := range map[string]*spur.Tracer{"client": r.client, "server": r.server} {
		st := tracer.Stats().Spans
		if finished := st.FinishedSampled + st.FinishedUnsampled; st.Started != finished || st.DoubleFinish != 0 || st.UseAfterFinish != 0 {
			r.Errorf("%s: started %d, finished %d; double %d, late use %d", name, st.Started, finished, st.DoubleFinish, st.UseAfterFinish)
		}
	}
	if got := len(r.spans.Spans()); got != spans {
		r.Errorf("%d spans instead of %d\n%s", got, spans, r.spans.Tree())
	}
}

// tag returns a tag as text, "" when it is not there.
func tag(s model.Span, key string) string {
	i := slices.IndexFunc(s.Tags, func(t model.Tag) bool { return t.Key == key })
	if i < 0 {
		return ""
	}
	return s.Tags[i].Value.String()
}

// events returns the logs of a span as lines of key=value.
func events(s model.Span) []string {
	var lines []string
	for _, l := range s.Logs {
		line := ""
		for _, f := range l.Fields {
			if line != "" {
				line += " "
			}
			line += f.Key + "=" + f.Value.String()
		}
		lines = append(lines, line)
	}
	return lines
}

// outcome is what the tags say of a span's end.
func outcome(s model.Span) string {
	code := tag(s, "response_code")
	if code == "" {
		code = "OK"
	}
	if tag(s, "error") == "true" {
		code += " error"
	}
	return code
}
