// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

func (f figuresOf) links() {
	from := figuresStart.UnixNano()
	for _, w := range []span{
		{},
		{from, 0},
		{0, from + 20*60e9},
		{from + 1, from + 60e9*13 + 1_234_567_891},
		{from + 60e9 + 5e9, from + 60e9 + 50e9},
		{figuresStart.Truncate(time.Minute).UnixNano() + 5*60e9, figuresStart.Truncate(time.Minute).UnixNano() + 10*60e9},
	} {
		params := url.Values{}
		if w.from != 0 {
			params.Set("start", fmt.Sprint(w.from))
		}
		if w.to != 0 {
			params.Set("end", fmt.Sprint(w.to))
		}
		var answer struct {
			Links []struct {
				Parent, Child string
				Calls, Errors int64
			}
		}
		f.get("/api/map", params, &answer)
		var got []string
		for _, l := range answer.Links {
			got = append(got, fmt.Sprintf("%s > %s: %d, %d", l.Parent, l.Child, l.Calls, l.Errors))
		}
		same(f.x.t, "/api/map?"+params.Encode(), got, f.x.links(w))
	}
	f.dependencies(figuresStart.Add(30*time.Minute), 20*time.Minute)
	f.dependencies(figuresStart.Add(time.Hour), 24*time.Hour)
}

func (f figuresOf) dependencies(end time.Time, lookback time.Duration) {
	f.x.t.Helper()
	end = end.Truncate(time.Millisecond)
	params := url.Values{"endTs": {fmt.Sprint(end.UnixMilli())}, "lookback": {fmt.Sprint(lookback.Milliseconds())}}
	var answer struct {
		Data []struct {
			Parent, Child string
			CallCount     int64
		}
	}
	f.get("/api/dependencies", params, &answer)
	var got, want []string
	for _, d := range answer.Data {
		got = append(got, fmt.Sprintf("%s > %s: %d", d.Parent, d.Child, d.CallCount))
	}
	for _, link := range f.x.links(span{end.Add(-lookback).UnixNano(), end.UnixNano()}) {
		calls, _, _ := strings.Cut(link, ",")
		want = append(want, calls)
	}
	same(f.x.t, "dependencies", got, want)
}

// metrics compares Jaeger's: each value is of the spans that started in the ten
// minutes before the last minute that had begun.
func (f figuresOf) metrics() {
	const service, per = "worker", 10 * time.Minute
	end := figuresStart.Add(48 * time.Minute).Truncate(time.Millisecond)
	for _, byOperation := range []bool{false, true} {
		params := url.Values{
			"service": {service}, "spanKind": {"server", "client"}, "groupByOperation": {fmt.Sprint(byOperation)}, "quantile": {"0.95"},
			"endTs": {fmt.Sprint(end.UnixMilli())}, "lookback": {fmt.Sprint((30 * time.Minute).Milliseconds())},
			"step": {fmt.Sprint((7 * time.Minute).Milliseconds())}, "ratePer": {fmt.Sprint(per.Milliseconds())},
		}
		calls, errors, latencies := f.metric("calls", params), f.metric("errors", params), f.metric("latencies", params)
		compared := 0
		for t := end.Add(-30 * time.Minute); !t.After(end); t = t.Add(7 * time.Minute) {
			until := t.Truncate(time.Minute)
			w := span{until.Add(-per).UnixNano(), until.UnixNano()}
			groups, quantiles := f.x.rates("service = 'worker' AND kind IN ('server', 'client') AND "+w.where("span"), byOperation, math.MaxInt64, 0.95)
			for i, g := range groups {
				key := fmt.Sprint(g.operation, t.UnixNano())
				f.equal("calls "+key, calls[key], float64(g.spans)/per.Seconds())
				f.equal("errors "+key, errors[key], float64(g.errors)/float64(g.spans))
				f.near("latencies "+key, time.Duration(latencies[key]*float64(time.Millisecond)), quantiles[i])
				compared++
			}
		}
		if compared < 5 || len(errors) != compared || len(latencies) != compared {
			f.x.t.Errorf("compared %d of %d and %d values", compared, len(errors), len(latencies))
		}
	}
}

// metric returns the values of one of Jaeger's, by operation and time.
func (f figuresOf) metric(name string, params url.Values) map[string]float64 {
	f.x.t.Helper()
	var answer struct {
		Metrics []struct {
			Labels       []struct{ Name, Value string }
			MetricPoints []struct {
				GaugeValue struct{ DoubleValue float64 }
				Timestamp  time.Time
			}
		}
	}
	f.get("/api/metrics/"+name, params, &answer)
	values := map[string]float64{}
	for _, m := range answer.Metrics {
		operation := ""
		for _, l := range m.Labels {
			if l.Name == "operation" {
				operation = l.Value
			}
		}
		for _, p := range m.MetricPoints {
			values[fmt.Sprint(operation, p.Timestamp.UnixNano())] = p.GaugeValue.DoubleValue
		}
	}
	return values
}

