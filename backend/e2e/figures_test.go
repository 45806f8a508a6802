// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// TestFigures: the numbers of all answers are those that plain SQL says about the same
// spans; percentiles as near as trace.Histogram.Quantile promises. With sqlite, traces
// lie in several segments and in the tail; apart, a process reads what another writes.
func TestFigures(t *testing.T) {
	const parts = 3
	n := 6000
	if testing.Short() {
		n = 1500
	}
	all := figures(n, parts)
	table := newFiguresTable(t, all)
	for name, commands := range map[string]struct {
		engine  string
		command config.Command
		reader  bool
	}{
		"memory": {"memory", config.AllInOne, false},
		"sqlite": {"sqlite", config.AllInOne, false},
		"apart":  {"sqlite", config.Collector, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := settings(t, commands.engine)
			c.Command = commands.command
			var s, reader *allInOne
			for part := range parts {
				if s == nil || commands.engine != "memory" { // to close is to close a segment
					if s != nil {
						s.close()
					}
					s = startWith(t, c)
				}
				if commands.reader && reader == nil {
					r := settings(t, commands.engine)
					r.Command, r.Data = config.Query, c.Data
					reader = startWith(t, r)
				}
				sendFigures(s, all, part)
			}
			if reader == nil {
				reader = s
			}
			table := table
			table.t = t
			f := figuresOf{reader, table}
			f.lists()
			f.red()
			f.usual()
			f.links()
			f.metrics()
			f.searches()
		})
	}
}

// sendFigures sends a part, twice: what is stored already is not counted again.
func sendFigures(s *allInOne, all []figure, part int) {
	s.t.Helper()
	sent := figuresRequest(all, part)
	body, err := sent.MarshalProto()
	if err != nil {
		s.t.Fatal(err)
	}
	before := s.Books().Received
	for range 2 {
		if !post(s.t.Context(), "http://"+s.addr(4318)+"/v1/traces", body) {
			s.t.Fatal("the spans are not taken")
		}
	}
	s.awaitStored(before + 2*int64(sent.Traces().SpanCount()))
}

// figuresOf compares answers of s with a table.
type figuresOf struct {
	s *allInOne
	x figuresTable
}

// get asks and decodes the answer.
func (f figuresOf) get(path string, params url.Values, answer any) {
	f.x.t.Helper()
	address := "http://" + f.s.addr(portQuery) + path + "?" + params.Encode()
	status, _, body := do(f.x.t, request(f.x.t, http.MethodGet, address, nil))
	if status != http.StatusOK {
		f.x.t.Fatalf("%s: %d %s", address, status, body)
	}
	if err := json.Unmarshal(body, answer); err != nil {
		f.x.t.Fatalf("%s: %v", address, err)
	}
}

// same compares two lists.
func same[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Errorf("%s: %d, SQL says %d; from %d on:\n%v\n%v", what, len(got), len(want), i, got[min(i, len(got)):min(i+3, len(got))], want[min(i, len(want)):min(i+3, len(want))])
			return
		}
	}
	if len(want) == 0 {
		t.Errorf("%s compares nothing", what)
	}
}

// near compares a quantile.
func (f figuresOf) near(what string, got, want time.Duration) {
	f.x.t.Helper()
	if off := max(got-want, want-got); off > want/8+1 && off >= time.Microsecond {
		f.x.t.Errorf("%s: %v, SQL says %v", what, got, want)
	}
}

func (f figuresOf) lists() {
	var services struct{ Data []string }
	f.get("/api/services", nil, &services)
	same(f.x.t, "services", services.Data, f.x.texts("SELECT DISTINCT service FROM span ORDER BY 1"))
	for _, service := range services.Data {
		var operations struct {
			Data []struct{ Name, SpanKind string }
		}
		f.get("/api/operations", url.Values{"service": {service}}, &operations)
		var got []string
		for _, o := range operations.Data {
			got = append(got, o.Name+" "+o.SpanKind)
		}
		slices.Sort(got)
		same(f.x.t, "operations of "+service, got, f.x.texts("SELECT DISTINCT operation || ' ' || kind FROM span WHERE service = ? ORDER BY 1", service))
	}
	var status struct {
		Store struct{ Spans, Traces int64 }
	}
	f.get("/api/status", nil, &status)
	got := []int64{status.Store.Spans, status.Store.Traces}
	same(f.x.t, "status", got, []int64{f.x.number("SELECT count(*) FROM span"), f.x.number("SELECT count(DISTINCT trace) FROM span")})
}

