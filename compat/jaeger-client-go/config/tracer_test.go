// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur/spurtest"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/config"
)

func TestNewTracerErrors(t *testing.T) {
	spurtest.CheckLeaks(t)
	for _, tt := range []struct {
		c    config.Configuration
		want string
	}{
		{config.Configuration{}, "no service name provided"},
		{config.Configuration{ServiceName: "s", Sampler: &config.SamplerConfig{Type: "sometimes"}}, "unknown sampler type (sometimes)"},
		{config.Configuration{ServiceName: "s", Sampler: &config.SamplerConfig{Param: 2}}, "invalid Param for probabilistic sampler; expecting value between 0 and 1, received 2"},
		{config.Configuration{ServiceName: "s", Reporter: &config.ReporterConfig{LocalAgentHostPort: "agent"}}, "address agent: missing port in address"},
	} {
		for _, c := range []config.Configuration{tt.c, {Sampler: tt.c.Sampler, Reporter: tt.c.Reporter}} {
			var err error
			if c.ServiceName != "" {
				_, _, err = c.NewTracer()
			} else {
				_, err = c.InitGlobalTracer(tt.c.ServiceName)
			}
			if err == nil || err.Error() != tt.want {
				t.Errorf("%+v: %v, want %s", c, err, tt.want)
			}
		}
	}
}

