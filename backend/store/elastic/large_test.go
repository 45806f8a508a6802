// SPDX-License-Identifier: Apache-2.0

package elastic_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/elastic"
	"github.com/go-spur/spur/backend/trace"
)

// many is a server with traces of so many spans, the first of which is the newest. It tells
// asked of how many traces it was asked for spans, whether for the first of them, and how many it gave.
func many(t *testing.T, sizes []int, asked func(traces int, first bool, spans int)) elastic.Config {
	id := func(n int) string { return fmt.Sprintf("1%031d", n) }
	start := func(n int) int { return 1000 * (len(sizes) - n) }
	return behave(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var q struct {
			Size  int
			After []json.RawMessage `json:"search_after"`
		}
		_ = json.Unmarshal(body, &q)
		var hits []string
		if bytes.Contains(body, []byte(`"_source":false`)) {
			until := math.MaxInt
			if at := bytes.Index(body, []byte(`"lte":`)); at >= 0 {
				_, _ = fmt.Sscan(string(body[at+len(`"lte":`):]), &until)
			}
			for n := range sizes {
				if start(n) <= until {
					hits = append(hits, fmt.Sprintf(`{"sort":[%d,%q,"1"]}`, start(n), id(n)))
				}
			}
		} else {
			traces := 0
			after, begun := "", 0
			if len(q.After) > 0 {
				after, _ = strconv.Unquote(string(q.After[0]))
				begun, _ = strconv.Atoi(string(q.After[1]))
			}
			for n, size := range sizes {
				if !bytes.Contains(body, []byte(id(n))) {
					continue
				}
				traces++
				for at := 1; at <= size && len(hits) < q.Size; at++ {
					if id(n) < after || id(n) == after && at <= begun {
						continue
					}
					hits = append(hits, fmt.Sprintf(`{"_source":{"traceID":%q,"spanID":"%x","operationName":"o","startTime":%d,"process":{"serviceName":"s"}},"sort":[%[1]q,%[2]d,"1"]}`, id(n), at, start(n)))
				}
			}
			asked(traces, len(q.After) == 0, len(hits))
		}
		_, _ = fmt.Fprintf(w, `{"hits":{"hits":[%s]}}`, strings.Join(hits, ","))
	})
}

// TestBudget: traces are read together only as far as they have no more spans than a search may
// read, and no more are read once it has.
func TestBudget(t *testing.T) {
	sizes := []int{180, 400, 10, 10, 10}
	for range 15 {
		sizes = append(sizes, 300)
	}
	together, most, all := 0, 0, 0 // spans
	c := many(t, sizes, func(traces int, first bool, spans int) {
		if first {
			together = 0
		}
		all += spans
		if together += spans; traces > 1 {
			most = max(most, together)
		}
	})
	c.MaxScan, c.PageSize = 200, 20
	s := open(t, c)
	found, q := map[pcommon.TraceID]int{}, trace.Query{Limit: 20}
	for range sizes {
		all = 0
		p, err := s.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range p.Traces {
			found[one.TraceID] += one.Spans
		}
		if limit := 6*(c.MaxScan+c.PageSize) + 2*420; all > limit {
			t.Errorf("%d spans read for a page, want at most %d: five tries and two traces", all, limit)
		}
		if q.Cursor = p.Cursor; q.Cursor == "" {
			break
		}
	}
	if most > c.MaxScan+c.PageSize {
		t.Errorf("%d spans of several traces read together, want at most %d and a page", most, c.MaxScan)
	}
	for n, size := range sizes {
		id, _ := hex.DecodeString(fmt.Sprintf("1%031d", n))
		if got := found[pcommon.TraceID(id)]; got != size {
			t.Errorf("trace %d has %d spans on all pages, want %d", n, got, size)
		}
	}
}