// rates are spans, errors and percentiles as JSON has them.
type rates struct {
	Spans, Errors int64
	Durations     map[string]json.Number
}

// quantile is that of a name, p95 say.
func (r rates) quantile(t *testing.T, name string) time.Duration {
	t.Helper()
	n, err := r.Durations[name].Int64()
	if err != nil {
		t.Fatalf("%s of %v: %v", name, r.Durations, err)
	}
	return time.Duration(n)
}

var percentiles = map[string]float64{"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}

func (f figuresOf) red() {
	from, to := figuresStart.UnixNano(), figuresStart.Add(figuresTime).UnixNano()
	for params, where := range map[string]string{
		"step=1m":                                 "true",
		"step=7m&kind=server&kind=consumer":       "kind IN ('server', 'consumer')",
		"step=10m&byOperation=1&service=cart":     "service = 'cart'",
		"step=3m&kind=client&operation=pay":       "kind = 'client' AND operation = 'pay'",
		"step=1h&service=it%27s+%22q%22%2F%C3%BC": "service LIKE 'it_s%'",
	} {
		values, err := url.ParseQuery(params)
		if err != nil {
			f.x.t.Fatal(err)
		}
		step, err := time.ParseDuration(values.Get("step"))
		if err != nil {
			f.x.t.Fatal(err)
		}
		for _, w := range []span{{from, to + 1}, {from + 1e9, to - 111_222_333_444}} {
			values.Set("start", fmt.Sprint(w.from))
			values.Set("end", fmt.Sprint(w.to))
			f.oneRED(values, where+" AND "+w.where("span"), step)
		}
	}
}

func (f figuresOf) oneRED(values url.Values, where string, step time.Duration) {
	f.x.t.Helper()
	var answer struct {
		Series []struct {
			Service, Operation string
			Total              rates
			Points             []struct {
				Time int64 `json:",string"`
				rates
			}
		}
	}
	f.get("/api/red", values, &answer)
	var totals, points []group
	for _, s := range answer.Series {
		totals = append(totals, group{s.Service, s.Operation, 0, s.Total.Spans, s.Total.Errors})
		for _, p := range s.Points {
			points = append(points, group{s.Service, s.Operation, p.Time, p.Spans, p.Errors})
		}
	}
	what := "/api/red?" + values.Encode()
	for name, q := range percentiles {
		byOperation := values.Has("byOperation")
		wantTotals, totalQuantiles := f.x.rates(where, byOperation, math.MaxInt64, q)
		wantPoints, pointQuantiles := f.x.rates(where, byOperation, step, q)
		same(f.x.t, what, totals, wantTotals)
		same(f.x.t, what, points, wantPoints)
		if f.x.t.Failed() {
			return
		}
		n := 0
		for i, s := range answer.Series {
			f.near(fmt.Sprint(what, s.Service, s.Operation, name), s.Total.quantile(f.x.t, name), totalQuantiles[i])
			for _, p := range s.Points {
				f.near(fmt.Sprint(what, s.Service, s.Operation, p.Time, name), p.quantile(f.x.t, name), pointQuantiles[n])
				n++
			}
		}
	}
}

func (f figuresOf) usual() {
	for _, service := range figureServices {
		var answer struct {
			Operations []struct {
				Operation string
				rates
			}
		}
		f.get("/api/usual", url.Values{"service": {service}}, &answer)
		var got []group
		for _, o := range answer.Operations {
			got = append(got, group{service, o.Operation, 0, o.Spans, o.Errors})
		}
		for name, q := range percentiles {
			want, quantiles := f.x.rates("service = '"+strings.ReplaceAll(service, "'", "''")+"'", true, math.MaxInt64, q)
			same(f.x.t, "usual of "+service, got, want)
			for i, o := range answer.Operations {
				f.near(service+" "+o.Operation+" "+name, o.quantile(f.x.t, name), quantiles[i])
				var one rates
				f.get("/api/usual", url.Values{"service": {service}, "operation": {o.Operation}}, &one)
				if one.Spans != o.Spans || one.Errors != o.Errors || one.quantile(f.x.t, name) != o.quantile(f.x.t, name) {
					f.x.t.Errorf("%s %s alone: %v, not %v", service, o.Operation, one, o.rates)
				}
			}
		}
	}
}
