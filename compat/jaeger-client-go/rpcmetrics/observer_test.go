// SPDX-License-Identifier: Apache-2.0

package rpcmetrics_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/uber/jaeger-lib/metrics"
	"github.com/uber/jaeger-lib/metrics/metricstest"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/rpcmetrics"
)

// start begins to follow a span at the time 0.
func start(o *rpcmetrics.Observer, operation string, tags opentracing.Tags) jaeger.SpanObserver {
	return o.OnStartSpan(operation, opentracing.StartSpanOptions{StartTime: time.Unix(0, 0), Tags: tags})
}

// finish ends it after so long.
func finish(s jaeger.SpanObserver, after time.Duration) {
	s.OnFinish(opentracing.FinishOptions{FinishTime: time.Unix(0, 0).Add(after)})
}

// counted returns the counters that are not 0.
func counted(f *metricstest.Factory) map[string]int64 {
	counters, _ := f.Snapshot()
	for key, n := range counters {
		if n == 0 {
			delete(counters, key)
		}
	}
	return counters
}

func check(t *testing.T, f *metricstest.Factory, want map[string]int64) {
	t.Helper()
	if got := counted(f); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTags(t *testing.T) {
	const ok, failed = "requests|endpoint=op|error=false", "requests|endpoint=op|error=true"
	http := func(class string) string { return "http_requests|endpoint=op|status_code=" + class }
	for _, tt := range []struct {
		key   string
		value interface{}
		want  []string
	}{
		{"anything", 42, []string{ok}},
		{"error", true, []string{failed}},
		{"error", "true", []string{failed}},
		{"error", "1", []string{failed}},
		{"error", false, []string{ok}},
		{"error", "no", []string{ok}},
		{"error", 1, []string{ok}},
		{"error", []string{"true"}, []string{ok}},
		{"http.status_code", 199, []string{ok}},
		{"http.status_code", 200, []string{ok, http("2xx")}},
		{"http.status_code", uint16(299), []string{ok, http("2xx")}},
		{"http.status_code", "302", []string{ok, http("3xx")}},
		{"http.status_code", 404, []string{ok, http("4xx")}},
		{"http.status_code", "599", []string{ok, http("5xx")}},
		{"http.status_code", 600, []string{ok}},
		{"http.status_code", -404, []string{ok}},
		{"http.status_code", 65536 + 200, []string{ok}},
		{"http.status_code", "404 Not Found", []string{ok}},
		{"http.status_code", int64(404), []string{ok}},
		{"http.status_code", nil, []string{ok}},
		{"span.kind", "client", nil},
		{"span.kind", ext.SpanKindRPCClientEnum, nil},
		{"span.kind", "server", []string{ok}},
		{"span.kind", "producer", []string{ok}},
		{"span.kind", []string{"client"}, []string{ok}},
	} {
		want := map[string]int64{}
		for _, key := range tt.want {
			want[key] = 1
		}
		t.Run(fmt.Sprintf("%s=%v", tt.key, tt.value), func(t *testing.T) {
			f := metricstest.NewFactory(0)
			s := start(rpcmetrics.NewObserver(f, rpcmetrics.DefaultNameNormalizer), "op", opentracing.Tags{"span.kind": "server"})
			s.OnSetTag(tt.key, tt.value)
			finish(s, time.Second)
			check(t, f, want)
		})
		if tt.key == "span.kind" {
			continue
		}
		t.Run(fmt.Sprintf("started with %s=%v", tt.key, tt.value), func(t *testing.T) {
			f := metricstest.NewFactory(0)
			finish(start(rpcmetrics.NewObserver(f, nil), "op", opentracing.Tags{tt.key: tt.value, "span.kind": ext.SpanKindRPCServerEnum}), time.Second)
			check(t, f, want)
		})
	}
}

func TestNames(t *testing.T) {
	f := metricstest.NewFactory(0)
	o := rpcmetrics.NewObserver(f, rpcmetrics.DefaultNameNormalizer)
	server := opentracing.Tags{"span.kind": "server"}
	finish(start(o, "local", nil), 0)
	finish(start(o, "", server), 0)
	for range 2 {
		finish(start(o, "a b", server), 0)
	}
	finish(start(o, "a-b", server), 0)
	s := start(o, "before", server)
	s.OnSetOperationName("after")
	finish(s, 0)
	finish(start(o, strings.Repeat("x", 1024), server), 0)
	finish(start(o, strings.Repeat("x", 1025), server), 0)
	finish(start(o, "other", server), 0)
	check(t, f, map[string]int64{
		"requests|endpoint=a-b|error=false":                               3,
		"requests|endpoint=after|error=false":                             1,
		"requests|endpoint=" + strings.Repeat("x", 1024) + "|error=false": 1,
		"requests|endpoint=other|error=false":                             2,
	})
}

func TestLatency(t *testing.T) {
	f := metricstest.NewFactory(time.Hour)
	o := rpcmetrics.NewObserver(f, rpcmetrics.DefaultNameNormalizer)
	finish(start(o, "op", opentracing.Tags{"span.kind": "server"}), 50*time.Millisecond)
	finish(start(o, "op", opentracing.Tags{"span.kind": "server", "error": true}), 20*time.Millisecond)
	_, gauges := f.Snapshot()
	ok, failed := gauges["request_latency|endpoint=op|error=false.P50"], gauges["request_latency|endpoint=op|error=true.P50"]
	if ok < 49 || ok > 51 || failed < 19 || failed > 21 {
		t.Errorf("%d ms and %d ms: %v", ok, failed, gauges)
	}
}

// TestEndpointsAreBounded: the first 200 names count apart, also when they come from many
// goroutines at once.
func TestEndpointsAreBoundedConcurrentSafe(t *testing.T) {
	f := metricstest.NewFactory(0)
	o := rpcmetrics.NewObserver(f, rpcmetrics.DefaultNameNormalizer)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 300 {
				finish(start(o, fmt.Sprint("op", i), opentracing.Tags{"span.kind": "server"}), 0)
			}
		}()
	}
	wg.Wait()
	got := counted(f)
	if n := got["requests|endpoint=other|error=false"]; len(got) != 201 || n != 400 {
		t.Errorf("%d endpoints, %d requests to others", len(got), n)
	}
	for key, n := range got {
		if key != "requests|endpoint=other|error=false" && n != 4 {
			t.Errorf("%s: %d", key, n)
		}
	}
}

