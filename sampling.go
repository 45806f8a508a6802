// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"reflect"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// samplerHolder is the current sampler with what is asked of it found once.
type samplerHolder struct {
	sampler.Sampler
	late     sampler.Late     // nil when it is not
	stateful sampler.Stateful // likewise
	early    sampler.Early    // likewise
	nameless sampler.Nameless // likewise
	root     *samplerHolder   // the one that is asked about traces without a parent
	simple   bool             // it calls nobody's code, keeps no state of a trace, and does not panic
	asking   chan struct{}    // see inTurn
}

func holdSampler(s sampler.Sampler) *samplerHolder {
	late, _ := s.(sampler.Late)
	stateful, _ := sampler.AsStateful(s)
	early, _ := sampler.AsEarly(s)
	nameless, _ := early.(sampler.Nameless)
	h := &samplerHolder{Sampler: s, late: late, stateful: stateful, early: early, nameless: nameless, asking: make(chan struct{}, 1)}
	switch s.(type) {
	case *sampler.Const, *sampler.Probabilistic, *sampler.RateLimiting:
		h.simple = !isNil(s)
	}
	h.root = h
	if p, ok := s.(*sampler.ParentBased); ok {
		h.root = holdSampler(p.Root())
	}
	return h
}

// followCallers returns a sampler for new traces that leaves those of callers to them,
// unless s says what it makes of them.
func followCallers(s sampler.Sampler) sampler.Sampler {
	switch s.(type) {
	case *sampler.ParentBased, *sampler.Overruling:
		return s
	}
	return sampler.NewParentBased(s)
}

// SetSampler replaces the sampler of traces that start from now on, as WithSampler sets
// it. Traces that wait for a late decision ask the new one. Of the old sampler, what the new one does
// not ask is closed (sampler.CloseUnused), though a call may still be going on; the
// error is that of closing, for which SetSampler waits 5 seconds at most. After
// Shutdown it closes s instead and returns ErrClosed. s must not be nil.
func (t *Tracer) SetSampler(s sampler.Sampler) error {
	if isNil(s) {
		return &ConfigError{Name: "SetSampler", Value: nilValue(s), Err: errNil}
	}
	t, s = t.orNone(), followCallers(s)
	h := holdSampler(s)
	var refused error
	t.samplerMu.Lock()
	old, next := t.sampler.Load().Sampler, s
	if t.samplerClosed {
		old, next, refused = s, old, ErrClosed
	} else {
		t.sampler.Store(h)
	}
	t.samplerMu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return errors.Join(refused, t.closing(ctx, func() error { return sampler.CloseUnused(old, next) }))
}

// reconsider tells the sampler of an undecided trace what happened to one of its
// spans. Nobody holds a lock.
func (s *Span) reconsider(e sampler.Event) { s.settle(s.ask(e)) }

// settle makes a decision the trace's, as decide does, and records its tags.
func (s *Span) settle(d sampler.Decision) (sampled bool) {
	if !s.decide(d) {
		return false
	}
	if root := s.ctx.local.late.root; !root.storeTags(d.Tags) && root != s {
		s.storeTags(d.Tags)
	}
	return true
}

// Decide decides about the span's local trace if its sampler, a Late one, has not done so
// yet; an Undecided decision changes nothing. Decisions are monotone: of several calls the
// first one counts. It reports whether the trace is sampled because of this call.
func (s *Span) Decide(d sampler.Decision) (sampled bool) {
	if s == nil || s.ctx.word.load()&wordUndecided == 0 {
		return false
	}
	return s.settle(d)
}

// ask completes the event and asks. Without a Late sampler any more, the answer
// is no.
func (s *Span) ask(e sampler.Event) sampler.Decision {
	t, late := s.tracer(), s.ctx.local.late
	h := t.sampler.Load()
	if h.late == nil {
		return sampler.Decision{}
	}
	if !late.asksAt(e.Kind) {
		return sampler.Decision{Undecided: true}
	}
	e.State = &late.state
	e.LocalRoot = late.root == s
	e.TraceID = s.ctx.traceID
	e.Operation = s.OperationName()
	e.Parent, e.ParentFlags = late.parent, late.parentFlags
	var d sampler.Decision
	if !t.guard(func() { d = h.late.Reconsider(e) }) {
		return sampler.Decision{}
	}
	return d
}

// excludes asks an Early sampler. One that panics does not know.
func (t *Tracer) excludes(h *samplerHolder, p *sampler.Params) bool {
	switch {
	case h.simple:
		return h.early.Excludes(*p)
	case h.early == nil:
		return false
	}
	defer t.survive()
	return h.early.Excludes(*p)
}

// ignoresOperation asks a Nameless sampler. One that panics looks at names.
func (t *Tracer) ignoresOperation(h *samplerHolder, p *sampler.Params) bool {
	switch {
	case h.simple:
		return h.nameless.IgnoresOperation(*p)
	case h.nameless == nil:
		return false
	}
	defer t.survive()
	return h.nameless.IgnoresOperation(*p)
}

// sample survives a sampler that panics: the trace is not sampled.
func (t *Tracer) sample(h *samplerHolder, p *sampler.Params) (d sampler.Decision, state any) {
	defer t.survive()
	if h.stateful != nil {
		return h.stateful.SampleState(*p)
	}
	return h.Sample(*p), nil
}

// decide makes a decision the trace's, unless there is one by now. It reports
// whether this one made the trace sampled.
func (s *Span) decide(d sampler.Decision) bool {
	if d.Undecided {
		return false
	}
	return s.ctx.word.vote(votes{sampler: answerOf(&d)}, true) && d.Sample
}

// storeTags records a sampler's tags. It returns false if the span has finished.
func (s *Span) storeTags(tags []model.Tag) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.recordLocked()
	if r != nil {
		r.SetTags(tags)
	}
	return r != nil
}

const samplingPriority = "sampling.priority" // ext.SamplingPriority

// setPriority is the tag sampling.priority: see SetTag.
func (s *Span) setPriority(n int64) {
	s.mu.Lock()
	finished := s.finishedLocked()
	s.mu.Unlock()
	if !finished {
		s.ctx.word.vote(votes{priority: signOf(n), noDebug: s.tracer().noDebug}, false)
	}
}

// signOf turns a priority into a vote. Zero is against.
func signOf(n int64) int {
	if n > 0 {
		return 1
	}
	return -1
}

// asInteger accepts every integer type, named ones too.
func asInteger(v any) (int64, bool) {
	switch v := v.(type) {
	case uint16: // what ext.SamplingPriority.Set passes
		return int64(v), true
	case int:
		return int64(v), true
	case nil:
		return 0, false
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return r.Int(), true
	case r.CanUint():
		return int64(min(r.Uint(), 1)), true // its sign is what counts
	}
	return 0, false
}
