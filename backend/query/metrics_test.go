// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// metricsStart is the beginning of a minute.
var metricsStart = time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)

// metricsStore holds, of each minute from metricsStart on, minute+1 spans of
// server "shop" that take minute+1 ms: one of them failed, and all but one are
// "GET /".
func metricsStore(t *testing.T, minutes int) *memory.Store {
	t.Helper()
	db := memory.Open(memory.Config{})
	t.Cleanup(func() { _ = db.Close() })
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	for m := range minutes {
		for i := range m + 1 {
			s := ss.Spans().AppendEmpty()
			s.SetTraceID(pcommon.TraceID{13: 1, 14: byte(m), 15: byte(i)})
			s.SetSpanID(pcommon.SpanID{7: 1})
			s.SetKind(ptrace.SpanKindServer)
			s.SetName("GET /")
			if i == 0 {
				s.SetName("POST /")
				s.Status().SetCode(ptrace.StatusCodeError)
			}
			start := metricsStart.Add(time.Duration(m)*time.Minute + time.Duration(i)*time.Second)
			s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
			s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(m+1) * time.Millisecond)))
		}
	}
	if err := db.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	return db
}

// values are a metric's, each with its minute after metricsStart.
func (m metric) values() (out []string) {
	for _, p := range m.Points {
		out = append(out, fmt.Sprintf("%v: %.3g", p.Time.Sub(metricsStart).Minutes(), p.Gauge.Value))
	}
	return out
}

func TestMetrics(t *testing.T) {
	h := New(Config{Store: metricsStore(t, 4)})
	params := fmt.Sprintf("?service=shop&endTs=%d&lookback=360000&step=120000&ratePer=120000", metricsStart.Add(6*time.Minute).UnixMilli())
	for _, c := range []struct {
		address, name, help string
		labels              []metricLabel
		values              []string
	}{
		{
			"calls", "service_call_rate", "calls/sec, grouped by service",
			[]metricLabel{{"service_name", "shop"}},
			[]string{"0: 0", "2: 0.025", "4: 0.0583", "6: 0"},
		},
		{
			"errors", "service_error_rate", "error rate, computed as a fraction of errors/sec over calls/sec, grouped by service",
			[]metricLabel{{"service_name", "shop"}},
			[]string{"2: 0.667", "4: 0.286"},
		},
		{
			"latencies", "service_latencies", "0.50th quantile latency, grouped by service",
			[]metricLabel{{"service_name", "shop"}},
			[]string{"2: 1.92", "4: 3.84"},
		},
	} {
		var f metricFamily
		getJSON(t, h, "/api/metrics/"+c.address+params+"&quantile=0.5", &f)
		if f.Name != c.name || f.Help != c.help || f.Type != "GAUGE" || len(f.Metrics) != 1 {
			t.Errorf("%s: %+v", c.address, f)
			continue
		}
		if m := f.Metrics[0]; !reflect.DeepEqual(m.Labels, c.labels) || !reflect.DeepEqual(m.values(), c.values) {
			t.Errorf("%s: %v %q, want %q", c.address, m.Labels, m.values(), c.values)
		}
	}
	var f metricFamily
	getJSON(t, h, "/api/metrics/calls"+params+"&groupByOperation=true", &f)
	if f.Name != "service_operation_call_rate" || !strings.HasSuffix(f.Help, "grouped by service & operation") || len(f.Metrics) != 2 ||
		f.Metrics[0].Labels[1] != (metricLabel{"operation", "GET /"}) || f.Metrics[1].Labels[1] != (metricLabel{"operation", "POST /"}) {
		t.Errorf("by operation: %+v", f)
	}
	getJSON(t, h, "/api/metrics/calls"+params+"&spanKind=client&spanKind=consumer", &f)
	if len(f.Metrics) != 0 {
		t.Errorf("of other kinds: %+v", f)
	}
	getJSON(t, h, "/api/metrics/calls?service=shop", &f) // the last hour of now
	if len(f.Metrics) != 0 {
		t.Errorf("now: %+v", f)
	}
}

