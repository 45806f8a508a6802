// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Page is a part of what a search found.
type Page struct {
	Traces []Summary
	// Cursor, given to the same query, continues behind the last of Traces.
	// It is empty when there is no more.
	Cursor string
	// Total is the number of traces that the whole query finds, on all pages,
	// or, with AtLeast, how many there are at least.
	Total   int
	AtLeast bool
	// Scanned is how many spans were read and compared one by one.
	Scanned int
	// CutAt is not zero when the search gave up for its budget before the page
	// was full. It is the start of the trace at which it did: that one and those
	// behind it in the order were not looked at. Cursor continues there, or behind
	// it, or is empty, when that one trace was left out for being too large.
	CutAt time.Time
	// TooLarge is how many traces were left out so.
	TooLarge int
}

// Summary is a trace in a list.
type Summary struct {
	TraceID  pcommon.TraceID
	Start    time.Time     // of its earliest span
	Duration time.Duration // to the end of its latest span
	// RootService and RootName are those of the span without a parent, or of
	// the earliest span when the root has not arrived: then Partial is set.
	RootService, RootName string
	Partial               bool
	Spans, Errors         int
	Services              []ServiceCount // by name
	// Columns are the values of the tags that Query.Columns names, in its
	// order: from a span that matches, else from any. A missing one is "".
	Columns []string
}

// ServiceCount says how many spans of a trace are a service's.
type ServiceCount struct {
	Service       string
	Spans, Errors int
}

// Operation is a span name of a service with a kind.
type Operation struct {
	Name string
	Kind ptrace.SpanKind
}

// Link is a dependency: Parent called Child Calls times, Errors of which
// failed.
type Link struct {
	Parent, Child string
	Calls, Errors int64
}

// REDQuery asks for rates, errors and durations of spans.
type REDQuery struct {
	Window    Window
	Service   string            // "" is all
	Operation string            // "" is all
	Kinds     []ptrace.SpanKind // none is all
	// ByOperation makes a series for each operation rather than each service.
	ByOperation bool
	Step        time.Duration // at least a minute
}

// REDSeries is the answer for one service, or one operation of it.
type REDSeries struct {
	Service, Operation string
	Points             []REDPoint // by time, without those that are empty
}

// REDPoint counts the spans that started in the step that begins at Time.
type REDPoint struct {
	Time          time.Time
	Spans, Errors int64
	Durations     Histogram
}

// Merge adds the counts of o.
func (p *REDPoint) Merge(o *REDPoint) {
	p.Spans += o.Spans
	p.Errors += o.Errors
	p.Durations.Merge(&o.Durations)
}