// blank makes no name of anything.
type blank struct{}

func (blank) Normalize(string) string { return "" }

func TestEmptyNamesAreOther(t *testing.T) {
	f := metricstest.NewFactory(0)
	finish(start(rpcmetrics.NewObserver(f, blank{}), "op", opentracing.Tags{"span.kind": "server"}), 0)
	check(t, f, map[string]int64{"requests|endpoint=other|error=false": 1})
}

func TestNothingToCountInto(t *testing.T) {
	server := opentracing.Tags{"span.kind": "server"}
	finish(start(rpcmetrics.NewObserver(nil, nil), "op", server), 0)
	s := rpcmetrics.NewSpanObserver(&rpcmetrics.MetricsByEndpoint{}, "op", opentracing.StartSpanOptions{Tags: server})
	finish(s, 0)
}

// failing makes counters, and panics at timers.
type failing struct{ metrics.Factory }

func (failing) Timer(metrics.TimerOptions) metrics.Timer { panic("no timers") }

// TestFactoryThatPanics: the panic is for the tracer to survive, once; what the factory
// made until then counts.
func TestFactoryThatPanics(t *testing.T) {
	f := metricstest.NewFactory(0)
	o := rpcmetrics.NewObserver(failing{f}, rpcmetrics.DefaultNameNormalizer)
	for i := range 3 {
		func() {
			defer func() {
				if p := recover(); (p != nil) != (i == 0) {
					t.Errorf("span %d: %v", i, p)
				}
			}()
			finish(start(o, "op", opentracing.Tags{"span.kind": "server"}), 0)
		}()
	}
	check(t, f, map[string]int64{"requests|endpoint=op|error=false": 2})
}
