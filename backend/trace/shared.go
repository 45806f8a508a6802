// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"cmp"
	"encoding/binary"
	"maps"
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
	clients := sharedClients(td)
	if len(clients) == 0 {
		return
	}
	spans := slices.Collect(Spans(td))
	used := make(map[pcommon.SpanID]bool, len(spans))
	for _, s := range spans {
		used[s.SpanID()] = true
	}
	slices.SortStableFunc(spans, func(a, b Span) int { return cmp.Compare(a.StartTimestamp(), b.StartTimestamp()) })
	b := splitter{used: used, shared: map[pcommon.SpanID]*sharedID{}, processes: map[ptrace.ResourceSpans]string{}}
	for _, s := range spans {
		if s.Kind() == ptrace.SpanKindClient && clients[s.SpanID()] {
			b.addClient(s)
		}
	}
	isServer := make([]bool, len(spans))
	for i, s := range spans {
		if of := b.shared[s.SpanID()]; of != nil && s.Kind() == ptrace.SpanKindServer {
			isServer[i] = true
			b.splitServer(s, of)
		}
	}
	for i, s := range spans {
		if of := b.shared[s.ParentSpanID()]; of != nil && !isServer[i] {
			s.SetParentSpanID(b.parentOf(s, of))
		}
	}
}

// sharedClients returns the ids that spans of clients have in common with spans of
// servers. It is quick where there are none, as in most traces.
func sharedClients(td ptrace.Traces) map[pcommon.SpanID]bool {
	clients, servers := 0, 0
	for s := range Spans(td) {
		switch s.Kind() {
		case ptrace.SpanKindClient:
			clients++
		case ptrace.SpanKindServer:
			servers++
		}
	}
	if clients == 0 || servers == 0 {
		return nil
	}
	ids := make(map[pcommon.SpanID]bool, clients)
	for s := range Spans(td) {
		if s.Kind() == ptrace.SpanKindClient {
			ids[s.SpanID()] = false
		}
	}
	for s := range Spans(td) {
		if _, ok := ids[s.SpanID()]; ok && s.Kind() == ptrace.SpanKindServer {
			ids[s.SpanID()] = true
		}
	}
	maps.DeleteFunc(ids, func(_ pcommon.SpanID, shared bool) bool { return !shared })
	return ids
}

// splitter takes the ids of one trace apart.
type splitter struct {
	used      map[pcommon.SpanID]bool
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
	for id.IsEmpty() || b.used[id] {
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