func TestMetricsErrors(t *testing.T) {
	h := New(Config{Store: metricsStore(t, 1)})
	for query, want := range map[string]string{
		"latencies?service=s":                                 "unable to parse param 'quantile': strconv.ParseFloat: parsing \"\": invalid syntax",
		"latencies?service=s&quantile=2":                      "unable to parse param 'quantile': 2 is not between 0 and 1",
		"latencies?service=s&quantile=NaN":                    "unable to parse param 'quantile': NaN is not between 0 and 1",
		"calls":                                               "unable to parse param 'service': please provide at least one service name",
		"calls?service=s&spanKind=x":                          "unable to parse param 'spanKind': unsupported span kind: 'x'",
		"calls?service=s&groupByOperation=x":                  "unable to parse param 'groupByOperation': strconv.ParseBool: parsing \"x\": invalid syntax",
		"calls?service=s&step=x":                              "unable to parse param 'step': strconv.ParseInt: parsing \"x\": invalid syntax",
		"calls?service=s&lookback=9223372036854775807":        "2562047h47m16.854s in steps of 5s are more than 11000",
		"calls?service=s&lookback=36000000&step=0":            "10h0m0s in steps of 1ms are more than 11000",
		"calls?service=s&ratePer=9223372036854775807":         "",
		"calls?" + strings.Repeat("service=s&", 101):          "101 services are more than 100",
		"calls?service=s&endTs=9223372036854775807&lookback=": "",
		"calls?service=s&endTs=-9223372036854775808":          "",
	} {
		rec := get(h, "http://localhost/api/metrics/"+query)
		var e envelope
		decode(t, rec, &e)
		switch {
		case want == "" && rec.Code != http.StatusOK && rec.Code != http.StatusBadRequest:
			t.Errorf("%s: %d %s", query, rec.Code, rec.Body)
		case want != "" && (rec.Code != http.StatusBadRequest || e.Errors[0].Msg != want):
			t.Errorf("%s: %d %s", query, rec.Code, rec.Body)
		}
	}
}