func TestDefaults(t *testing.T) {
	spurtest.CheckLeaks(t)
	tracer, closer, err := config.Configuration{}.New("orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(t, closer)
	s, ok := tracer.(*jaeger.Tracer).Sampler().(*jaeger.RemotelyControlledSampler)
	if !ok || fmt.Sprint(s.Sampler()) != "ProbabilisticSampler(samplingRate=0.001)" {
		t.Errorf("%v", tracer.(*jaeger.Tracer).Sampler())
	}
	c := tracer.StartSpan("GET /").(*jaeger.Span).SpanContext()
	if c.TraceID().High != 0 || !c.IsValid() {
		t.Error(c)
	}
}

// codec is an Injector and an Extractor.
type codec struct{ calls *[]string }

func (c codec) Inject(jaeger.SpanContext, interface{}) error {
	*c.calls = append(*c.calls, "inject")
	return nil
}

func (c codec) Extract(interface{}) (jaeger.SpanContext, error) {
	*c.calls = append(*c.calls, "extract")
	return jaeger.NewSpanContext(jaeger.TraceID{Low: 1}, 2, 0, true, nil), nil
}

// observer notes who it is when a span starts.
type observer struct {
	name  string
	calls *[]string
}

func (o observer) OnStartSpan(string, opentracing.StartSpanOptions) jaeger.SpanObserver {
	*o.calls = append(*o.calls, o.name)
	return nil
}

type contribObserver struct{ observer }

func (o contribObserver) OnStartSpan(opentracing.Span, string, opentracing.StartSpanOptions) (jaeger.ContribSpanObserver, bool) {
	*o.calls = append(*o.calls, o.name)
	return nil, false
}

func TestOptions(t *testing.T) {
	var calls []string
	memory, factory, logger := jaeger.NewInMemoryReporter(), newCounters(), &texts{}
	tracer := newTracer(t, config.Configuration{
		ServiceName: "orders", RPCMetrics: true, Sampler: &config.SamplerConfig{Type: "const"}, Tags: []opentracing.Tag{{Key: "c", Value: 3}},
		Headers: &jaeger.HeadersConfig{TraceContextHeaderName: "mine"},
	},
		config.ContribObserver(contribObserver{observer{"contrib", &calls}}), config.Observer(observer{"first", &calls}), config.Observer(observer{"second", &calls}),
		config.Tag("a", 1), config.Tag("b", 2), config.Metrics(factory), config.Logger(logger), config.Reporter(memory), config.Sampler(jaeger.NewConstSampler(true)),
		config.Gen128Bit(true), config.PoolSpans(true), config.ZipkinSharedRPCSpan(true), config.MaxTagValueLength(3), config.NoDebugFlagOnForcedSampling(true),
		config.WithRandomNumber(func() uint64 { return 7 }), config.Injector("mine", codec{&calls}), config.Extractor("mine", codec{&calls}),
	)
	var tags []string
	for _, tag := range tracer.(*jaeger.Tracer).Tags() {
		tags = append(tags, tag.Key)
	}
	if got := strings.Join(tags[:4], " "); got != "a b c jaeger.version" {
		t.Errorf("process tags %s", got)
	}
	parent, err := tracer.Extract("mine", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := tracer.StartSpan("GET /", ext.RPCServerOption(parent), opentracing.Tag{Key: "k", Value: "long"}).(*jaeger.Span)
	if s.SpanContext().SpanID() != 2 {
		t.Error("the span id is not shared")
	}
	ext.SamplingPriority.Set(s, 1)
	if s.SpanContext().IsDebug() {
		t.Error("the debug flag is set")
	}
	header := opentracing.TextMapCarrier{}
	for format, carrier := range map[interface{}]interface{}{"mine": nil, opentracing.TextMap: header} {
		if err := tracer.Inject(s.Context(), format, carrier); err != nil {
			t.Error(err)
		}
	}
	if header["mine"] != s.SpanContext().String() {
		t.Error(header)
	}
	s.Finish()
	if want := []string{"extract", "first", "second", "contrib", "inject"}; !reflect.DeepEqual(calls, want) {
		t.Errorf("%q, want %q", calls, want)
	}
	if id := tracer.StartSpan("root").(*jaeger.Span).SpanContext().TraceID(); id != (jaeger.TraceID{High: 7, Low: 7}) {
		t.Error(id)
	}
	for _, tag := range jaeger.BuildJaegerThrift(memory.GetSpans()[0].(*jaeger.Span)).Tags {
		if tag.Key == "k" && tag.GetVStr() != "lon" {
			t.Error(tag.GetVStr())
		}
	}
	for _, key := range []string{"jaeger.tracer.finished_spans[sampled=y]", "jaeger-rpc.requests[component=jaeger endpoint=GET-/ error=false]"} {
		if factory.get(key) != 1 {
			t.Errorf("%s: %d of %v", key, factory.get(key), factory.values)
		}
	}
}

// agentServer answers what agents are asked.
func agentServer(t *testing.T) (hostPort string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/baggageRestrictions":
			fmt.Fprint(w, `[{"baggageKey":"k","maxValueLength":3}]`)
		case "/credits":
			fmt.Fprint(w, `{"balances":[{"operation":"allowed","balance":10}]}`)
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestRestrictionsAndThrottler(t *testing.T) {
	spurtest.CheckLeaks(t)
	agent, factory := agentServer(t), newCounters()
	tracer := newTracer(t, config.Configuration{
		ServiceName: "orders", Sampler: &config.SamplerConfig{Type: "const"}, Reporter: &config.ReporterConfig{},
		BaggageRestrictions: &config.BaggageRestrictionsConfig{HostPort: agent, RefreshInterval: time.Hour, DenyBaggageOnInitializationFailure: true},
		Throttler:           &config.ThrottlerConfig{HostPort: agent, RefreshInterval: time.Hour, SynchronousInitialization: true},
	}, config.Metrics(factory))
	factory.wait("jaeger.tracer.baggage_restrictions_updates[result=ok]")
	s := tracer.StartSpan("allowed").SetBaggageItem("k", "value").SetBaggageItem("other", "value")
	if got := s.BaggageItem("k") + s.BaggageItem("other"); got != "val" {
		t.Error(got)
	}
	for name, want := range map[string]bool{"allowed": true, "refused": false} {
		request, err := tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier{"jaeger-debug-id": "mine"})
		if err != nil {
			t.Fatal(err)
		}
		s := tracer.StartSpan(name, opentracing.ChildOf(request))
		if got := s.(*jaeger.Span).SpanContext().IsDebug(); got != want {
			t.Errorf("%s: debug %v", name, got)
		}
	}
}

func TestDisabled(t *testing.T) {
	spurtest.CheckLeaks(t)
	tracer := newTracer(t, config.Configuration{ServiceName: "orders", Disabled: true, Headers: &jaeger.HeadersConfig{TraceContextHeaderName: "mine"}})
	in, out := opentracing.TextMapCarrier{"mine": "000000000000000a:000000000000000b:000000000000000c:1", "uberctx-k": "v"}, opentracing.TextMapCarrier{}
	parent, err := tracer.Extract(opentracing.TextMap, in)
	if err != nil {
		t.Fatal(err)
	}
	s := tracer.StartSpan("GET /", opentracing.ChildOf(parent))
	if err := tracer.Inject(s.Context(), opentracing.TextMap, out); err != nil || !reflect.DeepEqual(out, in) {
		t.Errorf("%v, %v", out, err)
	}
	s.Finish()

	nameless := newTracer(t, config.Configuration{Disabled: true})
	if _, ok := nameless.(*opentracing.NoopTracer); !ok {
		t.Errorf("%T", nameless)
	}
}

func TestInitGlobalTracer(t *testing.T) {
	before, registered := opentracing.GlobalTracer(), opentracing.IsGlobalTracerRegistered()
	defer opentracing.SetGlobalTracer(before)
	for _, tt := range []struct {
		c    config.Configuration
		sets bool
	}{
		{config.Configuration{Disabled: true}, !registered},
		{config.Configuration{Sampler: always()}, true},
		{config.Configuration{Disabled: true}, false},
	} {
		was := opentracing.GlobalTracer()
		closer, err := tt.c.InitGlobalTracer("orders")
		if err != nil {
			t.Fatal(err)
		}
		if got := opentracing.GlobalTracer() != was; got != tt.sets {
			t.Errorf("%+v: set %v, want %v", tt.c, got, tt.sets)
		}
		closeAll(t, closer)
	}
}

// Settings that nobody means, some of which kill jaeger-client-go: no queue can be that
// long.
func TestHostileNumbers(t *testing.T) {
	spurtest.CheckLeaks(t)
	for _, variables := range []string{
		"JAEGER_REPORTER_MAX_QUEUE_SIZE=-5",
		"JAEGER_REPORTER_MAX_QUEUE_SIZE=2147483647",
		"JAEGER_REPORTER_FLUSH_INTERVAL=1ns",
		"JAEGER_REPORTER_FLUSH_INTERVAL=-1s",
		"JAEGER_SAMPLER_REFRESH_INTERVAL=1ns",
		"JAEGER_SAMPLER_REFRESH_INTERVAL=-1s",
		"JAEGER_SAMPLER_MAX_OPERATIONS=-1",
		"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=-1",
		"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=NaN",
		"JAEGER_SAMPLER_TYPE=ratelimiting JAEGER_SAMPLER_PARAM=Inf",
		"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=NaN",
		"JAEGER_SAMPLING_ENDPOINT=://",
		"JAEGER_ENDPOINT=/x",
		"JAEGER_ENDPOINT=host:14268",
	} {
		t.Run(variables, func(t *testing.T) {
			setenv(t, strings.Fields(variables+" JAEGER_SERVICE_NAME=orders")...)
			c, err := config.FromEnv()
			if err != nil {
				t.Fatal(err)
			}
			tracer, closer, err := c.NewTracer()
			if err != nil {
				t.Fatal(err)
			}
			tracer.StartSpan("GET /").Finish()
			closeAll(t, closer)
		})
	}
}
