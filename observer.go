// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/model"
)

// Observer is told what happens to spans, of recorded traces and of others. It is one or
// more of StartObserver, OperationObserver, TagObserver and FinishObserver, and may be a
// reporter.SpanKeeper. Hooks run on the goroutine that called the span, outside its
// lock, and must be fast. A hook may read the span; one that sets tags from OnSetTag, or
// names from OnSetOperationName, calls itself for ever. A hook that panics is counted
// in Stats.Cut.Panics.
type Observer any

// StartObserver is told of each span once it is ready, with the tags it has so
// far: start tags and, on a recorded local root, the sampler's. They are valid
// during the call only.
type StartObserver interface {
	OnStart(s *Span, tags []model.Tag)
}

// OperationObserver is told of each SetOperationName.
type OperationObserver interface {
	OnSetOperationName(s *Span, operation string)
}

// TagObserver is told of each tag set after the start.
type TagObserver interface {
	OnSetTag(s *Span, tag model.Tag)
}

// FinishObserver is told of each span that finishes, before it is reported.
// Sampled in data.Flags says whether it will be. data is valid during the call
// and must not be modified; spans of traces that are not recorded have no tags,
// logs and references in it.
type FinishObserver interface {
	OnFinish(s *Span, data *model.Span)
}

// observers are the hooks, found once.
type observers struct {
	start     []StartObserver
	operation []OperationObserver
	tag       []TagObserver
	finish    []FinishObserver
}

// add sorts one observer in and reports whether it has any hook.
func (o *observers) add(ob Observer) (found bool) {
	if h, ok := ob.(StartObserver); ok {
		o.start, found = append(o.start, h), true
	}
	if h, ok := ob.(OperationObserver); ok {
		o.operation, found = append(o.operation, h), true
	}
	if h, ok := ob.(TagObserver); ok {
		o.tag, found = append(o.tag, h), true
	}
	if h, ok := ob.(FinishObserver); ok {
		o.finish, found = append(o.finish, h), true
	}
	return found
}

// any reports whether a hook must run for spans that are not recorded.
func (o *observers) any() bool {
	return len(o.start)+len(o.operation)+len(o.tag)+len(o.finish) > 0
}

// try calls code of the user's. A panic is counted, and the error.
func (t *Tracer) try(f func()) error {
	err := guard.Run(f)
	if err != nil {
		t.rare.panics.Add(1)
	}
	return err
}

// guard is try where the error is nobody's concern. It reports whether f returned.
func (t *Tracer) guard(f func()) bool { return t.try(f) == nil }

// survive is deferred where guard would take time: it counts a panic and ends it.
func (t *Tracer) survive() {
	if recover() != nil {
		t.rare.panics.Add(1)
	}
}

func (t *Tracer) observeStart(s *Span, tags []model.Tag) {
	for _, h := range t.observers.start {
		t.guard(func() { h.OnStart(s, tags) })
	}
}

func (t *Tracer) observeOperation(s *Span, operation string) {
	for _, h := range t.observers.operation {
		t.guard(func() { h.OnSetOperationName(s, operation) })
	}
}

func (t *Tracer) observeTag(s *Span, tag model.Tag) {
	for _, h := range t.observers.tag {
		t.guard(func() { h.OnSetTag(s, tag) })
	}
}

func (t *Tracer) observeFinish(s *Span, data *model.Span) {
	for _, h := range t.observers.finish {
		t.guard(func() { h.OnFinish(s, data) })
	}
}