func TestRED(t *testing.T) {
	h := New(Config{Store: metricsStore(t, 4)})
	window := fmt.Sprintf("&start=%d&end=%d", metricsStart.UnixMicro(), metricsStart.Add(time.Hour).UnixMicro())
	say := func(target string) (out []string) {
		var answer struct{ Series []redSeries }
		getJSON(t, h, target, &answer)
		for _, s := range answer.Series {
			line := s.Service + " " + s.Operation
			for _, p := range s.Points {
				s.Total.Spans -= p.Spans
				s.Total.Errors -= p.Errors
			}
			if s.Total.Spans != 0 || s.Total.Errors != 0 || s.Total.Durations.P50 == 0 {
				t.Errorf("%s: the points are not the total: %+v", target, s.Total)
			}
			for _, p := range s.Points {
				line += fmt.Sprintf(" %s:%d/%d", strings.TrimPrefix(fmt.Sprint(p.Time), "1767322"), p.Errors, p.Spans)
			}
			out = append(out, line)
		}
		return out
	}
	for target, want := range map[string][]string{
		"/api/red?step=2m" + window:                               {"shop  800000000000:2/3 920000000000:2/7"},
		"/api/red?service=shop&byOperation=true&step=1h" + window: {"shop GET / 800000000000:0/6", "shop POST / 800000000000:4/4"},
		"/api/red?service=shop&operation=POST+/&step=1h" + window: {"shop  800000000000:4/4"},
		"/api/red?kind=client" + window:                           nil,
		"/api/red?service=other" + window:                         nil,
		"/api/red?service=shop":                                   nil, // the last hour of now
	} {
		if got := say(target); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
	for target, want := range map[string]string{
		"/api/red?byOperation=true":       "parameter 'service' is required",
		"/api/red?step=x":                 "unable to parse param 'step': time: invalid duration \"x\"",
		"/api/red?start=0&end=9999999999": "2777h46m39.999s in steps of 1m0s are more than 11000",
		"/api/usual?operation=x":          "parameter 'service' is required",
	} {
		rec := get(h, "http://localhost"+target)
		var e envelope
		decode(t, rec, &e)
		if rec.Code != http.StatusBadRequest || e.Errors[0].Msg != want {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
	}
}

// manyOperations is a store of a service with a million operations.
type manyOperations struct{ store.Store }

func (manyOperations) Operations(context.Context, string) ([]trace.Operation, error) {
	return make([]trace.Operation, 1_000_000), nil
}

func TestTooManySeries(t *testing.T) {
	h := New(Config{Store: manyOperations{metricsStore(t, 1)}})
	small := fmt.Sprintf("/api/metrics/calls?endTs=%d&lookback=3600000&step=400", metricsStart.Add(time.Hour).UnixMilli())
	for target, want := range map[string]int{
		small + strings.Repeat("&service=shop", 34):               http.StatusRequestEntityTooLarge,
		small + "&service=shop":                                   http.StatusOK,
		"/api/red?service=shop&byOperation=true":                  http.StatusRequestEntityTooLarge,
		"/api/metrics/calls?service=shop&groupByOperation=true":   http.StatusRequestEntityTooLarge,
		"/api/red?service=shop&byOperation=true&operation=GET+/x": http.StatusOK,
		"/api/red?service=shop":                                   http.StatusOK,
	} {
		if rec := get(h, "http://localhost"+target); rec.Code != want {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
	}
}

func TestUsual(t *testing.T) {
	h := New(Config{Store: metricsStore(t, 10)})
	var usual rates
	getJSON(t, h, "/api/usual?service=shop&operation=GET+/", &usual)
	if usual.Spans != 45 || usual.Errors != 0 {
		t.Errorf("%+v", usual)
	}
	for q, want := range map[time.Duration]time.Duration{usual.Durations.P50: 7 * time.Millisecond, usual.Durations.P99: 10 * time.Millisecond} {
		if q < want*7/8 || q > want*9/8 {
			t.Errorf("%v, want %v: %+v", q, want, usual.Durations)
		}
	}
	getJSON(t, h, "/api/usual?service=shop&operation=none", &usual)
	if usual.Spans != 0 || usual.Durations != (quantiles{}) {
		t.Errorf("of nothing: %+v", usual)
	}

	var all struct {
		Operations []struct {
			Operation string
			rates
		}
	}
	getJSON(t, h, "/api/usual?service=shop", &all)
	var lines []string
	for _, o := range all.Operations {
		lines = append(lines, fmt.Sprintf("%s %d/%d %v", o.Operation, o.Errors, o.Spans, o.Durations.P50 > 0))
	}
	if want := []string{"GET / 0/45 true", "POST / 10/10 true"}; !slices.Equal(lines, want) {
		t.Errorf("each operation: %q, want %q", lines, want)
	}
}

// TestUsualOfAllTimes: clocks may say anything, so spans can be of many days.
func TestUsualOfAllTimes(t *testing.T) {
	db := metricsStore(t, 1)
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	const days = store.MaxPoints + 1
	for i := range uint64(days) {
		s := ss.Spans().AppendEmpty()
		s.SetTraceID(pcommon.TraceID{0: 1, 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)})
		s.SetSpanID(pcommon.SpanID{7: 1})
		s.SetName("GET /")
		s.SetStartTimestamp(pcommon.Timestamp(i * uint64(24*time.Hour)))
		s.SetEndTimestamp(s.StartTimestamp() + 1e6)
	}
	if err := db.Write(t.Context(), td); err != nil {
		t.Fatal(err)
	}
	var usual rates
	getJSON(t, New(Config{Store: db}), "/api/usual?service=shop&operation=GET+/", &usual)
	if usual.Spans != days || usual.Durations.P50 == 0 {
		t.Errorf("%+v", usual)
	}
}
