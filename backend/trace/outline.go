// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"cmp"
	"encoding/hex"
	"math"
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Outline is what it takes to draw a trace of many spans: a column for each
// property, with a value for each span, in the order of their starts.
type Outline struct {
	TraceID  string `json:"traceID"`  // as FormatTraceID
	Start    string `json:"start"`    // of the earliest span, in nanoseconds since 1970
	Duration string `json:"duration"` // to the end of the latest span, in nanoseconds
	Spans    int    `json:"spans"`    // of the trace, when more than MaxOutlineSpans, of which the columns have the earliest
	Doubles  int    `json:"doubles"`  // spans that are there again, alike in all columns, and are left out

	Services []string `json:"services"` // the strings that Service means
	Names    []string `json:"names"`    // the strings that Name means

	Service   []int   `json:"service"`   // index in Services
	Name      []int   `json:"name"`      // index in Names
	Starts    []int64 `json:"starts"`    // nanoseconds since Start
	Durations []int64 `json:"durations"` // nanoseconds
	// Parent is the index of the parent, NoParent or LostParent. Following it
	// always ends.
	Parent []int  `json:"parent"`
	Kind   string `json:"kind"`   // a digit for each span: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer
	Status string `json:"status"` // a digit for each span: 0 unset, 1 ok, 2 error
	IDs    string `json:"ids"`    // 16 hex digits for each span

	Links *OutlineLinks `json:"links,omitempty"` // nil: no span has any
}

// Values of Outline.Parent that are no index.
const (
	NoParent   = -1
	LostParent = -2 // the parent is not among the spans, or the span is its own ancestor
)

// NewOutline returns the outline of the spans of one trace, in whatever order
// they are. Of spans that have an id in common the first is the parent of those
// below: see SplitShared.
func NewOutline(spans []Span) *Outline {
	o := &Outline{Spans: len(spans), Start: "0", Duration: "0", Services: []string{}, Names: []string{}}
	if len(spans) == 0 {
		return o
	}
	type place struct {
		start pcommon.Timestamp
		index int
	}
	order := make([]place, len(spans))
	for i, s := range spans {
		order[i] = place{s.StartTimestamp(), i}
	}
	slices.SortFunc(order, func(a, b place) int { return cmp.Or(cmp.Compare(a.start, b.start), a.index-b.index) })
	start := order[0].start
	o.TraceID = FormatTraceID(spans[0].TraceID())
	o.Start = strconv.FormatUint(uint64(start), 10)
	o.Duration = strconv.FormatInt(int64(traceDuration(spans)), 10)

	b := outlineBuilder{outline: o, services: map[string]int{}, names: map[string]int{}, rows: map[outlineRow]bool{}, byID: map[pcommon.SpanID]int{}}
	for _, p := range order[:min(len(order), MaxOutlineSpans)] {
		b.add(spans[p.index], start)
	}
	b.parents()
	o.Kind, o.Status, o.IDs = string(b.kinds), string(b.statuses), string(b.ids)
	if o.Links != nil {
		o.Links.IDs = string(b.linkIDs)
	}
	return o
}

// outlineBuilder adds spans to an Outline.
type outlineBuilder struct {
	outline            *Outline
	services, names    map[string]int
	kinds, statuses    []byte
	ids                []byte
	spanIDs, parentIDs []pcommon.SpanID
	rows               map[outlineRow]bool    // to find doubles
	byID               map[pcommon.SpanID]int // the first
	links              map[outlineLink]bool   // nil: there are none so far
	linked             map[string]int         // of traces
	linkIDs            []byte
}

// outlineRow is all that an Outline says of a span.
type outlineRow struct {
	id, parent    pcommon.SpanID
	start, dur    int64
	service, name int
	kind, status  byte
}

func (b *outlineBuilder) add(s Span, start pcommon.Timestamp) {
	row := outlineRow{
		id: s.SpanID(), parent: s.ParentSpanID(),
		start: int64(min(uint64(s.StartTimestamp()-start), math.MaxInt64)), dur: int64(s.Duration()),
		service: intern(b.services, &b.outline.Services, s.Service()),
		name:    intern(b.names, &b.outline.Names, s.Name()),
		kind:    digit(int(s.Kind()), len(kindTexts)), status: digit(int(s.Status().Code()), len(statusTexts)),
	}
	if b.rows[row] {
		b.outline.Doubles++
		return
	}
	b.rows[row] = true
	i := len(b.spanIDs)
	if _, ok := b.byID[row.id]; !ok {
		b.byID[row.id] = i
	}
	o := b.outline
	o.Starts, o.Durations = append(o.Starts, row.start), append(o.Durations, row.dur)
	o.Service, o.Name = append(o.Service, row.service), append(o.Name, row.name)
	b.kinds, b.statuses = append(b.kinds, row.kind), append(b.statuses, row.status)
	b.ids = hex.AppendEncode(b.ids, row.id[:])
	b.spanIDs, b.parentIDs = append(b.spanIDs, row.id), append(b.parentIDs, row.parent)
	b.addLinks(i, s)
}

// parents fills in the column of parents.
func (b *outlineBuilder) parents() {
	parent := make([]int, len(b.spanIDs))
	for i, id := range b.parentIDs {
		at, ok := b.byID[id]
		switch {
		case id.IsEmpty():
			parent[i] = NoParent
		case !ok:
			parent[i] = LostParent
		default:
			parent[i] = at
		}
	}
	cutCycles(parent)
	b.outline.Parent = parent
}

// cutCycles makes the earliest of the spans that are their own ancestors one
// whose parent is lost.
func cutCycles(parent []int) {
	walk := make([]int, len(parent)) // the walk that came by, counted from 1
	for i := range parent {
		at := i
		for at >= 0 && walk[at] == 0 {
			walk[at] = i + 1
			at = parent[at]
		}
		if at < 0 || walk[at] != i+1 {
			continue // ended, or joined a walk before
		}
		earliest := at
		for next := parent[at]; next != at; next = parent[next] {
			earliest = min(earliest, next)
		}
		parent[earliest] = LostParent
	}
}

func intern(index map[string]int, list *[]string, s string) int {
	i, ok := index[s]
	if !ok {
		i = len(*list)
		index[s] = i
		*list = append(*list, s)
	}
	return i
}

// digit is n, or 0 when it is none of the values known.
func digit(n, known int) byte {
	if n < 0 || n >= known {
		n = 0
	}
	return byte('0' + n)
}
