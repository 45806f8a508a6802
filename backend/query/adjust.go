// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/binary"
	"encoding/json"
	"hash/maphash"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// adjust puts a trace in order for reading: spans by start time, doubles
// removed, ids that a client and a server share apart, and what is missing
// marked.
func (v *view) adjust() error {
	v.adjusted = true
	slices.SortFunc(v.spans, func(a, b viewSpan) int {
		if a.StartTimestamp() != b.StartTimestamp() {
			if a.StartTimestamp() < b.StartTimestamp() {
				return -1
			}
			return 1
		}
		return slices.Compare(a.id[:], b.id[:])
	})
	byID := make(map[pcommon.SpanID]int, len(v.spans)) // how many
	for i := range v.spans {
		byID[v.spans[i].id]++
	}
	if len(byID) < len(v.spans) {
		if err := v.removeDoubles(byID); err != nil {
			return err
		}
		v.splitSharedIDs(byID)
	}
	v.markMissing(byID)
	return nil
}

// removeDoubles removes spans that show the same as another: a sender that
// tried again, or a trace that was archived as well.
func (v *view) removeDoubles(byID map[pcommon.SpanID]int) error {
	seed := maphash.MakeSeed()
	seen := map[uint64]bool{}
	kept := v.spans[:0]
	for i := range v.spans {
		s := &v.spans[i]
		if byID[s.id] > 1 {
			text, err := json.Marshal(v.span(s))
			if err != nil {
				return err
			}
			hash := maphash.Bytes(seed, text)
			if seen[hash] {
				byID[s.id]--
				continue
			}
			seen[hash] = true
		}
		kept = append(kept, *s)
	}
	clear(v.spans[len(kept):])
	v.spans = kept
	return nil
}

// splitSharedIDs gives the server's span an id of its own where a client's has
// the same, as Zipkin's instrumentation makes them: the client's becomes its
// parent, and it becomes the parent of the others' children. Spans that still
// have an id in common are marked.
func (v *view) splitSharedIDs(byID map[pcommon.SpanID]int) {
	client := map[pcommon.SpanID]bool{}
	for i := range v.spans {
		if s := &v.spans[i]; byID[s.id] > 1 && s.Kind() == ptrace.SpanKindClient {
			client[s.id] = true
		}
	}
	server := map[pcommon.SpanID]pcommon.SpanID{} // a shared id to the server's own
	split := map[int]pcommon.SpanID{}             // by index in v.spans
	var last uint64
	for i := range v.spans {
		s := &v.spans[i]
		if s.Kind() != ptrace.SpanKindServer || !client[s.id] {
			continue
		}
		var id pcommon.SpanID
		for id.IsEmpty() || byID[id] > 0 {
			last++
			binary.BigEndian.PutUint64(id[:], last)
		}
		byID[s.id]--
		byID[id]++
		server[s.id], split[i] = id, id
	}
	for i := range v.spans {
		s := &v.spans[i]
		if id, ok := split[i]; ok {
			s.id, s.parent = id, s.id
		} else if id, ok := server[s.parent]; ok {
			s.parent = id
		}
		if byID[s.id] > 1 {
			s.warnings = append(s.warnings, "another span has the same id")
		}
	}
}

// markMissing warns of parents that are not there: they are under way, were
// not sampled, or are gone already.
func (v *view) markMissing(byID map[pcommon.SpanID]int) {
	root := false
	for i := range v.spans {
		s := &v.spans[i]
		switch {
		case s.parent.IsEmpty():
			root = true
		case byID[s.parent] == 0:
			s.warnings = append(s.warnings, "the parent span "+s.parent.String()+" is not here")
		}
	}
	if !root && len(v.spans) > 0 {
		v.warnings = append(v.warnings, "the root span is not here")
	}
}
