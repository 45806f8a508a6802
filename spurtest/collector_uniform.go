// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"cmp"
	"slices"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// uniform makes spans look the same whether they came as Thrift or as OTLP, times
// aside: OTLP has fields for what Thrift has tags for, and the other way round.
// What OTLP has fields for stands behind the other tags, and the event of a log in
// front of its other fields; what counts losses is a field of the span.
func uniform(batches []wire.Batch) {
	for _, b := range batches {
		for i := range b.Spans {
			s := &b.Spans[i]
			s.Tags = slices.DeleteFunc(s.Tags, func(t model.Tag) bool { return takeNote(s, t) })
			slices.SortStableFunc(s.Tags, func(a, b model.Tag) int { return cmp.Compare(tagRank(a.Key), tagRank(b.Key)) })
			for _, l := range s.Logs {
				slices.SortStableFunc(l.Fields, func(a, b model.Tag) int { return cmp.Compare(fieldRank(a.Key), fieldRank(b.Key)) })
			}
		}
	}
}

// takeNote makes a field of a tag that tells what a span lost on its way. It
// reports whether t is one.
func takeNote(s *model.Span, t model.Tag) bool {
	n := t.Value.Int64()
	if t.Key == "spur.trimmed" {
		s.Trimmed = s.Trimmed || t.Value.Bool()
		return t.Value.Bool()
	}
	if n <= 0 || n > 1<<32-1 {
		return false
	}
	switch t.Key {
	case "otel.dropped_attributes_count":
		s.DroppedTags = uint32(n)
	case "otel.dropped_events_count":
		s.DroppedLogs = uint32(n)
	case "otel.dropped_links_count":
		s.DroppedRefs = uint32(n)
	default:
		return false
	}
	return true
}

// tagRank is the order in which wire.DecodeOTLP puts what was not an attribute.
func tagRank(key string) int {
	return slices.Index([]string{"span.kind", "otel.status_code", "error", "otel.status_description"}, key)
}

func fieldRank(key string) int {
	if key == "event" {
		return 0
	}
	return 1
}