func (f figuresOf) equal(what string, got, want float64) {
	f.x.t.Helper()
	if math.Abs(got-want) > 1e-9 {
		f.x.t.Errorf("%s: %v, SQL says %v", what, got, want)
	}
}

// searches compares which traces are found, and the totals, with what SQL says.
func (f figuresOf) searches() {
	at := figuresStart.Add(20 * time.Minute)
	since := " since:" + at.Format(time.RFC3339Nano) + " until:" + at.Add(10*time.Minute).Format(time.RFC3339Nano)
	within := span{at.UnixNano(), at.Add(10 * time.Minute).UnixNano()}.where("span")
	linked := trace.FormatTraceID(figureTrace(uint64(f.x.number("SELECT min(link) FROM span WHERE link > 0"))))
	const duration = "(SELECT max(start + duration) - min(start) FROM span AS s WHERE s.trace = span.trace)"
	for q, where := range map[string]string{
		"":                                                    "true",
		`service:"it's \"q\"/ü" status:error`:                 "service LIKE 'it_s%' AND failed",
		"op:pay -kind:server" + since:                         "operation = 'pay' AND kind <> 'server' AND " + within,
		"dur>1ms color=7.0":                                   "duration > 1000000 AND color = '7'",
		"color!=red service:db kind:client":                   "color NOT IN ('red', '') AND service = 'db' AND kind = 'client'",
		"trace.dur>=10s kind:consumer":                        "kind = 'consumer' AND " + duration + " >= 10000000000",
		"{service:cart status:error} {color~^b}":              "service = 'cart' AND failed AND trace IN (SELECT trace FROM span WHERE color LIKE 'b%')",
		"-{service:cart} -{kind:server}" + since:              within + " AND trace NOT IN (SELECT trace FROM span WHERE (service = 'cart' OR kind = 'server') AND " + within + ")",
		"link:" + linked:                                      "link = (SELECT min(link) FROM span WHERE link > 0)",
		"-{link:" + linked + " OR color=red dur>1ms}" + since: within + " AND trace NOT IN (SELECT trace FROM span WHERE (link = (SELECT min(link) FROM span WHERE link > 0) OR color = 'red' AND duration > 1000000) AND " + within + ")",
	} {
		var want []string
		f.x.each(func(scan func(...any) error) error {
			var id uint64
			err := scan(&id)
			want = append(want, trace.FormatTraceID(figureTrace(id)))
			return err
		}, "SELECT DISTINCT trace FROM span WHERE "+where+" ORDER BY 1")
		same(f.x.t, q, f.found(q, len(want)), want)
	}
	f.summaries()
}

type searchPage struct {
	Traces []struct {
		TraceID       string
		Start         int64 `json:",string"`
		Duration      int64 `json:",string"`
		Spans, Errors int64
	}
	Cursor, CutAt string
	Total         int
	AtLeast       bool
}

// found returns the ids of the traces that q finds, page by page, sorted.
func (f figuresOf) found(q string, total int) (ids []string) {
	f.x.t.Helper()
	f.pages(q, func(page *searchPage) {
		if page.Total != total && !page.AtLeast || page.Total > total || page.CutAt != "" {
			f.x.t.Errorf("%q: total %d (at least: %v), SQL says %d", q, page.Total, page.AtLeast, total)
		}
		for _, sum := range page.Traces {
			ids = append(ids, sum.TraceID)
		}
	})
	slices.Sort(ids)
	return ids
}

func (f figuresOf) pages(q string, each func(*searchPage)) {
	f.x.t.Helper()
	params := url.Values{"q": {q}, "limit": {"97"}}
	for {
		var page searchPage
		f.get("/api/search", params, &page)
		each(&page)
		if page.Cursor == "" {
			return
		}
		params.Set("cursor", page.Cursor)
	}
}

// summaries compares those of all traces.
func (f figuresOf) summaries() {
	f.x.t.Helper()
	var got []string
	f.pages("", func(page *searchPage) {
		for _, s := range page.Traces {
			got = append(got, fmt.Sprint(s.Start, s.Duration, s.Spans, s.Errors))
		}
	})
	var want []string
	f.x.each(func(scan func(...any) error) error {
		var start, end, spans, errors int64
		err := scan(&start, &end, &spans, &errors)
		want = append(want, fmt.Sprint(start, end-start, spans, errors))
		return err
	}, "SELECT min(start), max(start + duration), count(*), sum(failed) FROM span GROUP BY trace ORDER BY 1 DESC, trace")
	same(f.x.t, "summaries", got, want)
}
