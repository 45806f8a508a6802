// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// SplitShared gives the spans of servers ids of their own where a client's span has
// the same, as Zipkin's clients do. The client's span becomes the parent; children
// of the shared id go to the span of their own process, else of their own service,
// else to the server's. td is one trace. The ids are counted from 1, in the order
// of starts, as Jaeger counts them, so that in a part of a trace they are others.
func SplitShared(td ptrace.Traces) {
	spans := slices.Collect(Spans(td))
	count := make(map[pcommon.SpanID]int, len(spans))
	for _, s := range spans {
		count[s.SpanID()]++
	}
	if len(count) == len(spans) {
		return
	}
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Compare(a.StartTimestamp(), b.StartTimestamp()) })
	b := splitter{used: count, shared: map[pcommon.SpanID]*sharedID{}, processes: map[ptrace.ResourceSpans]string{}}
	for _, s := range spans {
		if s.Kind() == ptrace.SpanKindClient && count[s.SpanID()] > 1 {
			b.addClient(s)
		}
	}
	if len(b.shared) == 0 {
		return
	}
	isServer := make([]bool, len(spans))
	for i, s := range spans {
		if of := b.shared[s.SpanID()]; of != nil && s.Kind() == ptrace.SpanKindServer {
			isServer[i] = true
			b.splitServer(s, of)
		}
	}
	for i, s := range spans {
		if of := b.shared[s.ParentSpanID()]; of != nil && !isServer[i] && len(of.servers) > 0 {
			s.SetParentSpanID(b.parentOf(s, of))
		}
	}
}

// splitter takes the ids of one trace apart.
type splitter struct {
	used      map[pcommon.SpanID]int
	last      uint64 // id that was given
	shared    map[pcommon.SpanID]*sharedID
	processes map[ptrace.ResourceSpans]string
}

// sharedID are the spans that have an id in common with a client's.
type sharedID struct {
	servers map[serverSpan]pcommon.SpanID
	server  pcommon.SpanID // the new id of the first of them
	owners  map[owner]pcommon.SpanID
}

// serverSpan tells spans of servers apart. Doubles get the same id.
type serverSpan struct {
	process, name string
	start, end    pcommon.Timestamp
}

// owner is what a child can have in common with its parent.
type owner struct {
	server    bool
	isProcess bool
	text      string // of the process, or the service
}

func (b *splitter) addClient(s Span) {
	id := s.SpanID()
	of := b.shared[id]
	if of == nil {
		of = &sharedID{servers: map[serverSpan]pcommon.SpanID{}, owners: map[owner]pcommon.SpanID{}}
		b.shared[id] = of
	}
	of.owners[owner{false, true, b.process(s)}] = id
	of.owners[owner{false, false, s.Service()}] = id
}

// splitServer gives the span of a server another id.
func (b *splitter) splitServer(s Span, of *sharedID) {
	key := serverSpan{b.process(s), s.Name(), s.StartTimestamp(), s.EndTimestamp()}
	id, ok := of.servers[key]
	if !ok {
		id = b.next()
		of.servers[key] = id
		if len(of.servers) == 1 {
			of.server = id
		}
		for _, o := range []owner{{true, true, key.process}, {true, false, s.Service()}} {
			if _, ok := of.owners[o]; !ok {
				of.owners[o] = id
			}
		}
	}
	s.SetParentSpanID(s.SpanID())
	s.SetSpanID(id)
}

// next returns an id that no span has.
func (b *splitter) next() (id pcommon.SpanID) {
	for id.IsEmpty() || b.used[id] > 0 {
		b.last++
		binary.BigEndian.PutUint64(id[:], b.last)
	}
	return id
}

// parentOf returns which of the spans of an id a child belongs to.
func (b *splitter) parentOf(child Span, of *sharedID) pcommon.SpanID {
	process, service := b.process(child), child.Service()
	for _, o := range []owner{{true, true, process}, {false, true, process}, {true, false, service}, {false, false, service}} {
		if id, ok := of.owners[o]; ok {
			return id
		}
	}
	return of.server
}

// process says all of the resource of s.
func (b *splitter) process(s Span) string {
	text, ok := b.processes[s.Resource]
	if !ok {
		var all strings.Builder
		for k, v := range s.Resource.Resource().Attributes().All() {
			all.WriteString(k + "\x00" + v.AsString() + "\x00")
		}
		text = all.String()
		b.processes[s.Resource] = text
	}
	return text
}
