// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// What Stats says when there are no traces.

func TestNoTracesBecauseOfSampler(t *testing.T) {
	for env, want := range map[string]string{
		"":                          "parentbased(remote(probabilistic(0.001) until ",
		"JAEGER_SAMPLER_TYPE=const": "parentbased(const(false))",
		"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=1": "parentbased(const(true))",
	} {
		setEnv(t, strings.Fields(env))
		tracer, err := spur.New("orders", spur.FromEnv(), spur.WithReporter(reporter.Null{}), spur.WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		tracer.StartSpan("charge card").Finish()
		st := tracer.Stats()
		tracer.Close()
		sampled := uint64(0)
		if strings.Contains(want, "true") {
			sampled = 1
		}
		if !strings.HasPrefix(st.Sampling.Description, want) || env != "" && st.Spans.FinishedSampled != sampled {
			t.Errorf("%q: %s, %+v", env, st.Sampling.Description, st.Spans)
		}
	}
}

func TestNoTracesBecauseOfCaller(t *testing.T) {
	for header, value := range map[string]string{
		"uber-trace-id": "1f:2e:0:0",
		"traceparent":   "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
	} {
		tracer, spans := spurtest.New(t, spur.WithSampler(sampler.NewParentBased(sampler.NewConst(true))))
		h := spurhttp.Handler(tracer, http.NotFoundHandler())
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set(header, value)
		h.ServeHTTP(httptest.NewRecorder(), r)
		if n := len(spans.Spans()); n != 0 || tracer.Stats().Spans.FinishedUnsampled != 1 {
			t.Errorf("%s: %d spans, %+v", header, n, tracer.Stats().Spans)
		}
		r.Header.Set("jaeger-debug-id", "anything")
		r.Header.Del(header)
		h.ServeHTTP(httptest.NewRecorder(), r)
		spans.One(t, "GET")
	}
}

func TestNoTracesBecauseNowhere(t *testing.T) {
	setEnv(t, []string{"OTEL_TRACES_EXPORTER=none", "JAEGER_AGENT_HOST=agent"})
	tracer, err := spur.New("orders", spur.FromEnv(), spur.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer tracer.Close()
	if st := tracer.Stats(); len(st.Destinations) != 0 || st.Source != "OTEL_TRACES_EXPORTER" {
		t.Errorf("%+v, %s", st.Destinations, st.Source)
	}
}

// Where the parent is lost.

func TestTwoTraces(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(ctx context.Context, tracer *spur.Tracer, url string)
		want string
	}{
		{"of its own", func(context.Context, *spur.Tracer, string) {}, "shop\n"},
		{"background", func(_ context.Context, tracer *spur.Tracer, _ string) {
			_, span := tracer.Start(context.Background(), "child")
			span.Finish()
		}, "shop\nchild\n"},
		{"StartSpan", func(_ context.Context, tracer *spur.Tracer, _ string) { tracer.StartSpan("child").Finish() }, "shop\nchild\n"},
		{"Start", func(ctx context.Context, tracer *spur.Tracer, _ string) {
			_, span := tracer.Start(ctx, "child")
			span.Finish()
		}, "shop\n  child\n"},
		{"Get", func(_ context.Context, tracer *spur.Tracer, url string) {
			get(context.Background(), spurhttp.Client(nil, spurhttp.WithTracer(tracer)), url)
		}, "shop\nGET\n  GET\n"},
		{"another client", func(ctx context.Context, _ *spur.Tracer, url string) { get(ctx, http.DefaultClient, url) }, "shop\nGET\n"},
		{"Client", func(ctx context.Context, _ *spur.Tracer, url string) { get(ctx, spurhttp.Client(nil), url) }, "shop\n  GET\n    GET\n"},
		{"Detach", func(ctx context.Context, tracer *spur.Tracer, _ string) {
			_, span := tracer.Start(spur.Detach(ctx), "child")
			span.Finish()
		}, "shop\n  child  (follows from)\n"},
		{"loop", func(ctx context.Context, tracer *spur.Tracer, _ string) {
			for range 2 {
				var span *spur.Span
				ctx, span = tracer.Start(ctx, "child")
				span.Finish()
			}
		}, "shop\n  child\n    child\n"},
	} {
		tracer, spans := spurtest.New(t)
		server := httptest.NewServer(spurhttp.Handler(tracer, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
		ctx, span := tracer.Start(context.Background(), "shop")
		c.do(ctx, tracer, server.URL)
		server.Close()
		span.Finish()
		var got strings.Builder
		for _, line := range strings.SplitAfter(spans.Tree(spurtest.WithoutTimes()), "\n") {
			name, _, _ := strings.Cut(strings.TrimRight(line, "\n"), "  span.kind")
			if name != "" && !strings.HasPrefix(strings.TrimSpace(name), "|") {
				fmt.Fprintln(&got, name)
			}
		}
		if got.String() != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.name, got.String(), c.want)
		}
	}
}

func get(ctx context.Context, client *http.Client, url string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return
	}
	if resp, err := client.Do(r); err == nil {
		resp.Body.Close()
	}
}

func TestUnreadableHeadersAreCounted(t *testing.T) {
	tracer, _ := spurtest.New(t)
	_, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier{"Traceparent": {"nonsense"}})
	for _, f := range tracer.Stats().Propagation {
		if f.Format == "w3c" && f.Rejected == 1 && err != nil {
			return
		}
	}
	t.Errorf("%v, %+v", err, tracer.Stats().Propagation)
}
