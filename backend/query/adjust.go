// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"hash/maphash"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// adjust puts a trace in order for reading: spans by start time, doubles
// removed, and what is missing marked.
func (v *view) adjust() error {
	v.adjusted = true
	slices.SortFunc(v.spans, func(a, b viewSpan) int {
		if a.StartTimestamp() != b.StartTimestamp() {
			if a.StartTimestamp() < b.StartTimestamp() {
				return -1
			}
			return 1
		}
		x, y := a.SpanID(), b.SpanID()
		return slices.Compare(x[:], y[:])
	})
	byID := make(map[pcommon.SpanID]int, len(v.spans)) // how many
	for i := range v.spans {
		byID[v.spans[i].SpanID()]++
	}
	if len(byID) < len(v.spans) {
		if err := v.removeDoubles(byID); err != nil {
			return err
		}
	}
	for i := range v.spans {
		if s := &v.spans[i]; byID[s.SpanID()] > 1 {
			s.warnings = append(s.warnings, "another span has the same id")
		}
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
		if byID[s.SpanID()] > 1 {
			text, err := json.Marshal(v.span(s))
			if err != nil {
				return err
			}
			hash := maphash.Bytes(seed, text)
			if seen[hash] {
				byID[s.SpanID()]--
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

// markMissing warns of parents that are not there: they are under way, were
// not sampled, or are gone already.
func (v *view) markMissing(byID map[pcommon.SpanID]int) {
	root := false
	for i := range v.spans {
		s := &v.spans[i]
		switch {
		case s.ParentSpanID().IsEmpty():
			root = true
		case byID[s.ParentSpanID()] == 0:
			s.warnings = append(s.warnings, "the parent span "+s.ParentSpanID().String()+" is not here")
		}
	}
	if !root && len(v.spans) > 0 {
		v.warnings = append(v.warnings, "the root span is not here")
	}
}
