// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Summarize returns the summary of a trace's spans, in whatever order they are.
// Matched are the indices of those that a query found (Query.Match), whose tags
// are looked at first for the columns. Without spans it is the zero Summary.
func Summarize(spans []Span, matched []int, columns []string) Summary {
	if len(spans) == 0 {
		return Summary{}
	}
	sum := Summary{TraceID: spans[0].TraceID(), Spans: len(spans)}
	root, earliest := -1, 0
	var end pcommon.Timestamp
	services := map[string]int{} // index in sum.Services
	for i, s := range spans {
		start := s.StartTimestamp()
		if start < spans[earliest].StartTimestamp() {
			earliest = i
		}
		if s.ParentSpanID().IsEmpty() && (root < 0 || start < spans[root].StartTimestamp()) {
			root = i
		}
		end = max(end, start, s.EndTimestamp())

		name := s.Service()
		n, ok := services[name]
		if !ok {
			n = len(sum.Services)
			services[name] = n
			sum.Services = append(sum.Services, ServiceCount{Service: name})
		}
		sum.Services[n].Spans++
		if s.Status().Code() == ptrace.StatusCodeError {
			sum.Services[n].Errors++
			sum.Errors++
		}
	}
	if root < 0 {
		root, sum.Partial = earliest, true
	}
	sum.RootService, sum.RootName = spans[root].Service(), spans[root].Name()
	start := spans[earliest].StartTimestamp()
	sum.Start = start.AsTime()
	sum.Duration = time.Duration(min(uint64(end-start), 1<<63-1))
	slices.SortFunc(sum.Services, func(a, b ServiceCount) int { return strings.Compare(a.Service, b.Service) })
	if len(columns) > 0 {
		sum.Columns = columnValues(spans, matched, columns)
	}
	return sum
}

// columnValues returns the first value of each key, looking at the spans that
// matched before the others.
func columnValues(spans []Span, matched []int, keys []string) []string {
	values := make([]string, len(keys))
	missing := make([]bool, len(keys))
	for i := range missing {
		missing[i] = true
	}
	left := len(keys)
	take := func(s Span) {
		for k, v := range s.Tags() {
			for i, key := range keys {
				if key == k && missing[i] {
					values[i], missing[i] = v.AsString(), false
					left--
				}
			}
		}
	}
	for _, i := range matched {
		if left > 0 {
			take(spans[i])
		}
	}
	for _, s := range spans {
		if left == 0 {
			break
		}
		take(s)
	}
	return values
}
