// SPDX-License-Identifier: Apache-2.0

package trace

import (
	"encoding/hex"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// OutlineLinks are the links of an outline's spans to other spans: a column for
// each property, each link once. That to a span's own parent, which says what
// kind of reference it is, is none.
type OutlineLinks struct {
	Span   []int    `json:"span"`   // index of the span that has the link
	Trace  []int    `json:"trace"`  // index in Traces of the trace it leads to, which can be the same
	IDs    string   `json:"ids"`    // 16 hex digits for each: the span it leads to
	Traces []string `json:"traces"` // as FormatTraceID
	More   int      `json:"more"`   // how many links there are above MaxOutlineLinks
}

// outlineLink is all that an OutlineLinks says of a link.
type outlineLink struct {
	from  int
	trace pcommon.TraceID
	span  pcommon.SpanID
}

// addLinks adds the links of a span, which is the i-th of the outline.
func (b *outlineBuilder) addLinks(i int, s Span) {
	for _, l := range s.Links().All() {
		link := outlineLink{i, l.TraceID(), l.SpanID()}
		within := link.trace == s.TraceID()
		if link.trace.IsEmpty() || within && (link.span == s.SpanID() || link.span == s.ParentSpanID()) || b.links[link] {
			continue
		}
		if b.links == nil {
			b.links = map[outlineLink]bool{}
			b.linked = map[string]int{}
			b.outline.Links = &OutlineLinks{Traces: []string{}}
		}
		o := b.outline.Links
		if len(o.Span) == MaxOutlineLinks {
			o.More++
			continue
		}
		b.links[link] = true
		o.Span = append(o.Span, i)
		o.Trace = append(o.Trace, intern(b.linked, &o.Traces, FormatTraceID(link.trace)))
		b.linkIDs = hex.AppendEncode(b.linkIDs, link.span[:])
	}
}
