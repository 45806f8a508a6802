// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"context"
	"io"
	"log"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	older "github.com/grpc-ecosystem/grpc-opentracing/go/otgrpc"
	"github.com/opentracing-contrib/go-grpc"
	nethttp "github.com/opentracing-contrib/go-stdlib/nethttp"
	"github.com/opentracing/opentracing-go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// grpcKits are the interceptors as their users install them.
func grpcKits() []grpcKit {
	return []grpcKit{
		{
			"opentracing-contrib", false,
			func(tr opentracing.Tracer) []grpc.ServerOption {
				return []grpc.ServerOption{
					grpc.UnaryInterceptor(otgrpc.OpenTracingServerInterceptor(tr, otgrpc.LogPayloads())),
					grpc.StreamInterceptor(otgrpc.OpenTracingStreamServerInterceptor(tr)),
				}
			},
			func(tr opentracing.Tracer) []grpc.DialOption {
				return []grpc.DialOption{
					grpc.WithUnaryInterceptor(otgrpc.OpenTracingClientInterceptor(tr, otgrpc.LogPayloads())),
					grpc.WithStreamInterceptor(otgrpc.OpenTracingStreamClientInterceptor(tr)),
				}
			},
		},
		{
			"grpc-ecosystem", true,
			func(tr opentracing.Tracer) []grpc.ServerOption {
				return []grpc.ServerOption{
					grpc.UnaryInterceptor(older.OpenTracingServerInterceptor(tr, older.LogPayloads())),
					grpc.StreamInterceptor(older.OpenTracingStreamServerInterceptor(tr)),
				}
			},
			func(tr opentracing.Tracer) []grpc.DialOption {
				return []grpc.DialOption{
					grpc.WithUnaryInterceptor(older.OpenTracingClientInterceptor(tr, older.LogPayloads())),
					grpc.WithStreamInterceptor(older.OpenTracingStreamClientInterceptor(tr)),
				}
			},
		},
	}
}

// errand is something that the shop's customer does, and how many spans it takes.
type errand struct {
	name  string
	spans int
	run   func(t testing.TB, s *shop, ctx context.Context)
}

const (
	customer = "Ada & Zoë, 50%"
	chained  = "200 front " + customer + ", prices " + customer + ", 200 back " + customer
)

