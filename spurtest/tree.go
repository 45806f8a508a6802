// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"github.com/go-spur/spur/internal/spantree"
	"github.com/go-spur/spur/model"
)

// TreeOption changes what Tree prints.
type TreeOption interface{ apply(*treeConfig) }

type treeOptionFunc func(*treeConfig)

func (f treeOptionFunc) apply(c *treeConfig) { f(c) }

type treeConfig struct {
	noTimes bool
	ids     bool
}

// WithoutTimes leaves out durations and the times of logs, for spans that are
// timed by a real clock. The order still depends on the times.
func WithoutTimes() TreeOption { return treeOptionFunc(func(c *treeConfig) { c.noTimes = true }) }

// WithIDs prints a line "trace ID" above each trace and the ids of spans.
func WithIDs() TreeOption { return treeOptionFunc(func(c *treeConfig) { c.ids = true }) }

// Tree prints spans as the trees they form, a span a line:
//
//	operation  duration  (remarks)  key=value key="another value"
//	  @offset key=value
//	  -> follows from operation
//	  child operation  duration
//
// Below a span, indented by two, stand its logs with the time since its start,
// its references other than to its parent, and its children by start time, then
// id. Traces follow each other by the start of their first spans, then id. When
// the spans come from several services the operation is preceded by "service: ".
//
// Tags and fields keep their order. Texts are quoted where they could be mistaken
// for something else: 42 is a number, "42" a text; bytes are 0x and hexadecimal.
// Durations are cut to microseconds, texts to 60 characters, of which the rest is
// told in bytes; lines longer than 100 columns go on below, behind "|"; from 20
// levels on the depth is written, like [21], instead of drawn.
//
// Remarks are "follows from" when the span does not descend from its parent but
// follows from it; "parent missing" when spans does not hold the parent, as with
// one in another process: such a span stands where a root would; "parent cycle"
// when the span is its own ancestor, for one span of the cycle, which is taken
// for a root; "n tags dropped" and its like, and "trimmed".
//
// The result is the same for the same spans in any order, provided that no two
// have the same ids, and ends with a newline unless it is empty. spans is not
// modified. Any input is accepted, at a cost of O(n log n).
func Tree(spans []model.Span, opts ...TreeOption) string {
	var p printer
	for _, o := range opts {
		o.apply(&p.treeConfig)
	}
	p.forest = spantree.Plant(spans)
	p.print()
	return p.out.String()
}
