// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"slices"
	"strings"

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
	choose  bool     // WithTags was there
	with    []string // keys
	without []string
}

// WithTags prints only the tags with these keys, and none without keys. A key may hold
// * as in AssertTree: WithTags("http.*"). Logs keep their fields.
func WithTags(keys ...string) TreeOption {
	return treeOptionFunc(func(c *treeConfig) { c.choose, c.with = true, append(c.with, keys...) })
}

// WithoutTags leaves out the tags with these keys, which may hold * as in AssertTree.
func WithoutTags(keys ...string) TreeOption {
	return treeOptionFunc(func(c *treeConfig) { c.without = append(c.without, keys...) })
}

// tags returns those that are to be printed.
func (c *treeConfig) tags(all []model.Tag) []model.Tag {
	if !c.choose && len(c.without) == 0 {
		return all
	}
	among := func(keys []string, key string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return matches(k, key) })
	}
	return slices.DeleteFunc(slices.Clone(all), func(t model.Tag) bool {
		return c.choose && !among(c.with, t.Key) || among(c.without, t.Key)
	})
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
// id. Traces follow each other by the start of their first spans, then id, with an
// empty line between them. When the spans come from several services the operation is
// preceded by "service: ".
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
	var out strings.Builder
	for _, l := range treeLines(spans, opts) {
		out.WriteString(l.raw)
		out.WriteByte('\n')
	}
	return out.String()
}

func treeLines(spans []model.Span, opts []TreeOption) []line {
	var p printer
	for _, o := range opts {
		o.apply(&p.treeConfig)
	}
	p.forest = spantree.Plant(spans)
	p.print()
	return p.lines
}
