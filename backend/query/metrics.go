// SPDX-License-Identifier: Apache-2.0

package query

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// metricFamily is what /api/metrics answers: jaeger 1.62
// model/proto/metrics/openmetrics.proto as JSON, names as
// plugin/metrics/prometheus/metricsstore/reader.go has them.
type metricFamily struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Help    string   `json:"help"`
	Metrics []metric `json:"metrics"`
}

type metric struct {
	Labels []metricLabel `json:"labels"`
	Points []metricPoint `json:"metricPoints"`
}

type metricLabel struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type metricPoint struct {
	Gauge struct {
		Value float64 `json:"doubleValue"`
	} `json:"gaugeValue"`
	Time time.Time `json:"timestamp"`
}

// metricsQuery is what the parameters of /api/metrics ask for: a value for each
// step, of the spans that started in the ratePer before it. Steps that are not at a
// multiple of the resolution look at the last ratePer that is, so that none
// counts less than it divides by.
type metricsQuery struct {
	services    []string
	byOperation bool
	kinds       []ptrace.SpanKind
	start, end  time.Time
	step        time.Duration
	ratePer     time.Duration // a multiple of resolution
	resolution  time.Duration // of the intervals that rates are made of
}

func (p params) metrics(now time.Time) (q metricsQuery, err error) {
	if !p.Has("service") {
		return q, badRequest("unable to parse param 'service': please provide at least one service name")
	}
	if q.services = p.Values["service"]; len(q.services) > maxMetricsServices {
		return q, badRequest("%d services are more than %d", len(q.services), maxMetricsServices)
	}
	if q.byOperation, err = p.bool("groupByOperation"); err != nil {
		return q, err
	}
	if q.kinds, err = p.kinds("spanKind", []ptrace.SpanKind{ptrace.SpanKindServer}); err != nil {
		return q, err
	}
	if q.end, err = p.time("endTs", time.Millisecond, now); err != nil {
		return q, err
	}
	lookback, err := p.duration("lookback", time.Millisecond, time.Hour)
	if err != nil {
		return q, err
	}
	q.start = q.end.Add(-max(lookback, 0))
	if q.step, err = p.duration("step", time.Millisecond, 5*time.Second); err != nil {
		return q, err
	}
	q.step = max(q.step, time.Millisecond)
	if q.ratePer, err = p.duration("ratePer", time.Millisecond, 10*time.Minute); err != nil {
		return q, err
	}
	q.ratePer = max(q.ratePer, time.Minute)
	q.resolution = max((q.ratePer / 10).Truncate(time.Minute), time.Minute)
	q.ratePer -= q.ratePer % q.resolution
	return q, checkPoints(lookback, q.step)
}

// steps is how many values a series has at most.
func (q metricsQuery) steps() int { return int(q.end.Sub(q.start)/q.step) + 1 }

// whole is the last multiple of the resolution since 1970 that is not after t.
func (q metricsQuery) whole(t time.Time) time.Time {
	return t.Add(-time.Duration(t.UnixNano()) % q.resolution)
}

// value is a metric's value of the spans in a window, or false when it has none.
type value func(trace.REDPoint) (float64, bool)

// latencies answers GET /api/metrics/latencies?quantile=0.95: milliseconds.
func (s *server) latencies(r *http.Request) (any, error) {
	q, err := strconv.ParseFloat(r.URL.Query().Get("quantile"), 64)
	if err != nil {
		return nil, wrongParam("quantile", err)
	}
	if !(q >= 0 && q <= 1) {
		return nil, wrongParam("quantile", fmt.Errorf("%v is not between 0 and 1", q))
	}
	return s.metrics(r, "latencies", fmt.Sprintf("%.2fth quantile latency", q), func(metricsQuery) value {
		return func(p trace.REDPoint) (float64, bool) {
			return float64(p.Durations.Quantile(q)) / float64(time.Millisecond), p.Spans > 0
		}
	})
}

// calls answers GET /api/metrics/calls: spans a second.
func (s *server) calls(r *http.Request) (any, error) {
	return s.metrics(r, "call_rate", "calls/sec", func(q metricsQuery) value {
		return func(p trace.REDPoint) (float64, bool) { return float64(p.Spans) / q.ratePer.Seconds(), true }
	})
}

// errors answers GET /api/metrics/errors: the share of spans that failed.
func (s *server) errorRates(r *http.Request) (any, error) {
	return s.metrics(r, "error_rate", "error rate, computed as a fraction of errors/sec over calls/sec", func(metricsQuery) value {
		return func(p trace.REDPoint) (float64, bool) {
			return float64(p.Errors) / math.Max(float64(p.Spans), 1), p.Spans > 0
		}
	})
}

// minStep answers GET /api/metrics/minstep: the least step that shows more
// than a longer one, in milliseconds.
func (s *server) minStep(*http.Request) (any, error) {
	return envelope{Data: time.Minute.Milliseconds()}, nil
}

func (s *server) metrics(r *http.Request, name, help string, valueOf func(metricsQuery) value) (any, error) {
	q, err := params{r.URL.Query()}.metrics(time.Now())
	if err != nil {
		return nil, err
	}
	f := metricFamily{Name: "service_" + name, Type: "GAUGE", Help: help + ", grouped by service", Metrics: []metric{}}
	if q.byOperation {
		f.Name = "service_operation_" + name
		f.Help += " & operation"
	}
	points := 0
	for _, service := range q.services {
		series, err := s.rates(r.Context(), trace.REDQuery{
			Window:      trace.Window{Start: q.whole(q.start).Add(-q.ratePer), End: q.whole(q.end)},
			Service:     service,
			Kinds:       q.kinds,
			ByOperation: q.byOperation,
			Step:        q.resolution,
		})
		if err != nil {
			return nil, err
		}
		if points += len(series) * q.steps(); points > maxSeriesPoints {
			return nil, tooLarge("%d steps of so many services or operations: ask for fewer of them, for less time or for longer steps", q.steps())
		}
		for _, one := range series {
			if err := r.Context().Err(); err != nil {
				return nil, err
			}
			m := metric{Labels: []metricLabel{{"service_name", one.Service}}, Points: q.points(one.Points, valueOf(q))}
			if q.byOperation {
				m.Labels = append(m.Labels, metricLabel{"operation", one.Operation})
			}
			f.Metrics = append(f.Metrics, m)
		}
	}
	return f, nil
}

// points slides a window of q.ratePer over the intervals in.
func (q metricsQuery) points(in []trace.REDPoint, v value) []metricPoint {
	out := []metricPoint{}
	for t := q.start; !t.After(q.end); t = t.Add(q.step) {
		until := q.whole(t)
		from := until.Add(-q.ratePer)
		for len(in) > 0 && in[0].Time.Before(from) {
			in = in[1:]
		}
		var sum trace.REDPoint
		for i := range in {
			if !in[i].Time.Before(until) {
				break
			}
			sum.Merge(&in[i])
		}
		if f, ok := v(sum); ok {
			p := metricPoint{Time: t.UTC()}
			p.Gauge.Value = f
			out = append(out, p)
		}
	}
	return out
}