func errands() []errand {
	all := []errand{
		{"HTTP, gRPC and HTTP", 9, func(t testing.TB, s *shop, ctx context.Context) {
			expect(t, chained)(s.get(ctx, s.program, http.MethodGet, s.front+"/buy", nil))
		}},
		{"what net/http does", 4, func(t testing.TB, s *shop, ctx context.Context) {
			expect(t, "200 x")(s.get(ctx, s.program, http.MethodPost, s.front+"/echo", strings.NewReader("x"), nethttp.ClientTrace(true)))
		}},
		{"options", 4, func(t testing.TB, s *shop, ctx context.Context) {
			expect(t, "200 ")(s.get(ctx, s.program, http.MethodGet, s.front+"/echo?a=b", nil,
				nethttp.OperationName("named"), nethttp.ComponentName("shopping")))
		}},
		{"not told", 3, func(t testing.TB, s *shop, ctx context.Context) {
			// The server decides by itself: no.
			expect(t, "200 ")(s.get(ctx, s.program, http.MethodGet, s.front+"/echo", nil, nethttp.InjectSpanContext(false)))
		}},
		{"redirect", 6, func(t testing.TB, s *shop, ctx context.Context) {
			expect(t, "204 ")(s.get(ctx, s.program, http.MethodGet, s.front+"/moved", nil))
		}},
		{"HEAD", 4, func(t testing.TB, s *shop, ctx context.Context) {
			expect(t, "200 ")(s.get(ctx, s.program, http.MethodHead, s.front+"/echo", nil))
		}},
		{"flushed piece by piece", 4, func(t testing.TB, s *shop, ctx context.Context) {
			expect(t, "200 "+strings.Repeat("data: x\n\n", 3))(s.get(ctx, s.program, http.MethodGet, s.front+"/events", nil))
		}},
		{"server panics", 4, func(t testing.TB, s *shop, ctx context.Context) {
			if _, err := s.get(ctx, s.program, http.MethodPost, s.front+"/panics", http.NoBody); err == nil {
				t.Error("no error")
			}
		}},
		{"nobody listens", 3, func(t testing.TB, s *shop, ctx context.Context) {
			if _, err := s.get(ctx, s.program, http.MethodGet, "http://127.0.0.1:1/", nil, nethttp.ClientTrace(true)); err == nil {
				t.Error("no error")
			}
		}},
		{"health", 3, func(t testing.TB, s *shop, ctx context.Context) {
			r, err := grpc_health_v1.NewHealthClient(s.prices).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
			if err != nil || r.Status != grpc_health_v1.HealthCheckResponse_SERVING {
				t.Errorf("%v, %v", r, err)
			}
		}},
		{"cancelled stream", 3, func(t testing.TB, s *shop, ctx context.Context) {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			desc := pricesStreams()["Chat"]
			stream, err := s.prices.NewStream(ctx, &desc, "/shop.Prices/Chat")
			if err != nil {
				t.Fatal(err)
			}
			in := new(wrapperspb.StringValue)
			if err := stream.SendMsg(wrapperspb.String("wait")); err != nil {
				t.Fatal(err)
			}
			if err := stream.RecvMsg(in); err != nil || in.Value != "waiting" {
				t.Errorf("%v, %v", in, err)
			}
			cancel()
			if err := <-s.stream; status.Code(err) != codes.Canceled {
				t.Errorf("the server's handler saw %v", err)
			}
		}},
	}
	all = append(all, errand{"handler sets error, and fails", 4, func(t testing.TB, s *shop, ctx context.Context) {
		expect(t, "500 ")(s.get(ctx, s.program, http.MethodGet, s.front+"/fails", nil))
	}})
	for _, code := range []int{404, 500, 503} {
		all = append(all, errand{"HTTP " + strconv.Itoa(code), 4, func(t testing.TB, s *shop, ctx context.Context) {
			expect(t, strconv.Itoa(code)+" ")(s.get(ctx, s.program, http.MethodGet, s.front+"/status/"+strconv.Itoa(code), nil))
		}})
	}
	for code := codes.Canceled; code <= codes.Unauthenticated; code++ {
		all = append(all, errand{"gRPC " + code.String(), 3, func(t testing.TB, s *shop, ctx context.Context) {
			err := s.prices.Invoke(ctx, "/shop.Prices/Price", wrapperspb.String(strconv.Itoa(int(code))), new(wrapperspb.StringValue))
			if status.Code(err) != code {
				t.Error(err)
			}
		}})
	}
	all = append(all, errand{"gRPC error without code", 3, func(t testing.TB, s *shop, ctx context.Context) {
		if err := s.prices.Invoke(ctx, "/shop.Prices/Price", wrapperspb.String("x"), new(wrapperspb.StringValue)); status.Code(err) != codes.Unknown {
			t.Error(err)
		}
	}})
	for name, desc := range pricesStreams() {
		send := []string{"ok"}
		if desc.ClientStreams {
			send = []string{"ok", "ok", "ok"}
		}
		all = append(all, errand{"stream " + name, 3, func(t testing.TB, s *shop, ctx context.Context) {
			expect(t, customer+" "+strconv.Itoa(len(send)))(s.call(ctx, name, send...))
		}}, errand{"failing stream " + name, 3, func(t testing.TB, s *shop, ctx context.Context) {
			if _, err := s.call(ctx, name, "13"); status.Code(err) != codes.Internal {
				t.Error(err)
			}
		}})
	}
	return all
}