// TestTooLarge: a trace of which not all can be read is left out of what a search finds, which
// says so, and is an error to who asks for it.
func TestTooLarge(t *testing.T) {
	const huge = 20
	big := strings.Repeat("x", 32<<10)
	id := func(n int) string { return fmt.Sprintf("1%031d", n) }
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var q struct {
			Size  int
			After []json.RawMessage `json:"search_after"`
		}
		_ = json.Unmarshal(body, &q)
		if bytes.Contains(body, []byte(`"_source":false`)) {
			_, _ = fmt.Fprintf(w, `{"hits":{"hits":[{"sort":[3000,%q,"1"]},{"sort":[2000,%q,"1"]}]}}`, id(1), id(2))
			return
		}
		var hits []string
		if bytes.Contains(body, []byte(id(1))) {
			begun := 0
			if len(q.After) > 0 {
				begun, _ = strconv.Atoi(string(q.After[1]))
			}
			for at := begun + 1; at <= huge && len(hits) < q.Size; at++ {
				hits = append(hits, fmt.Sprintf(`{"_source":{"traceID":%q,"spanID":"%x","operationName":%q},"sort":[%[1]q,%[2]d,"1"]}`, id(1), at, big))
			}
		}
		if len(hits) < q.Size && bytes.Contains(body, []byte(id(2))) {
			hits = append(hits, fmt.Sprintf(`{"_source":{"traceID":%q,"spanID":"1","operationName":"o"},"sort":[%[1]q,1,"1"]}`, id(2)))
		}
		_, _ = fmt.Fprintf(w, `{"hits":{"hits":[%s]}}`, strings.Join(hits, ","))
	})
	c.PageSize = 4
	reg := prometheus.NewRegistry()
	s, err := elastic.Open(t.Context(), c, reg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	s.SetMostBytes(512 << 10)
	p, err := s.Search(t.Context(), trace.Query{Limit: 2})
	if err != nil || len(p.Traces) != 1 || p.Traces[0].Spans != 1 || !p.CutAt.Equal(time.UnixMicro(3000)) || !p.AtLeast || p.TooLarge != 1 || p.Cursor != "" {
		t.Errorf("got %+v, %v, want the other trace, and that one is left out", p, err)
	}
	const counted = "# HELP spur_elastic_large_traces_total Traces left out of searches, because they are too large to be read.\n" +
		"# TYPE spur_elastic_large_traces_total counter\nspur_elastic_large_traces_total 1\n"
	if err := testutil.GatherAndCompare(reg, strings.NewReader(counted), "spur_elastic_large_traces_total"); err != nil {
		t.Error(err)
	}
	if _, err := s.Search(t.Context(), trace.Query{Limit: 1, IDs: []pcommon.TraceID{{0: 0x10, 15: 1}}}); !errors.Is(err, store.ErrTooMuch) {
		t.Errorf("a search for it: %v, want ErrTooMuch", err)
	}
}

// TestPagesEnd: documents that share a place in the order and are too large together are an error
// after a few requests.
func TestPagesEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("reads answers of 128 MiB")
	}
	requests := 0
	chunk := strings.Repeat(" ", 1<<20)
	c := behave(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		var q struct{ Size int }
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &q)
		if q.Size > 400 {
			for range 130 {
				if _, err := io.WriteString(w, chunk); err != nil {
					return
				}
			}
			return
		}
		_, _ = fmt.Fprintf(w, `{"hits":{"hits":[%s]}}`, strings.TrimSuffix(strings.Repeat(`{"_source":{},"sort":["1",1,"1"]},`, q.Size), ","))
	})
	c.Timeout = time.Minute
	_, err := open(t, c).Trace(t.Context(), pcommon.TraceID{15: 1}, trace.Window{})
	if !errors.Is(err, store.ErrTooMuch) || requests > 8 {
		t.Errorf("after %d requests %v, want ErrTooMuch after at most 8", requests, err)
	}
}

// TestFarStart: what another has written with a start that is no time does not keep searches from
// what comes after it.
func TestFarStart(t *testing.T) {
	x, c := keep(t, 100)
	x.docs["jaeger-span-2026-01-02"] = map[string]json.RawMessage{}
	for n, start := range []uint64{math.MaxUint64, math.MaxInt64, math.MaxInt64/1000 + 1, 1_767_323_045_678_901, 1} {
		x.docs["jaeger-span-2026-01-02"][strconv.Itoa(n)] = fmt.Appendf(nil, `{"traceID":"%032d","spanID":"1","operationName":"o","startTime":%d,"process":{"serviceName":"s"}}`, n+1, start)
	}
	c.MaxScan = 1 // so that pages are cut
	s := open(t, c)
	for _, order := range []trace.Order{trace.NewestFirst, trace.LongestFirst} {
		found, q := map[pcommon.TraceID]int{}, trace.Query{Limit: 1, Order: order}
		for range 20 {
			p, err := s.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range p.Traces {
				found[one.TraceID]++
			}
			if q.Cursor = p.Cursor; q.Cursor == "" {
				break
			}
		}
		if len(found) != 2 && order == trace.NewestFirst || len(found) == 0 {
			t.Errorf("order %v: found %v, want two", order, found)
		}
		for id, n := range found {
			if n != 1 {
				t.Errorf("order %v: %v was found %d times", order, id, n)
			}
		}
	}
}

// TestSeparator: what stands between the parts of dates cannot break names or requests.
func TestSeparator(t *testing.T) {
	c := behave(t, func(http.ResponseWriter, *http.Request) {})
	for separator, ok := range map[string]bool{"-": true, ".": true, "_": true, "": true, "--": true, `"`: false, "/": false, ",": false, "*": false, " ": false, "2": false, "Jan": false, "----": false} {
		c.DateSeparator = separator
		s, err := elastic.Open(t.Context(), c, nil, quiet)
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), strconv.Quote(separator)+" cannot separate") {
			t.Errorf("%q: %v, want it to open: %t", separator, err, ok)
		}
		if err == nil {
			_ = s.Close()
		}
	}
}