func expect(t testing.TB, want string) func(string, error) {
	t.Helper()
	return func(got string, err error) {
		t.Helper()
		if got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}

// TestMiddlewareAsOnJ runs the contributed middleware for net/http and gRPC on
// jaeger-client-go and on spur: the same trees, but for what the table says.
func TestMiddlewareAsOnJ(t *testing.T) {
	differences := middlewareDifferences()
	used := make([]bool, len(differences))
	for _, k := range grpcKits() {
		for _, e := range errands() {
			t.Run(k.name+"/"+e.name, func(t *testing.T) {
				j, s := e.tree(t, brandJ, k), e.tree(t, brandSpur, k)
				if k.guesses && strings.Contains(e.name, "stream") {
					j, s = bare(j), bare(s)
				}
				for i, d := range differences {
					for n := range j {
						if d.errand == e.name && strings.Contains(j[n], d.j) {
							j[n], used[i] = strings.Replace(j[n], d.j, d.spur, 1), true
						}
					}
				}
				if diff := difference(s, j); len(diff) > 0 || !slices.Equal(s, j) {
					t.Errorf("- J, + spur:\n%s\nspur's tree:\n%s", strings.Join(diff, "\n"), strings.Join(s, "\n"))
				}
			})
		}
	}
	for i, d := range differences {
		if !used[i] {
			t.Errorf("%s: J has no %q", d.errand, d.j)
		}
	}
}

// tree is what an errand leaves behind.
func (e *errand) tree(t *testing.T, b brand, k grpcKit) []string {
	t.Helper()
	s := newShop(t, b, k, true)
	s.inSpan(t, func(ctx context.Context) { e.run(t, s, ctx) })
	return forest(t, s.spans(e.spans))
}

// bare leaves only who did what, and below whom.
func bare(tree []string) (names []string) {
	for _, line := range tree {
		if name, _, isSpan := strings.Cut(line, " <"); isSpan {
			names = append(names, name)
		}
	}
	return names
}

// middlewareDifference is what spur does otherwise in an errand: its text instead
// of J's.
type middlewareDifference struct{ errand, j, spur, why string }

func middlewareDifferences() []middlewareDifference {
	return []middlewareDifference{{
		"handler sets error, and fails", "error=true error=true", "error=true",
		"the handler and the middleware both set it: a key has one value, the last",
	}}
}

// TestMiddlewareTree is the trace of a request through three services, in full.
func TestMiddlewareTree(t *testing.T) {
	want := `program: program sampler.param=true sampler.type="const"
  log event="baggage" key="customer" value="Ada & Zoë, 50%"
  program: HTTP Client <CHILD_OF true> 
    program: HTTP GET <CHILD_OF true> component="net/http" http.method="GET" http.status_code=200 http.url="http://HOST/buy" peer.address="HOST" span.kind="client"
      log event="ClosedBody"
      front: HTTP GET <CHILD_OF true> component="net/http" http.method="GET" http.response_size=71 http.status_code=200 http.url="/buy" item=7 span.kind="server"
        front: /shop.Prices/Price <CHILD_OF true> component="gRPC" span.kind="client"
          log gRPC request="value:\"stock\""
          log gRPC response="value:\"prices Ada & Zoë, 50%, 200 back Ada & Zoë, 50%\""
          prices: /shop.Prices/Price <CHILD_OF true> component="gRPC" span.kind="server"
            log gRPC request="value:\"stock\""
            log gRPC response="value:\"prices Ada & Zoë, 50%, 200 back Ada & Zoë, 50%\""
            prices: HTTP Client <CHILD_OF true> 
              prices: HTTP GET <CHILD_OF true> component="net/http" http.method="GET" http.status_code=200 http.url="http://HOST/stock?secret=1" peer.address="HOST" span.kind="client"
                log event="ClosedBody"
                back: HTTP GET <CHILD_OF true> component="net/http" http.method="GET" http.response_size=20 http.status_code=200 http.url="/stock?secret=1" span.kind="server"`
	e := errands()[0]
	for _, k := range grpcKits() {
		got := e.tree(t, brandSpur, k)
		if d := difference(got, strings.Split(want, "\n")); len(d) > 0 {
			t.Errorf("%s (- wanted, + got):\n%s", k.name, strings.Join(d, "\n"))
		}
	}
}

// TestMiddlewareBaggageKey: with a key that is no name of a header J breaks the
// request that carries it; spur leaves the key out.
func TestMiddlewareBaggageKey(t *testing.T) {
	for _, b := range []brand{brandJ, brandSpur} {
		s := newShop(t, b, grpcKits()[0], true)
		s.inSpan(t, func(ctx context.Context) {
			opentracing.SpanFromContext(ctx).SetBaggageItem("cost centre", "7")
			got, err := s.get(ctx, s.program, http.MethodGet, s.front+"/buy", nil)
			if b.name == "J" && err == nil {
				t.Errorf("J's request was sent: %s", got)
			}
			if b.name == "spur" && (got != chained || err != nil) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// TestMiddlewareUnsampled: nothing is reported, and baggage arrives all the same.
func TestMiddlewareUnsampled(t *testing.T) {
	for _, b := range []brand{brandJ, brandSpur} {
		for _, k := range grpcKits() {
			t.Run(b.name+"/"+k.name, func(t *testing.T) {
				s := newShop(t, b, k, false)
				s.inSpan(t, func(ctx context.Context) {
					expect(t, chained)(s.get(ctx, s.program, http.MethodGet, s.front+"/buy", nil))
					expect(t, customer+" 2")(s.call(ctx, "Chat", "ok", "ok"))
				})
				if spans := s.spans(0); len(spans) > 0 {
					t.Errorf("spans were reported: %v", forest(t, spans))
				}
			})
		}
	}
}
